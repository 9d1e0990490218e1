// What stands between a request and its engine, as a client of the data API is told.
import { expect, test } from 'vitest'
import { AppError } from '#contract/errors.ts'
import { heldAsleep } from '../provisioning/index.ts'
import { fromAppError } from './refusals.ts'

test.each(['cap', 'quota', 'suspended'] as const)(
  'a project that billing holds (%s) answers 402, and no more than that',
  (hold) => {
    const known = fromAppError(heldAsleep(hold))
    expect(known).toMatchObject({
      code: 'PAYMENT_REQUIRED',
      status: 402,
      message: 'This project sleeps because a limit of its plan or spend is reached.',
    })
    // Who holds a key is no member: which limit it is, and that somebody did not pay, is not theirs to know.
    expect(`${known?.message} ${known?.hint}`).not.toMatch(/invoice|quota|cap/)
  },
)

test.each([
  ['NOT_FOUND', 404],
  ['PROJECT_NOT_READY', 503],
] as const)('%s answers %i', (code, status) => {
  expect(fromAppError(new AppError(code, 'Inside.'))?.status).toBe(status)
})

test('a bug is none of these', () => {
  expect(fromAppError(new Error('Inside.'))).toBeUndefined()
  expect(fromAppError(new AppError('INTERNAL', 'Inside.'))).toBeUndefined()
})
