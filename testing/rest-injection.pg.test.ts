// The corpus of hostile requests, run: whatever Postgres says of them, nothing but what was asked for happens.
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isRestError } from '../backend/rest/errors.ts'
import { parseRequest } from '../backend/rest/parse/index.ts'
import { plan } from '../backend/rest/plan/index.ts'
import { loadSchemaCache } from '../backend/rest/schema-cache/index.ts'
import { toTransaction } from '../backend/rest/sql/index.ts'
import type { SchemaCache, Transaction } from '../backend/rest/types.ts'
import { openSession } from '../postgres/node/session.ts'
import { FILMS_SQL } from './rest-films.ts'
import { hostileRequests, MARK, type HostileRequest } from './rest-injection-corpus.ts'
import { sampleConfig, sampleIdentity } from './rest-sample.ts'
import { createTempDatabase, type TempDatabase } from './temp-database.ts'

const MORE_SQL = `
create table api.canary (id integer);
insert into api.canary values (1);
create function api.echo(words text) returns text immutable language sql as $$ select words $$;
create function api.found(words text) returns setof api.films stable language sql
  as $$ select * from api.films where title = words $$;
create role rest_injected;
grant usage on schema api to rest_injected;
grant all on all tables in schema api to rest_injected;
`

let database: TempDatabase
let cache: SchemaCache
let client: pg.Client

beforeAll(async () => {
  database = await createTempDatabase()
  const session = await openSession(database.target)
  await session.query(FILMS_SQL)
  await session.query(MORE_SQL)
  cache = await loadSchemaCache(session, { schemas: ['api'], extraSearchPath: [], hoistedTxSettings: [] })
  await session.close()
  client = new pg.Client(database.target)
  await client.connect()
})

afterAll(async () => {
  await client.query('drop owned by rest_injected; drop role rest_injected')
  await client.end()
  await database.drop()
})

const config = sampleConfig({ extraSearchPath: [] })
const identity = { ...sampleIdentity, role: 'rest_injected', claims: '{"role":"rest_injected"}' }

function compile({ method, url, headers, body }: HostileRequest): Transaction | null {
  const [path = '', query = ''] = url.split('?')
  try {
    const request = parseRequest(
      { method, path, query, headers, body: new TextEncoder().encode(body) },
      config,
    )
    const planned = plan(request, { cache, config, identity })
    return planned.kind === 'info' ? null : toTransaction(planned, { cache, config, identity, request })
  } catch (error) {
    if (isRestError(error)) return null
    throw error
  }
}

async function run({ settings, main, planned }: Transaction): Promise<string | null> {
  await client.query('begin')
  try {
    for (const statement of [settings, main, planned]) {
      if (statement !== null) await client.query(statement.text, [...statement.values])
    }
    return null
  } catch (error) {
    if (error instanceof pg.DatabaseError) return `${error.code ?? ''} ${error.message}`
    throw error
  } finally {
    await client.query('rollback')
  }
}

test('what hostile requests ask for is well-formed SQL, and harms nothing', async () => {
  const wrong: unknown[] = []
  let ran = 0
  for (const request of hostileRequests()) {
    const transaction = compile(request)
    if (transaction === null) continue
    ran += 1
    const problem = await run(transaction)
    // Wrong names, types and values are the request's fault, bad search terms too. Bad syntax would be ours, as would be anything internal.
    if (problem !== null && /^(42601 (?!.*tsquery|there is no escaped)|XX|58|57|55|54|26|0A)/.test(problem)) {
      wrong.push({ request, problem, text: transaction.main?.text })
    }
  }
  expect(wrong).toEqual([])
  expect(ran).toBeGreaterThan(1000)
  const { rows } = await client.query(
    "select (select count(*) from api.canary)::int as canaries, (select count(*) from pg_class where relnamespace = 'api'::regnamespace and relname like $1)::int as made",
    [`%${MARK}%`],
  )
  expect(rows).toEqual([{ canaries: 1, made: 0 }])
})
