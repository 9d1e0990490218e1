// The session of a tab, and cancelling what runs in it, against a real Postgres.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RunId } from '#contract/capabilities/ids.ts'
import { contextOf, createTestQuery, readReport, resultOf } from '#testing/query-fixtures.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'

let database: TempDatabase
beforeAll(async () => {
  database = await createTempDatabase()
})
afterAll(() => database.drop())

/** Ends another backend, and waits until it is gone. */
function endOf(pid: string | null | undefined): string {
  return `do $$ begin
    perform pg_terminate_backend(${pid ?? ''});
    while exists (select from pg_stat_activity where pid = ${pid ?? ''}) loop perform pg_stat_clear_snapshot(); end loop;
  end $$`
}

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
    const closed = Promise.withResolvers<void>()
    const query = await createTestQuery(database.target, {
      wrapConnections: (service) => ({
        ...service,
        async open(...input) {
          const session = await service.open(...input)
          session.onClose(() => closed.resolve())
          return session
        },
      }),
    })
    const [[pid] = []] = await query.rows(resultOf(await query.run('select pg_backend_pid()')))
    await query.run(endOf(pid), { tabId: crypto.randomUUID() })
    await closed.promise
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
    await query.run(endOf(pid), { tabId: observer })
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
