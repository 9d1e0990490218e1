import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { AppError } from '#contract/errors.ts'
import { identifier, sql } from '#postgres/common/sql/sql.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { createPool, type Pool } from './pool.ts'

let database: TempDatabase
let pool: Pool
const idleErrors: AppError[] = []

beforeAll(async () => {
  database = await createTempDatabase()
})
afterAll(() => database.drop())
beforeEach(async () => {
  idleErrors.length = 0
  pool = createPool(database.target, { max: 2, onIdleError: (error) => idleErrors.push(error) })
  await pool.query(sql`create table if not exists note (id int primary key, text text)`)
  await pool.query(sql`truncate note`)
})
afterEach(() => pool.close())

test('rows are objects with JavaScript values', async () => {
  const { rows, rowCount } = await pool.query<{ a: number; b: Date }>(
    sql`select ${41}::int + 1 as a, ${new Date(0)}::timestamptz as b from ${identifier('pg_catalog', 'pg_am')} limit 1`,
  )
  expect(rows).toEqual([{ a: 42, b: new Date(0) }])
  expect(rowCount).toBe(1)
})

test('a transaction commits what its work did', async () => {
  const result = await pool.transaction(async (tx) => {
    await tx.query(sql`insert into note values (1, 'a')`)
    return 'done'
  })
  expect(result).toBe('done')
  expect((await pool.query(sql`select text from note`)).rows).toEqual([{ text: 'a' }])
})

test('a transaction whose work rejects leaves nothing, and its error comes through', async () => {
  const failing = pool.transaction(async (tx) => {
    await tx.query(sql`insert into note values (1, 'a')`)
    throw new AppError('CONFLICT', 'no')
  })
  await expect(failing).rejects.toMatchObject({ code: 'CONFLICT' })
  expect((await pool.query(sql`select 1 from note`)).rowCount).toBe(0)
})

test('an error of Postgres has its SQLSTATE, in and out of a transaction', async () => {
  await pool.query(sql`insert into note values (1, 'a')`)
  const duplicate = { code: 'QUERY_FAILED', details: { sqlstate: '23505', constraint: 'note_pkey' } }
  await expect(pool.query(sql`insert into note values (1, 'b')`)).rejects.toMatchObject(duplicate)
  await expect(
    pool.transaction((tx) => tx.query(sql`insert into note values (1, 'b')`)),
  ).rejects.toMatchObject(duplicate)
})

test('an error that comes at commit rejects the transaction', async () => {
  await pool.query(sql`create table if not exists late (id int primary key deferrable initially deferred)`)
  await expect(
    pool.transaction((tx) => tx.query(sql`insert into late values (1), (1)`)),
  ).rejects.toMatchObject({
    details: { sqlstate: '23505' },
  })
})

test('one connection outside of a transaction keeps its state for the length of the work', async () => {
  const pids = await pool.connection(async (connection) => {
    const ask = async () =>
      (await connection.query<{ pid: number }>(sql`select pg_backend_pid() as pid`)).rows[0]?.pid
    return [await ask(), await ask()]
  })
  expect(pids[0]).toBe(pids[1])
})

test('a connection that breaks while idle is replaced, and told of', async () => {
  const { rows } = await pool.query<{ pid: number }>(sql`select pg_backend_pid() as pid`)
  const other = createPool(database.target, { max: 1 })
  await other.query(sql`select pg_terminate_backend(${rows[0]?.pid})`)
  while (idleErrors.length === 0) await new Promise((resolve) => setImmediate(resolve))
  expect(idleErrors).toMatchObject([{ code: 'CONNECTION_FAILED' }])
  expect((await pool.query(sql`select 1 as one`)).rows).toEqual([{ one: 1 }])
  await other.close()
})

test('a connection that breaks inside a transaction rejects it and is thrown away', async () => {
  await expect(
    pool.transaction((tx) => tx.query(sql`select pg_terminate_backend(pg_backend_pid())`)),
  ).rejects.toMatchObject({ code: 'CONNECTION_FAILED' })
  expect((await pool.query(sql`select 1 as one`)).rows).toEqual([{ one: 1 }])
})

test('a server out of reach is CONNECTION_FAILED, and the pool recovers', async () => {
  const nowhere = createPool({ ...database.target, port: 1 }, { max: 1 })
  await expect(nowhere.query(sql`select 1`)).rejects.toMatchObject({
    code: 'CONNECTION_FAILED',
    message: expect.stringContaining(`${database.target.host}:1`),
  })
  await nowhere.close()
})

test('a wrong password names the user and not the password', async () => {
  const wrong = createPool({ ...database.target, password: 'hunter2' }, { max: 1 })
  const error: unknown = await wrong.query(sql`select 1`).catch((caught: unknown) => caught)
  expect(error).toMatchObject({
    code: 'CONNECTION_FAILED',
    message: expect.stringContaining(database.target.user),
  })
  expect(JSON.stringify(error)).not.toContain('hunter2')
  await wrong.close()
})

test('a statement timeout is QUERY_CANCELLED', async () => {
  const brief = createPool(database.target, { max: 1, statementTimeoutMs: 20 })
  await expect(brief.query(sql`select pg_sleep(60)`)).rejects.toMatchObject({ code: 'QUERY_CANCELLED' })
  await brief.close()
})

test('a closed pool refuses, and closing twice is harmless', async () => {
  const closed = createPool(database.socketTarget, { max: 1 })
  await closed.query(sql`select 1`)
  await closed.close()
  await closed.close()
  await expect(closed.query(sql`select 1`)).rejects.toMatchObject({ code: 'CONNECTION_FAILED' })
})
