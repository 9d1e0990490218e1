// Rules of the catalog: the cache answers at once, the database is read in the background, and what is old says so.
import { EventEmitter } from 'node:events'
import type { CatalogSnapshot } from '#contract/capabilities/catalog.ts'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import { introspectCatalog } from '#postgres/node/introspect.ts'
import type { CatalogStore, StoredCatalog } from '../cache/index.ts'
import { isUnreachable, type ConnectionsService } from '../connections/index.ts'

export interface CatalogDependencies {
  readonly connections: ConnectionsService
  readonly store: CatalogStore
  readonly clock: { now(): Date }
  /** Told of failures of refreshes that nobody waits for. */
  readonly onBackgroundError: (error: unknown) => void
}

export interface CatalogChange {
  readonly connectionId: ConnectionId
  readonly asOf: string
}

export interface CatalogService {
  /** The catalog, from the cache where there is one. Rejects with CONNECTION_FAILED when there is none and the database is out of reach. */
  load(connectionId: ConnectionId, refresh: boolean): Promise<CatalogSnapshot>
  /** Reads the database again in the background: a statement changed its schema. */
  noteSchemaChange(connectionId: ConnectionId): void
  onChanged(listener: (change: CatalogChange) => void): () => void
  /** Waits for refreshes that are under way. */
  close(): Promise<void>
}

/** Age at which a cached catalog is read again behind its answer. */
export const CATALOG_FRESH_MS = 5 * 60_000
/** Several statements of a script that change the schema lead to one refresh. */
const SCHEMA_CHANGE_DELAY_MS = 150
/** Catalogs kept decoded: a large one takes a third of a second to decode. */
const MAX_IN_MEMORY = 4
const CONNECT_TIMEOUT_MS = 10_000
const RETRY_TIMEOUT_MS = 1_500

/** The service over connections and the store. */
export function createCatalogService(dependencies: CatalogDependencies): CatalogService {
  const { connections, store, clock, onBackgroundError } = dependencies
  const emitter = new EventEmitter<{ changed: [CatalogChange] }>()
  emitter.setMaxListeners(0)
  const decoded = new Map<ConnectionId, StoredCatalog>()
  const running = new Map<ConnectionId, Promise<StoredCatalog>>()
  /** Connections whose schema changed while their catalog was being read. */
  const changedWhileReading = new Set<ConnectionId>()
  const delayed = new Map<ConnectionId, NodeJS.Timeout>()
  /** Connections whose last refresh found the database out of reach. */
  const outOfReach = new Set<ConnectionId>()

  const remember = (connectionId: ConnectionId, stored: StoredCatalog): void => {
    decoded.delete(connectionId)
    decoded.set(connectionId, stored)
    for (const id of decoded.keys()) {
      if (decoded.size <= MAX_IN_MEMORY) break
      decoded.delete(id)
    }
  }
  const find = async (connectionId: ConnectionId): Promise<StoredCatalog | undefined> => {
    const stored = decoded.get(connectionId) ?? (await store.get(connectionId))
    if (stored !== undefined) remember(connectionId, stored)
    return stored
  }
  const read = async (connectionId: ConnectionId): Promise<StoredCatalog> => {
    const { reachability } = await connections.get(connectionId)
    const session = await connections.open(connectionId, {
      purpose: 'catalog',
      connectTimeoutMs: reachability === 'unreachable' ? RETRY_TIMEOUT_MS : CONNECT_TIMEOUT_MS,
    })
    try {
      const stored = { catalog: await introspectCatalog(session), asOf: clock.now().toISOString() }
      await store.put(connectionId, stored)
      remember(connectionId, stored)
      return stored
    } finally {
      await session.close()
    }
  }
  /** One refresh per connection at a time; who comes while one runs waits for it. */
  const refresh = (connectionId: ConnectionId): Promise<StoredCatalog> => {
    const present = running.get(connectionId)
    if (present !== undefined) return present
    const work = async (): Promise<StoredCatalog> => {
      try {
        const stored = await read(connectionId)
        outOfReach.delete(connectionId)
        emitter.emit('changed', { connectionId, asOf: stored.asOf })
        return stored
      } catch (error) {
        if (isUnreachable(error)) outOfReach.add(connectionId)
        throw error
      } finally {
        running.delete(connectionId)
        if (changedWhileReading.delete(connectionId)) refreshBehind(connectionId)
      }
    }
    const promise = work()
    running.set(connectionId, promise)
    return promise
  }
  const refreshBehind = (connectionId: ConnectionId): void => {
    refresh(connectionId).catch((error: unknown) => {
      if (!isUnreachable(error)) onBackgroundError(error)
    })
  }
  const snapshot = (connectionId: ConnectionId, stored: StoredCatalog): CatalogSnapshot => ({
    connectionId,
    ...stored,
    isStale: outOfReach.has(connectionId),
  })

  return {
    async load(connectionId, isWanted) {
      // Throws for a connection that is not there, whatever the cache has.
      const connection = await connections.get(connectionId)
      const stored = await find(connectionId)
      if (stored === undefined) return snapshot(connectionId, await refresh(connectionId))
      if (isWanted) {
        try {
          return snapshot(connectionId, await refresh(connectionId))
        } catch (error) {
          if (!isUnreachable(error)) throw error
          return snapshot(connectionId, stored)
        }
      }
      if (connection.reachability === 'unreachable') outOfReach.add(connectionId)
      const ageMs = clock.now().getTime() - Date.parse(stored.asOf)
      if (ageMs > CATALOG_FRESH_MS || outOfReach.has(connectionId)) refreshBehind(connectionId)
      return snapshot(connectionId, stored)
    },
    noteSchemaChange(connectionId) {
      if (running.has(connectionId)) {
        changedWhileReading.add(connectionId)
        return
      }
      if (delayed.has(connectionId)) return
      const timer = setTimeout(() => {
        delayed.delete(connectionId)
        if (running.has(connectionId)) changedWhileReading.add(connectionId)
        else refreshBehind(connectionId)
      }, SCHEMA_CHANGE_DELAY_MS)
      delayed.set(connectionId, timer)
    },
    onChanged(listener) {
      emitter.on('changed', listener)
      return () => void emitter.off('changed', listener)
    },
    async close() {
      for (const timer of delayed.values()) clearTimeout(timer)
      delayed.clear()
      changedWhileReading.clear()
      await Promise.allSettled(running.values())
    },
  }
}
