// SQL in a project’s database: what it gives, reading only, and the sessions that it runs in.
import { describe, expect, test, vi } from 'vitest'
import type { z } from 'zod'
import { ExecuteSql } from '#contract/capabilities/database.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import { as, useProjectDatabase } from '#testing/project-database.ts'

const project = useProjectDatabase({ pool: { max: 2, idleTimeoutMs: 60_000, waitTimeoutMs: 200 } })
const { projectId } = project

const code = (expected: string) => expect.objectContaining({ code: expected })
const run = (
  text: string,
  options: Partial<z.input<typeof ExecuteSql>> = {},
  signal = new AbortController().signal,
) =>
  project.database.execute(as(project.owner, signal), ExecuteSql.parse({ projectId, sql: text, ...options }))

describe('executing', () => {
  test('wakes the database, runs as its owner and gives values as Postgres prints them', async () => {
    const result = await run(
      `select current_user, $1::bigint + 1 as big, $2::numeric(10,3) as n, null, array['a', 'b,c'] as a, $3::boolean`,
      { parameters: ['9223372036854775806', 1.5, true] },
    )
    expect(result).toMatchObject({
      command: 'SELECT',
      rows: [['owner', '9223372036854775807', '1.500', null, '{a,"b,c"}', 't']],
      rowCount: 1,
      isTruncated: false,
    })
    expect(result.columns.map(({ name, type }) => [name, type])).toEqual([
      ['current_user', 'name'],
      ['big', 'bigint'],
      ['n', 'numeric(10,3)'],
      ['?column?', 'text'],
      ['a', 'text[]'],
      ['bool', 'boolean'],
    ])
    expect(result.durationMs).toBeGreaterThan(0)
    const superuser = await run(`select rolsuper from pg_roles where rolname = current_user`)
    expect(superuser.rows).toEqual([['f']])
  })

  test('says what a statement without rows did', async () => {
    expect(await run('create table note (id int primary key, body text)')).toMatchObject({
      command: 'CREATE TABLE',
      columns: [],
      rows: [],
      rowCount: null,
    })
    expect(await run(`insert into note select n, 'x' from generate_series(1, 5) n`)).toMatchObject({
      command: 'INSERT',
      rowCount: 5,
    })
  })

  test.each([
    [4, true],
    [5, false],
    [6, false],
    [0, true],
  ])('a limit of %i of five rows: truncated is %s', async (rowLimit, isTruncated) => {
    const result = await run('select n from generate_series(1, 5) n', { rowLimit })
    expect(result.rows).toHaveLength(Math.min(rowLimit, 5))
    expect(result).toMatchObject({ isTruncated, command: 'SELECT', rowCount: isTruncated ? null : 5 })
  })

  test('never makes more rows than the limit and one', async () => {
    await run('create sequence counted')
    await run(`select nextval('counted') from generate_series(1, 100000)`, { rowLimit: 10 })
    const { rows } = await run('select last_value from counted')
    expect(rows).toEqual([['11']])
  })

  test('a statement that writes and returns rows has its whole effect, however few rows are read', async () => {
    await run('create table written (n int)')
    const result = await run('insert into written select generate_series(1, 50) returning n', { rowLimit: 3 })
    expect(result).toMatchObject({ isTruncated: true, command: 'INSERT' })
    expect((await run('select count(*) from written')).rows).toEqual([['50']])
  })

  test('a result that is too large is cut by its size', async () => {
    const result = await run(`select repeat('x', 1000000) from generate_series(1, 40)`, { rowLimit: 100 })
    expect(result.isTruncated).toBe(true)
    expect(result.rows.length).toBeGreaterThan(20)
    expect(result.rows.length).toBeLessThan(40)
  })

  test('an error keeps its SQLSTATE and position, and undoes the statement', async () => {
    await expect(run('select 1 from missing_table')).rejects.toMatchObject({
      code: 'QUERY_FAILED',
      details: { sqlstate: '42P01', position: 15 },
    })
    await expect(run(`insert into note select n, 1 / (3 - n) from generate_series(1, 5) n`)).rejects.toEqual(
      code('QUERY_FAILED'),
    )
  })

  test('a statement that takes too long is cancelled, and so is one whose caller goes away', async () => {
    await expect(run('select pg_sleep(60)', { timeoutMs: 50 })).rejects.toEqual(code('QUERY_CANCELLED'))
    const controller = new AbortController()
    const running = run('select pg_sleep(60) as mine', {}, controller.signal)
    const outcome = expect(running).rejects.toEqual(code('QUERY_CANCELLED'))
    await vi.waitFor(async () => {
      const active = await run(
        `select 1 from pg_stat_activity where query like '%as mine' and state = 'active'`,
      )
      expect(active.rows).toHaveLength(1)
    })
    controller.abort()
    await outcome
    const left = await run(
      `select 1 from pg_stat_activity where query like '%pg_sleep%as mine' and state = 'active'`,
    )
    expect(left.rows).toEqual([])
  })

  test('takes one statement and no control of transactions', async () => {
    for (const text of [
      'select 1; select 2',
      '-- nothing',
      'commit',
      'rollback',
      'begin',
      'set transaction read write',
    ])
      await expect(run(text)).rejects.toEqual(code('INVALID_INPUT'))
    expect((await run('select 1;')).rows).toEqual([['1']])
  })

  test('what takes no transaction runs', async () => {
    expect(await run('vacuum note')).toMatchObject({ command: 'VACUUM' })
  })

  test('leaves nothing in the session for whoever comes next', async () => {
    const { rows } = await run('select pg_backend_pid()')
    await run(`set search_path = 'pg_temp'`)
    await run('create temporary table secret (x int)')
    await run('select pg_advisory_lock(42)')
    await run('prepare plan as select 1')
    const after = await run(`
      select pg_backend_pid(), current_setting('search_path'), to_regclass('secret'),
             (select count(*) from pg_prepared_statements), (select count(*) from pg_locks where locktype = 'advisory')`)
    expect(after.rows).toEqual([[rows[0]?.[0], '"$user", public', null, '0', '0']])
  })
})

describe('read-only', () => {
  const readOnly = { readOnly: true }

  test('reads', async () => {
    expect((await run('select count(*) from note', readOnly)).rows).toEqual([['5']])
    expect((await run('select $1::int', { ...readOnly, parameters: [7], rowLimit: 1 })).rows).toEqual([['7']])
  })

  test.each([
    'insert into note values (99)',
    'with gone as (delete from note returning 1) select * from gone',
    'create table escaped (x int)',
    `select nextval('counted')`,
    'drop table note',
    'select * from note for update',
    `do $$ begin insert into note values (99); end $$`,
    `do $$ begin commit; insert into note values (99); end $$`,
    `do $$ begin perform set_config('transaction_read_only', 'off', true); insert into note values (99); end $$`,
    `with off as materialized (select set_config('transaction_read_only', 'off', false)) insert into note select 99 from off`,
    'vacuum note',
    `create database escaped`,
  ])('cannot write by %s', async (text) => {
    await expect(run(text, readOnly)).rejects.toMatchObject({
      code: expect.stringMatching(/READ_ONLY|QUERY_FAILED/),
    })
    expect((await run('select count(*) from note')).rows).toEqual([['5']])
    expect((await run(`select to_regclass('escaped')`)).rows).toEqual([[null]])
  })

  test('is named as the reason where Postgres refuses for it', async () => {
    await expect(run('delete from note', readOnly)).rejects.toMatchObject({
      code: 'READ_ONLY',
      details: { sqlstate: '25006' },
    })
    for (const text of ['set default_transaction_read_only = off', 'reset all'])
      await expect(run(text, readOnly)).rejects.toEqual(code('READ_ONLY'))
    for (const text of ['commit', 'set transaction read write', 'rollback and chain'])
      await expect(run(text, readOnly)).rejects.toEqual(code('INVALID_INPUT'))
  })
})

describe('sessions', () => {
  test('calls share a few sessions and are told when all are in use for too long', async () => {
    const controller = new AbortController()
    const long = [1, 2].map(() =>
      run('select pg_sleep(60)', {}, controller.signal).catch((error: unknown) => error),
    )
    await vi.waitFor(async () => {
      const busy = await project.database
        .execute(as(project.owner), ExecuteSql.parse({ projectId, sql: 'select 1' }))
        .catch((error: unknown) => error)
      expect(busy).toEqual(code('TIMEOUT'))
    })
    const waiting = run('select 1')
    controller.abort()
    expect(await waiting).toMatchObject({ rows: [['1']] })
    await Promise.all(long)
  })

  test('a project that was stopped behind our back is woken and works again', async () => {
    await run('select 1')
    await project.control.db.query(sql`update project set desired_state = 'asleep' where id = ${projectId}`)
    project.fixture.provisioning.wake(projectId)
    await vi.waitFor(
      async () => expect((await project.fixture.provisioning.progress(projectId)).status).toBe('asleep'),
      { timeout: 20_000 },
    )
    expect(await run('select count(*) from note')).toMatchObject({ rows: [['5']] })
  })

  test('a session that the server ended is replaced', async () => {
    await expect(run('select pg_terminate_backend(pg_backend_pid())')).rejects.toEqual(
      code('CONNECTION_FAILED'),
    )
    expect(await run('select 1')).toMatchObject({ rows: [['1']] })
  })

  test('a call that was cancelled before it began does nothing', async () => {
    await expect(run('insert into note values (77)', {}, AbortSignal.abort())).rejects.toEqual(
      code('CANCELLED'),
    )
    expect((await run('select 1 from note where id = 77')).rows).toEqual([])
  })

  test('a deleted project is not woken', async () => {
    await project.control.db.query(
      sql`update project set desired_state = 'deleted', purge_at = now() + interval '1 day' where id = ${projectId}`,
    )
    await expect(run('select 1')).rejects.toEqual(code('PROJECT_NOT_READY'))
  })
})
