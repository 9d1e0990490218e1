// The schema of a project’s databases: listing and changing it, and who may.
import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { ExecuteSql, SchemaChange } from '#contract/capabilities/database.ts'
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
const change = (input: z.input<typeof SchemaChange>, actor = project.owner, database = 'main') =>
  project.database.change(as(actor), { projectId, database, change: SchemaChange.parse(input) })
const ref = () => ({ projectId, database: 'main' })

beforeAll(() => run('create table note (id int primary key, body text)'))

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
      'create index concurrently order_total_idx on shop."Order ""x""" (total desc)',
    ])
    expect(await project.database.schemas(as(project.owner), ref())).toContainEqual({
      name: 'shop',
      owner: 'owner',
    })
    expect(await project.database.tables(as(project.owner), { ...ref(), schema: 'shop' })).toMatchObject([
      { schema: 'shop', name: 'Order "x"', kind: 'table', estimatedRows: null, comment: 'orders' },
    ])
    expect(await project.database.columns(as(project.owner), table)).toMatchObject([
      { name: 'id', position: 1, type: 'bigint', isNullable: false, isPrimaryKey: true, identity: 'always' },
      { name: 'parent', isNullable: true, isPrimaryKey: false, default: null, comment: 'of' },
      { name: 'total', type: 'numeric(8,2)', default: "'0'::numeric", isGenerated: false },
    ])
    expect(await project.database.indexes(as(project.owner), table)).toMatchObject([
      { name: 'order_pk', method: 'btree', columns: ['id'], isUnique: true, isPrimary: true, isValid: true },
      { name: 'order_total_idx', columns: ['total'], isUnique: false },
    ])
    const constraints = await project.database.constraints(as(project.owner), table)
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
    const relations = await project.database.tables(as(project.owner), { ...ref(), schema: 'shop' })
    expect(relations.map(({ name, kind }) => [name, kind])).toContainEqual(['seen', 'view'])
    expect(
      await project.database.columns(as(project.owner), { ...ref(), schema: 'shop', table: 'made' }),
    ).toMatchObject([{ isGenerated: false }, { isGenerated: true, default: null }])
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
    expect(
      await project.database.columns(as(project.owner), { ...ref(), schema: 'shop', table: 'made' }),
    ).toMatchObject([{ name: 'n', comment: null }, { name: 'twice' }])
  })

  test('databases are made, used, renamed while we hold sessions in them, and dropped', async () => {
    await change({ type: 'createDatabase', name: 'Second' })
    await change({ type: 'createTable', table: 'there', columns: [] }, project.owner, 'Second')
    expect(await run('select current_database()', { database: 'Second' })).toMatchObject({
      rows: [['Second']],
    })
    expect((await project.database.databases(as(project.owner), projectId)).map(({ name }) => name)).toEqual([
      'Second',
      'main',
    ])
    await change({ type: 'renameDatabase', name: 'Second', newName: 'third' })
    await expect(run('select 1', { database: 'Second' })).rejects.toEqual(code('CONNECTION_FAILED'))
    expect(await run('select 1', { database: 'third' })).toMatchObject({ rows: [['1']] })
    await change({ type: 'dropDatabase', name: 'third' })
    const databases = await project.database.databases(as(project.owner), projectId)
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
    await expect(project.database.tables(as(project.owner), { ...ref(), schema: 'nowhere' })).rejects.toEqual(
      code('NOT_FOUND'),
    )
    const table = { ...ref(), schema: 'shop', table: 'nothing' }
    for (const list of [project.database.columns, project.database.indexes, project.database.constraints])
      await expect(list(as(project.owner), table)).rejects.toEqual(code('NOT_FOUND'))
  })
})

describe('who may', () => {
  test('a viewer looks, a developer works, a stranger finds nothing', async () => {
    const [viewer, developer, stranger] = [
      await project.tenants.person(),
      await project.tenants.person(),
      await project.tenants.person(),
    ]
    await project.tenants.join(project.organisationId, viewer, 'viewer')
    await project.tenants.join(project.organisationId, developer, 'developer')
    const select = ExecuteSql.parse({ projectId, sql: 'select 1' })
    const make: z.input<typeof SchemaChange> = { type: 'createSchema', name: `s_${randomUUID()}` }
    expect(await project.database.schemas(as(viewer), ref())).not.toEqual([])
    await expect(project.database.execute(as(viewer), select)).rejects.toEqual(code('FORBIDDEN'))
    await expect(change(make, viewer)).rejects.toEqual(code('FORBIDDEN'))
    expect(await project.database.execute(as(developer), select)).toMatchObject({ rows: [['1']] })
    await change(make, developer)
    const table = { ...ref(), schema: 'shop', table: 'made' }
    const attempts = [
      () => project.database.execute(as(stranger), select),
      () => project.database.databases(as(stranger), projectId),
      () => project.database.schemas(as(stranger), ref()),
      () => project.database.tables(as(stranger), { ...ref(), schema: 'shop' }),
      () => project.database.columns(as(stranger), table),
      () => project.database.indexes(as(stranger), table),
      () => project.database.constraints(as(stranger), table),
      () => change(make, stranger),
    ]
    for (const attempt of attempts) await expect(attempt()).rejects.toEqual(code('NOT_FOUND'))
  })

  test('each change has its audit row, without the SQL of the person', async () => {
    await run(`insert into note values (100, 'my secret')`)
    const rows = await project.control.db.query<{ action: string; details: unknown; account_id: string }>(
      sql`select action, details, account_id from audit_entry where subject_id = ${projectId} order by id desc limit 1`,
    )
    expect(rows).toEqual([
      {
        action: 'database.execute',
        details: { database: 'main', verb: 'insert' },
        account_id: project.owner.accountId,
      },
    ])
    await run('delete from note where id = 100')
  })
})
