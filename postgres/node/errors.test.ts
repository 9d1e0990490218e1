import { describe, expect, test } from 'vitest'
import { AppError } from '#contract/errors.ts'
import { toAppError, toConnectionError } from './errors.ts'
import { describeServer, type SessionTarget } from './target.ts'

const target: SessionTarget = {
  host: 'db.example',
  port: 5433,
  database: 'shop',
  user: 'anna',
  password: 'hunter2',
}
const fields = (code: string, message = 'words') => ({ code, message, severity: 'ERROR' })
const system = (code: string) => Object.assign(new Error(`connect ${code}`), { code })

describe('toAppError', () => {
  test('keeps all that Postgres said, as numbers where it is one', () => {
    const error = toAppError({
      ...fields('23505'),
      position: '7',
      detail: 'd',
      hint: 'h',
      where: 'w',
      schema: 's',
      table: 't',
      column: 'c',
      constraint: 'k',
      file: 'x.c',
    })
    expect(error).toMatchObject({ code: 'QUERY_FAILED', message: 'words', hint: 'h' })
    expect(error.details).toEqual({
      sqlstate: '23505',
      severity: 'ERROR',
      position: 7,
      detail: 'd',
      hint: 'h',
      where: 'w',
      schema: 's',
      table: 't',
      column: 'c',
      constraint: 'k',
    })
  })

  test.each([
    [fields('57014'), 'QUERY_CANCELLED'],
    [fields('57P01'), 'CONNECTION_FAILED'],
    [fields('08006'), 'CONNECTION_FAILED'],
    [fields('42601'), 'QUERY_FAILED'],
    [system('ECONNRESET'), 'CONNECTION_FAILED'],
    [new Error('Connection terminated unexpectedly'), 'CONNECTION_FAILED'],
    [new Error('what is this'), 'INTERNAL'],
    ['a string', 'INTERNAL'],
  ])('%s is %s', (error, code) => {
    expect(toAppError(error).code).toBe(code)
  })

  test('an AppError stays itself', () => {
    const error = new AppError('CONFLICT', 'x')
    expect(toAppError(error)).toBe(error)
    expect(toConnectionError(error, target)).toBe(error)
  })
})

describe('toConnectionError', () => {
  test.each<[unknown, string]>([
    [system('ECONNREFUSED'), 'Nothing accepts connections at db.example:5433.'],
    [system('ENOTFOUND'), 'The host name db.example could not be found.'],
    [system('ETIMEDOUT'), 'db.example:5433 could not be reached (ETIMEDOUT).'],
    [system('EACCES'), 'This user may not open db.example:5433.'],
    [
      system('DEPTH_ZERO_SELF_SIGNED_CERT'),
      'The certificate of db.example:5433 could not be verified: connect DEPTH_ZERO_SELF_SIGNED_CERT.',
    ],
    [fields('28P01'), 'The password for user "anna" at db.example:5433 was not accepted.'],
    [
      fields('28000', 'no pg_hba.conf entry'),
      'Postgres at db.example:5433 refused user "anna": No pg_hba.conf entry.',
    ],
    [fields('3D000'), 'There is no database "shop" at db.example:5433.'],
    [
      fields('53300', 'sorry, too many clients already'),
      'db.example:5433 has no connection left: Sorry, too many clients already.',
    ],
    [
      fields('57P03', 'the database system is starting up'),
      'Postgres at db.example:5433 is not ready yet: The database system is starting up.',
    ],
    [new Error('odd'), 'The connection to db.example:5433 failed: odd.'],
  ])('says what happened: %s', (error, message) => {
    const converted = toConnectionError(error, target)
    expect(converted).toMatchObject({
      code: 'CONNECTION_FAILED',
      message,
      details: { host: 'db.example', port: 5433 },
    })
    expect(JSON.stringify([converted.message, converted.details, converted.hint])).not.toContain('hunter2')
  })
})

test.each([
  ['db.example', 'db.example:5432'],
  ['::1', '[::1]:5432'],
  ['/run/pg', '/run/pg/.s.PGSQL.5432'],
])('a server at %s is written %s', (host, expected) => {
  expect(describeServer({ host, port: 5432 })).toBe(expected)
})
