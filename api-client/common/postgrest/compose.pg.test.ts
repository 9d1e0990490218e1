// Requests that forms mean, sent to the real engine over a real schema: it takes every one of them.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ApiDescription } from '#contract/requests/api-description.ts'
import type { HttpRequest } from '#contract/requests/request.ts'
import { openSession } from '#postgres/node/session.ts'
import { FILMS_SQL } from '#testing/rest-films.ts'
import { sampleConfig } from '#testing/rest-sample.ts'
import { startTestRest, type TestRest } from '#testing/rest-server.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { composeUrl } from '../resolve/compose-url.ts'
import { createResolver } from '../resolve/resolve-text.ts'
import { createLookup } from '../resolve/scopes.ts'
import { compose } from './compose.ts'
import { describeApi } from './describe.ts'
import {
  embedOf,
  emptyForm,
  filterOf,
  NO_PREFERENCES,
  orderBy,
  pickColumn,
  type EndpointForm,
} from './form.ts'
import { readSelect } from './read-text.ts'
import { operatorsFor, sampleRow, sampleValue } from './types.ts'

let database: TempDatabase
let server: TestRest
let api: ApiDescription
beforeAll(async () => {
  database = await createTempDatabase()
  const session = await openSession(database.target)
  await session.query(FILMS_SQL)
  await session.query(`create table api."odd ""name""" ("a b" int primary key, "select" text, "x.y" jsonb, during int4range, at timestamptz, yes boolean, code uuid, raw bytea);
    create function api.double_of(n int, times int default 2) returns int stable language sql as 'select n * times';
    create function api.total(variadic ns int[]) returns int stable language sql as 'select sum(n)::int from unnest(ns) n'`)
  await session.close()
  server = await startTestRest(database.target, { config: sampleConfig({ anonRole: database.target.user }) })
  api = describeApi(await server.rest.describe({ format: 'openapi-3.1', role: null }), {
    baseUrl: server.url,
  })
})
afterAll(async () => {
  await server?.close()
  await database?.drop()
})

const PLAIN = createResolver({ lookup: createLookup([]), dynamic: null })

async function send(form: EndpointForm): Promise<{ readonly status: number; readonly text: string }> {
  const request: HttpRequest = compose(api, form)
  const { url } = composeUrl({
    url: request.url,
    parameters: request.parameters,
    resolver: PLAIN,
    encodes: true,
    isSocket: false,
  })
  const response = await fetch(url, {
    method: request.method,
    headers: {
      ...(request.body.type === 'json' ? { 'Content-Type': 'application/json' } : {}),
      ...Object.fromEntries(request.headers.map(({ name, value }) => [name, value])),
    },
    ...(request.body.type === 'json' || request.body.type === 'text' ? { body: request.body.text } : {}),
  })
  return { status: response.status, text: await response.text() }
}

async function expectTaken(form: EndpointForm): Promise<string> {
  const { status, text } = await send(form)
  expect(status < 400, `${String(status)} ${text} for ${JSON.stringify(compose(api, form))}`).toBe(true)
  return text
}

const read = (name: string, fields: Partial<EndpointForm> = {}): EndpointForm => ({
  ...emptyForm('read', 'api', name),
  ...fields,
})

function sampleText(value: unknown): string {
  return Array.isArray(value)
    ? `{${value.map(sampleText).join(',')}}`
    : typeof value === 'string'
      ? value
      : JSON.stringify(value)
}

test('each operator that a column is offered', async () => {
  for (const table of api.tables)
    for (const column of table.columns) {
      // A domain with a representation of its own is asked for in its own words.
      if (column.name === 'poster') continue
      for (const { operator } of operatorsFor(column)) {
        const value = sampleText(sampleValue(column))
        const filter = filterOf(column.name, operator, operator === 'is' ? 'null' : value, {
          values: operator === 'in' ? [value, value] : [],
        })
        await expectTaken(read(table.name, { where: [filter] }))
        await expectTaken(
          read(table.name, {
            where: [
              {
                kind: 'group',
                connective: 'or',
                isNegated: true,
                conditions: [filter, { ...filter, isNegated: true }],
              },
            ],
          }),
        )
      }
    }
})

test('each relation embeds under the name that it is given, with a page of its own', async () => {
  const relations = api.tables.flatMap((table) => table.relations.map((relation) => ({ table, relation })))
  expect(relations.length).toBeGreaterThan(12)
  for (const { table, relation } of relations) {
    const [item] = readSelect(`${relation.name}(*)`) ?? []
    if (item?.kind !== 'embed') throw new Error(`${relation.name} is no name of an embed.`)
    const many = relation.cardinality === 'many'
    await expectTaken(read(table.name, { select: [pickColumn('*'), item] }))
    const paged = many ? { limit: '1', offset: '0' } : {}
    await expectTaken(
      read(table.name, { select: [pickColumn('*'), { ...item, join: 'inner', alias: 'mine', ...paged }] }),
    )
  }
})

test('deep embeds, spreads, aliases, casts, paths, order and counts', async () => {
  const directed = embedOf('people', {
    hint: 'films_director_fkey',
    alias: 'by',
    join: 'left',
    select: [pickColumn('name', { alias: 'who' })],
  })
  const text = await expectTaken(
    read('awards', {
      select: [
        pickColumn('id', { cast: 'text' }),
        embedOf('films', {
          select: [
            pickColumn('title'),
            {
              ...pickColumn(''),
              field: {
                name: 'details',
                path: [
                  { arrow: '->', key: 'by', isIndex: false },
                  { arrow: '->>', key: 'studio', isIndex: false },
                ],
              },
              alias: 'studio',
            },
            directed,
          ],
        }),
      ],
      order: [
        orderBy('prize', { direction: 'desc', nulls: 'nullslast' }),
        orderBy('title', { relation: 'films' }),
      ],
      limit: '1',
      usesRangeHeader: true,
      prefer: { ...NO_PREFERENCES, count: 'exact', handling: 'strict' },
    }),
  )
  expect(JSON.parse(text)).toEqual([
    { id: '1', films: { title: 'Sunrise', studio: null, by: { who: 'Murnau' } } },
  ])
})

test('formats and single objects', async () => {
  expect(
    await expectTaken(
      read('people', { select: [pickColumn('name')], where: [filterOf('id', 'eq', '1')], format: 'csv' }),
    ),
  ).toBe('name\nLang')
  expect(
    await expectTaken(
      read('people', { where: [filterOf('id', 'eq', '4')], isSingle: true, stripsNulls: true }),
    ),
  ).toBe('{"id":4,"name":"Nobody"}')
})

test('rows with odd names are written, upserted, changed, replaced and deleted', async () => {
  const table = api.tables.find(({ name }) => name === 'odd "name"')
  const row = sampleRow(table?.columns ?? [], 'all')
  const returned = { ...NO_PREFERENCES, return: 'representation' as const }
  const write = (action: EndpointForm['action'], fields: Partial<EndpointForm>): Promise<string> =>
    expectTaken({ ...emptyForm(action, 'api', 'odd "name"'), prefer: returned, ...fields })
  const byKey = [filterOf('a b', 'eq', '1')]
  expect(JSON.parse(await write('insert', { body: JSON.stringify(row) }))).toMatchObject([
    { 'a b': 1, select: 'text' },
  ])
  await write('upsert', {
    body: JSON.stringify([row]),
    onConflict: ['a b'],
    columns: ['a b', 'x.y'],
    prefer: { ...returned, resolution: 'merge-duplicates', missing: 'default' },
  })
  const odd = 'a+b & c;d "e" 100%41'
  expect(
    JSON.parse(await write('update', { body: JSON.stringify({ select: odd }), where: byKey })),
  ).toMatchObject([{ select: odd }])
  expect(
    JSON.parse(
      await expectTaken(
        read('odd "name"', { where: [filterOf('select', 'in', '', { values: [odd, 'x'] })] }),
      ),
    ),
  ).toHaveLength(1)
  expect(
    JSON.parse(await expectTaken(read('odd "name"', { where: [filterOf('select', 'eq', odd)] }))),
  ).toHaveLength(1)
  await write('replace', { body: JSON.stringify(row), where: byKey })
  expect(
    JSON.parse(
      await write('delete', { where: byKey, prefer: { ...returned, handling: 'strict', maxAffected: '1' } }),
    ),
  ).toHaveLength(1)
  await write('insert', {
    bodyFormat: 'csv',
    body: 'a b,select\n2,two',
    prefer: { ...returned, tx: 'rollback' },
  })
})

test('functions are called by GET and by POST', async () => {
  const call = emptyForm('call', 'api', 'double_of')
  expect(await expectTaken({ ...call, method: 'GET', arguments: [{ name: 'n', value: '4' }] })).toBe('8')
  expect(await expectTaken({ ...call, body: '{"n": 4, "times": 3}' })).toBe('12')
  const total = { ...emptyForm('call', 'api', 'total'), method: 'GET' as const }
  const given = ['1', '2', '3'].map((value) => ({ name: 'ns', value }))
  expect(await expectTaken({ ...total, arguments: given })).toBe('6')
})
