import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { openPipelineConnection, type PipelineConnection } from '#postgres/node/pipeline/connection.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { createConnectionPool, type ConnectionPool, type PoolOptions } from './pool.ts'
import type { Identity } from './types.ts'

const ANN = { role: 'web', claims: '{"sub":"ann"}', isAnonymous: false }
const BOB = { ...ANN, claims: '{"sub":"bob"}' }

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
    const [one, two] = [await pool.acquire(ANN), await pool.acquire(ANN)]
    pool.release(one)
    pool.release(two)
    expect(pool.acquire(ANN)).toBe(two)
    pool.release(two)
    expect(pool.state()).toEqual({ open: 2, idle: 2, waiting: 0, size: 2, timeouts: 0 })
  })

  test('opens no more than its size; who comes later waits in turn', async () => {
    const pool = create()
    const held = [await pool.acquire(ANN), await pool.acquire(ANN)]
    const order: number[] = []
    const later = [1, 2, 3].map(async (number) => {
      const connection = await pool.acquire(ANN)
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
    const held = await pool.acquire(ANN)
    await expect(pool.acquire(ANN)).rejects.toMatchObject({ code: 'PGRST003', status: 504 })
    expect(pool.state()).toMatchObject({ timeouts: 1, waiting: 0 })
    pool.release(held)
    pool.release(await pool.acquire(ANN))
  })

  test('closes what nobody uses, down to nothing', async () => {
    const pool = create({ idleTimeoutMs: 60 })
    pool.release(await pool.acquire(ANN))
    await vi.waitFor(async () => expect(await backends()).toBe(0))
    expect(pool.state()).toMatchObject({ open: 0, idle: 0 })
    const next = await pool.acquire(ANN)
    expect(await select(next, 'select 1')).toBe('1')
    pool.release(next)
  })

  test('closes what is too old, when it comes back', async () => {
    const pool = create({ maxLifetimeMs: 0 })
    const connection = await pool.acquire(ANN)
    pool.release(connection)
    await vi.waitFor(() => expect(connection.state()).toBe('closed'))
    const next = await pool.acquire(ANN)
    expect(next).not.toBe(connection)
    pool.release(next)
  })

  test('ends the transaction that a request left behind', async () => {
    const pool = create({ size: 1 })
    const connection = await pool.acquire(ANN)
    await select(connection, 'begin')
    await expect(select(connection, 'select 1 / 0')).rejects.toThrow()
    pool.release(connection)
    const next = await pool.acquire(ANN)
    expect(next).toBe(connection)
    expect(await select(next, 'select 1')).toBe('1')
    pool.release(next)
  })

  test('replaces connections that the server ended', async () => {
    const pool = create({ size: 1 })
    const connection = await pool.acquire(ANN)
    pool.release(connection)
    await admin.query('select pg_terminate_backend($1)', [connection.backendPid])
    await vi.waitFor(() => expect(pool.state().open).toBe(0))
    const next = await pool.acquire(ANN)
    expect(await select(next, 'select 1')).toBe('1')
    pool.release(next)
  })

  test('one that is ended while it is used makes room for those who wait', async () => {
    const pool = create({ size: 1 })
    const connection = await pool.acquire(ANN)
    const waiting = pool.acquire(ANN)
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
    const asked = [1, 2, 3].map(() => Promise.resolve(pool.acquire(ANN)))
    for (const one of await Promise.allSettled(asked))
      expect(one).toMatchObject({
        status: 'rejected',
        reason: { code: 'PGRST000', status: 503, headers: [['Retry-After', '1']] },
      })
    expect(pool.state()).toMatchObject({ open: 0, waiting: 0 })
  })

  test('one caller holds four fifths at most: the rest is there for others at once', async () => {
    const pool = create({ size: 5 })
    const held = await Promise.all([1, 2, 3, 4].map(async () => await pool.acquire(ANN)))
    const more = pool.acquire(ANN)
    expect(pool.state()).toMatchObject({ open: 4, waiting: 1 })
    const others = await pool.acquire(BOB)
    const waiting = pool.acquire(BOB)
    pool.release(others)
    expect(await waiting).toBe(others)
    expect(pool.state()).toMatchObject({ open: 5, waiting: 1 })
    for (const connection of held) pool.release(connection)
    pool.release(await more)
    pool.release(others)
    expect(pool.state()).toMatchObject({ open: 5, idle: 5, waiting: 0 })
  })

  test('a caller does not wait for all that another has asked for before', async () => {
    const pool = create({ size: 1 })
    const held = await pool.acquire(ANN)
    const order: string[] = []
    const ask = async (who: Identity, name: string): Promise<void> => {
      const connection = await pool.acquire(who)
      order.push(name)
      pool.release(connection)
    }
    const all = [ask(ANN, 'ann 1'), ask(ANN, 'ann 2'), ask(ANN, 'ann 3'), ask(BOB, 'bob 1')]
    pool.release(held)
    await Promise.all(all)
    expect(order).toEqual(['ann 1', 'bob 1', 'ann 2', 'ann 3'])
  })

  test('what could not be opened, or was ended, counts for nobody', async () => {
    let isDown = true
    const pool = create({
      size: 1,
      open: () =>
        openPipelineConnection({ ...database.target, ...(isDown ? { port: 1, sslMode: 'disable' } : {}) }),
    })
    await expect(pool.acquire(ANN)).rejects.toMatchObject({ code: 'PGRST000' })
    isDown = false
    const ended = await pool.acquire(ANN)
    ended.destroy()
    await vi.waitFor(() => expect(pool.state().open).toBe(0))
    const next = await pool.acquire(ANN)
    pool.release(ended)
    pool.release(next)
    expect(pool.acquire(ANN)).toBe(next)
    pool.release(next)
  })

  test('with a pace, short ones begin when others end, and slow ones hold up nobody', async () => {
    let time = 0
    const pool = create({ size: 4, pace: { maxYoung: 2, youngMs: 5 }, now: () => time })
    const slow = [await pool.acquire(ANN), await pool.acquire(ANN)]
    const running = slow.map(async (connection) => await select(connection, 'select pg_sleep(60)'))
    const third = Promise.resolve(pool.acquire(ANN))
    expect(pool.state()).toMatchObject({ open: 2, waiting: 1 })
    time = 5
    const connection = await third
    expect(await select(connection, 'select 1')).toBe('1')
    expect(pool.state()).toMatchObject({ open: 3, waiting: 0 })
    const fourth = await pool.acquire(ANN)
    const fifth = Promise.resolve(pool.acquire(ANN))
    expect(pool.state()).toMatchObject({ open: 4, waiting: 1 })
    pool.release(connection)
    expect(await fifth).toBe(connection)
    for (const one of [connection, fourth]) pool.release(one)
    const ended = Promise.allSettled(running)
    await Promise.all(slow.map(async (one) => await one.cancel()))
    expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    for (const one of slow) pool.release(one)
    expect(pool.state()).toMatchObject({ idle: 4, waiting: 0 })
  })

  test('closing it waits for what is in use and refuses the others', async () => {
    const pool = create({ size: 1 })
    const connection = await pool.acquire(ANN)
    const waiting = expect(pool.acquire(ANN)).rejects.toMatchObject({ code: 'PGRST000' })
    const closing = pool.close()
    await waiting
    expect(await select(connection, 'select 1')).toBe('1')
    pool.release(connection)
    await closing
    await vi.waitFor(async () => expect(await backends()).toBe(0))
    expect(() => pool.acquire(ANN)).toThrow(expect.objectContaining({ code: 'PGRST000' }))
  })
})
