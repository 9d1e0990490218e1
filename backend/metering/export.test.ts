import { expect, test } from 'vitest'
import { ProjectId } from '#contract/capabilities/ids.ts'
import { exportUsage } from './export.ts'

const projectId = ProjectId.parse('0198c0de-0000-7000-8000-00000000000a')
const days = [{ day: '2026-11-23', projectId, metric: 'egress' as const, quantity: 9_007_199_254_740_993n }]

test.each([
  ['Shop', 'Shop'],
  ['Shop, "new"', '"Shop, ""new"""'],
  ['=1+1', "'=1+1"],
  ['-a\nb', '"\'-a\nb"'],
])('the project %j is one field of CSV, and no formula', (name, field) => {
  expect(exportUsage(days, [{ projectId, name, isDeleted: false }], 'csv')).toBe(
    `day,project_id,project,metric,quantity,unit\r\n2026-11-23,${projectId},${field},egress,9007199254740993,byte\r\n`,
  )
})

test('JSON has quantities as text, so that no digit is lost', () => {
  expect(JSON.parse(exportUsage(days, [], 'json'))).toEqual([
    {
      day: '2026-11-23',
      project_id: projectId,
      project: '',
      metric: 'egress',
      quantity: '9007199254740993',
      unit: 'byte',
    },
  ])
})
