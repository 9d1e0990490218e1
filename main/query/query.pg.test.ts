// Running SQL against a real Postgres: its events, rows and errors, and what is left of it without the database.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeBatch } from '#contract/batch/decode.ts'
import { RunId } from '#contract/capabilities/ids.ts'
import { contextOf, createTestQuery, resultOf } from '#testing/query-fixtures.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'

let database: TempDatabase
beforeAll(async () => {
  database = await createTempDatabase()
})
afterAll(() => database.drop())

describe('a run', () => {
  test('tells a statement, its columns, its first rows and its end', async () => {
    const query = await createTestQuery(database.target)
    const report = await query.run("select 1 as a, null as b, 'é😀' as c")
    expect(report.events.map((event) => event.type)).toEqual([
      'statement',
      'columns',
      'batch',
      'done',
      'transaction',
    ])
    expect(report.of('columns')[0]).toMatchObject({
      statementIndex: 0,
      isSortable: true,
      columns: [
        { name: 'a', type: 'integer', typeOid: 23, tableOid: 0 },
        { name: 'b', type: 'text' },
        { name: 'c', type: 'text' },
      ],
    })
    const batch = report.items.find((item) => item.value.type === 'batch')
    const decoded = decodeBatch(batch?.bodies ?? [], 1)
    expect([0, 1, 2].map((column) => decoded.cell(0, column))).toEqual(['1', null, 'é😀'])
    expect(report.of('done')[0]).toMatchObject({
      command: 'SELECT',
      rowCount: 1,
      isComplete: true,
      snapshotAt: null,
      start: 0,
      end: 36,
    })
    expect(report.of('done')[0]?.firstRowMs).toBeGreaterThan(0)
    expect(await query.rows(resultOf(report))).toEqual([['1', null, 'é😀']])
  })

  test('runs statements one after the other, each with its place in the text', async () => {
    const query = await createTestQuery(database.target)
    const sql = 'create temp table t (a int);\n-- more\ninsert into t values (1), (2); select a from t'
    const report = await query.run(sql)
    expect(report.of('done').map((done) => [done.command, done.rowCount])).toEqual([
      ['CREATE TABLE', null],
      ['INSERT', 2],
      ['SELECT', 2],
    ])
    const last = report.of('statement')[2]
    expect(sql.slice(last?.start, last?.end)).toBe('select a from t')
    expect(query.history.map((entry) => entry.outcome)).toEqual(['done', 'done', 'done'])
  })

  test('stops at the first statement that fails and says where in the tab', async () => {
    const query = await createTestQuery(database.target)
    const sql = "select 1;\nselect '😀é', nope from pg_class;\nselect 3"
    const report = await query.run(sql)
    expect(report.of('done')).toHaveLength(1)
    expect(report.of('statement')).toHaveLength(2)
    const [failed] = report.of('failed')
    expect(failed).toMatchObject({ code: 'QUERY_FAILED', statementIndex: 1, postgres: { sqlstate: '42703' } })
    expect(failed?.errorOffset).toBe(sql.indexOf('nope'))
    expect(query.history.at(-1)).toMatchObject({ outcome: 'failed', error: 'column "nope" does not exist' })
  })

  test('keeps rows that came before an error in the middle of them', async () => {
    const query = await createTestQuery(database.target)
    const report = await query.run('select 1 / (n - 1000) from generate_series(1, 2000) n')
    expect(report.of('failed')[0]).toMatchObject({ postgres: { sqlstate: '22012' } })
    expect(report.of('batch').length).toBeGreaterThan(0)
  })

  test('runs the statement at the cursor or a selection only', async () => {
    const query = await createTestQuery(database.target)
    const sql = 'select 1; select 2; select 3'
    const atCursor = await query.run(sql, { scope: { kind: 'statement', offset: 12 } })
    expect(atCursor.of('statement')).toMatchObject([
      { sql: 'select 2', start: 10, end: 18, statementIndex: 0 },
    ])
    const selected = await query.run(sql, { scope: { kind: 'selection', start: 18, end: 10 } })
    expect(selected.of('statement')).toMatchObject([{ sql: 'select 2', start: 10, end: 18 }])
    const failing = await query.run('select 1; select nope', {
      scope: { kind: 'selection', start: 10, end: 21 },
    })
    expect(failing.of('failed')[0]?.errorOffset).toBe(17)
    await expect(query.run('  ')).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: 'There is nothing to run.',
    })
  })

  test('passes notices on and cuts a flood of them', async () => {
    const query = await createTestQuery(database.target)
    const report = await query.run(
      `do $$ begin for i in 1..2000 loop raise notice 'n %', i; end loop; end $$; do $$ begin raise warning 'w'; end $$`,
    )
    const notices = report.of('notice')
    expect(notices[0]).toMatchObject({ severity: 'NOTICE', message: 'n 1', statementIndex: 0 })
    expect(notices.filter((notice) => notice.statementIndex === 0)).toHaveLength(500)
    expect(notices.at(-1)).toMatchObject({ severity: 'WARNING', message: 'w', statementIndex: 1 })
  })

  test('says plainly what cannot run in an editor', async () => {
    const query = await createTestQuery(database.target)
    const meta = await query.run('\\d users')
    expect(meta.of('failed')[0]).toMatchObject({ code: 'INVALID_INPUT' })
    expect(meta.of('failed')[0]?.message).toContain('\\d is a command of psql')
    await query.run('create table copied (a int)')
    const copy = await query.run('copy copied from stdin')
    expect(copy.of('failed')[0]?.message).toContain('COPY')
    expect((await query.run('select 1')).of('done')).toHaveLength(1)
  })

  test('shows values as Postgres prints them and names every type', async () => {
    const query = await createTestQuery(database.target)
    await query.run("create type mood as enum ('sad', 'ok'); create domain pct as numeric(5,2)")
    const report = await query.run(
      `select 9007199254740993::bigint, 1.10::numeric(10,2), '2026-11-22 10:00:00.123456+00'::timestamptz(3),
              'ok'::mood, 12.5::pct, array['a'], row(1, 'x'), '{"a": 1}'::jsonb, '\\x00ff'::bytea, 'abc'::varchar(9)`,
    )
    expect(report.of('columns')[0]?.columns.map((column) => column.type)).toEqual([
      'bigint',
      'numeric(10,2)',
      'timestamp(3) with time zone',
      'mood',
      'numeric(5,2)',
      'text[]',
      'record',
      'jsonb',
      'bytea',
      'character varying(9)',
    ])
    const [row] = await query.rows(resultOf(report))
    expect(row?.[0]).toBe('9007199254740993')
    expect(row?.[1]).toBe('1.10')
    expect(row?.[9]).toBe('abc')
  })

  test('keeps rows without columns, and results without rows', async () => {
    const query = await createTestQuery(database.target)
    expect((await query.run('select from generate_series(1, 3)')).of('done')[0]).toMatchObject({
      rowCount: 3,
    })
    const empty = await query.run('select 1 as a where false')
    expect(empty.of('columns')).toHaveLength(1)
    expect(empty.of('done')[0]).toMatchObject({ rowCount: 0, isComplete: true, firstRowMs: null })
    expect(await query.rows(resultOf(empty))).toEqual([])
  })

  test('tells the catalog of schema changes once they are committed', async () => {
    const query = await createTestQuery(database.target)
    await query.run('select 1')
    expect(query.schemaChanges).toEqual([])
    await query.run('create table changed_a (a int)')
    expect(query.schemaChanges).toEqual([query.connectionId])
    await query.run('begin; create table changed_b (a int)')
    expect(query.schemaChanges).toHaveLength(1)
    await query.run('commit')
    expect(query.schemaChanges).toHaveLength(2)
  })

  test('tells the catalog when row estimates changed', async () => {
    const query = await createTestQuery(database.target)
    await query.run('create table counted (a int)')
    await query.run('explain analyze select 1')
    expect(query.schemaChanges).toHaveLength(1)
    await query.run('analyze counted')
    await query.run('vacuum (analyze) counted')
    expect(query.schemaChanges).toHaveLength(3)
  })

  test('refuses a second run in a tab while one is under way', async () => {
    const query = await createTestQuery(database.target)
    const runId = RunId.parse(crypto.randomUUID())
    const first = query.open('select pg_sleep(30)', { runId })[Symbol.asyncIterator]()
    await first.next()
    await expect(query.run('select 1')).rejects.toMatchObject({ code: 'CONFLICT' })
    await query.capability.handlers.cancel({ runId }, contextOf())
    await first.return?.()
  })
})

describe('while the database is out of reach', () => {
  test('a select answers from its snapshot, with its age; a write says what is not available', async () => {
    const query = await createTestQuery(database.target)
    await query.run(
      'create table offline (a int, b text); insert into offline select n, n from generate_series(1, 5000) n',
    )
    const online = await query.run('select a,\n  b from offline order by a')
    await query.capability.handlers.closeTab({ tabId: query.tabId }, contextOf())
    const { store } = query.connections
    const stored = store.get(query.connectionId)
    if (stored === undefined) throw new Error('The connection is gone.')
    store.save({ ...stored.record, port: 1 }, undefined)

    const offline = await query.run('select a, b from offline order by a;')
    expect(offline.events.map((event) => event.type)).toEqual([
      'statement',
      'columns',
      'batch',
      'batch',
      'done',
    ])
    const [done] = offline.of('done')
    expect(done).toMatchObject({ rowCount: 5_000, isComplete: false })
    expect(done?.snapshotAt).not.toBeNull()
    expect(offline.of('columns')[0]?.columns).toEqual(online.of('columns')[0]?.columns)
    const rows = await query.rows(resultOf(offline))
    expect(rows[0]).toEqual(['1', '1'])
    expect(query.history.at(-1)).toMatchObject({ outcome: 'snapshot' })

    const write = await query.run('insert into offline values (1)')
    expect(write.of('failed')[0]).toMatchObject({ code: 'CONNECTION_FAILED' })
    expect(write.of('failed')[0]?.message).toContain('nothing was run')
    const unknown = await query.run('select 42')
    expect(unknown.of('failed')[0]?.message).toContain('no result of it is kept')
    const refused = await query.run('select a, b from offline order by a', { allowSnapshot: false })
    expect(refused.of('failed')[0]).toMatchObject({ code: 'CONNECTION_FAILED' })
  })

  test('a wrong password is no reason for a snapshot', async () => {
    const query = await createTestQuery(database.target)
    await query.run('select 7')
    await query.capability.handlers.closeTab({ tabId: query.tabId }, contextOf())
    const { handlers } = query.connections
    const [listed] = await handlers.list({}, contextOf())
    if (listed === undefined) throw new Error('The connection is gone.')
    await handlers.save({ ...listed, id: query.connectionId, password: 'wrong' }, contextOf())
    expect((await query.run('select 7')).of('failed')[0]).toMatchObject({
      code: 'CONNECTION_FAILED',
      message: expect.stringContaining('password'),
    })
  })
})
