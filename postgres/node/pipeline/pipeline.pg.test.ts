import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import {
  ConnectionLostError,
  openPipelineConnection,
  ServerError,
  type PipelineConnection,
  type PipelineOptions,
  type PipelineStatement,
} from './connection.ts'

let database: TempDatabase
let admin: pg.Client
const open: PipelineConnection[] = []

beforeAll(async () => {
  database = await createTempDatabase()
  admin = new pg.Client(database.target)
  admin.on('error', () => undefined)
  await admin.connect()
  await admin.query('create table note (id int primary key, body text)')
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close()))
  await admin.query('truncate note')
})
afterAll(async () => {
  await admin.end()
  await database.drop()
})

async function connect(options?: PipelineOptions): Promise<PipelineConnection> {
  const connection = await openPipelineConnection(database.target, options)
  open.push(connection)
  return connection
}

function statement(
  text: string,
  values: PipelineStatement['values'] = [],
  more: Partial<PipelineStatement> = {},
): PipelineStatement {
  return { text, values, isNamed: true, rows: 'text', ...more }
}
const begin = statement('begin', [], { rows: 'none' })
const commit = statement('commit', [], { rows: 'none' })

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all)
}

describe('statements', () => {
  test('run in one round trip, each with its rows', async () => {
    const connection = await connect()
    const { results, ended } = await connection.run([
      begin,
      statement('insert into note values (1, $1), (2, null) returning id, body', ['é']),
      statement('select count(*) from note'),
      commit,
    ])
    expect(ended).toBeNull()
    expect(results.map((result) => result.textRows)).toEqual([
      [],
      [
        ['1', 'é'],
        ['2', null],
      ],
      [['2']],
      [],
    ])
    expect(connection.state()).toBe('idle')
  })

  test('without a begin they are one transaction', async () => {
    const connection = await connect()
    await expect(
      connection.run([statement("insert into note values (1, 'a')"), statement('select 1 / 0')]),
    ).rejects.toMatchObject({ fields: { sqlstate: '22012', message: 'division by zero' } })
    expect(connection.state()).toBe('idle')
    expect((await admin.query('select from note')).rowCount).toBe(0)
  })

  test('a failure inside a begin leaves the transaction failed, for the caller to end', async () => {
    const connection = await connect()
    await expect(connection.run([begin, statement('select 1 / 0'), commit])).rejects.toThrow(ServerError)
    expect(connection.state()).toBe('failed')
    await connection.run([statement('rollback')])
    expect(connection.state()).toBe('idle')
  })

  test('bytes go and come as they are', async () => {
    const bytes = Buffer.from([0, 1, 255, 92])
    const connection = await connect()
    const { results } = await connection.run([
      statement('select 7::int8, null::text, $1::bytea', [bytes], { rows: 'body' }),
    ])
    const row = results[0]?.bodyRows[0]
    expect(row?.cells[0]?.readBigInt64BE()).toBe(7n)
    expect(row?.cells[1]).toBeNull()
    expect(row?.body).toEqual({ kind: 'bytes', bytes })
  })

  test('values longer than the scratch buffer arrive whole, next to others', async () => {
    const text = 'é'.repeat(200_000)
    const bytes = Buffer.alloc(300_000, 7)
    const connection = await connect()
    const { results } = await connection.run([
      statement('select length($1), md5($2::bytea), $3', [text, bytes, 'x'], { isNamed: false }),
      statement('select md5($1)', [text]),
    ])
    const expected = await admin.query('select md5($1::bytea) as bytes, md5($2) as text', [bytes, text])
    expect(results[0]?.textRows).toEqual([['200000', expected.rows[0].bytes, 'x']])
    expect(results[1]?.textRows).toEqual([[expected.rows[0].text]])
  })

  test('a statement with a zero byte is refused before anything is sent', async () => {
    const connection = await connect()
    await expect(connection.run([statement('select 1\0')])).rejects.toThrow('zero byte')
    expect((await connection.run([statement('select 1')])).results[0]?.textRows).toEqual([['1']])
  })
})

describe('prepared statements', () => {
  const prepared = async (connection: PipelineConnection): Promise<(string | null)[]> => {
    const { results } = await connection.run([
      statement('select statement from pg_prepared_statements order by 1', [], { isNamed: false }),
    ])
    return (results[0]?.textRows ?? []).map((row) => row[0] ?? null)
  }

  test('are parsed once for each text, also within one write, and not when unnamed', async () => {
    const connection = await connect()
    await connection.run([statement('select 1'), statement('select 1'), statement('select 2')])
    await connection.run([statement('select 1'), statement('select 3', [], { isNamed: false })])
    expect(await prepared(connection)).toEqual(['select 1', 'select 2'])
    expect(connection.preparedCount()).toBe(2)
  })

  test('the least recently used make room', async () => {
    const connection = await connect({ maxPrepared: 2 })
    for (const text of ['select 1', 'select 2', 'select 1', 'select 3'])
      await connection.run([statement(text)])
    expect(await prepared(connection)).toEqual(['select 1', 'select 3'])
  })

  test('one that was never parsed because an earlier statement failed is parsed the next time', async () => {
    const connection = await connect()
    await expect(connection.run([statement('select 1 / 0'), statement('select 5')])).rejects.toThrow()
    expect((await connection.run([statement('select 5')])).results[0]?.textRows).toEqual([['5']])
  })

  test('one whose result type changed is stale, and works when it is sent again', async () => {
    const connection = await connect()
    await admin.query('create table shape (a int)')
    await connection.run([statement('select * from shape')])
    await admin.query('alter table shape alter a type text')
    await expect(connection.run([statement('select * from shape')])).rejects.toMatchObject({
      isStaleStatement: true,
    })
    await connection.run([statement('select * from shape')])
  })

  test('one that somebody deallocated is stale, and works when it is sent again', async () => {
    const connection = await connect()
    await connection.run([statement('select 1')])
    await connection.run([statement('deallocate all', [], { isNamed: false })])
    await expect(connection.run([statement('select 1')])).rejects.toMatchObject({ isStaleStatement: true })
    await connection.run([statement('select 1')])
  })
})

describe('a long body', () => {
  const long = (size: number): PipelineStatement =>
    statement(`select 3::int8, 'head', repeat('x', ${size})`, [], { rows: 'body' })

  test('is passed on while it arrives, the cells before it at once', async () => {
    const connection = await connect({ streamFromBytes: 1000 })
    const { results, ended } = await connection.run([begin, long(3_000_000), commit])
    const row = results[1]?.bodyRows[0]
    expect(row?.cells[1]?.toString()).toBe('head')
    if (row?.body?.kind !== 'stream') throw new Error('It is no stream.')
    expect(row.body.sizeBytes).toBe(3_000_000)
    expect((await collect(row.body.chunks)).length).toBe(3_000_000)
    await ended
    expect(connection.state()).toBe('idle')
  })

  test('of any size leaves the connection in order', async () => {
    const connection = await connect({ streamFromBytes: 1000 })
    for (const size of [900, 990, 1_000, 65_000, 65_536, 70_000, 131_072]) {
      const { results, ended } = await connection.run([begin, long(size), statement('select 1'), commit])
      const body = results[1]?.bodyRows[0]?.body
      const bytes = body?.kind === 'stream' ? await collect(body.chunks) : body?.bytes
      await ended
      expect(bytes?.length).toBe(size)
    }
  })

  test('holds the server back while nobody reads', async () => {
    const connection = await connect({ streamFromBytes: 1000 })
    const before = process.memoryUsage().external
    const { results, ended } = await connection.run([long(300_000_000)])
    const body = results[0]?.bodyRows[0]?.body
    if (body?.kind !== 'stream') throw new Error('It is no stream.')
    let size = 0
    let most = 0
    for await (const chunk of body.chunks) {
      size += chunk.length
      if (size % 64 === 0) await new Promise(setImmediate)
      most = Math.max(most, process.memoryUsage().external - before)
    }
    await ended
    expect(size).toBe(300_000_000)
    expect(most).toBeLessThan(150_000_000)
  })

  test('that nobody wants to its end closes the connection', async () => {
    const connection = await connect({ streamFromBytes: 1000 })
    const { results, ended } = await connection.run([long(50_000_000)])
    const body = results[0]?.bodyRows[0]?.body
    if (body?.kind !== 'stream') throw new Error('It is no stream.')
    for await (const chunk of body.chunks) {
      expect(chunk.length).toBeGreaterThan(0)
      break
    }
    await expect(ended).rejects.toThrow(ConnectionLostError)
    expect(connection.state()).toBe('closed')
  })

  test('tells of a failure that comes after it', async () => {
    const connection = await connect({ streamFromBytes: 1000 })
    const { results, ended } = await connection.run([long(100_000), statement('select 1 / 0')])
    const body = results[0]?.bodyRows[0]?.body
    if (body?.kind !== 'stream') throw new Error('It is no stream.')
    expect((await collect(body.chunks)).length).toBe(100_000)
    await expect(ended).rejects.toThrow('division by zero')
  })

  test('in text rows is simply long', async () => {
    const connection = await connect({ streamFromBytes: 1000 })
    const { results } = await connection.run([statement("select repeat('y', 500000)")])
    expect(results[0]?.textRows[0]?.[0]?.length).toBe(500_000)
  })
})

describe('cancelling and losing', () => {
  test('a cancel ends what runs and never hits what comes next', async () => {
    const connection = await connect()
    for (let round = 0; round < 5; round++) {
      const running = connection.run([statement('select pg_sleep(30)')])
      const failed = expect(running).rejects.toMatchObject({ fields: { sqlstate: '57014' } })
      await connection.cancel()
      await failed
      expect((await connection.run([statement('select 1')])).results[0]?.textRows).toEqual([['1']])
    }
  })

  test('a cancel that comes too late is harmless', async () => {
    const connection = await connect()
    const running = connection.run([statement('select 1')])
    await Promise.all([running, connection.cancel()])
    await connection.cancel()
    expect((await connection.run([statement('select 2')])).results[0]?.textRows).toEqual([['2']])
  })

  test('a backend that is ended says so, and the connection is closed', async () => {
    const connection = await connect()
    const closed = new Promise<void>((resolve) => connection.onClose(resolve))
    const running = connection.run([statement('select pg_sleep(30)')])
    const failed = expect(running).rejects.toMatchObject({ fields: { sqlstate: '57P01' } })
    await admin.query('select pg_terminate_backend($1)', [connection.backendPid])
    await failed
    await closed
    expect(connection.state()).toBe('closed')
    await expect(connection.run([statement('select 1')])).rejects.toThrow(ConnectionLostError)
  })

  test('destroying it undoes what runs', async () => {
    const connection = await connect()
    const running = connection.run([
      begin,
      statement("insert into note values (1, 'a')"),
      statement('select pg_sleep(30)'),
    ])
    const failed = expect(running).rejects.toThrow(ConnectionLostError)
    connection.destroy()
    await failed
  })
})
