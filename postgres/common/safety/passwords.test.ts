// Passwords in the text of a migration: warned of, whatever statement they are in, and what is none is passed over.
import { expect, test } from 'vitest'
import { parseSql } from '#postgres/node/parser/parse-sql.ts'
import { reviewSql } from './review.ts'

async function passwordFinding(sql: string) {
  const parsed = await parseSql(sql)
  if ('problem' in parsed) throw new Error(`${parsed.problem.message}: ${sql}`)
  const facts = { serverVersion: 180000, model: null }
  const [review] = reviewSql({ statements: parsed.statements, facts, script: sql })
  return review?.findings.find(({ rule }) => rule === 'password-in-text')
}

test.each([
  [`alter role ada password 'secret'`, ['alter role ada']],
  [
    `create role ada with login encrypted password 'it''s' valid until 'infinity'`,
    [`create role ada with login valid until 'infinity'`],
  ],
  [`alter user ada with password 'x'`, ['alter user ada']],
  // The name could be anything: nothing is guessed.
  [`alter role "a password 'x'" password 'secret'`, null],
  [`alter role ada password E'\\'x'`, null],
  [`create user mapping for ada server s options (user 'a', password 'x')`, null],
  [`alter user mapping for ada server s options (set password 'x')`, null],
  [`create server s foreign data wrapper f options (passwd 'x')`, null],
  [`create subscription s connection 'host=h password=x' publication p`, null],
  [`alter subscription s connection 'postgresql://ada:x@h/d'`, null],
])('%s is warned of', async (sql, safeForm) => {
  const finding = await passwordFinding(sql)
  expect(finding).toMatchObject({ severity: 'danger', message: expect.stringContaining('keep it') })
  expect(finding?.safeForm?.statements ?? null).toEqual(safeForm)
})

test.each([
  'alter role ada password null',
  `alter role ada password 'SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy'`,
  'create role ada login',
  `create subscription s connection 'host=h user=ada' publication p`,
  `create user mapping for ada server s options (user 'password')`,
  `insert into note values ('password')`,
])('%s is not', async (sql) => {
  expect(await passwordFinding(sql)).toBeUndefined()
})
