import { createServer, type Server, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { openSession, type Notice, type Session, type SessionTarget } from './session.ts'

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

const open = (changes: Partial<SessionTarget>) => openSession({ ...database.target, ...changes })
/** Waits, by another session, until the session's statement is running on the server. */
const untilRunning = async (running: Session): Promise<void> => {
  const observer = await openSession(database.target)
  for (;;) {
    const { rows } = await observer.query(
      `select 1 from pg_stat_activity where pid = $1 and state = 'active' and wait_event = 'PgSleep'`,
      [running.backendPid],
    )
    if (rows.length > 0) break
  }
  await observer.close()
}
const untilGone = async (pid: number): Promise<void> => {
  const observer = await openSession(database.target)
  while ((await observer.query('select 1 from pg_stat_activity where pid = $1', [pid])).rows.length > 0);
  await observer.close()
}

describe('query', () => {
  test('gives what Postgres printed: nothing is rounded', async () => {
    const { rows } = await session.query(
      `select 9007199254740993::int8, 0.1234567890123456789::numeric, timestamptz '2026-01-02 03:04:05.123456+00' at time zone 'UTC',
         null, '', 'Łódź 🐘', true, '{1,null}'::int[], '\\xff'::bytea`,
    )
    expect(rows).toEqual([
      [
        '9007199254740993',
        '0.1234567890123456789',
        '2026-01-02 03:04:05.123456',
        null,
        '',
        'Łódź 🐘',
        't',
        '{1,NULL}',
        '\\xff',
      ],
    ])
  })

  test('long cells of every length come whole, ASCII or not', async () => {
    const lengths = [0, 1, 126, 127, 128, 129, 194, 255, 256, 65_535, 300_000]
    const { rows } = await session.query(`select repeat('x', n), repeat('é', n) from unnest($1::int[]) n`, [
      lengths,
    ])
    expect(rows.map(([ascii, wide]) => [ascii?.length, wide?.length])).toEqual(lengths.map((n) => [n, n]))
    expect(rows.every(([ascii, wide]) => /^x*$/.test(ascii ?? '?') && /^é*$/.test(wide ?? '?'))).toBe(true)
  })

  test('describes columns of tables and expressions', async () => {
    await session.query('create temp table t (id int, name varchar(20))')
    const { columns } = await session.query('select name, id + 1 as next from t')
    expect(columns).toMatchObject([
      { name: 'name', typeOid: 1043, typeModifier: 24, attributeNumber: 2 },
      { name: 'next', typeOid: 23, tableOid: 0, attributeNumber: 0 },
    ])
    expect(columns[0]?.tableOid).toBeGreaterThan(16_383)
  })

  test('parameters of all kinds', async () => {
    const { rows } = await session.query(
      `select $1::int8, $2::bool, $3::timestamptz = '2026-01-01T00:00:00Z', $4::bytea, $5::text[], $6::jsonb->>'a', $7::text, $8::float8`,
      [
        2n ** 62n,
        true,
        new Date('2026-01-01T00:00:00Z'),
        new Uint8Array([1, 255]),
        ['a"b', null, 'c\\d'],
        { a: 'x' },
        null,
        1.5,
      ],
    )
    expect(rows).toEqual([
      ['4611686018427387904', 't', 't', '\\x01ff', '{"a\\"b",NULL,"c\\\\d"}', 'x', null, '1.5'],
    ])
  })

  test('tells command and count', async () => {
    await session.query('create temp table t (id int)')
    expect(await session.query('insert into t values (1), (2)')).toMatchObject({
      command: 'INSERT',
      rowCount: 2,
    })
    expect(await session.query('update t set id = 3 where id = 1')).toMatchObject({
      command: 'UPDATE',
      rowCount: 1,
    })
    expect(await session.query('create temp table u (id int)')).toMatchObject({
      command: 'CREATE TABLE',
      rowCount: null,
    })
    expect(await session.query('')).toMatchObject({ command: '', rowCount: null, rows: [], columns: [] })
  })

  test('of several statements the last gives the rows', async () => {
    expect(await session.query('select 1 as a; select 2 as b')).toMatchObject({
      columns: [{ name: 'b' }],
      rows: [['2']],
    })
    expect(await session.query('select 1; create temp table t (id int)')).toMatchObject({
      rows: [],
      columns: [],
    })
  })

  test('an error has SQLSTATE, position, detail and hint, and the session goes on', async () => {
    await expect(session.query('select 1 fro')).resolves.toBeDefined()
    await expect(session.query('select nope', [])).rejects.toMatchObject({
      code: 'QUERY_FAILED',
      message: 'column "nope" does not exist',
      details: { sqlstate: '42703', severity: 'ERROR', position: 8 },
    })
    await session.query('create temp table t (id int primary key)')
    await expect(session.query('insert into t values (1), (1)')).rejects.toMatchObject({
      details: {
        sqlstate: '23505',
        constraint: 't_pkey',
        table: 't',
        detail: 'Key (id)=(1) already exists.',
      },
    })
    expect((await session.query('select 1')).rows).toEqual([['1']])
  })

  test('calls made at once run one after the other', async () => {
    const results = await Promise.all([1, 2, 3].map((n) => session.query('select $1::int', [n])))
    expect(results.map(({ rows }) => rows[0]?.[0])).toEqual(['1', '2', '3'])
  })

  test.each([undefined, []])('COPY streams are refused clearly, parameters %j', async (parameters) => {
    await session.query('create temp table t (id int)')
    for (const sql of ['copy t from stdin', 'copy t to stdout'])
      await expect(session.query(sql, parameters)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: expect.stringContaining('COPY'),
      })
    expect((await session.query('select count(*) from t')).rows).toEqual([['0']])
  })
})

describe('the state of the transaction', () => {
  test('follows what the server says', async () => {
    expect(session.transactionState()).toBe('idle')
    await session.query('begin')
    expect(session.transactionState()).toBe('open')
    await expect(session.query('select 1/0')).rejects.toMatchObject({ details: { sqlstate: '22012' } })
    expect(session.transactionState()).toBe('failed')
    await session.query('rollback')
    expect(session.transactionState()).toBe('idle')
  })
})

describe('what the server tells unasked', () => {
  test('notices come with severity and SQLSTATE', async () => {
    const notices: Notice[] = []
    session.onNotice((notice) => notices.push(notice))
    await session.query(
      `do $$ begin raise notice 'hello %', 1; raise warning 'careful' using hint = 'slow'; end $$`,
    )
    expect(notices).toMatchObject([
      { severity: 'NOTICE', message: 'hello 1', sqlstate: '00000' },
      { severity: 'WARNING', message: 'careful', hint: 'slow' },
    ])
  })

  test('notifications reach a session that listens', async () => {
    const heard = Promise.withResolvers<unknown>()
    session.onNotification(heard.resolve)
    await session.query('listen news')
    const other = await openSession(database.target)
    await other.query(`notify news, 'extra'`)
    expect(await heard.promise).toEqual({ channel: 'news', payload: 'extra', backendPid: other.backendPid })
    await other.close()
  })

  test('the version is the number alone', () => {
    expect(session.serverVersion).toMatch(/^\d+(\.\d+)?$/)
  })
})

describe('cancel', () => {
  test('stops a statement within 100 ms and leaves the session usable', async () => {
    const sleeping = session.query('select pg_sleep(60)').catch((error: unknown) => error)
    await untilRunning(session)
    const start = performance.now()
    await session.cancel()
    expect(await sleeping).toMatchObject({ code: 'QUERY_CANCELLED', details: { sqlstate: '57014' } })
    // 100 ms is the goal; the slack is for a machine that runs other tests too.
    expect(performance.now() - start).toBeLessThan(500)
    expect((await session.query('select 1')).rows).toEqual([['1']])
  })

  test('is harmless when nothing runs, and does not hit the next statement', async () => {
    for (let turn = 0; turn < 20; turn++) {
      const cancelled = session.cancel()
      await expect(session.query('select pg_sleep(0.001)')).resolves.toBeDefined()
      await cancelled
    }
  })

  test('a statement timeout is QUERY_CANCELLED too', async () => {
    const brief = await openSession(database.target, { settings: { statement_timeout: '20' } })
    await expect(brief.query('select pg_sleep(60)')).rejects.toMatchObject({ code: 'QUERY_CANCELLED' })
    await brief.close()
  })
})

describe('the end of a session', () => {
  test('a statement that is waiting in line when the session closes fails with a code', async () => {
    const first = session.query('select pg_sleep(60)').catch((error: unknown) => error)
    const second = session.query('select 1').catch((error: unknown) => error)
    await untilRunning(session)
    await session.close()
    expect(await first).toMatchObject({ code: expect.stringMatching(/QUERY_CANCELLED|CONNECTION_FAILED/) })
    expect(await second).toMatchObject({ code: 'CONNECTION_FAILED' })
  })

  test('close is prompt while a statement runs, and the server stops it', async () => {
    const { backendPid } = session
    const sleeping = session.query('select pg_sleep(60)').catch((error: unknown) => error)
    await untilRunning(session)
    await session.close()
    await untilGone(backendPid)
    expect(await sleeping).toMatchObject({ code: expect.stringMatching(/QUERY_CANCELLED|CONNECTION_FAILED/) })
  })

  test('closing twice is harmless; later statements fail with a code', async () => {
    await session.close()
    await session.close()
    expect(session.isClosed()).toBe(true)
    await expect(session.query('select 1')).rejects.toMatchObject({ code: 'CONNECTION_FAILED' })
    await expect(session.cancel()).resolves.toBeUndefined()
  })

  test('a session that is ended from outside while idle tells why and does not end the process', async () => {
    const reason = Promise.withResolvers<unknown>()
    session.onClose(reason.resolve)
    const other = await openSession(database.target)
    await other.query('select pg_terminate_backend($1)', [session.backendPid])
    expect(await reason.promise).toMatchObject({ code: 'CONNECTION_FAILED', details: { sqlstate: '57P01' } })
    await expect(session.query('select 1')).rejects.toMatchObject({ code: 'CONNECTION_FAILED' })
    await other.close()
  })

  test('a statement whose session is ended fails with CONNECTION_FAILED', async () => {
    const sleeping = session.query('select pg_sleep(60)').catch((error: unknown) => error)
    await untilRunning(session)
    const other = await openSession(database.target)
    await other.query('select pg_terminate_backend($1)', [session.backendPid])
    expect(await sleeping).toMatchObject({ code: 'CONNECTION_FAILED' })
    await other.close()
  })

  test('onClose of a closed session tells at once, without a reason when it was closed here', async () => {
    await session.close()
    const told: unknown[] = []
    session.onClose((reason) => told.push(reason))
    expect(told).toEqual([undefined])
  })
})

describe('opening', () => {
  test('by socket directory, with settings and application name', async () => {
    const bySocket = await openSession(
      { ...database.socketTarget, applicationName: 'unit' },
      { settings: { statement_timeout: '1234' } },
    )
    const { rows } = await bySocket.query(
      `select current_setting('application_name'), current_setting('statement_timeout')`,
    )
    expect(rows).toEqual([['unit', '1234ms']])
    expect(bySocket.usesTls).toBe(false)
    await bySocket.close()
  })

  test('prefer falls back to no TLS where the server has none; require does not', async () => {
    expect(session.usesTls).toBe(false)
    await expect(open({ sslMode: 'require' })).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      message: expect.stringContaining('TLS'),
    })
  })

  test('a wrong password names server and user, never the password', async () => {
    const error: unknown = await open({ password: 'hunter2' }).catch((caught: unknown) => caught)
    expect(error).toMatchObject({
      code: 'CONNECTION_FAILED',
      message: `The password for user "${database.target.user}" at ${database.target.host}:${database.target.port} was not accepted.`,
    })
    expect(JSON.stringify(error)).not.toContain('hunter2')
  })

  test.each<[string, Partial<SessionTarget>, string]>([
    ['no password', { password: '' }, 'asks for a password'],
    ['an unknown database', { database: 'nowhere' }, 'There is no database "nowhere"'],
    ['a closed port', { port: 1 }, 'Nothing accepts connections at'],
    ['an unknown host', { host: 'no.such.host.invalid' }, 'could not be found'],
    ['a missing socket', { host: '/no/such/directory' }, 'There is no Postgres socket at /no/such/directory'],
  ])('%s', async (_, changes, expected) => {
    await expect(open(changes)).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      message: expect.stringContaining(expected),
    })
  })

  test('an aborted signal gives up with CANCELLED', async () => {
    await expect(openSession(database.target, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'CANCELLED',
    })
  })
})

describe('a server that is none', () => {
  let server: Server
  const sockets: Socket[] = []
  const listen = async (onSocket: (socket: Socket) => void): Promise<SessionTarget> => {
    server = createServer((socket) => {
      sockets.push(socket)
      socket.on('error', () => undefined)
      onSocket(socket)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    return { ...database.target, port: address.port }
  }
  afterEach(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })

  test('silence ends at the connect timeout', async () => {
    const target = await listen(() => undefined)
    await expect(openSession({ ...target, connectTimeoutMs: 50 })).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      message: expect.stringContaining('did not answer within 50 ms'),
    })
  })

  test('another protocol is refused, not waited for', async () => {
    const target = await listen((socket) =>
      socket.on('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')),
    )
    await expect(openSession({ ...target, sslMode: 'disable' })).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
    })
    await expect(openSession({ ...target, sslMode: 'prefer' })).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
    })
  })

  test('a server that hangs up is CONNECTION_FAILED', async () => {
    const target = await listen((socket) => socket.destroy())
    await expect(openSession(target)).rejects.toMatchObject({ code: 'CONNECTION_FAILED' })
  })

  test('bytes sent along with the answer to the TLS request are refused: they came before encryption', async () => {
    const target = await listen((socket) => socket.on('data', () => socket.write('SX')))
    await expect(openSession({ ...target, sslMode: 'require' })).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
    })
  })
})
