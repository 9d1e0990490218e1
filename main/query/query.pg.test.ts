// Running SQL against a real Postgres: events, results, errors, transactions, cancelling.
import { existsSync, readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RunId } from '#contract/capabilities/ids.ts'
import { decodeBatch } from '#contract/batch/decode.ts'
import { contextOf, createTestQuery, readReport, resultOf } from '#testing/query-fixtures.ts'
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

describe('the session of a tab', () => {
  test('holds settings and transactions between runs, and tells the state', async () => {
    const query = await createTestQuery(database.target)
    await query.run("set search_path = 'elsewhere'; create table public.held (a int)")
    expect(await query.rows(resultOf(await query.run('show search_path')))).toEqual([['elsewhere']])
    expect(
      (await query.run('begin; insert into public.held values (1)')).of('transaction').at(-1)?.state,
    ).toBe('open')
    expect((await query.run('select nope')).of('transaction').at(-1)?.state).toBe('failed')
    expect((await query.run('rollback')).of('transaction').at(-1)?.state).toBe('idle')
    expect(await query.rows(resultOf(await query.run('select * from public.held')))).toEqual([])
  })

  test('commits each statement of a script on its own outside a transaction', async () => {
    const query = await createTestQuery(database.target)
    await query.run('create table auto (a int); insert into auto values (1); insert into auto values (1 / 0)')
    expect(await query.rows(resultOf(await query.run('select * from auto')))).toEqual([['1']])
  })

  test('is another one for another tab, and rolls back when the tab closes', async () => {
    const query = await createTestQuery(database.target)
    const other = crypto.randomUUID()
    await query.run('create table seen (a int); begin; insert into seen values (1)')
    const report = await query.run('select count(*) from seen', { tabId: other })
    expect(await query.rows(resultOf(report))).toEqual([['0']])
    await query.capability.handlers.closeTab({ tabId: query.tabId }, contextOf())
    expect(await query.rows(resultOf(await query.run('select count(*) from seen')))).toEqual([['0']])
  })

  test('is opened again after it was lost, and says so', async () => {
    const query = await createTestQuery(database.target)
    const [[pid] = []] = await query.rows(resultOf(await query.run('select pg_backend_pid()')))
    await query.run(`select pg_terminate_backend(${pid ?? ''}, 5000)`, { tabId: crypto.randomUUID() })
    await new Promise((resolve) => setImmediate(resolve))
    const report = await query.run('select 1')
    expect(report.of('notice')[0]?.message).toMatch(/was lost. A new one is used/)
    expect(report.of('done')).toHaveLength(1)
  })

  test('that is lost with an open transaction runs nothing until the person knows', async () => {
    const query = await createTestQuery(database.target)
    await query.run('create table kept (a int)')
    const opened = await query.run('begin; insert into kept values (1); select pg_backend_pid()')
    const [[pid] = []] = await query.rows(resultOf(opened))
    const observer = crypto.randomUUID()
    await query.run(`select pg_terminate_backend(${pid ?? ''}, 5000)`, { tabId: observer })
    const report = await query.run('insert into kept values (2); commit')
    expect(report.of('failed')[0]).toMatchObject({ code: 'CONNECTION_FAILED' })
    expect(report.of('done')).toEqual([])
    expect((await query.run('select count(*) from kept')).of('done')).toHaveLength(1)
    expect(await query.rows(resultOf(await query.run('select count(*) from kept')))).toEqual([['0']])
  })

  test('that is lost while a statement runs fails that statement with what it means', async () => {
    const query = await createTestQuery(database.target)
    const [[pid] = []] = await query.rows(resultOf(await query.run('select pg_backend_pid()')))
    const running = query.run('select pg_sleep(30)')
    await query.run(
      `do $$ begin
         while not exists (select from pg_stat_activity where pid = ${pid ?? ''} and query like 'select pg_sleep%') loop
           perform pg_sleep(0.01); perform pg_stat_clear_snapshot();
         end loop;
         perform pg_terminate_backend(${pid ?? ''});
       end $$`,
      { tabId: crypto.randomUUID() },
    )
    const report = await running
    expect(report.of('failed')[0]).toMatchObject({ code: 'CONNECTION_FAILED' })
    expect(report.of('failed')[0]?.message).toContain('rolled back')
    expect((await query.run('select 1')).of('done')).toHaveLength(1)
  })
})

describe('cancelling', () => {
  test('stops a statement within 100 ms and leaves the session usable', async () => {
    const query = await createTestQuery(database.target)
    await query.run('set search_path = kept')
    const runId = RunId.parse(crypto.randomUUID())
    const iterator = query.open('select pg_sleep(30); select 2', { runId })[Symbol.asyncIterator]()
    await iterator.next()
    const startedAt = performance.now()
    await query.capability.handlers.cancel({ runId }, contextOf())
    const rest = await readReport({ [Symbol.asyncIterator]: () => iterator })
    expect(performance.now() - startedAt).toBeLessThan(100)
    expect(rest.of('failed')).toMatchObject([{ code: 'QUERY_CANCELLED' }])
    expect(rest.of('statement')).toEqual([])
    expect(query.history.at(-1)?.outcome).toBe('cancelled')
    expect(await query.rows(resultOf(await query.run('show search_path')))).toEqual([['kept']])
  })

  test('stops a drain, keeping the rows that came', async () => {
    const query = await createTestQuery(database.target)
    const runId = RunId.parse(crypto.randomUUID())
    const iterator = query.open('select generate_series(1, 50000000)', { runId })[Symbol.asyncIterator]()
    let item = await iterator.next()
    while (item.done !== true && item.value.value.type !== 'progress') item = await iterator.next()
    await query.capability.handlers.cancel({ runId }, contextOf())
    const rest = await readReport({ [Symbol.asyncIterator]: () => iterator })
    expect(rest.of('failed')).toMatchObject([{ code: 'QUERY_CANCELLED' }])
    expect((await query.run('select 1')).of('done')).toHaveLength(1)
  })

  test('happens when the stream is aborted or left', async () => {
    const query = await createTestQuery(database.target)
    const controller = new AbortController()
    const aborted = query.open('select pg_sleep(30)', { signal: controller.signal })[Symbol.asyncIterator]()
    await aborted.next()
    controller.abort()
    await readReport({ [Symbol.asyncIterator]: () => aborted })
    const left = query.open('select pg_sleep(30)')[Symbol.asyncIterator]()
    await left.next()
    await left.return?.()
    await expect.poll(() => query.history.map((entry) => entry.outcome)).toEqual(['cancelled', 'cancelled'])
    expect((await query.run('select 1')).of('done')).toHaveLength(1)
  })

  test('before the run began, or after it ended, does no harm', async () => {
    const query = await createTestQuery(database.target)
    const runId = RunId.parse(crypto.randomUUID())
    await query.capability.handlers.cancel({ runId }, contextOf())
    const report = await query.run('select pg_sleep(30)', { runId })
    expect(report.of('failed')).toMatchObject([{ code: expect.stringMatching(/CANCELLED/) }])
    await query.capability.handlers.cancel({ runId: RunId.parse(crypto.randomUUID()) }, contextOf())
    expect((await query.run('select 1')).of('done')).toHaveLength(1)
  })
})

describe('large results', () => {
  const limits = {
    resultLimits: {
      memoryPerResultBytes: 500_000,
      memoryTotalBytes: 1_000_000,
      diskTotalBytes: 1_000_000_000,
      maxResults: 20,
    },
    readingLimits: { maxRows: 20_000, maxBytes: 1_000_000_000 },
  }
  const numbers = (count: number): string => `select n, md5(n::text) from generate_series(1, ${count}) n`

  test('push only the first batches, a small one first, and keep the rest for windows', async () => {
    const query = await createTestQuery(database.target)
    const report = await query.run(numbers(100_000))
    expect(report.of('batch').map((batch) => [batch.firstRow, batch.rowCount])).toEqual([
      [0, 200],
      [200, 2_000],
    ])
    expect(report.of('done')[0]).toMatchObject({ rowCount: 100_000, isComplete: true })
    const resultId = resultOf(report)
    expect((await query.rows(resultId, 99_998, 10)).map((row) => row[0])).toEqual(['99999', '100000'])
    const middle = await query.rows(resultId, 2_150, 500)
    expect(middle.map((row) => row[0])).toEqual(
      Array.from({ length: 500 }, (_, index) => String(2_151 + index)),
    )
  })

  test('go to a file beyond the memory limit, which is gone when they are closed', async () => {
    const query = await createTestQuery(database.target, { limits: { resultLimits: limits.resultLimits } })
    const resultId = resultOf(await query.run(numbers(100_000)))
    expect(query.capability.usage().memoryBytes).toBeLessThan(2_000_000)
    expect(readdirSync(query.resultsDirectory)).toHaveLength(1)
    expect((await query.rows(resultId, 54_321, 1))[0]?.[0]).toBe('54322')
    await query.capability.handlers.closeResult({ resultId }, contextOf())
    await expect(query.rows(resultId)).rejects.toMatchObject({ code: 'RESULT_GONE' })
    expect(readdirSync(query.resultsDirectory)).toEqual([])
  })

  test('suspend at the limit and are read on when the page asks, to the last row', async () => {
    const query = await createTestQuery(database.target, { limits })
    const report = await query.run(numbers(100_000))
    expect(report.of('done')[0]).toMatchObject({ isComplete: false })
    expect(report.of('progress').at(-1)).toMatchObject({ isSuspended: true })
    expect(report.of('transaction').at(-1)?.state).toBe('idle')
    const resultId = resultOf(report)
    expect((await query.rows(resultId, 30_000, 1))[0]?.[0]).toBe('30001')
    expect((await query.rows(resultId, 99_999, 10)).map((row) => row[0])).toEqual(['100000'])
    const window = await query.capability.handlers.window(
      { resultId, firstRow: 100_000, rowCount: 1 },
      contextOf(),
    )
    expect(window.value).toEqual({ batches: [], totalRows: 100_000, isComplete: true })
  })

  test('that are suspended give way to the next run, and say what is no longer there', async () => {
    const query = await createTestQuery(database.target, { limits })
    const resultId = resultOf(await query.run(numbers(100_000)))
    expect((await query.run('select 1')).of('done')).toHaveLength(1)
    expect(await query.rows(resultId, 100, 1)).toHaveLength(1)
    await expect(query.rows(resultId, 90_000, 1)).rejects.toMatchObject({
      code: 'RESULT_GONE',
      message: expect.stringContaining('Only the first'),
    })
  })

  test('in the middle of a script keep their first rows and let the script go on', async () => {
    const query = await createTestQuery(database.target, { limits })
    const report = await query.run(`${numbers(100_000)}; select 2`)
    expect(report.of('done').map((done) => done.isComplete)).toEqual([false, true])
  })

  test('free the session when the page closes them while they wait', async () => {
    const query = await createTestQuery(database.target, { limits })
    const resultId = resultOf(await query.run(numbers(100_000)))
    await query.capability.handlers.closeResult({ resultId }, contextOf())
    expect((await query.run('select 1')).of('done')).toHaveLength(1)
  })

  test('leave no file behind when the host closes', async () => {
    const query = await createTestQuery(database.target, { limits })
    await query.run(numbers(100_000))
    await query.capability.close()
    expect(existsSync(query.resultsDirectory) ? readdirSync(query.resultsDirectory) : []).toEqual([])
  })
})

describe('sorting', () => {
  const sort = (query: Awaited<ReturnType<typeof createTestQuery>>, resultId: ReturnType<typeof resultOf>) =>
    readReport(
      query.capability.handlers.sort(
        {
          runId: RunId.parse(crypto.randomUUID()),
          resultId,
          tabId: query.tabId,
          keys: [{ column: 1, descending: true }],
        },
        contextOf(),
      ),
    )

  test('runs the statement again, ordered by the server', async () => {
    const query = await createTestQuery(database.target)
    const report = await query.run('select n, n % 3 as n from generate_series(1, 5000) n -- numbers')
    const sorted = await sort(query, resultOf(report))
    expect(sorted.of('statement')[0]?.sql).toBe('select n, n % 3 as n from generate_series(1, 5000) n')
    const rows = await query.rows(resultOf(sorted), 0, 5_000)
    expect(rows).toHaveLength(5_000)
    expect(rows.map((row) => Number(row[1]))).toEqual(rows.map((row) => Number(row[1])).sort((a, b) => b - a))
  })

  test('is refused for what cannot stand inside a select', async () => {
    const query = await createTestQuery(database.target)
    for (const sql of [
      'show all',
      'explain select 1',
      'create table s as select 1; insert into s values (1) returning *',
    ]) {
      const report = await query.run(sql)
      const columns = report.of('columns').at(-1)
      expect(columns?.isSortable).toBe(false)
      await expect(sort(query, resultOf(report))).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    }
  })

  test('says why a type has no order', async () => {
    const query = await createTestQuery(database.target)
    const report = await query.run(`select 1, '{}'::json`)
    expect((await sort(query, resultOf(report))).of('failed')[0]).toMatchObject({
      postgres: { sqlstate: '42883' },
      errorOffset: null,
    })
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
