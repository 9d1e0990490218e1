// Schemas in the manner of real applications: read, written as a script, loaded elsewhere and read again, they are the same.
import { expect, test } from 'vitest'
import type { SchemaModel } from '#contract/schema/types.ts'
import { compileContext, type CompileOptions } from '#postgres/common/ddl/create/context.ts'
import { createStatements } from '#postgres/common/ddl/create/create.ts'
import { dropModel, writeModel } from '#postgres/common/ddl/write-model.ts'
import { diffModels } from '#postgres/common/diff/plan-migration.ts'
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

const models = new Map<string, SchemaModel>()

/** The model of one of the test schemas; read once. */
async function read(name: string): Promise<SchemaModel> {
  const present = models.get(name)
  if (present !== undefined) return present
  const model = await inDatabase(async (session) => {
    await loadSchema(session, name)
    return await introspectModel(session)
  })
  models.set(name, model)
  return model
}

/** The model of a new database after the script that writes `model`. */
async function rewritten(model: SchemaModel, options: CompileOptions = {}): Promise<SchemaModel> {
  return await inDatabase(async (session) => {
    for (const { sql } of writeModel(model, options)) await session.query(sql)
    return await introspectModel(session)
  })
}

test.each(testSchemas)(
  '$name is the same when it is written and loaded elsewhere, and goes by the opposite script',
  async ({ name }) => {
    const model = await read(name)
    expect(model.objects.length).toBeGreaterThan(5)
    await inDatabase(async (session) => {
      for (const { sql } of writeModel(model)) await session.query(sql)
      const again = await introspectModel(session)
      expect(comparable(again)).toEqual(comparable(model))
      expect(comparableDependencies(again)).toEqual(comparableDependencies(model))
      for (const { sql } of dropModel(again)) await session.query(sql)
      const left = (await introspectModel(session)).objects.map(({ kind, name: one }) => `${kind} ${one}`)
      expect(left.filter((one) => one !== 'extension plpgsql')).toEqual(['schema public'])
    })
  },
)

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

test('a partition that comes to a parent with indexes is made with the names of its own', async () => {
  const model = await read('04-event-store')
  const isNew = ({ name }: { readonly name: string }): boolean => name === 'event_acme_2025'
  const objects = model.objects.filter((object) => !isNew(object))
  const partition = model.objects.find(isNew)
  await inDatabase(async (session) => {
    for (const { sql } of writeModel({ ...model, objects })) await session.query(sql)
    const existing = await introspectModel(session)
    const context = compileContext(model, { existing })
    for (const { sql } of partition === undefined ? [] : createStatements(partition, context))
      await session.query(sql)
    expect(comparable(await introspectModel(session))).toEqual(comparable(model))
  })
})

test('what default privileges give to a new object is taken back where the model does not have it', async () => {
  await inDatabase(async (session) => {
    await loadSchema(session, '21-privileges')
    const model = await introspectModel(session)
    const table = model.objects.find(({ kind, name }) => kind === 'table' && name === 'item')
    if (table === undefined) throw new Error('no table')
    await session.query('drop table api.item')
    const defaultPrivileges = model.objects.filter((object) => object.kind === 'defaultPrivileges')
    const context = compileContext(model, { defaultPrivileges, role: 'postgres' })
    for (const { sql } of createStatements(table, context)) await session.query(sql)
    expect(comparable(await introspectModel(session))).toEqual(comparable(model))
  })
})

test('what Postgres prints otherwise once it has read what it printed is no difference', async () => {
  const model = await inDatabase(async (session) => {
    await session.query(`
      create table visit (
        guests integer, hour integer, kind text,
        check (guests between 1 and 8 and hour between 9 and 17 and kind <> ''),
        check (guests not between 3 and 5 or hour > 9 or kind is null)
      );
      create view rush as
      select v.hour, g.who
      from visit v
      join (select 'all'::text as who, 1 as n union all select 'few', 2) g(who, n)
        on v.hour between 9 and 11 and g.n = v.guests
      where v.kind = 'x' and v.hour between 9 and 10 and not exists (select 'y' from visit f where f.hour = v.hour);
    `)
    return await introspectModel(session)
  })
  const again = await rewritten(model)
  // Else there is nothing to see here.
  expect(comparable(again)).not.toEqual(comparable(model))
  expect(diffModels(model, again, { matchBy: 'name' })).toEqual([])
  expect(diffModels(again, model, { matchBy: 'name' })).toEqual([])
})

test('default privileges of which only the owner’s own are changed say nothing', async () => {
  await inDatabase(async (session) => {
    await session.query('alter default privileges revoke all on tables from current_user')
    await session.query('alter default privileges revoke all on functions from public')
    const { objects } = await introspectModel(session)
    const found = objects.flatMap((one) => (one.kind === 'defaultPrivileges' ? [one.objects] : []))
    expect(found).toEqual(['functions'])
  })
})

test('a base type comes with the functions that read and write it, and all that uses it', async () => {
  const model = await inDatabase(async (session) => {
    await session.query(`
      create type shade;
      create function shade_in(cstring) returns shade language internal immutable strict as 'int4in';
      create function shade_out(shade) returns cstring language internal immutable strict as 'int4out';
      create type shade (input = shade_in, output = shade_out, like = integer);
      create function a_shade(shade) returns shade[] language sql immutable as 'select array[$1]';
      create function shade_eq(shade, shade) returns boolean language internal immutable strict as 'int4eq';
      create operator = (function = shade_eq, leftarg = shade, rightarg = shade, commutator = =);
      create function all_shades(shade[]) returns integer language sql immutable as 'select cardinality($1)';
      create cast (integer as shade) without function as assignment;
      create table paint (one shade, more shade[]);
    `)
    return await introspectModel(session)
  })
  expect(comparable(await rewritten(model))).toEqual(comparable(model))
})
