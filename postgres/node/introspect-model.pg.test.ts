import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SchemaModel } from '#contract/schema/model.ts'
import { named, readEveryFeature, type EveryFeature } from '#testing/every-feature-model.ts'
import { createTempDatabase } from '#testing/temp-database.ts'
import { introspectModel, readModel, refreshModel, type ModelSession } from './introspect-model.ts'
import { openSession } from './session.ts'

let feature: EveryFeature
const object: EveryFeature['object'] = (kind, name) => feature.object(kind, name)

beforeAll(async () => {
  feature = await readEveryFeature()
}, 120_000)
afterAll(async () => await feature.close())
const column = (name: string) => named(object('table', 'customer').columns, name)

/** A session that counts. */
function counting(): { readonly session: ModelSession; trips(): number } {
  let trips = 0
  return {
    session: {
      serverVersion: feature.session.serverVersion,
      query: (sql, parameters) => (trips++, feature.session.query(sql, parameters)),
      queryAll: (sql, onResult) => (trips++, feature.session.queryAll(sql, onResult)),
    },
    trips: () => trips,
  }
}

test('what it reads fits the contract, with an id for each object', () => {
  expect(SchemaModel.parse(feature.model)).toEqual(feature.model)
  expect(new Set(feature.model.objects.map(({ id }) => id)).size).toBe(feature.model.objects.length)
})

test('takes two round trips and leaves the session as it was', async () => {
  const own = await openSession(feature.database.target)
  await own.query("set search_path = 'public'; set datestyle = 'German'")
  const counted = counting()
  await introspectModel(counted.session)
  expect(counted.trips()).toBe(2)
  expect(await introspectModel(own)).toEqual(feature.model)
  expect(own.transactionState()).toBe('idle')
  const { rows } = await own.query("select current_setting('search_path'), current_setting('datestyle')")
  expect(rows).toEqual([['public', 'German, DMY']])
  await own.close()
})

test('bringing it up to date takes two round trips and keeps what did not change', async () => {
  const reading = await readModel(feature.session)
  await feature.session.query(`comment on table shop.base is 'changed'`)
  const counted = counting()
  const refreshed = await refreshModel(counted.session, reading)
  await feature.session.query('comment on table shop.base is null')
  expect(counted.trips()).toBe(2)
  expect(refreshed.changed).toEqual([object('table', 'base').id])
  const before = new Map(reading.model.objects.map((one) => [one.id, one]))
  expect(
    refreshed.reading.model.objects.filter((one) => before.get(one.id) !== one).map(({ id }) => id),
  ).toEqual([object('table', 'base').id])
})

test('reads everything of another database, whatever was read before', async () => {
  const other = await createTempDatabase()
  const there = await openSession(other.target)
  await there.query('create table only_there (a int)')
  const { reading } = await refreshModel(there, await readModel(feature.session))
  expect(reading.model).toEqual(await introspectModel(there))
  await there.close()
  await other.drop()
})

test('leaves out the system, what extensions own, temporary tables and what Postgres makes along with others', () => {
  const names = feature.model.objects.map((one) => `${one.kind} ${one.name}`)
  for (const absent of [
    'extension plpgsql',
    'table only_here',
    'routine citext_eq',
    'routine span',
    'sequence customer_ids',
  ])
    expect(names).not.toContain(absent)
  for (const one of feature.model.objects)
    if ('schema' in one && one.kind !== 'extension')
      expect(one.schema ?? '').not.toMatch(/^pg_|^information_schema$/)
  expect(names.filter((name) => name.startsWith('extension'))).toEqual([
    'extension citext',
    'extension file_fdw',
  ])
})

test('objects dropped while it reads are left out', async () => {
  const other = await openSession(feature.database.target)
  let isOver = false
  const churn = (async () => {
    while (!isOver) {
      await other.query(`create type shop.brief as enum ('x'); create function shop.brief_value() returns shop.brief language sql as $$select 'x'::shop.brief$$;
        create table shop.brief_table (a shop.brief default shop.brief_value(), check (shop.brief_value() = a)); create view shop.brief_view as select a, shop.brief_value() from shop.brief_table`)
      await other.query('drop type shop.brief cascade; drop table shop.brief_table cascade')
    }
  })()
  for (let round = 0; round < 30; round++) {
    const read = await introspectModel(feature.session)
    expect(read.objects.filter(({ name }) => !name.startsWith('brief'))).toEqual(feature.model.objects)
  }
  isOver = true
  await churn
  await other.close()
})

test('whoever changes a schema is not the victim of its reading: a table that stays locked is told in words', async () => {
  const other = await openSession(feature.database.target)
  await other.query('begin; lock table shop.customer in access exclusive mode')
  await expect(introspectModel(feature.session, { lockTimeoutMs: 300 })).rejects.toMatchObject({
    code: 'CONFLICT',
  })
  await other.query('rollback')
  await other.close()
  expect(await introspectModel(feature.session)).toEqual(feature.model)
})

describe('dependencies', () => {
  const dependsOn = (from: string, to: string) =>
    feature.model.dependencies.some((pair) => pair[0] === from && pair[1] === to)

  test('of a view are the columns and functions it uses', () => {
    expect(dependsOn(object('view', 'cheap').id, column('price').id)).toBe(true)
    expect(dependsOn(object('view', 'cheaper').id, named(object('view', 'cheap').columns, 'id').id)).toBe(
      true,
    )
  })

  test('of a default, a check, a generated column, a partial index and a trigger are known', () => {
    const { columns, constraints, indexes, triggers } = object('table', 'customer')
    expect(
      dependsOn(named(object('table', 'scratch').columns, 'id').id, object('sequence', 'scratch_id_seq').id),
    ).toBe(true)
    expect(dependsOn(named(constraints, 'customer_name_check').id, named(columns, 'name').id)).toBe(true)
    expect(dependsOn(named(columns, 'double').id, named(columns, 'price').id)).toBe(true)
    expect(dependsOn(named(indexes, 'by_expression').id, named(columns, 'price').id)).toBe(true)
    expect(dependsOn(named(triggers, 'touched').id, object('routine', 'touch').id)).toBe(true)
  })

  test('of what uses a type of an extension is the extension', () => {
    expect(dependsOn(object('domain', 'email').id, object('extension', 'citext').id)).toBe(true)
  })

  test('both sides are in the model', () => {
    const ids = new Set(JSON.stringify(feature.model.objects).match(/(?<="id":")[^"]+/g))
    expect(feature.model.dependencies.flat().filter((id) => !ids.has(id))).toEqual([])
  })
})

test('a user without any rights reads the same model', async () => {
  await feature.session.query(`create role model_reader login password 'x'`)
  try {
    const plain = await openSession({ ...feature.database.target, user: 'model_reader', password: 'x' })
    expect(await introspectModel(plain)).toEqual(feature.model)
    await plain.close()
  } finally {
    await feature.session.query('drop role model_reader')
  }
})
