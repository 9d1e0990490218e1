import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { decodeBatch } from '#contract/batch/decode.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { openSession, type Cursor, type Session } from './session.ts'

let database: TempDatabase
let session: Session

beforeAll(async () => {
  database = await createTempDatabase()
})
afterAll(() => database.drop())
beforeEach(async () => {
  session = await openSession(database.target)
})
afterEach(() => session.close())

const readAll = async (cursor: Cursor, size: number): Promise<(string | null)[][]> => {
  const rows: (string | null)[][] = []
  for (;;) {
    const some = await cursor.read(size)
    if (some.length === 0) return rows
    rows.push(...some)
  }
}
const LIMITS = { maxRows: 2000, maxBytes: 256 * 1024 }

describe('reading', () => {
  test.each([
    [1, 1],
    [7, 3],
    [100, 1000],
    [1000, 100],
    [5000, 100],
  ])('all rows come once and in order, reads of %i, first ask of %i', async (size, firstRows) => {
    const cursor = await session.openCursor('select g from generate_series(1, 2345) g', [], { firstRows })
    const rows = await readAll(cursor, size)
    expect(rows.map(([g]) => Number(g))).toEqual(Array.from({ length: 2345 }, (_, index) => index + 1))
    expect(cursor.completion()).toEqual({ command: 'SELECT', rowCount: 2345 })
    expect((await session.query('select 1')).rows).toEqual([['1']])
  })

  test('an exact multiple of the ask ends too, and so does no row at all', async () => {
    const exact = await session.openCursor('select g from generate_series(1, 200) g', [], { firstRows: 100 })
    expect((await readAll(exact, 100)).length).toBe(200)
    const none = await session.openCursor('select 1 as a where false')
    expect(none.columns).toMatchObject([{ name: 'a' }])
    expect(await none.read(10)).toEqual([])
    expect(none.completion()).toEqual({ command: 'SELECT', rowCount: 0 })
    expect(await none.read(10)).toEqual([])
  })

  test('batches hold what read gives: nulls, empty text, wide and long cells', async () => {
    const sql = `select g, nullif(g % 3, 0), case g % 4 when 0 then '' when 1 then 'Łódź 🐘' else repeat('x', g * 7) end, null
      from generate_series(1, 500) g`
    const rows = await readAll(await session.openCursor(sql), 100)
    const cursor = await session.openCursor(sql)
    const decoded: (string | null)[][] = []
    for (;;) {
      const batch = await cursor.readBatch({ maxRows: 64, maxBytes: 30_000 })
      if (batch === undefined) break
      expect(batch.rowCount).toBeLessThanOrEqual(64)
      const columns = decodeBatch(batch.bodies, batch.rowCount)
      for (let row = 0; row < batch.rowCount; row++)
        decoded.push([0, 1, 2, 3].map((column) => columns.cell(row, column)))
    }
    expect(decoded).toEqual(rows)
  })

  test('a batch ends at its bytes, also in the middle of an ask', async () => {
    const cursor = await session.openCursor(`select repeat('x', 1000) from generate_series(1, 100)`)
    const batch = await cursor.readBatch({ maxRows: 1000, maxBytes: 10_000 })
    expect(batch?.rowCount).toBe(10)
    await cursor.close()
  })

  test('parameters reach the statement', async () => {
    const cursor = await session.openCursor('select $1::int + 1, $2::text', [41, null])
    expect(await cursor.read(10)).toEqual([['42', null]])
    await cursor.close()
  })

  test('rows without columns are counted', async () => {
    const cursor = await session.openCursor('select from generate_series(1, 3)')
    expect(await cursor.readBatch(LIMITS)).toEqual({ bodies: [], rowCount: 3 })
    expect(await cursor.readBatch(LIMITS)).toBeUndefined()
  })
})

describe('kinds of statements', () => {
  beforeEach(() => session.query('create temp table t (id int, name text)').then(() => undefined))

  test.each([
    ['create temp table u (id int)', { command: 'CREATE TABLE', rowCount: null }],
    [`insert into t values (1, 'a'), (2, 'b')`, { command: 'INSERT', rowCount: 2 }],
    ['update t set id = 1', { command: 'UPDATE', rowCount: 0 }],
    ['begin', { command: 'BEGIN', rowCount: null }],
    ['vacuum t', { command: 'VACUUM', rowCount: null }],
    ['do $$ begin end $$', { command: 'DO', rowCount: null }],
    ['', { command: '', rowCount: null }],
  ])('without rows: %s has run when it is opened', async (sql, expected) => {
    const cursor = await session.openCursor(sql)
    await cursor.finished
    expect(cursor.columns).toEqual([])
    expect(cursor.completion()).toEqual(expected)
    expect(await cursor.read(10)).toEqual([])
    await cursor.close()
  })

  test('begin, savepoint and rollback are seen in the state', async () => {
    for (const [sql, state] of [
      ['begin', 'open'],
      ['savepoint a', 'open'],
      ['rollback', 'idle'],
    ] as const) {
      await session.openCursor(sql)
      expect(session.transactionState()).toBe(state)
    }
  })

  test.each([
    [`insert into t select g, 'n' from generate_series(1, 300) g returning id`, 300, 'INSERT'],
    ['explain select * from t', 1, 'EXPLAIN'],
    ['show search_path', 1, 'SHOW'],
    ['values (1), (2)', 2, 'SELECT'],
    ['table pg_catalog.pg_am', 7, 'SELECT'],
  ])('with rows: %s', async (sql, count, command) => {
    const cursor = await session.openCursor(sql, [], { firstRows: 50 })
    expect((await readAll(cursor, 40)).length).toBeGreaterThanOrEqual(count)
    expect(cursor.completion()?.command).toBe(command)
  })

  test('a procedure with results', async () => {
    await session.query(`create procedure pg_temp.p(inout a int) language sql as 'select a + 1'`)
    const cursor = await session.openCursor('call pg_temp.p(1)')
    expect(await readAll(cursor, 10)).toEqual([['2']])
    expect(cursor.completion()?.command).toBe('CALL')
  })

  test('what RETURNING is closed early has still been written', async () => {
    const cursor = await session.openCursor(
      `insert into t select g from generate_series(1, 3000) g returning id`,
      [],
      { firstRows: 10 },
    )
    await cursor.read(10)
    await cursor.close()
    expect((await session.query('select count(*) from t')).rows).toEqual([['3000']])
  })

  test('several statements at once are refused by Postgres', async () => {
    await expect(session.openCursor('select 1; select 2')).rejects.toMatchObject({
      details: { sqlstate: '42601' },
    })
  })

  test('COPY is refused clearly and the session goes on', async () => {
    for (const sql of ['copy t from stdin', 'copy t to stdout'])
      await expect(session.openCursor(sql)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect((await session.query('select count(*) from t')).rows).toEqual([['0']])
  })
})

describe('failures', () => {
  test('an error in the text fails the opening, with its position', async () => {
    await expect(session.openCursor('select nope')).rejects.toMatchObject({
      code: 'QUERY_FAILED',
      details: { sqlstate: '42703', position: 8 },
    })
    expect((await session.query('select 1')).rows).toEqual([['1']])
  })

  test('rows before an error are given, then the read fails, and fails again', async () => {
    const cursor = await session.openCursor('select 100 / (50 - g) from generate_series(1, 100) g', [], {
      firstRows: 1000,
    })
    expect((await cursor.read(1000)).length).toBe(49)
    await expect(cursor.read(10)).rejects.toMatchObject({ details: { sqlstate: '22012' } })
    await expect(cursor.readBatch(LIMITS)).rejects.toMatchObject({ details: { sqlstate: '22012' } })
    expect(cursor.completion()).toBeUndefined()
    await cursor.close()
    expect((await session.query('select 1')).rows).toEqual([['1']])
  })

  test('a constraint that is checked at commit fails the statement', async () => {
    await session.query('create temp table d (id int primary key deferrable initially deferred)')
    await expect(session.openCursor('insert into d values (1), (1)')).rejects.toMatchObject({
      details: { sqlstate: '23505' },
    })
    const returning = await session.openCursor('insert into d values (1), (1) returning id')
    await expect(readAll(returning, 10)).rejects.toMatchObject({ details: { sqlstate: '23505' } })
    expect(returning.completion()).toBeUndefined()
  })

  test('a lost connection fails the read', async () => {
    const cursor = await session.openCursor('select pg_sleep(60)')
    const reading = cursor.read(1).catch((error: unknown) => error)
    const other = await openSession(database.target)
    await other.query('select pg_terminate_backend($1)', [session.backendPid])
    expect(await reading).toMatchObject({ code: 'CONNECTION_FAILED' })
    await cursor.finished
    await other.close()
  })

  test('reading twice at once is refused', async () => {
    const cursor = await session.openCursor('select g from generate_series(1, 1000) g')
    const first = cursor.read(10)
    await expect(cursor.read(10)).rejects.toMatchObject({ code: 'CONFLICT' })
    expect((await first).length).toBe(10)
    await cursor.close()
  })

  test('a second statement while rows are read is refused', async () => {
    const cursor = await session.openCursor('select g from generate_series(1, 1000) g')
    await expect(session.query('select 1')).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(session.openCursor('select 1')).rejects.toMatchObject({ code: 'CONFLICT' })
    await cursor.close()
    expect((await session.query('select 1')).rows).toEqual([['1']])
  })
})

describe('closing early', () => {
  test('is prompt between two reads and leaves the transaction open and well', async () => {
    await session.query('begin')
    const cursor = await session.openCursor('select generate_series(1, 10000000)', [], {
      firstRows: 100,
    })
    await cursor.read(10)
    await cursor.close()
    expect(session.transactionState()).toBe('open')
    expect((await session.query('select 1')).rows).toEqual([['1']])
  })

  test('releases what the statement held, so that its table can be dropped', async () => {
    await session.query('create temp table t as select g from generate_series(1, 1000) g')
    await session.query('begin')
    const cursor = await session.openCursor('select * from t', [], { firstRows: 10 })
    await cursor.read(10)
    await cursor.close()
    await expect(session.query('drop table t')).resolves.toBeDefined()
  })

  test('cancels a statement that gives no rows', async () => {
    const cursor = await session.openCursor('select pg_sleep(60)')
    const reading = cursor.read(1)
    await cursor.close()
    expect(await reading).toEqual([])
    expect((await session.query('select 1')).rows).toEqual([['1']])
  })

  test('twice, or after the end, is harmless', async () => {
    const cursor = await session.openCursor('select 1')
    await readAll(cursor, 10)
    await Promise.all([cursor.close(), cursor.close()])
    expect(cursor.completion()).toEqual({ command: 'SELECT', rowCount: 1 })
  })

  test('cancelling the session fails the read', async () => {
    const cursor = await session.openCursor('select pg_sleep(60)')
    const reading = cursor.read(1).catch((error: unknown) => error)
    // The request may come before the server has begun; ask until it takes.
    let isOver = false
    void reading.then(() => (isOver = true))
    while (!isOver) await session.cancel()
    expect(await reading).toMatchObject({ code: 'QUERY_CANCELLED' })
    expect((await session.query('select 1')).rows).toEqual([['1']])
  })

  test('a session can be closed while a cursor is open', async () => {
    const cursor = await session.openCursor('select generate_series(1, 10000000)')
    await cursor.read(10)
    await session.close()
    await cursor.finished
  })
})

describe('memory', () => {
  test('a slow reader holds the server back: a million wide rows take a few megabytes', async () => {
    const cursor = await session.openCursor(`select repeat('x', 2000), generate_series(1, 1000000)`)
    await cursor.readBatch(LIMITS)
    const before = process.memoryUsage().rss
    for (let turn = 0; turn < 20; turn++) {
      await cursor.readBatch(LIMITS)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024)
    await cursor.close()
  })
})
