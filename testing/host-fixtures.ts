// Parts of a desktop host for tests: a cache in a folder of its own, secrets sealed by a key file, connections to real databases.
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { ConnectionId } from '#contract/capabilities/ids.ts'
import type { ConnectionRecord } from '#contract/capabilities/sync.ts'
import {
  createConnectionStore,
  openCache,
  type Cache,
  type ChangeLog,
  type ConnectionStore,
  type LocalChange,
} from '../main/cache/index.ts'
import {
  createConnectionsCapability,
  type ConnectionsCapability,
  type ProjectCredentials,
} from '../main/connections/index.ts'
import { openKeyFile } from '../main/secrets/index.ts'
import type { TempDatabaseTarget } from './temp-database.ts'
import { tempDirectory } from './temp-directory.ts'

/** What a test sees of a host's connections. */
export interface TestConnections extends ConnectionsCapability {
  readonly cache: Cache
  readonly directory: string
  readonly store: ConnectionStore
  readonly changes: LocalChange[]
  /** What was copied: to the clipboard, or offered on a page. */
  readonly copied: string[]
  readonly clipboard: { isThere: boolean }
  /** Advances the clock, in milliseconds. */
  readonly pass: (ms: number) => void
  readonly clock: { now(): Date }
}

const NO_PROJECTS: ProjectCredentials = {
  projects: () => [],
  credentials: () => Promise.reject(new Error('There are no projects.')),
}

/** Connections over a new cache, gone when the test is. */
export function createTestConnections(projects: ProjectCredentials = NO_PROJECTS): TestConnections {
  const directory = tempDirectory()
  const cache = openCache(join(directory, 'cache.db'))
  onTestFinished(() => cache.close())
  const changes: LocalChange[] = []
  const log: ChangeLog = { append: (change) => void changes.push(change), pendingIds: () => new Set() }
  const store = createConnectionStore(cache, log)
  const copied: string[] = []
  const clipboard = { isThere: true }
  let passedMs = 0
  const clock = { now: () => new Date(Date.now() + passedMs) }
  const capability = createConnectionsCapability({
    store,
    secretStore: openKeyFile(join(directory, 'key')),
    projects,
    clipboard: {
      async write(text) {
        if (clipboard.isThere) copied.push(text)
        return clipboard.isThere
      },
    },
    offerOnce(text) {
      copied.push(text)
      return '/once/1'
    },
    clock,
    defaultUser: 'os_user',
    newId: () => crypto.randomUUID(),
  })
  return {
    ...capability,
    cache,
    directory,
    store,
    changes,
    copied,
    clipboard,
    clock,
    pass: (ms) => (passedMs += ms),
  }
}

/** Saves a connection to a database and gives its id. */
export async function saveConnection(
  connections: TestConnections,
  target: TempDatabaseTarget,
  fields: Partial<Omit<ConnectionRecord, 'id'>> = {},
): Promise<ConnectionId> {
  const { password, ...address } = target
  const saved = await connections.service.save({
    name: 'Test',
    sslMode: 'prefer',
    environment: 'development',
    isReadOnly: false,
    ...address,
    ...fields,
    password,
  })
  return ConnectionId.parse(saved.id)
}
