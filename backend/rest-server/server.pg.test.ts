import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { openSession, type Session } from '#postgres/node/session.ts'
import { createTempDatabase } from '#testing/temp-database.ts'
import { readServerConfig } from './config.ts'
import { createServerLog } from './log.ts'
import { checkReady } from './ready.ts'
import { createRestServer, type RestServer } from './server.ts'

let database: Awaited<ReturnType<typeof createTempDatabase>>
let admin: Session
const login = `rest_server_${process.pid}`
const anon = `rest_anon_${process.pid}`
const folder = mkdtempSync(join(tmpdir(), 'nebuladb-rest-server-'))
const ends: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  database = await createTempDatabase()
  admin = await openSession(database.target)
  await admin.query(`
    create role ${anon} nologin;
    create role ${login} login noinherit password 'pw';
    grant ${anon} to ${login};
    create schema api;
    create schema other;
    grant usage on schema api, other to ${anon};
    create table api.film (id int primary key, title text);
    insert into api.film values (1, 'Solaris');
    create table other.actor (id int primary key);
    grant select on api.film, other.actor to ${anon}`)
})

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
  await admin.query(`alter role ${login} reset all`)
})

afterAll(async () => {
  await admin.query(
    `drop schema api, other cascade; drop owned by ${login}, ${anon}; drop role ${login}, ${anon}`,
  )
  await admin.close()
  await database.drop()
  rmSync(folder, { recursive: true, force: true })
})

interface Started {
  readonly server: RestServer
  readonly url: string
  readonly adminUrl: string
  readonly out: string[]
  readonly err: string[]
  readonly fatal: Error[]
}

async function start(settings: Record<string, string> = {}, port = database.target.port): Promise<Started> {
  const { host, database: name } = database.target
  const adminPort = await freePort()
  const environment = {
    PGRST_DB_URI: `host=${host} port=${port} dbname=${name} user=${login} password=pw`,
    PGRST_DB_SCHEMAS: 'api',
    PGRST_DB_ANON_ROLE: anon,
    PGRST_SERVER_HOST: '127.0.0.1',
    PGRST_SERVER_PORT: '0',
    PGRST_ADMIN_SERVER_PORT: String(adminPort),
    PGRST_LOG_LEVEL: 'info',
    ...settings,
  }
  const [out, err, fatal]: [string[], string[], Error[]] = [[], [], []]
  const server = createRestServer({
    readConfig: (settings) =>
      readServerConfig({
        path: undefined,
        environment,
        ...(settings === undefined ? {} : { database: settings }),
      }),
    log: createServerLog({
      level: 'info',
      out: (line) => out.push(line),
      err: (line) => err.push(line),
      now: () => new Date(),
    }),
    onFatal: (error) => fatal.push(error),
  })
  ends.push(() => server.close())
  const url = await server.start()
  return { server, url, adminUrl: `http://127.0.0.1:${adminPort}`, out, err, fatal }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = addressOf(probe)
  await new Promise((resolve) => probe.close(resolve))
  return port
}

function addressOf(server: Server): AddressInfo {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('It does not listen.')
  return address
}

const WAIT = { timeout: 20_000, interval: 20 }

async function ready({ adminUrl }: Started): Promise<void> {
  await vi.waitFor(async () => expect((await fetch(`${adminUrl}/ready`)).status).toBe(200), WAIT)
}

/** A way to Postgres that can be cut and opened again. */
async function createDoor(): Promise<{ port: number; open(): Promise<void>; cut(): Promise<void> }> {
  const port = await freePort()
  const sockets = new Set<Socket>()
  let server: Server | undefined
  const cut = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    const closing = server
    server = undefined
    if (closing !== undefined) await new Promise((resolve) => closing.close(resolve))
  }
  ends.push(cut)
  return {
    port,
    cut,
    async open() {
      server = createServer((near) => {
        const far = connect(database.target.port, database.target.host)
        for (const socket of [near, far]) {
          sockets.add(socket)
          socket.on('error', () => undefined).on('close', () => (near.destroy(), far.destroy()))
        }
        near.pipe(far).pipe(near)
      }).listen(port, '127.0.0.1')
      await once(server, 'listening')
    },
  }
}

// REST-S5
test('it listens before the database is there, says so with 503, and serves once it is', async () => {
  const door = await createDoor()
  const started = await start({ PGRST_DB_URI: doorUri(door.port) })
  const refused = await fetch(`${started.url}/film`)
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
  expect(await refused.json()).toMatchObject({ code: 'PGRST002' })
  expect((await fetch(`${started.adminUrl}/live`)).status).toBe(200)
  expect((await fetch(`${started.adminUrl}/ready`)).status).toBe(503)
  await door.open()
  await ready(started)
  expect(await (await fetch(`${started.url}/film`)).json()).toEqual([{ id: 1, title: 'Solaris' }])
  expect(started.err.join('')).toContain('Attempting to reconnect to the database in 1 seconds...')
})

// REST-S5
test('a database that went away is found again', async () => {
  const door = await createDoor()
  await door.open()
  const started = await start({ PGRST_DB_URI: doorUri(door.port) })
  await ready(started)
  await door.cut()
  expect((await fetch(`${started.url}/film`)).status).toBe(503)
  await vi.waitFor(async () => expect((await fetch(`${started.adminUrl}/ready`)).status).toBe(503), WAIT)
  await door.open()
  await ready(started)
  expect((await fetch(`${started.url}/film`)).status).toBe(200)
})

// REST-S5
test('a wrong password, and a lost database without recovery, are fatal', async () => {
  const { host, port, database: name } = database.target
  const wrong = await start({
    PGRST_DB_URI: `host=${host} port=${port} dbname=${name} user=${login} password=no`,
  })
  await vi.waitFor(() => expect(wrong.fatal).toHaveLength(1), WAIT)
  const lost = await start({
    PGRST_DB_URI: 'host=127.0.0.1 port=1',
    PGRST_DB_POOL_AUTOMATIC_RECOVERY: 'false',
  })
  await vi.waitFor(() => expect(lost.fatal[0]?.message).toContain('Automatic recovery disabled'), WAIT)
})

// REST-S4, REST-S6
test('settings of the database are used, and read anew when a notification asks for it', async () => {
  const started = await start()
  await ready(started)
  expect((await fetch(`${started.url}/actor`)).status).toBe(404)
  await admin.query(`alter role ${login} set pgrst.db_schemas = 'other'; notify pgrst, 'reload config'`)
  await vi.waitFor(async () => expect((await fetch(`${started.url}/actor`)).status).toBe(200), WAIT)
  expect((await fetch(`${started.url}/film`)).status).toBe(404)
})

// REST-S6
test('settings with a mistake leave the old ones in place', async () => {
  const started = await start()
  await ready(started)
  await admin.query(`alter role ${login} set pgrst.db_schemas = 'pg_catalog'`)
  await started.server.reloadConfig()
  expect(started.err.join('')).toContain(
    "Failed reloading config: Error in config db-schemas does not allow schema: 'pg_catalog'",
  )
  expect((await fetch(`${started.url}/film`)).status).toBe(200)
})

// REST-S6
test('the schema is read anew when a notification or a signal asks for it, on the channel of the settings', async () => {
  const started = await start({ PGRST_DB_CHANNEL: 'my channel' })
  await ready(started)
  await admin.query(
    `create table api.one (id int); grant select on api.one to ${anon}; notify "my channel", 'reload schema'`,
  )
  await vi.waitFor(async () => expect((await fetch(`${started.url}/one`)).status).toBe(200), WAIT)
  await admin.query(`create table api.two (id int); grant select on api.two to ${anon}`)
  started.server.reloadSchema()
  await vi.waitFor(async () => expect((await fetch(`${started.url}/two`)).status).toBe(200), WAIT)
  await admin.query('drop table api.one, api.two')
})

// REST-S7
test('the admin server tells schema, settings and metrics, never secrets', async () => {
  const started = await start({ PGRST_JWT_SECRET: 'a secret of thirty-two characters!' })
  await ready(started)
  await fetch(`${started.url}/film`)
  const text = async (path: string): Promise<string> => (await fetch(`${started.adminUrl}${path}`)).text()
  expect(JSON.parse(await text('/schema_cache'))).toMatchObject({ tables: { 'api.film': { name: 'film' } } })
  const config = await text('/config')
  expect(config).toContain('db-schemas = "api"')
  expect(config).not.toContain('thirty-two')
  expect(config).not.toContain('password=pw')
  const metrics = await text('/metrics')
  expect(metrics).toContain('pgrst_schema_cache_loads_total{status="SUCCESS"} 1')
  expect(metrics).toContain('pgrst_db_pool_max 10')
  expect(metrics).toContain('pgrst_db_pool_available 1')
  expect((await fetch(`${started.adminUrl}/nope`)).status).toBe(404)
  expect((await fetch(`${started.adminUrl}/live`, { method: 'POST' })).status).toBe(405)
})

// REST-S9
test('requests are logged with role, status and size', async () => {
  const started = await start({ PGRST_LOG_QUERY: 'true' })
  await ready(started)
  await fetch(`${started.url}/film?id=eq.1`, { headers: { 'user-agent': 'test/1' } })
  await vi.waitFor(() => expect(started.out).toHaveLength(1), WAIT)
  expect(started.out[0]).toMatch(
    new RegExp(
      `^127\\.0\\.0\\.1 - ${anon} \\[.*\\] "GET /film\\?id=eq\\.1 HTTP/1\\.1" 200 28 "" "test/1"\\n$`,
    ),
  )
  expect(started.err.join('')).toContain('"api"."film"')
})

// REST-S10
test('--ready asks the admin server', async () => {
  const started = await start()
  await ready(started)
  const { port } = new URL(started.adminUrl)
  const config = (settings: Record<string, string>) =>
    readServerConfig({ path: undefined, environment: settings })
  const at = (host: string) => config({ PGRST_ADMIN_SERVER_PORT: port, PGRST_ADMIN_SERVER_HOST: host })
  expect(await checkReady(at('127.0.0.1'))).toEqual({
    isReady: true,
    message: `OK: http://127.0.0.1:${port}/ready`,
  })
  expect(await checkReady(at('*'))).toMatchObject({ isReady: false })
  expect((await checkReady(config({}))).message).toContain('Admin server is not running.')
  await started.server.close()
  expect((await checkReady(at('127.0.0.1'))).message).toContain('ERROR: connection refused')
})

// REST-S8
test('it can listen on a socket of its own mode, which is gone afterwards', async () => {
  const path = join(folder, 'api.sock')
  const started = await start({ PGRST_SERVER_UNIX_SOCKET: path, PGRST_SERVER_UNIX_SOCKET_MODE: '600' })
  await ready(started)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  const status = await new Promise((resolve, reject) => {
    request({ socketPath: path, path: '/film' }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end()
  })
  expect(status).toBe(200)
  await started.server.close()
  expect(existsSync(path)).toBe(false)
})

// REST-S8
test('closing lets a request end and leaves no connection behind', async () => {
  await admin.query(
    `create or replace function api.slow() returns text language sql volatile as $$ select 'done' from pg_sleep(0.5) $$; grant execute on function api.slow to ${anon}`,
  )
  const started = await start()
  await ready(started)
  const answer = fetch(`${started.url}/rpc/slow`, { method: 'POST' })
  await vi.waitFor(async () => {
    const { rows } = await admin.query(
      `select count(*) from pg_stat_activity where usename = '${login}' and query like '%slow%' and state = 'active'`,
    )
    expect(rows[0]?.[0]).toBe('1')
  }, WAIT)
  await started.server.close()
  expect(await (await answer).json()).toBe('done')
  const left = await admin.query(`select count(*) from pg_stat_activity where usename = '${login}'`)
  expect(left.rows[0]?.[0]).toBe('0')
})

function doorUri(port: number): string {
  return `host=127.0.0.1 port=${port} dbname=${database.target.database} user=${login} password=pw sslmode=disable`
}
