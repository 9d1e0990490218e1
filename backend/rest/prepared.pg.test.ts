// db-prepared-statements: behind a pooler that gives each transaction another connection nothing may stay prepared, not even `begin`.
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sampleConfig } from '#testing/rest-sample.ts'
import { startTestRest } from '#testing/rest-server.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'

const ROLE = 'rest_test_prepared'
const SCHEMA = `
do $$ begin create role ${ROLE} nologin; exception when duplicate_object then null; end $$;
create schema api;
grant usage on schema api to ${ROLE};
create table api.film (id int primary key);
grant select, insert on api.film to ${ROLE};
create function api.prepared() returns int language sql as 'select count(*)::int from pg_prepared_statements';
`
let database: TempDatabase

beforeAll(async () => {
  database = await createTempDatabase()
  const admin = new pg.Client(database.target)
  await admin.connect()
  await admin.query(SCHEMA)
  await admin.end()
})
afterAll(() => database.drop())

/** How many statements a connection holds after reads, a write that is refused, one that is undone, and a batch. */
async function countPrepared(preparedStatements: boolean): Promise<number> {
  const config = sampleConfig({ anonRole: ROLE, preparedStatements, txEnd: 'commit-allow-override' })
  const server = await startTestRest(database.target, { config, pool: { size: 1 } })
  try {
    const send = async (path: string, headers: Record<string, string>, body: unknown): Promise<unknown> => {
      const options = { method: 'POST', headers: { 'content-type': 'application/json', ...headers } }
      return await (await fetch(server.url + path, { ...options, body: JSON.stringify(body) })).text()
    }
    await (await fetch(`${server.url}/film`)).text()
    await send('/film', {}, { id: 'x' })
    await send('/film', { prefer: 'tx=rollback' }, { id: 1 })
    await send('/', { 'content-type': 'application/vnd.nebuladb.batch+json' }, [
      { method: 'GET', path: '/film' },
    ])
    return Number(await send('/rpc/prepared', {}, {}))
  } finally {
    await server.close()
  }
}

test('statements stay prepared, unless none may', async () => {
  expect(await countPrepared(true)).toBeGreaterThan(3)
  expect(await countPrepared(false)).toBe(0)
})
