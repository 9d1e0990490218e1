// Schemas in the manner of real applications: read, written as a script, loaded elsewhere and read again, they are the same.
import { expect, test } from 'vitest'
import type { SchemaModel } from '#contract/schema/types.ts'
import type { CompileOptions } from '#postgres/common/ddl/create/context.ts'
import { dropModel, writeModel } from '#postgres/common/ddl/write-model.ts'
import { comparable, comparableDependencies } from '#testing/schemas/comparable.ts'
import { loadSchema, testSchemas } from '#testing/schemas/index.ts'
import { createTempDatabase } from '#testing/temp-database.ts'
import { introspectModel } from './introspect-model.ts'
import { openSession, type Session } from './session.ts'

async function inDatabase<Result>(use: (session: Session) => Promise<Result>): Promise<Result> {
  const database = await createTempDatabase()
  const session = await openSession(database.target)
  try {
    return await use(session)
  } finally {
    await session.close()
    await database.drop()
  }
}

async function read(name: string): Promise<SchemaModel> {
  return await inDatabase(async (session) => {
    await loadSchema(session, name)
    return await introspectModel(session)
  })
}

/** The model of a new database after the script that writes `model`. */
async function rewritten(model: SchemaModel, options: CompileOptions = {}): Promise<SchemaModel> {
  return await inDatabase(async (session) => {
    for (const { sql } of writeModel(model, options)) await session.query(sql)
    return await introspectModel(session)
  })
}

test.each(testSchemas)('$name is the same when it is written and loaded elsewhere', async ({ name }) => {
  const model = await read(name)
  expect(model.objects.length).toBeGreaterThan(5)
  const again = await rewritten(model)
  expect(comparable(again)).toEqual(comparable(model))
  expect(comparableDependencies(again)).toEqual(comparableDependencies(model))
})

test.each(testSchemas)('$name loads in an order that its texts alone tell', async ({ name }) => {
  const model = await read(name)
  const again = await rewritten({ ...model, dependencies: [] })
  expect(comparable(again)).toEqual(comparable(model))
})

test('a script that is written twice is the same', async () => {
  const model = await read('06-shop')
  const again = await rewritten(model)
  const text = (one: SchemaModel): string[] => writeModel(one).map(({ sql }) => sql)
  expect(text(again)).toEqual(text(model))
})

test('owners come along when they are asked for', async () => {
  await inDatabase(async (session) => {
    await loadSchema(session, '06-shop')
    for (const what of [
      'table shop.product',
      'view shop.order_summary',
      'type shop.order_status',
      'schema shop',
    ])
      await session.query(`alter ${what} owner to corpus_admin`)
    const model = await introspectModel(session)
    const again = await rewritten(model, { withOwners: true })
    const owners = ({ objects }: SchemaModel): string[] =>
      objects.map(({ kind, name, owner }) => `${kind} ${name} ${owner}`).sort()
    expect(owners(again)).toEqual(owners(model))
    expect(owners(again)).toContain('table product corpus_admin')
  })
})

test.each(testSchemas)('$name is dropped without CASCADE by the opposite script', async ({ name }) => {
  await inDatabase(async (session) => {
    await loadSchema(session, name)
    for (const { sql } of dropModel(await introspectModel(session))) await session.query(sql)
    const left = (await introspectModel(session)).objects.map(({ kind, name: one }) => `${kind} ${one}`)
    expect(left).toEqual(['extension plpgsql', 'schema public'].filter((one) => left.includes(one)))
  })
})
