import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { openPipelineConnection, type PipelineConnection } from '#postgres/node/pipeline/connection.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { createConnectionPool, type ConnectionPool, type PoolOptions } from './pool.ts'

let database: TempDatabase
let admin: pg.Client
const pools: ConnectionPool[] = []

beforeAll(async () => {
  database = await createTempDatabase()
  admin = new pg.Client(database.target)
  await admin.connect()
})
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()))
})
afterAll(async () => {
  await admin.end()
  await database.drop()
})

function create(options: Partial<PoolOptions> = {}): ConnectionPool {
  const pool = createConnectionPool({
    open: () => openPipelineConnection({ ...database.target, applicationName: 'pool test' }),
    size: 2,
    acquireTimeoutMs: 10_000,
    idleTimeoutMs: 60_000,
    maxLifetimeMs: 60_000,
    now: () => performance.now(),
    ...options,
  })
  pools.push(pool)
  return pool
}

async function select(connection: PipelineConnection, text: string): Promise<string | null | undefined> {
  const { results } = await connection.run([{ text, values: [], isNamed: false, rows: 'text' }])
  return results[0]?.textRows[0]?.[0]
}

async function backends(): Promise<number> {
  const { rows } = await admin.query(
    `select count(*)::int as n from pg_stat_activity where application_name = 'pool test'`,
  )
  return rows[0].n
}

describe('the pool', () => {
  test('opens nothing before it is asked, and gives the connection that was used last', async () => {
    const pool = create()
    expect(await backends()).toBe(0)
    const [one, two] = [await pool.acquire(), await pool.acquire()]
    pool.release(one)
    pool.release(two)
    expect(pool.acquire()).toBe(two)
    pool.release(two)
    expect(pool.state()).toEqual({ open: 2, idle: 2, waiting: 0, size: 2, timeouts: 0 })
  })

  test('opens no more than its size; who comes later waits in turn', async () => {
    const pool = create()
    const held = [await pool.acquire(), await pool.acquire()]
    const order: number[] = []
    const later = [1, 2, 3].map(async (number) => {
      const connection = await pool.acquire()
      order.push(number)
      pool.release(connection)
    })
    expect(pool.state()).toMatchObject({ open: 2, waiting: 3 })
    for (const connection of held) pool.release(connection)
    await Promise.all(later)
    expect(order).toEqual([1, 2, 3])
    expect(await backends()).toBe(2)
  })

  test('lets nobody wait for ever', async () => {
    const pool = create({ size: 1, acquireTimeoutMs: 60 })
    const held = await pool.acquire()
    await expect(pool.acquire()).rejects.toMatchObject({ code: 'PGRST003', status: 504 })
    expect(pool.state()).toMatchObject({ timeouts: 1, waiting: 0 })
    pool.release(held)
    pool.release(await pool.acquire())
  })

  test('closes what nobody uses, down to nothing', async () => {
    const pool = create({ idleTimeoutMs: 60 })
    pool.release(await pool.acquire())
    await vi.waitFor(async () => expect(await backends()).toBe(0))
    expect(pool.state()).toMatchObject({ open: 0, idle: 0 })
    const next = await pool.acquire()
    expect(await select(next, 'select 1')).toBe('1')
    pool.release(next)
  })

  test('closes what is too old, when it comes back', async () => {
    const pool = create({ maxLifetimeMs: 0 })
    const connection = await pool.acquire()
    pool.release(connection)
    await vi.waitFor(() => expect(connection.state()).toBe('closed'))
    const next = await pool.acquire()
    expect(next).not.toBe(connection)
    pool.release(next)
  })

  test('ends the transaction that a request left behind', async () => {
    const pool = create({ size: 1 })
    const connection = await pool.acquire()
    await select(connection, 'begin')
    await expect(select(connection, 'select 1 / 0')).rejects.toThrow()
    pool.release(connection)
    const next = await pool.acquire()
    expect(next).toBe(connection)
    expect(await select(next, 'select 1')).toBe('1')
    pool.release(next)
  })

  test('replaces connections that the server ended', async () => {
    const pool = create({ size: 1 })
    const connection = await pool.acquire()
    pool.release(connection)
    await admin.query('select pg_terminate_backend($1)', [connection.backendPid])
    await vi.waitFor(() => expect(pool.state().open).toBe(0))
    const next = await pool.acquire()
    expect(await select(next, 'select 1')).toBe('1')
    pool.release(next)
  })

  test('one that is ended while it is used makes room for those who wait', async () => {
    const pool = create({ size: 1 })
    const connection = await pool.acquire()
    const waiting = pool.acquire()
    connection.destroy()
    const next = await waiting
    expect(await select(next, 'select 1')).toBe('1')
    pool.release(connection)
    pool.release(next)
    expect(pool.state()).toMatchObject({ open: 1, idle: 1 })
  })

  test('tells each request when the server cannot be reached', async () => {
    const pool = create({
      size: 1,
      open: () => openPipelineConnection({ ...database.target, port: 1, sslMode: 'disable' }),
    })
    const asked = [1, 2, 3].map(() => Promise.resolve(pool.acquire()))
    for (const one of asked)
      await expect(one).rejects.toMatchObject({
        code: 'PGRST000',
        status: 503,
        headers: [['Retry-After', '1']],
      })
    expect(pool.state()).toMatchObject({ open: 0, waiting: 0 })
  })

  test('closing it waits for what is in use and refuses the others', async () => {
    const pool = create({ size: 1 })
    const connection = await pool.acquire()
    const waiting = expect(pool.acquire()).rejects.toMatchObject({ code: 'PGRST000' })
    const closing = pool.close()
    await waiting
    expect(await select(connection, 'select 1')).toBe('1')
    pool.release(connection)
    await closing
    await vi.waitFor(async () => expect(await backends()).toBe(0))
    expect(() => pool.acquire()).toThrow(expect.objectContaining({ code: 'PGRST000' }))
  })
})
