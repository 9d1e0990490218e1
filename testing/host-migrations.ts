// The migrations of a host for tests: over a real database, with a folder of its own.
import { onTestFinished } from 'vitest'
import type { ConnectionRecord } from '#contract/capabilities/sync.ts'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import { createMigrationSourceStore } from '../main/cache/index.ts'
import { createMigrationsCapability, type MigrationsCapability } from '../main/migrations/index.ts'
import { createTestConnections, saveConnection, type TestConnections } from './host-fixtures.ts'
import type { TempDatabaseTarget } from './temp-database.ts'
import { tempDirectory } from './temp-directory.ts'

export interface TestMigrations extends MigrationsCapability {
  readonly connections: TestConnections
  readonly connectionId: ConnectionId
  /** Where folders lie until others are chosen. */
  readonly defaultFolder: string
  /** Connections whose schema was said to have changed. */
  readonly schemaChanges: ConnectionId[]
  /** Connections whose history was said to have changed. */
  readonly historyChanges: ConnectionId[]
  /** Points the connection at another port: 1 is closed. */
  point(port: number): void
}

/** How migrations are run: as the superuser that owns the databases of tests. */
export const RUN = { lockTimeoutMs: 2_000, statementTimeoutMs: 0, lockAttempts: 5, asSuperuser: true }

/** What a handler is told when nobody cancels. */
export const context = { signal: new AbortController().signal, metadata: {} }

/** Makes them; gone when the test is. */
export async function createTestMigrations(
  target: TempDatabaseTarget,
  fields: Partial<ConnectionRecord> & { readonly person?: string; readonly folder?: string } = {},
): Promise<TestMigrations> {
  const { person = 'ada@example.com', folder, ...record } = fields
  const connections = createTestConnections()
  const connectionId = await saveConnection(connections, target, { name: 'Film shop', ...record })
  const defaultFolder = tempDirectory()
  const schemaChanges: ConnectionId[] = []
  const historyChanges: ConnectionId[] = []
  const capability = createMigrationsCapability({
    connections: connections.service,
    store: createMigrationSourceStore(connections.cache),
    defaultFolder,
    person: () => person,
    onHistoryChange: (id) => void historyChanges.push(id),
    onSchemaChange: (id) => void schemaChanges.push(id),
    clock: connections.clock,
    random: () => 0.5,
  })
  onTestFinished(() => capability.close())
  if (folder !== undefined) await capability.handlers.chooseFolder({ connectionId, folder }, context)
  return {
    ...capability,
    connections,
    connectionId,
    defaultFolder,
    schemaChanges,
    historyChanges,
    point(port) {
      const stored = connections.store.get(connectionId)
      if (stored === undefined) throw new Error('The connection is gone.')
      connections.store.save({ ...stored.record, port }, undefined)
    },
  }
}
