// Long bodies go to Postgres as the bytes that came: they must mean what short ones do.
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sampleConfig } from '#testing/rest-sample.ts'
import { startTestRest, type TestRest } from '#testing/rest-server.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'

const ROLE = 'rest_test_bodies'
const SCHEMA = `
do $$ begin create role ${ROLE} nologin; exception when duplicate_object then null; end $$;
create schema api;
grant usage on schema api to ${ROLE};
create table api.note (id int primary key, text text, tag text default 'none');
create function api.length_of_json(json) returns int language sql immutable as $$ select length($1->>'text') $$;
create function api.length_of_jsonb(jsonb) returns int language sql immutable as $$ select length($1->>'text') $$;
create function api.length_of_text(text) returns int language sql immutable as $$ select length($1) $$;
create function api.length_of_bytes(bytea) returns int language sql immutable as $$ select length($1) $$;
create function api.count_of(text text, notes json) returns int language sql immutable as $$ select json_array_length($2) $$;
grant select, insert, update, delete on api.note to ${ROLE};
grant execute on all functions in schema api to ${ROLE};
`
const LONG = 'é"\\\n'.repeat(100_000)

let database: TempDatabase
let rest: TestRest

beforeAll(async () => {
  database = await createTempDatabase()
  const admin = new pg.Client(database.target)
  await admin.connect()
  await admin.query(SCHEMA)
  await admin.end()
  rest = await startTestRest(database.target, { config: sampleConfig({ anonRole: ROLE }) })
})
afterAll(async () => {
  await rest.close()
  await database.drop()
})

async function ask(
  method: string,
  path: string,
  { body, type = 'application/json', prefer = '' }: { body?: string; type?: string; prefer?: string } = {},
): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(`${rest.url}${path}`, {
    method,
    headers: { 'content-type': type, prefer: `return=representation,${prefer}` },
    ...(body === undefined ? {} : { body }),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? null : JSON.parse(text) }
}

describe('a long body', () => {
  test('of JSON is inserted, updated and upserted', async () => {
    const rows = Array.from({ length: 3 }, (_, id) => ({ id, text: `${String(id)}${LONG}` }))
    expect(await ask('POST', '/note?select=id,text', { body: JSON.stringify(rows) })).toEqual({
      status: 201,
      body: rows,
    })
    const changed = { text: `new ${LONG}` }
    expect(await ask('PATCH', '/note?id=eq.1&select=text', { body: JSON.stringify(changed) })).toEqual({
      status: 200,
      body: [changed],
    })
    const put = { id: 2, text: LONG, tag: 'put' }
    expect(await ask('PUT', '/note?id=eq.2', { body: JSON.stringify(put) })).toEqual({
      status: 200,
      body: [put],
    })
  })

  test('may leave out columns with a default', async () => {
    const body = `\ufeff${JSON.stringify([
      { id: 10, text: LONG },
      { id: 11, tag: null },
    ])}`
    const path = '/note?columns=id,text,tag&select=id,tag'
    expect(await ask('POST', path, { body, prefer: 'missing=default' })).toEqual({
      status: 201,
      body: [
        { id: 10, tag: 'none' },
        { id: 11, tag: null },
      ],
    })
  })

  test('of CSV is inserted', async () => {
    const body = `id,text\n20,"${LONG.replaceAll('"', '""')}"\n21,NULL\n`
    expect(await ask('POST', '/note?select=id,text', { body, type: 'text/csv' })).toEqual({
      status: 201,
      body: [
        { id: 20, text: LONG },
        { id: 21, text: null },
      ],
    })
  })

  test.each([
    ['json', 'application/json', JSON.stringify({ text: LONG }), LONG.length],
    ['jsonb', 'application/json', JSON.stringify({ text: LONG }), LONG.length],
    ['text', 'text/plain', LONG, LONG.length],
    ['bytes', 'application/octet-stream', LONG, Buffer.byteLength(LONG)],
  ])('is the only argument of type %s', async (name, type, body, length) => {
    expect((await ask('POST', `/rpc/length_of_${name}`, { body, type })).body).toBe(length)
  })

  test('has arguments by name', async () => {
    const body = JSON.stringify({ text: LONG, notes: [1, 2, 3] })
    expect((await ask('POST', '/rpc/count_of', { body })).body).toBe(3)
  })

  test.each([
    ['is no JSON', `[{"id":1,"text":"${'x'.repeat(300_000)}"]`, 'application/json', 'PGRST102'],
    [
      'has rows of other keys',
      `[{"id":1},${' '.repeat(300_000)}{"text":""}]`,
      'application/json',
      'PGRST102',
    ],
    ['has a zero byte', `id\n${'1\n'.repeat(200_000)}\0`, 'text/csv', '22021'],
  ])('is refused where it %s', async (_, body, type, code) => {
    expect(await ask('POST', '/note', { body, type })).toMatchObject({ status: 400, body: { code } })
  })
})
