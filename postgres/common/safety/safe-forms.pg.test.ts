// Safe forms reach the same end: they run, one statement after another, and the schema afterwards is the one that the plain statement makes.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { StatementReview } from '#contract/capabilities/schema.ts'
import type { SchemaModel } from '#contract/schema/types.ts'
import { introspectModel } from '#postgres/node/introspect-model.ts'
import { parseSql } from '#postgres/node/parser/parse-sql.ts'
import { openSession } from '#postgres/node/session.ts'
import {
  COLUMN_CASES,
  CONSTRAINT_CASES,
  DROP_CASES,
  INDEX_CASES,
  OBJECT_CASES,
  ROW_CASES,
  TABLE_CASES,
} from '#testing/safety-cases.ts'
import { safetySchema } from '#testing/safety-schema.ts'
import { serverVersion } from '#testing/server-version.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { diffModels } from '../diff/plan-migration.ts'
import { reviewSql } from './review.ts'

let database: TempDatabase
let model: SchemaModel
const template = {
  name: 'safe_forms',
  prepare: async (target: TempDatabase['target']) => {
    const session = await openSession(target)
    await session.query(safetySchema(serverVersion()).replace('create role safety_reader;', ''))
    await session.close()
  },
}
beforeAll(async () => {
  database = await createTempDatabase({ template })
  const session = await openSession(database.target)
  model = await introspectModel(session)
  await session.close()
})
afterAll(() => database.drop())

const statementsOf = async (sql: string) => {
  const parsed = await parseSql(sql)
  if ('problem' in parsed) throw new Error(`${parsed.problem.message}: ${sql}`)
  return parsed.statements
}
const review = async (sql: string, version = model.serverVersion): Promise<StatementReview> => {
  const [first] = reviewSql({
    statements: await statementsOf(sql),
    facts: { serverVersion: version, model, timeZone: 'UTC' },
  })
  if (first === undefined) throw new Error('no statement')
  return first
}
/** The model after the statements, one by one, on a copy of the schema. */
const modelAfter = async (statements: readonly string[]): Promise<SchemaModel> => {
  const copy = await createTempDatabase({ template })
  const session = await openSession(copy.target)
  try {
    for (const sql of statements) await session.query(sql)
    return await introspectModel(session)
  } finally {
    await session.close()
    await copy.drop()
  }
}

const all = [COLUMN_CASES, CONSTRAINT_CASES, TABLE_CASES, INDEX_CASES, DROP_CASES, OBJECT_CASES, ROW_CASES]
  .flat()
  .filter(({ since = 0 }) => since <= serverVersion())
  .map((one) => one.sql)
const more = [
  'alter table film add column x serial',
  'alter table film alter column price type text',
  'alter table plain alter column kind type int using kind::int',
  'create unique index "Odd name" on film (note, id)',
  'alter table film add column a int, add check (id > 0), add column b int',
  'alter table review alter column mood type text',
  'alter table made alter column id type bigint',
]

describe('each safe form leads to the same schema', () => {
  test.each([...all, ...more])('%s', async (sql) => {
    for (const { rule, safeForm } of (await review(sql)).findings) {
      if (safeForm === null) continue
      // Differences that the summary names: a virtual column is none that is stored; a CHECK with the bound is left.
      const isOther = rule === 'add-column-stored-generated' || rule === 'detach-partition'
      const [plain, safe] = await Promise.all([modelAfter([sql]), modelAfter(safeForm.statements)])
      const changes = diffModels(plain, safe, { matchBy: 'name' })
      if (!isOther)
        expect(changes.map((change) => [change.action, change.name, change.differences])).toEqual([])
    }
  })

  test('for servers before 18 NOT NULL is proven by a CHECK', async () => {
    const [finding] = (await review('alter table film alter column length set not null', 150000)).findings
    expect(finding?.safeForm?.statements).toHaveLength(4)
    const after = await modelAfter(finding?.safeForm?.statements ?? [])
    expect(
      diffModels(await modelAfter(['alter table film alter column length set not null']), after, {
        matchBy: 'name',
      }),
    ).toEqual([])
  })
})

test('no statement of a safe form is dangerous itself', async () => {
  const worse: string[] = []
  for (const sql of [...all, ...more])
    for (const { rule, safeForm } of (await review(sql)).findings)
      for (const statement of safeForm?.statements ?? [])
        for (const finding of (await review(statement)).findings)
          if (finding.severity === 'danger' && finding.rule !== 'drop-column')
            worse.push(`${rule}: ${statement}: ${finding.rule}`)
  expect(worse.filter((one) => !one.startsWith('delete'))).toEqual([])
})
