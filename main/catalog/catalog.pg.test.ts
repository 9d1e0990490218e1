// The catalog against a real Postgres: cached, refreshed behind its answers, stale while the database is out of reach.
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import { createTestConnections, saveConnection, type TestConnections } from '#testing/host-fixtures.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { createCatalogStore } from '../cache/index.ts'
import { createCatalogCapability, type CatalogCapability } from './index.ts'

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

const context = { signal: new AbortController().signal, metadata: {} }

interface TestCatalog extends CatalogCapability {
  readonly connections: TestConnections
  readonly connectionId: ConnectionId
  readonly changes: string[]
  readonly errors: unknown[]
  tables(refresh?: boolean): Promise<string[]>
}

async function createTestCatalog(): Promise<TestCatalog> {
  const connections = createTestConnections()
  const connectionId = await saveConnection(connections, database.target)
  const errors: unknown[] = []
  const capability = createCatalogCapability({
    connections: connections.service,
    store: createCatalogStore(connections.cache),
    clock: connections.clock,
    onBackgroundError: (error) => void errors.push(error),
  })
  onTestFinished(() => capability.service.close())
  const changes: string[] = []
  capability.handlers.changed((change) => void changes.push(change.asOf), context)
  return {
    ...capability,
    connections,
    connectionId,
    changes,
    errors,
    async tables(refresh = false) {
      const { catalog } = await capability.handlers.load({ connectionId, refresh }, context)
      return catalog.tables.map((table) => table.name)
    },
  }
}

/** Points the connection at a closed port. */
function cut({ connections, connectionId }: TestCatalog): void {
  const stored = connections.store.get(connectionId)
  if (stored === undefined) throw new Error('The connection is gone.')
  connections.store.save({ ...stored.record, port: 1 }, undefined)
}

describe('the catalog', () => {
  test('is read from the database once and answered from the cache after that', async () => {
    const catalog = await createTestCatalog()
    expect(await catalog.tables()).toEqual(['film'])
    await execute('create table actor (id int)')
    expect(await catalog.tables()).toEqual(['film'])
    expect(catalog.changes).toHaveLength(1)
  })

  test('is read again when the person asks', async () => {
    const catalog = await createTestCatalog()
    await catalog.tables()
    await execute('create table actor (id int)')
    expect(await catalog.tables(true)).toEqual(['actor', 'film'])
  })

  test('is read again behind the answer when it is older than a while', async () => {
    const catalog = await createTestCatalog()
    await catalog.tables()
    await execute('create table actor (id int)')
    catalog.connections.pass(6 * 60_000)
    expect(await catalog.tables()).toEqual(['film'])
    await expect.poll(() => catalog.changes.length).toBe(2)
    expect(await catalog.tables()).toEqual(['actor', 'film'])
  })

  test('is read again after a statement changed the schema, once for several', async () => {
    const catalog = await createTestCatalog()
    await catalog.tables()
    await execute('create table actor (id int)')
    for (let count = 0; count < 5; count++) catalog.service.noteSchemaChange(catalog.connectionId)
    await expect.poll(() => catalog.changes.length).toBe(2)
    expect(await catalog.tables()).toEqual(['actor', 'film'])
  })

  test('is read once more when the schema changed while it was being read', async () => {
    const catalog = await createTestCatalog()
    const first = catalog.tables()
    await expect.poll(() => catalog.connections.store.uses().size).toBeGreaterThanOrEqual(0)
    catalog.service.noteSchemaChange(catalog.connectionId)
    await first
    await expect.poll(() => catalog.changes.length).toBe(2)
  })

  test('survives a restart', async () => {
    const catalog = await createTestCatalog()
    await catalog.tables()
    cut(catalog)
    const again = createCatalogCapability({
      connections: catalog.connections.service,
      store: createCatalogStore(catalog.connections.cache),
      clock: catalog.connections.clock,
      onBackgroundError: (error) => void catalog.errors.push(error),
    })
    onTestFinished(() => again.service.close())
    const loaded = await again.handlers.load({ connectionId: catalog.connectionId, refresh: false }, context)
    expect(loaded.catalog.tables[0]?.columns.map((column) => column.name)).toEqual(['id', 'title'])
  })

  test('is stale, and says so, while the database is out of reach', async () => {
    const catalog = await createTestCatalog()
    await catalog.tables()
    cut(catalog)
    const { connectionId } = catalog
    const asked = await catalog.handlers.load({ connectionId, refresh: true }, context)
    expect(asked).toMatchObject({ isStale: true, catalog: { tables: [{ name: 'film' }] } })
    expect(await catalog.handlers.load({ connectionId, refresh: false }, context)).toMatchObject({
      isStale: true,
    })
    await catalog.service.close()
    expect(catalog.errors).toEqual([])
  })

  test('that was never read says that the database is out of reach', async () => {
    const catalog = await createTestCatalog()
    cut(catalog)
    await expect(catalog.tables()).rejects.toMatchObject({ code: 'CONNECTION_FAILED' })
  })

  test('of a connection that is not there is not found', async () => {
    const catalog = await createTestCatalog()
    await catalog.tables()
    await catalog.connections.handlers.remove({ connectionId: catalog.connectionId }, context)
    await expect(catalog.tables()).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
