import { once } from 'node:events'
import { connect } from 'node:net'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { sampleConfig } from '#testing/rest-sample.ts'
import { layCable, startTestRest, type TestRest } from '#testing/rest-server.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { createBodyBudget, type RestOptions } from './index.ts'

const ROLE = 'rest_test_web'
const COLUMNS = Array.from({ length: 1000 }, (_, index) => `c${index}`)
const SCHEMA = `
do $$ begin create role ${ROLE} nologin; exception when duplicate_object then null; end $$;
create schema api;
grant usage on schema api to ${ROLE};
create table api.film (id int primary key, title text not null);
create table api.award (
  id int generated always as identity primary key,
  film_id int not null references api.film deferrable initially deferred
);
create table api.secret (id int primary key);
create table api.wide (${COLUMNS.map((name) => `${name} int default 7`).join(', ')});
create function api.sleep(seconds float8) returns void language sql as 'select pg_sleep(seconds)';
create function api.big(size int) returns text language sql stable as $$ select repeat('x', size) $$;
create function api.huge() returns setof text language sql stable as
  $$ select repeat('x', 300000000) from generate_series(1, 4) $$;
create function api.many() returns setof int language sql stable as 'select generate_series(1, 100000)';
create function api.size(bytea) returns int language sql immutable as 'select length($1)';
create function api.leave(text) returns void language plpgsql as $$ begin
  perform set_config('app.user', $1, false), set_config('response.headers', '[{"X-User": "' || $1 || '"}]', false),
    set_config('response.status', '299', false), pg_advisory_lock(7);
  create temp table cart as select $1; listen api_channel; end $$;
create function api.leave_lock() returns void language plpgsql as $$ begin perform pg_advisory_lock(7); perform 1 / 0; end $$;
create function api.left_behind() returns json language sql stable as $$ select json_build_object('user', current_setting('app.user', true),
  'cart', to_regclass('pg_temp.cart')::text, 'channels', (select count(*) from pg_listening_channels()), 'pid', pg_backend_pid(),
  'locks', (select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid())) $$;
create function api.echo_headers() returns json language sql stable as
  $$ select current_setting('request.headers')::json $$;
create function api.whoami() returns text language sql stable as 'select current_user::text';
create function api.read_only() returns text language sql stable as $$ select current_setting('transaction_read_only') $$;
create function api.bad_headers() returns text language plpgsql stable as $$
  begin perform set_config('response.headers', 'x', true); return repeat('x', 3000000); end $$;
create function api.raise_header() returns void language plpgsql stable as $$
  begin raise sqlstate 'PGRST' using message = '{"code":"1","message":"m"}',
    detail = '{"status":418,"headers":{"X-A":"é\\nb"}}'; end $$;
create function api.late_failure() returns text language plpgsql volatile as $$
  begin insert into api.award (film_id) values (-1); return repeat('x', 3000000); end $$;
grant select, insert, update, delete on api.film, api.award, api.wide to ${ROLE};
grant execute on all functions in schema api to ${ROLE};
insert into api.film select n, 'Film ' || n from generate_series(1, 20) n;
`

let database: TempDatabase
let admin: pg.Client
const open: TestRest[] = []

beforeAll(async () => {
  database = await createTempDatabase()
  admin = new pg.Client(database.target)
  await admin.connect()
  await admin.query(SCHEMA)
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
})
afterAll(async () => {
  await admin.end()
  await database.drop()
})

const config = sampleConfig({ anonRole: ROLE })

async function start(options: Partial<RestOptions> = {}): Promise<TestRest> {
  const server = await startTestRest(database.target, { config, ...options })
  open.push(server)
  return server
}

async function activeStatements(pattern: string): Promise<number> {
  const { rows } = await admin.query(
    `select count(*)::int as n from pg_stat_activity
     where datname = current_database() and state = 'active' and query like $1 and pid <> pg_backend_pid()`,
    [pattern],
  )
  return rows[0].n
}

async function endStatements(pattern: string): Promise<void> {
  await admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and state = 'active' and query like $1 and pid <> pg_backend_pid()`,
    [pattern],
  )
}

describe('a request', () => {
  test('is answered as the role, in a transaction that reads only where it may', async () => {
    const { url } = await start()
    const ask = async (path: string, init?: RequestInit) => await (await fetch(`${url}${path}`, init)).json()
    expect(await ask('/film?id=lte.2&select=title&order=id')).toEqual([
      { title: 'Film 1' },
      { title: 'Film 2' },
    ])
    expect(await ask('/rpc/whoami')).toBe(ROLE)
    expect(await ask('/rpc/read_only')).toBe('on')
    expect(await ask('/secret')).toMatchObject({ code: '42501' })
  })

  test('is observed once: who, what, how much, never values', async () => {
    const { url, usages } = await start()
    await (await fetch(`${url}/film?title=eq.secret&limit=3`)).text()
    await (await fetch(`${url}/film?nope=eq.1`)).text()
    await (await fetch(`${url}/a/b/secret`)).text()
    await vi.waitFor(() => expect(usages.length).toBe(3))
    expect(usages[0]).toMatchObject({
      role: ROLE,
      route: 'GET /film',
      status: 200,
      errorCode: null,
      rows: 0,
      bytesIn: 0,
      bytesOut: 2,
    })
    expect(usages[1]).toMatchObject({ status: 400, errorCode: '42703' })
    expect(usages[2]).toMatchObject({ status: 404, route: 'GET ?' })
    expect(JSON.stringify(usages)).not.toContain('secret')
  })

  test('carries its trace back, on errors too', async () => {
    const { url } = await start({ config: { ...config, traceHeader: 'X-Request-Id' } })
    for (const path of ['/film', '/nothing'])
      expect(
        (await fetch(`${url}${path}`, { headers: { 'x-request-id': 'r1' } })).headers.get('x-request-id'),
      ).toBe('r1')
    expect((await fetch(`${url}/film`)).headers.get('x-request-id')).toBe('')
  })

  test('from another origin is told what it may do', async () => {
    const { url } = await start()
    const response = await fetch(`${url}/film?limit=1`, { headers: { origin: 'https://app.example' } })
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    const options = await fetch(`${url}/film`, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example' },
    })
    expect(options.headers.get('access-control-allow-origin')).toBe('*')
    expect(options.headers.get('allow')).toBe('OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE')
  })

  test('shows its stages where that is wanted', async () => {
    const { url } = await start({ config: { ...config, serverTimingEnabled: true } })
    const response = await fetch(`${url}/film?limit=1`)
    expect(response.headers.get('server-timing')).toMatch(
      /^jwt;dur=[\d.]+, parse;dur=[\d.]+, plan;dur=[\d.]+, transaction;dur=[\d.]+, response;dur=[\d.]+$/,
    )
  })

  test('that must give one row, or not touch too many, is undone otherwise', async () => {
    const { url } = await start()
    const refused = await fetch(`${url}/film?id=lte.3`, {
      method: 'PATCH',
      headers: {
        accept: 'application/vnd.pgrst.object+json',
        prefer: 'return=representation',
        'content-type': 'application/json',
      },
      body: '{"title":"changed"}',
    })
    expect([refused.status, await refused.json()]).toMatchObject([406, { code: 'PGRST116' }])
    const tooMany = await fetch(`${url}/film?id=lte.3`, {
      method: 'DELETE',
      headers: { prefer: 'handling=strict, max-affected=2' },
    })
    expect([tooMany.status, await tooMany.json()]).toMatchObject([400, { code: 'PGRST124' }])
    const { rows } = await admin.query(`select count(*)::int as n from api.film where title like 'Film %'`)
    expect(rows[0].n).toBe(20)
  })

  test('that is rolled back answers as if it had been committed, deferred constraints included', async () => {
    const { url } = await start()
    const ask = (body: string) =>
      fetch(`${url}/award`, {
        method: 'POST',
        headers: { prefer: 'tx=rollback', 'content-type': 'application/json' },
        body,
      })
    expect((await ask('{"film_id":1}')).status).toBe(201)
    expect((await ask('{"film_id":-1}')).status).toBe(409)
    expect((await admin.query('select from api.award')).rowCount).toBe(0)
  })

  test.each([
    ['a call', '/rpc/leave', 'ann', 299],
    ['a call by GET', '/rpc/leave_lock', undefined, 400],
    ['one that fails', '/rpc/leave_lock', '{}', 400],
  ])('leaves nothing of %s to the next request on its connection', async (_, path, body, status) => {
    const { url } = await start({ pool: { size: 1 } })
    const before: unknown = await (await fetch(`${url}/rpc/left_behind`)).json()
    const json = { 'content-type': path === '/rpc/leave' ? 'text/plain' : 'application/json' }
    const answer = await fetch(url + path, body === undefined ? {} : { method: 'POST', headers: json, body })
    expect(answer.status).toBe(status)
    const next = await fetch(`${url}/rpc/left_behind`)
    expect([next.status, next.headers.get('x-user')]).toEqual([200, null])
    expect(await next.json()).toEqual({ ...Object(before), user: status === 299 ? '' : null })
    const read = await fetch(`${url}/film?limit=1`)
    expect([read.status, read.headers.get('x-user')]).toEqual([200, null])
  })

  test('fails with the constraint that only the commit checks', async () => {
    const { url } = await start()
    const response = await fetch(`${url}/award`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"film_id":-1}',
    })
    expect([response.status, await response.json()]).toMatchObject([409, { code: '23503' }])
  })

  test('costs no more than it may', async () => {
    const { url } = await start({ config: { ...config, maxPlanCost: 10 } })
    expect((await fetch(`${url}/film?id=eq.1`)).status).toBe(200)
    const response = await fetch(`${url}/rpc/many`)
    expect([response.status, await response.json()]).toMatchObject([400, { code: '54001' }])
    expect((await fetch(`${url}/film?id=eq.1`)).status).toBe(200)
  })

  test('works when a column changed its type since it was prepared', async () => {
    const { url } = await start({ pool: { size: 1 } })
    await admin.query('create table api.shape (id int, v int); insert into api.shape values (1, 2)')
    await admin.query(`grant select on api.shape to ${ROLE}`)
    const { rest } = open[0] ?? (await start())
    await rest.reload()
    const ask = async () => await (await fetch(`${url}/shape`)).json()
    expect(await ask()).toEqual([{ id: 1, v: 2 }])
    await admin.query('alter table api.shape alter v type text')
    expect(await ask()).toEqual([{ id: 1, v: '2' }])
    await admin.query('drop table api.shape')
  })
})

describe('strength', () => {
  test('a database that is gone is told with 503, and served again when it is back', async () => {
    const cable = await layCable(database.target)
    const server = await startTestRest(cable.target, { config })
    open.push(server)
    const ask = () => fetch(`${server.url}/film?id=eq.1`)
    expect((await ask()).status).toBe(200)
    const running = fetch(`${server.url}/rpc/sleep`, {
      method: 'POST',
      body: '{"seconds":60}',
      headers: { 'content-type': 'application/json' },
    })
    await vi.waitFor(async () => expect(await activeStatements('%sleep%')).toBe(1))
    await cable.cut()
    // The backend itself hears nothing of it.
    await endStatements('%sleep%')
    const broken = await running
    expect([broken.status, broken.headers.get('retry-after'), await broken.json()]).toMatchObject([
      503,
      '1',
      { code: 'PGRST001' },
    ])
    const refused = await ask()
    expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toMatchObject([
      503,
      '1',
      { code: 'PGRST000', details: null },
    ])
    await cable.mend()
    await vi.waitFor(async () => expect((await ask()).status).toBe(200), { timeout: 10_000 })
  })

  test('before the schema was ever read requests are refused, not kept waiting', async () => {
    const cable = await layCable(database.target)
    await cable.cut()
    const server = await startTestRest(cable.target, { config })
    open.push(server)
    const response = await fetch(`${server.url}/film`)
    expect([response.status, await response.json()]).toMatchObject([503, { code: 'PGRST002' }])
    await cable.mend()
    await vi.waitFor(async () => expect((await fetch(`${server.url}/film`)).status).toBe(200), {
      timeout: 10_000,
    })
  })

  test('backends that an administrator ends are told, and replaced', async () => {
    const { url } = await start()
    const running = fetch(`${url}/rpc/sleep`, {
      method: 'POST',
      body: '{"seconds":60}',
      headers: { 'content-type': 'application/json' },
    })
    await vi.waitFor(async () => expect(await activeStatements('%sleep%')).toBe(1))
    await endStatements('%sleep%')
    const response = await running
    expect([response.status, await response.json()]).toMatchObject([503, { code: '57P01' }])
    expect((await fetch(`${url}/film?id=eq.1`)).status).toBe(200)
  })

  test('a full pool answers 504 in time, and serves on', async () => {
    const { url } = await start({ pool: { size: 1, acquireTimeoutMs: 60 } })
    await (await fetch(`${url}/film?id=eq.1`)).text()
    const slow = fetch(`${url}/rpc/sleep`, {
      method: 'POST',
      body: '{"seconds":0.5}',
      headers: { 'content-type': 'application/json' },
    })
    await vi.waitFor(async () => expect(await activeStatements('%sleep%')).toBe(1))
    const response = await fetch(`${url}/film?id=eq.1`)
    expect([response.status, await response.json()]).toMatchObject([504, { code: 'PGRST003' }])
    expect((await slow).status).toBe(204)
    expect((await fetch(`${url}/film?id=eq.1`)).status).toBe(200)
  })

  test('many more requests than connections are all served', async () => {
    const { url } = await start({ pool: { size: 3 } })
    const statuses = await Promise.all(
      Array.from(
        { length: 200 },
        async (_, index) => (await fetch(`${url}/film?id=eq.${(index % 20) + 1}`)).status,
      ),
    )
    expect(new Set(statuses)).toEqual(new Set([200]))
  })

  test('a client that leaves has its query cancelled, and nobody else’s', async () => {
    const { url, usages } = await start({ pool: { size: 1 } })
    await (await fetch(`${url}/film?id=eq.1`)).text()
    for (let round = 0; round < 3; round++) {
      const leaving = new AbortController()
      const left = fetch(`${url}/rpc/sleep`, {
        method: 'POST',
        body: '{"seconds":60}',
        headers: { 'content-type': 'application/json' },
        signal: leaving.signal,
      })
      await vi.waitFor(async () => expect(await activeStatements('%sleep%')).toBe(1))
      leaving.abort()
      await expect(left).rejects.toThrow()
      expect((await fetch(`${url}/film?id=eq.1`)).status).toBe(200)
      expect(await activeStatements('%sleep%')).toBe(0)
    }
    expect(usages.filter(({ wasAborted }) => wasAborted).map(({ failure }) => failure)).toEqual([
      null,
      null,
      null,
    ])
  })

  test('a role’s statement timeout holds', async () => {
    await admin.query(`alter role ${ROLE} set statement_timeout = '80ms'`)
    try {
      const { url } = await start()
      const response = await fetch(`${url}/rpc/sleep`, {
        method: 'POST',
        body: '{"seconds":60}',
        headers: { 'content-type': 'application/json' },
      })
      expect([response.status, await response.json()]).toMatchObject([
        500,
        { code: '57014', message: 'canceling statement due to statement timeout' },
      ])
    } finally {
      await admin.query(`alter role ${ROLE} reset statement_timeout`)
    }
  })

  test('a body above the limit is refused, whether its length was announced or not', async () => {
    const { url } = await start({ config: { ...config, maxBodyBytes: 1000 } })
    const body = JSON.stringify({ id: 100, title: 'x'.repeat(2000) })
    const chunked = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(body))
        controller.close()
      },
    })
    for (const sent of [{ body }, { body: chunked, duplex: 'half' }]) {
      const response = await fetch(`${url}/film`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        ...sent,
      })
      expect([response.status, await response.json()]).toMatchObject([413, { code: 'BODY_TOO_LARGE' }])
    }
    expect((await fetch(`${url}/film?id=eq.1`)).status).toBe(200)
  })

  test('bodies that would fill the memory together are refused, and taken when others are done', async () => {
    const { url } = await start({ bodyBudget: createBodyBudget(1000) })
    const post = (bytes: number): Promise<Response> =>
      fetch(`${url}/rpc/size`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: Buffer.alloc(bytes, 7),
      })
    const refused = await post(1001)
    expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toMatchObject([
      503,
      '1',
      { code: 'BODIES_TOO_MANY' },
    ])
    for (const _ of [1, 2, 3]) await expect.poll(async () => (await post(900)).status).toBe(200)
  })

  test('a client that sends 100 MB too many still reads why they were refused', async () => {
    const { port } = await start({ config: { ...config, maxBodyBytes: 1_000_000 } })
    const socket = connect(port, '127.0.0.1')
    socket.write(
      'POST /film HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100000000\r\n\r\n',
    )
    socket.end(Buffer.alloc(100_000_000, 32))
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    await once(socket, 'close')
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1.1 413 .*BODY_TOO_LARGE/s)
  })

  test('a body of 100 MB is taken where it is allowed', async () => {
    const { url } = await start()
    const response = await fetch(`${url}/rpc/size`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: Buffer.alloc(100_000_000, 7),
    })
    expect([response.status, await response.json()]).toEqual([200, 100_000_000])
    const written = await fetch(`${url}/film?columns=id,title`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'tx=rollback' },
      body: JSON.stringify([{ id: 1000, title: 'x'.repeat(100_000_000) }]),
    })
    expect(written.status).toBe(201)
  })

  test('a row of 1,000 columns comes and goes', async () => {
    const { url } = await start()
    const row = Object.fromEntries(COLUMNS.map((name, index) => [name, index]))
    const response = await fetch(`${url}/wide?order=c0,c999&select=${COLUMNS.join(',')}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'return=representation, tx=rollback' },
      body: JSON.stringify(row),
    })
    expect([response.status, await response.json()]).toEqual([201, [row]])
  })

  test('hundreds of megabytes flow through with little memory', async () => {
    const { port } = await start()
    const before = process.memoryUsage()
    let most = 0
    const size = await readAll(port, '/rpc/big?size=200000000', () => {
      const { external, arrayBuffers } = process.memoryUsage()
      most = Math.max(most, external - before.external, arrayBuffers - before.arrayBuffers)
    })
    expect(size).toBeGreaterThan(200_000_000)
    expect(most).toBeLessThan(100_000_000)
  })

  test('a long body that is not answered with leaves the connection in order', async () => {
    const { url, usages } = await start({ pool: { size: 1 } })
    const response = await fetch(`${url}/rpc/bad_headers`)
    expect([response.status, await response.json()]).toMatchObject([500, { code: 'PGRST111' }])
    const head = await fetch(`${url}/rpc/big?size=3000000`, { method: 'HEAD' })
    expect(head.status).toBe(200)
    expect((await fetch(`${url}/film?id=eq.1`)).status).toBe(200)
    expect(usages.map(({ failure }) => failure)).toEqual([null, null, null])
  })

  test('headers that a function raises are spelled so that HTTP can carry them', async () => {
    const { url } = await start()
    const response = await fetch(`${url}/rpc/raise_header`)
    expect([response.status, Buffer.from(response.headers.get('x-a') ?? '', 'latin1').toString()]).toEqual([
      418,
      'é b',
    ])
  })

  test('an answer that cannot be written ends the connection, not the service', async () => {
    const { url, usages } = await start({ config: { ...config, traceHeader: 'no header' } })
    await expect(fetch(`${url}/film`)).rejects.toThrow()
    await expect(fetch(`${url}/film`)).rejects.toThrow()
    expect(usages).toMatchObject([
      { status: 500, route: 'GET ?', failure: expect.any(TypeError) },
      { status: 500, route: 'GET ?', failure: expect.any(TypeError) },
    ])
  })

  test('a request that takes too long is cancelled and told', async () => {
    const { url } = await start({ http: { requestTimeoutMs: 100 }, pool: { size: 1 } })
    const response = await fetch(`${url}/rpc/sleep`, {
      method: 'POST',
      body: '{"seconds":60}',
      headers: { 'content-type': 'application/json' },
    })
    expect([response.status, await response.json()]).toMatchObject([504, { code: '57014' }])
    expect((await fetch(`${url}/film?id=eq.1`)).status).toBe(200)
  })

  test('a client that takes nothing is given up, and its connection serves others', async () => {
    const { port, url } = await start({ pool: { size: 1 }, http: { slowClientTimeoutMs: 100 } })
    const socket = connect(port, '127.0.0.1')
    socket.pause()
    socket.write('GET /rpc/big?size=100000000 HTTP/1.1\r\nhost: x\r\n\r\n')
    // With one connection, this waits until the slow one is gone.
    expect((await fetch(`${url}/film?id=eq.1`)).status).toBe(200)
    socket.resume()
    await once(socket, 'close')
  })

  test('an answer whose transaction fails at its end is cut short, never whole', async () => {
    const { port, url } = await start()
    const request = JSON.stringify({})
    const received = await readRaw(
      port,
      `POST /rpc/late_failure HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${request.length}\r\n\r\n${request}`,
    )
    expect(received.length).toBeLessThan(3_000_000)
    expect((await admin.query('select from api.award')).rowCount).toBe(0)
    expect((await fetch(`${url}/film?id=eq.1`)).status).toBe(200)
  })

  test('a result above what Postgres can build is explained', async () => {
    const { url } = await start()
    const response = await fetch(`${url}/rpc/huge`)
    const error = await response.json()
    expect(response.status).toBe(500)
    expect(error).toMatchObject({ hint: expect.stringContaining('up to 1 GB') })
  })
})

/** Bytes of a whole answer. */
async function readAll(port: number, path: string, onChunk: () => void): Promise<number> {
  const socket = connect(port, '127.0.0.1')
  socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)
  let size = 0
  for await (const chunk of socket) {
    size += Buffer.from(chunk).length
    onChunk()
  }
  return size
}

/** All that comes until the server closes the socket. */
async function readRaw(port: number, request: string): Promise<Buffer> {
  const socket = connect(port, '127.0.0.1')
  socket.write(request)
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.on('error', () => undefined)
  await once(socket, 'close')
  return Buffer.concat(chunks)
}
