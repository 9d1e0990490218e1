// Every rule is held to a server: what it says of locks, rewrites and scans is what a second connection sees in pg_locks, in the files and in the counters.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { StatementReview } from '#contract/capabilities/schema.ts'
import type { SchemaModel } from '#contract/schema/types.ts'
import { introspectModel } from '#postgres/node/introspect-model.ts'
import { parseSql } from '#postgres/node/parser/parse-sql.ts'
import { openSession, type Session } from '#postgres/node/session.ts'
import { measureInTransaction, measureWhileHeldUp } from '#testing/measure-locks.ts'
import {
  COLUMN_CASES,
  CONSTRAINT_CASES,
  DROP_CASES,
  INDEX_CASES,
  OBJECT_CASES,
  ROW_CASES,
  TABLE_CASES,
  type SafetyCase,
} from '#testing/safety-cases.ts'
import { OUTSIDE_CASES } from '#testing/safety-outside-cases.ts'
import { safetySchema } from '#testing/safety-schema.ts'
import { serverVersion } from '#testing/server-version.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { VOLATILE_FUNCTIONS } from './facts.ts'
import { reviewSql, ruleNames } from './review.ts'
import { SAFETY_RULES } from './rules.ts'

let database: TempDatabase
let session: Session
let model: SchemaModel
beforeAll(async () => {
  database = await createTempDatabase()
  session = await openSession(database.target)
  await session.query(safetySchema(serverVersion()))
  model = await introspectModel(session)
})
afterAll(async () => {
  await session.query('drop owned by safety_reader; drop role safety_reader')
  await session.close()
  await database.drop()
})

async function reviewed(sql: string): Promise<{ review: StatementReview; rules: string[] }> {
  const parsed = await parseSql(sql)
  if ('problem' in parsed) throw new Error(parsed.problem.message)
  const facts = { serverVersion: model.serverVersion, model, timeZone: 'UTC' }
  const [review] = reviewSql({ statements: parsed.statements, facts })
  const [statement] = parsed.statements
  if (review === undefined || statement === undefined) throw new Error('no statement')
  return { review, rules: ruleNames(statement, facts) }
}

const locksOf = (review: StatementReview): Record<string, string> =>
  Object.fromEntries(
    review.locks.map(({ schema, name, mode }) => [`${schema}.${name}`, mode] as const).toSorted(),
  )
const marked = (review: StatementReview, mark: 'isRewritten' | 'isScanned'): string[] =>
  review.locks
    .filter((lock) => lock[mark])
    .map(({ schema, name }) => `${schema}.${name}`)
    .toSorted()

function describeCases(title: string, cases: readonly SafetyCase[]): void {
  describe(title, () => {
    const tried = cases.filter(({ since = 0 }) => since <= serverVersion())
    test.each(tried.map((one) => [one.sql, one] as const))('%s', async (sql, { rules, before, anyScan }) => {
      if (before !== undefined) {
        await session.query(before)
        model = await introspectModel(session)
      }
      const { review, rules: judged } = await reviewed(sql)
      const measured = await measureInTransaction(database.target, sql)
      expect(judged).toEqual(rules)
      expect(locksOf(review)).toEqual(measured.locks)
      expect(marked(review, 'isRewritten')).toEqual(measured.rewritten.toSorted())
      if (anyScan !== true) expect(marked(review, 'isScanned')).toEqual(measured.scanned.toSorted())
    })
  })
}

describeCases('columns', COLUMN_CASES)
describeCases('constraints', CONSTRAINT_CASES)
describeCases('tables', TABLE_CASES)
describeCases('indexes', INDEX_CASES)
describeCases('drops', DROP_CASES)
describeCases('objects', OBJECT_CASES)
describeCases('rows', ROW_CASES)

describe('outside a transaction', () => {
  test.each(OUTSIDE_CASES)('$sql', async ({ rule, sql, blocker }) => {
    const { review, rules } = await reviewed(sql)
    expect(rules).toEqual([rule])
    expect(review.inTransaction).toBe(false)
    const { locks } = await measureWhileHeldUp(database.target, { statement: sql, blocker })
    expect(locksOf(review)).toEqual(locks)
  })
})

test('volatile functions of Postgres that can stand in a default are known', async () => {
  // timezone: of TIME WITH TIME ZONE alone, and before Postgres 14.
  const { rows } = await session.query(
    `select distinct proname from pg_proc
     where pronamespace = 'pg_catalog'::regnamespace and provolatile = 'v' and prokind = 'f' and not proretset and prorettype <> all ('{trigger,event_trigger,internal,table_am_handler,index_am_handler,tsm_handler,language_handler,void,xml}'::regtype[])
       and proname !~ '^(pg_|binary_|lo_|lo|ts_|brin_|gin_|amvalidate|currtid|timezone)' order by 1`,
  )
  expect(rows.flat().filter((name) => name !== null && !VOLATILE_FUNCTIONS.includes(name))).toEqual([])
})

/** Need another server, a tablespace, a database, or run code that is not to be seen from outside: the unit tests have them. */
const ELSEWHERE = [
  'add-other-constraint',
  'detach-partition-concurrently',
  'run-code',
  'server',
  'drop-database',
  'subscription',
  'unknown',
]

test('every rule has been tried', () => {
  const tried = new Set([
    ...[COLUMN_CASES, CONSTRAINT_CASES, TABLE_CASES, INDEX_CASES, DROP_CASES, OBJECT_CASES, ROW_CASES]
      .flat()
      .flatMap((one) => one.rules),
    ...OUTSIDE_CASES.map((one) => one.rule),
    ...ELSEWHERE,
  ])
  expect(SAFETY_RULES.map((rule) => rule.name).filter((name) => !tried.has(name))).toEqual([])
})
