import { expect, test } from 'vitest'
import { sampleConfig } from '#testing/rest-sample.ts'
import { countRows } from './count-rows.ts'

test.each([
  ['exact', { total: 4, planned: null }, null, 4],
  ['planned', { total: null, planned: 9 }, null, 9],
  // Up to max-rows the rows were counted; beyond, the planner may know of more.
  ['estimated', { total: 2, planned: 9 }, 2, 2],
  ['estimated', { total: 3, planned: 9 }, 2, 9],
  ['estimated', { total: 3, planned: 1 }, 2, 3],
  // Without max-rows both are told of, and the larger is taken.
  ['estimated', { total: 0, planned: 1 }, null, 1],
  ['estimated', { total: 4, planned: 1 }, null, 4],
  ['estimated', { total: 4, planned: null }, null, 4],
  [null, { total: null, planned: null }, 2, null],
] as const)('count=%s of %o with max-rows %s is %s', (count, found, maxRows, expected) => {
  expect(countRows(found, count, sampleConfig({ maxRows }))).toBe(expected)
})
