import { expect, test } from 'vitest'
import * as errors from './errors.ts'

test.each([
  [errors.putFiltersInvalid(), 'PGRST105', 405, null],
  [errors.mediaTypeNotAvailable(['a/b', 'c']), 'PGRST107', 406, null],
  [errors.responseHeadersInvalid(), 'PGRST111', 500, null],
  [errors.responseStatusInvalid(), 'PGRST112', 500, null],
  [errors.putKeyMismatch(), 'PGRST115', 400, null],
  [errors.notSingular(3), 'PGRST116', 406, 'The result contains 3 rows'],
  [errors.raiseUnreadable('message', 'x'), 'PGRST121', 500, "Invalid JSON value for MESSAGE: 'x'"],
  [errors.raiseUnreadable('detail', 'x'), 'PGRST121', 500, "Invalid JSON value for DETAIL: 'x'"],
  [errors.raiseUnreadable('detail', null), 'PGRST121', 500, 'DETAIL is missing in the RAISE statement'],
  [errors.tooManyAffected(3), 'PGRST124', 400, 'The query affects 3 rows'],
  [errors.maxAffectedNeedsRows(), 'PGRST128', 400, null],
])('%s', (error, code, status, details) => {
  expect({ code: error.code, status: error.status, details: error.details }).toEqual({
    code,
    status,
    details,
  })
})

test('an offset beyond the last row tells how many rows there are', () => {
  const error = errors.rangeNotSatisfiable({ kind: 'out-of-bounds', offset: 9, total: 3 })
  expect(error).toMatchObject({
    code: 'PGRST103',
    status: 416,
    details: 'An offset of 9 was requested, but there are only 3 rows.',
    headers: [['Content-Range', '*/3']],
  })
})
