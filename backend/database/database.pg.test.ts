import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { z } from 'zod'
import { ExecuteSql, SchemaChange } from '#contract/capabilities/database.ts'
import { ProjectId, type OrganisationId } from '#contract/capabilities/ids.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import { createControlDatabase, type ControlDatabase } from '#testing/control-database.ts'
import { createProvisioningFixture, type ProvisioningFixture } from '#testing/provisioning-fixture.ts'
import { createTenants, type Tenants } from '#testing/tenants.ts'
import type { Actor } from '../actor.ts'
import { createCredentialsService, createOwnerPasswords } from '../credentials/index.ts'
import { createSecrets } from '../secrets/index.ts'
import { createDatabaseService, type DatabaseService } from './index.ts'

let control: ControlDatabase
let fixture: ProvisioningFixture
let tenants: Tenants
let service: DatabaseService
let owner: Actor
let organisationId: OrganisationId
let projectId: ProjectId
const secrets = createSecrets(Buffer.alloc(32, 7))
const clock = { now: () => new Date() }

beforeAll(async () => {
  control = await createControlDatabase()
  tenants = createTenants(control.db)
  const { db } = control
  const passwords = createOwnerPasswords({ db, secrets, clock, randomBytes })
  fixture = await createProvisioningFixture(db, { secrets, ownerPassword: passwords.wanted })
  const { provisioning } = fixture
  service = createDatabaseService({
    db,
    provisioning,
    credentials: createCredentialsService({ db, secrets, clock, randomBytes, provisioning }),
    pool: { max: 2, idleTimeoutMs: 60_000, waitTimeoutMs: 200 },
  })
  owner = await tenants.person()
  organisationId = await tenants.organisation([[owner, 'owner']])
  projectId = ProjectId.parse(randomUUID())
  const ref = projectId
    .replaceAll('-', '')
    .replaceAll(/[0189]/g, 'z')
    .slice(0, 16)
  await db.transaction(async (tx) => {
    await tx.query(sql`
      insert into project (id, organisation_id, name, ref, environment, region, postgres_version, created_at, updated_at)
      values (${projectId}, ${organisationId}, 'p', ${ref}, 'development', 'local', '18', now(), now())`)
    await passwords.create(tx, projectId)
  })
})
afterAll(async () => {
  await service?.close()
  await fixture?.[Symbol.asyncDispose]()
  await control?.drop()
})

const code = (expected: string) => expect.objectContaining({ code: expected })
const as = (actor: Actor, signal = new AbortController().signal) => ({ actor, signal })
const run = (
  text: string,
  options: Partial<z.input<typeof ExecuteSql>> = {},
  signal = new AbortController().signal,
) => service.execute(as(owner, signal), ExecuteSql.parse({ projectId, sql: text, ...options }))
const change = (input: z.input<typeof SchemaChange>, actor = owner, database = 'main') =>
  service.change(as(actor), { projectId, database, change: SchemaChange.parse(input) })
const ref = () => ({ projectId, database: 'main' })

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

describe('schema', () => {
  test('what is made by structured requests is found by listing', async () => {
    await change({ type: 'createSchema', name: 'shop' })
    await change({
      type: 'createTable',
      schema: 'shop',
      table: 'Order "x"',
      comment: 'orders',
      columns: [
        { name: 'id', type: { name: 'bigint' }, identity: 'always', isNullable: false },
        { name: 'parent', type: { name: 'bigint' }, comment: 'of' },
        {
          name: 'total',
          type: { name: 'numeric', modifiers: [8, 2] },
          default: { kind: 'literal', value: '0' },
        },
      ],
      constraints: [
        { kind: 'primary key', name: 'order_pk', columns: ['id'] },
        {
          kind: 'foreign key',
          name: 'order_parent',
          columns: ['parent'],
          references: { schema: 'shop', table: 'Order "x"', columns: ['id'] },
        },
        { kind: 'check', name: 'order_total', column: 'total', operator: '>=', value: '0' },
      ],
    })
    const table = { ...ref(), schema: 'shop', table: 'Order "x"' }
    const result = await change({
      type: 'createIndex',
      schema: 'shop',
      table: 'Order "x"',
      name: 'order_total_idx',
      columns: [{ name: 'total', descending: true }],
      concurrently: true,
    })
    expect(result.sql).toEqual([
      'create index concurrently "order_total_idx" on "shop"."Order ""x""" using btree ("total" desc)',
    ])
    expect(await service.schemas(as(owner), ref())).toContainEqual({ name: 'shop', owner: 'owner' })
    expect(await service.tables(as(owner), { ...ref(), schema: 'shop' })).toMatchObject([
      { schema: 'shop', name: 'Order "x"', kind: 'table', estimatedRows: null, comment: 'orders' },
    ])
    expect(await service.columns(as(owner), table)).toMatchObject([
      { name: 'id', position: 1, type: 'bigint', isNullable: false, isPrimaryKey: true, identity: 'always' },
      { name: 'parent', isNullable: true, isPrimaryKey: false, default: null, comment: 'of' },
      { name: 'total', type: 'numeric(8,2)', default: "'0'::numeric", isGenerated: false },
    ])
    expect(await service.indexes(as(owner), table)).toMatchObject([
      { name: 'order_pk', method: 'btree', columns: ['id'], isUnique: true, isPrimary: true, isValid: true },
      { name: 'order_total_idx', columns: ['total'], isUnique: false },
    ])
    const constraints = await service.constraints(as(owner), table)
    expect(constraints.find(({ name }) => name === 'order_parent')).toMatchObject({
      kind: 'foreign key',
      columns: ['parent'],
      references: { schema: 'shop', table: 'Order "x"', columns: ['id'] },
      isValidated: true,
    })
    expect(constraints.find(({ name }) => name === 'order_total')).toMatchObject({
      kind: 'check',
      references: null,
    })
  })

  test('views and generated columns are told apart', async () => {
    await run('create table shop.made (n int, twice int generated always as (n * 2) stored)')
    await run('create view shop.seen as select n from shop.made')
    const relations = await service.tables(as(owner), { ...ref(), schema: 'shop' })
    expect(relations.map(({ name, kind }) => [name, kind])).toContainEqual(['seen', 'view'])
    expect(await service.columns(as(owner), { ...ref(), schema: 'shop', table: 'made' })).toMatchObject([
      { isGenerated: false },
      { isGenerated: true, default: null },
    ])
  })

  test('a change that fails half-way leaves nothing', async () => {
    await expect(
      change({
        type: 'alterColumn',
        schema: 'shop',
        table: 'made',
        column: 'n',
        comment: 'half',
        newName: 'twice',
      }),
    ).rejects.toEqual(code('QUERY_FAILED'))
    expect(await service.columns(as(owner), { ...ref(), schema: 'shop', table: 'made' })).toMatchObject([
      { name: 'n', comment: null },
      { name: 'twice' },
    ])
  })

  test('databases are made, used, renamed while we hold sessions in them, and dropped', async () => {
    await change({ type: 'createDatabase', name: 'Second' })
    await change({ type: 'createTable', table: 'there', columns: [] }, owner, 'Second')
    expect(await run('select current_database()', { database: 'Second' })).toMatchObject({
      rows: [['Second']],
    })
    expect((await service.databases(as(owner), projectId)).map(({ name }) => name)).toEqual([
      'Second',
      'main',
    ])
    await change({ type: 'renameDatabase', name: 'Second', newName: 'third' })
    await expect(run('select 1', { database: 'Second' })).rejects.toEqual(code('CONNECTION_FAILED'))
    expect(await run('select 1', { database: 'third' })).toMatchObject({ rows: [['1']] })
    await change({ type: 'dropDatabase', name: 'third' })
    const databases = await service.databases(as(owner), projectId)
    expect(databases).toMatchObject([{ name: 'main', owner: 'owner' }])
    expect(databases[0]?.sizeBytes).toBeGreaterThan(1_000_000)
  })

  test('what belongs to Postgres, to NebulaDB or to another role is not changed', async () => {
    const refused: z.input<typeof SchemaChange>[] = [
      { type: 'dropSchema', name: 'pg_catalog', cascade: true },
      { type: 'createTable', schema: 'information_schema', table: 't', columns: [] },
      { type: 'dropDatabase', name: 'template1' },
      { type: 'dropDatabase', name: 'main' },
      { type: 'renameDatabase', name: 'main', newName: 'other' },
    ]
    for (const input of refused) await expect(change(input)).rejects.toEqual(code('FORBIDDEN'))
    await expect(run('drop table pg_catalog.pg_class')).rejects.toEqual(code('QUERY_FAILED'))
    await expect(run('create role mighty superuser')).rejects.toEqual(code('QUERY_FAILED'))
    await expect(run(`copy note to program 'id'`)).rejects.toThrow()
    await expect(run(`select pg_read_file('/etc/passwd')`)).rejects.toEqual(code('QUERY_FAILED'))
  })

  test('what is not there is said to be missing', async () => {
    await expect(service.tables(as(owner), { ...ref(), schema: 'nowhere' })).rejects.toEqual(
      code('NOT_FOUND'),
    )
    const table = { ...ref(), schema: 'shop', table: 'nothing' }
    for (const list of [service.columns, service.indexes, service.constraints])
      await expect(list(as(owner), table)).rejects.toEqual(code('NOT_FOUND'))
  })
})

describe('who may', () => {
  test('a viewer looks, a developer works, a stranger finds nothing', async () => {
    const [viewer, developer, stranger] = [
      await tenants.person(),
      await tenants.person(),
      await tenants.person(),
    ]
    await tenants.join(organisationId, viewer, 'viewer')
    await tenants.join(organisationId, developer, 'developer')
    const select = ExecuteSql.parse({ projectId, sql: 'select 1' })
    const make: z.input<typeof SchemaChange> = { type: 'createSchema', name: `s_${randomUUID()}` }
    expect(await service.schemas(as(viewer), ref())).not.toEqual([])
    await expect(service.execute(as(viewer), select)).rejects.toEqual(code('FORBIDDEN'))
    await expect(change(make, viewer)).rejects.toEqual(code('FORBIDDEN'))
    expect(await service.execute(as(developer), select)).toMatchObject({ rows: [['1']] })
    await change(make, developer)
    const table = { ...ref(), schema: 'shop', table: 'made' }
    const attempts = [
      () => service.execute(as(stranger), select),
      () => service.databases(as(stranger), projectId),
      () => service.schemas(as(stranger), ref()),
      () => service.tables(as(stranger), { ...ref(), schema: 'shop' }),
      () => service.columns(as(stranger), table),
      () => service.indexes(as(stranger), table),
      () => service.constraints(as(stranger), table),
      () => change(make, stranger),
    ]
    for (const attempt of attempts) await expect(attempt()).rejects.toEqual(code('NOT_FOUND'))
  })

  test('each change has its audit row, without the SQL of the person', async () => {
    await run(`insert into note values (100, 'my secret')`)
    const rows = await control.db.query<{ action: string; details: unknown; account_id: string }>(
      sql`select action, details, account_id from audit_entry where subject_id = ${projectId} order by id desc limit 1`,
    )
    expect(rows).toEqual([
      {
        action: 'database.execute',
        details: { database: 'main', verb: 'insert' },
        account_id: owner.accountId,
      },
    ])
    await run('delete from note where id = 100')
  })
})

describe('sessions', () => {
  test('calls share a few sessions and are told when all are in use for too long', async () => {
    const controller = new AbortController()
    const long = [1, 2].map(() =>
      run('select pg_sleep(60)', {}, controller.signal).catch((error: unknown) => error),
    )
    await vi.waitFor(async () => {
      const busy = await service
        .execute(as(owner), ExecuteSql.parse({ projectId, sql: 'select 1' }))
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
    await control.db.query(sql`update project set desired_state = 'asleep' where id = ${projectId}`)
    fixture.provisioning.wake(projectId)
    await vi.waitFor(
      async () => expect((await fixture.provisioning.progress(projectId)).status).toBe('asleep'),
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
    await control.db.query(
      sql`update project set desired_state = 'deleted', purge_at = now() + interval '1 day' where id = ${projectId}`,
    )
    await expect(run('select 1')).rejects.toEqual(code('PROJECT_NOT_READY'))
  })
})
