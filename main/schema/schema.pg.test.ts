// The schema model through the host against a real Postgres: cached, read again, followed while a page listens, stale while the database is away.
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { collectModel, context, createTestSchema, tableNames } from '#testing/host-schema.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { createSchemaStore } from '../cache/index.ts'

let database: TempDatabase
beforeEach(async () => {
  database = await createTempDatabase()
  await execute('create table film (id int primary key, title text not null)')
})
afterEach(() => database.drop())

async function execute(sql: string): Promise<void> {
  const client = new pg.Client(database.target)
  await client.connect()
  await client.query(sql)
  await client.end()
}

describe('the schema', () => {
  test('is read once and answered from the cache after that', async () => {
    const schema = await createTestSchema(database.target)
    expect(await schema.tables()).toEqual(['film'])
    await execute('create table actor (id int)')
    expect(await schema.tables()).toEqual(['film'])
    expect(schema.changes).toEqual([])
  })

  test('is read again when the person asks, and listeners are told only of a difference', async () => {
    const schema = await createTestSchema(database.target)
    await schema.tables()
    await schema.tables(true)
    expect(schema.changes).toEqual([])
    await execute('create table actor (id int)')
    expect(await schema.tables(true)).toEqual(['actor', 'film'])
    expect(schema.changes).toHaveLength(1)
  })

  test('is read again after a statement changed it, once for several', async () => {
    const schema = await createTestSchema(database.target)
    await schema.tables()
    await execute('create table actor (id int)')
    for (let count = 0; count < 5; count += 1) schema.reader.noteChange(schema.connectionId)
    await expect.poll(() => schema.changes.length).toBe(1)
    expect(await schema.tables()).toEqual(['actor', 'film'])
  })

  test('that nobody has asked for is not read after a statement', async () => {
    const schema = await createTestSchema(database.target)
    schema.reader.noteChange(schema.connectionId)
    await schema.close()
    expect(schema.connections.store.uses().size).toBe(0)
  })

  test('is followed while a page listens', async () => {
    const schema = await createTestSchema(database.target, { intervalMs: 20 })
    await schema.tables()
    await execute('alter table film add column length int')
    await expect.poll(() => schema.changes.length).toBe(1)
    const { model } = await schema.load()
    expect(model.objects.find(({ name }) => name === 'film')).toMatchObject({
      columns: [{ name: 'id' }, { name: 'title' }, { name: 'length' }],
    })
    await execute('insert into film values (1, $$a$$)')
    await execute('drop table film')
    await expect.poll(() => schema.changes.length).toBe(2)
  })

  test('is not looked at when nobody listens, and the session is let go', async () => {
    const schema = await createTestSchema(database.target, { intervalMs: 20 })
    await schema.tables()
    await expect.poll(sessions).toEqual(['NebulaDB schema watch'])
    schema.stopListening()
    await expect.poll(sessions).toEqual([])
  })

  test('is that of the database where the connection leads to now', async () => {
    const other = await createTempDatabase()
    const schema = await createTestSchema(database.target, { intervalMs: 20 })
    await schema.tables()
    await expect.poll(sessions).toEqual(['NebulaDB schema watch'])
    const { connectionId, connections } = schema
    const { password: _, ...address } = other.target
    const stored = connections.store.get(connectionId)
    if (stored === undefined) throw new Error('The connection is gone.')
    connections.pass(1)
    const { name, environment, sslMode, isReadOnly } = stored.record
    await connections.service.save({ id: connectionId, name, environment, sslMode, isReadOnly, ...address })
    await expect.poll(() => schema.changes.length).toBe(1)
    expect(await schema.tables()).toEqual([])
    await expect.poll(sessions).toEqual([])
    await schema.close()
    await other.drop()
  })

  test('of a connection that is removed is not looked at any more', async () => {
    const schema = await createTestSchema(database.target, { intervalMs: 20 })
    await schema.tables()
    await expect.poll(sessions).toEqual(['NebulaDB schema watch'])
    await schema.connections.handlers.remove({ connectionId: schema.connectionId }, context)
    await expect.poll(sessions).toEqual([])
  })

  test('of a project that sleeps is not looked at', async () => {
    const schema = await createTestSchema(database.target, { intervalMs: 20 })
    await schema.tables()
    await expect.poll(sessions).toEqual(['NebulaDB schema watch'])
    schema.mayLook = false
    await expect.poll(sessions).toEqual([])
    await execute('create table actor (id int)')
    schema.connections.pass(10 * 60_000)
    expect(await schema.load()).toMatchObject({ isStale: true })
    expect(await sessions()).toEqual([])
    expect(schema.changes).toEqual([])
  })

  test('of a project that sleeps is read when somebody asks for that', async () => {
    const schema = await createTestSchema(database.target)
    await schema.tables()
    schema.mayLook = false
    await execute('create table actor (id int)')
    expect(await schema.tables()).toEqual(['film'])
    expect(await schema.tables(true)).toEqual(['actor', 'film'])
    schema.mayLook = true
    expect(await schema.load()).toMatchObject({ isStale: false })
  })

  test('is there after a restart, and read again behind the answer when it is old', async () => {
    const schema = await createTestSchema(database.target)
    await schema.tables()
    await schema.close()
    await execute('create table actor (id int)')
    schema.connections.pass(10 * 60_000)
    const again = schema.restart()
    const told: string[] = []
    again.handlers.changed(({ asOf }) => void told.push(asOf), context)
    const { connectionId } = schema
    const { model } = await collectModel(again, { kind: 'connection', connectionId })
    expect(tableNames(model)).toEqual(['film'])
    await expect.poll(() => told.length).toBe(1)
    expect(schema.errors).toEqual([])
  })

  test('is stale, and says so, while the database is away; listeners hear both', async () => {
    const schema = await createTestSchema(database.target)
    await schema.tables()
    schema.point(1)
    expect(await schema.load(true)).toMatchObject({ isStale: true })
    expect(await schema.load()).toMatchObject({ isStale: true })
    schema.point(database.target.port)
    // The reading behind the last answer may still be under way: who asks meanwhile gets what it gets.
    await expect.poll(async () => (await schema.load(true)).isStale).toBe(false)
    expect(schema.changes).toEqual(['out of reach', expect.stringMatching(/^\d{4}-/)])
  })

  test('is kept while the host runs, not only when it ends', async () => {
    const schema = await createTestSchema(database.target, { keepDelayMs: 0 })
    await schema.tables()
    const store = createSchemaStore(schema.connections.cache)
    await expect
      .poll(async () => (await store.get(schema.connectionId))?.model.objects.length)
      .toBeGreaterThan(0)
  })

  test('of a connection that is removed is not kept', async () => {
    const schema = await createTestSchema(database.target)
    await schema.tables()
    await schema.connections.handlers.remove({ connectionId: schema.connectionId }, context)
    await schema.close()
    expect(await createSchemaStore(schema.connections.cache).get(schema.connectionId)).toBeUndefined()
    expect(schema.errors).toEqual([])
  })

  test('that somebody holds exclusively is the one last read, and says so', async () => {
    await execute('create view titles as select title from film')
    const schema = await createTestSchema(database.target)
    await schema.tables()
    await execute('alter table film add column length int')
    const client = new pg.Client(database.target)
    await client.connect()
    await client.query('begin; lock table film in access exclusive mode')
    expect(await schema.load(true)).toMatchObject({ isStale: true })
    await client.query('rollback')
    await client.end()
    expect(await schema.load(true)).toMatchObject({ isStale: false })
    expect(schema.errors).toEqual([])
  })

  test('that was never read says that the database is out of reach', async () => {
    const schema = await createTestSchema(database.target)
    schema.point(1)
    await expect(schema.load()).rejects.toMatchObject({ code: 'CONNECTION_FAILED' })
  })

  test('of a connection that is not there is not found', async () => {
    const schema = await createTestSchema(database.target)
    await schema.load()
    await schema.connections.handlers.remove({ connectionId: schema.connectionId }, context)
    await expect(schema.load()).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

/** What this product has open on the database. */
async function sessions(): Promise<string[]> {
  const client = new pg.Client(database.target)
  await client.connect()
  const { rows } = await client.query<{ application_name: string }>(
    "select application_name from pg_stat_activity where datname = current_database() and application_name like 'NebulaDB%'",
  )
  await client.end()
  return rows.map((row) => row.application_name)
}
