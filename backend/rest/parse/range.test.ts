import { expect, test } from 'vitest'
import { RestError } from '../errors.ts'
import { ALL_ROWS, parseRanges, topRange } from './range.ts'

test.each([
  [{}, ALL_ROWS],
  [{ limit: '5' }, { offset: 0, limit: 5 }],
  [{ offset: '5' }, { offset: 5, limit: null }],
  [
    { limit: '5', offset: '10' },
    { offset: 10, limit: 5 },
  ],
  [{ limit: 'x', offset: 'y' }, ALL_ROWS],
  [{ limit: '99999999999999999999' }, { offset: 0, limit: Number.MAX_SAFE_INTEGER }],
])('%j of the top level', (given, expected) => {
  const entries = Object.entries(given)
  const ranges = parseRanges(
    entries.filter(([name]) => name === 'limit'),
    entries.filter(([name]) => name === 'offset'),
  )
  expect(ranges.get('') ?? ALL_ROWS).toEqual(expected)
})

test('embeds have ranges of their own, and the last of repeated ones counts', () => {
  const ranges = parseRanges(
    [
      ['films.limit', '1'],
      ['films.limit', '2'],
      ['limit', '3'],
    ],
    [['films.roles.offset', '4']],
  )
  expect(Object.fromEntries(ranges)).toEqual({
    films: { offset: 0, limit: 2 },
    'films.roles': { offset: 4, limit: null },
    '': { offset: 0, limit: 3 },
  })
})

test.each([
  [ALL_ROWS, '0-9', { offset: 0, limit: 10 }],
  [ALL_ROWS, '10-', { offset: 10, limit: null }],
  [ALL_ROWS, '3-3', { offset: 3, limit: 1 }],
  [ALL_ROWS, 'bytes=0-9', ALL_ROWS],
  [ALL_ROWS, '', ALL_ROWS],
  [{ offset: 0, limit: 3 }, '0-1', { offset: 0, limit: 2 }],
  [{ offset: 2, limit: 10 }, '0-4', { offset: 2, limit: 3 }],
  [{ offset: -2, limit: 5 }, null, { offset: 0, limit: 3 }],
  [{ offset: 0, limit: 0 }, '5-9', { offset: 0, limit: 0 }],
])('%j with Range: %s', (asked, header, expected) => {
  expect(topRange(asked, header)).toEqual(expected)
})

test.each([
  [{ offset: 0, limit: -1 }, null, 'Limit should be greater than or equal to zero.'],
  [{ offset: 20, limit: 5 }, '0-9', 'Limit should be greater than or equal to zero.'],
  [
    ALL_ROWS,
    '5-4',
    'The lower boundary must be lower than or equal to the upper boundary in the Range header.',
  ],
])('%j with Range: %s has no rows', (asked, header, details) => {
  let error: unknown = null
  try {
    topRange(asked, header)
  } catch (thrown) {
    error = thrown
  }
  expect(error).toBeInstanceOf(RestError)
  expect(error).toMatchObject({ code: 'PGRST103', status: 416, details })
})
