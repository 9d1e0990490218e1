import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPipelineConnection } from '#postgres/node/pipeline/connection.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { execute } from './execute.ts'
import { createConnectionPool, type ConnectionPool } from './pool.ts'
import type { Identity, Transaction } from './types.ts'

let database: TempDatabase
let pool: ConnectionPool
let identity: Identity

beforeAll(async () => {
  database = await createTempDatabase()
  const admin = new pg.Client(database.target)
  await admin.connect()
  await admin.query(`
    create view forgetful as
      select set_config('app.user', 'ann', false) as who, set_config('statement_timeout', '7s', false) as timeout;
    create function leaves() returns text language plpgsql as $$
      begin
        perform pg_advisory_lock(42);
        listen gossip;
        create temporary table scratch ();
        return set_config('app.user', 'ann', false);
      end $$;
  `)
  const { rows } = await admin.query('select current_user as role')
  identity = { role: rows[0].role, claims: '{}', isAnonymous: false }
  await admin.end()
  pool = createConnectionPool({
    open: () => openPipelineConnection(database.target),
    size: 1,
    acquireTimeoutMs: 10_000,
    idleTimeoutMs: 60_000,
    maxLifetimeMs: 60_000,
    now: () => performance.now(),
  })
})
afterAll(async () => {
  await pool.close()
  await database.drop()
})

/** Runs a query that gives one text, as the engine runs a request. */
async function run(query: string, more: Partial<Transaction> = {}): Promise<string> {
  const transaction: Transaction = {
    isReadOnly: true,
    isolation: 'read committed',
    end: 'commit',
    settings: { text: `select set_config('role', $1, true)`, values: [identity.role] },
    preRequest: null,
    main: {
      text: `select null::int8, 1::int8, null::int8, null::text, null::text, null::text, (${query})::text`,
      values: [],
    },
    planned: null,
    require: null,
    isPrepared: true,
    mayChangeSession: false,
    ...more,
  }
  const { body, ended } = await execute(pool, transaction, { identity, signal: new AbortController().signal })
  await ended
  if (body.kind !== 'bytes') throw new Error('It is a stream.')
  return Buffer.from(body.bytes).toString()
}

const LEFT = `select jsonb_build_object(
  'user', coalesce(current_setting('app.user', true), ''),
  'timeout', current_setting('statement_timeout'),
  'channels', (select count(*) from pg_listening_channels()),
  'locks', (select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()),
  'tables', (select count(*) from pg_class where relname = 'scratch'))`

const WRITES = { isReadOnly: false, mayChangeSession: true }

describe('the next request on a connection finds nothing of the one before', () => {
  test.each<readonly [string, string, Partial<Transaction>]>([
    ['a plain read of a view that sets settings', 'select who || timeout from forgetful', {}],
    ['one that is rolled back', 'select who from forgetful', { end: 'rollback' }],
    ['one that is not prepared', 'select who from forgetful', { isPrepared: false }],
    ['a function that writes', 'select leaves()', WRITES],
    ['one that must give one row', 'select leaves()', { ...WRITES, require: { kind: 'put-one-row' } }],
  ])('%s', async (_, query, more) => {
    const before = await run('select pg_backend_pid()')
    await run(query, more)
    expect(JSON.parse(await run(LEFT))).toEqual({ user: '', timeout: '0', channels: 0, locks: 0, tables: 0 })
    expect(await run('select pg_backend_pid()')).toBe(before)
  })

  test('one that fails', async () => {
    const before = await run('select pg_backend_pid()')
    await expect(run('select leaves() || (1 / (random() * 0)::int)', WRITES)).rejects.toMatchObject({
      code: '22012',
    })
    expect(JSON.parse(await run(LEFT))).toEqual({ user: '', timeout: '0', channels: 0, locks: 0, tables: 0 })
    expect(await run('select pg_backend_pid()')).toBe(before)
  })
})
