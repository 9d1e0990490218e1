// What is explained without the database: failures that no test can bring about in a real one at will, and that every code has words.
import { expect, test } from 'vitest'
import { AppError } from '#contract/errors.ts'
import { RestError } from '../../rest/index.ts'
import { recordRefusal } from '../recording.ts'
import { explainOutcome } from './index.ts'

const ask = (): Promise<never> => Promise.reject(new Error('The database is not asked.'))

function explain(
  code: string,
  {
    message = 'Words of the error',
    status = 500,
    cause = null,
  }: { message?: string; status?: number; cause?: unknown } = {},
) {
  const error = new RestError({ code, status, message }, { details: 'Some detail', hint: 'Some hint' })
  return explainOutcome(recordRefusal({ method: 'GET', path: '/films', error, cause }, new Date()), ask)
}

test.each([
  ['PGRST003', 'pool-full'],
  ['PGRST000', 'database-unreachable'],
  ['PGRST001', 'database-unreachable'],
  ['PGRST002', 'schema-cache-missing'],
  ['PROJECT_NOT_READY', 'project-asleep'],
  ['PGRST300', 'no-jwt-secret'],
  ['PGRST302', 'jwt-missing'],
  ['PGRST303', 'jwt-claims-refused'],
  ['57014', 'statement-timeout'],
  ['54001', 'plan-too-expensive'],
  ['40P01', 'lock-conflict'],
  ['BODY_TOO_LARGE', 'too-large'],
  ['BODIES_TOO_MANY', 'too-large'],
  ['P0001', 'raised'],
  ['PGRST124', 'max-affected'],
  ['PGRST117', 'method-not-allowed'],
  ['NDB111', 'batch'],
  ['XX000', 'server-mistake'],
  ['99999', 'other'],
])('%s: %s', async (code, reason) => {
  const [one, ...others] = await explain(code)
  expect(others).toEqual([])
  expect(one).toMatchObject({ reason, remedy: null, message: expect.stringMatching(/^[A-Z].*\.$/s) })
})

test('a project that cannot be started is not one that sleeps', async () => {
  const cause = new AppError('PROVISIONING_FAILED', 'The disk is full.')
  expect(await explain('PROJECT_NOT_READY', { cause })).toMatchObject([
    { reason: 'project-cannot-start', message: expect.stringContaining('The disk is full.') },
  ])
})

test('a client that left is no statement that took too long', async () => {
  expect(await explain('57014', { status: 499 })).toMatchObject([{ reason: 'client-left' }])
})
