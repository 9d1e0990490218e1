// Reads the schemas of connections and keeps the last reading of each: in memory while it is used, in the cache for when the database is away.
import { EventEmitter } from 'node:events'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import { isAppError } from '#contract/errors.ts'
import { readModel, refreshModel, type ModelReading } from '#postgres/node/introspect-model.ts'
import type { SchemaStore, StoredSchema } from '../cache/index.ts'
import { isUnreachable, type ConnectionsService } from '../connections/index.ts'
import type { LoadedSchema } from './pieces.ts'
import { isSameModel } from './same-model.ts'
import { withoutHistory } from '#postgres/node/migrations/without-history.ts'

export interface ReaderDependencies {
  readonly connections: ConnectionsService
  readonly store: SchemaStore
  readonly clock: { now(): Date }
  /** False for a project that sleeps: connecting would wake it. */
  readonly mayLook: (connectionId: ConnectionId) => boolean
  /** Told of failures of refreshes that nobody waits for. */
  readonly onBackgroundError: (error: unknown) => void
  /** How long a reading waits to be written to the cache, in milliseconds. */
  readonly keepDelayMs?: number
  /** How long a reading waits for tables that somebody holds exclusively, in milliseconds. */
  readonly lockTimeoutMs?: number
}

export interface SchemaChanged {
  readonly connectionId: ConnectionId
  /** ISO 8601. */
  readonly asOf: string
  /** The database is out of reach since a moment ago: the schema is the one of before. */
  readonly isStale: boolean
}

export interface SchemaReader {
  /**
   * The schema, from the cache where there is one, unless `refresh` is wanted and the database can be reached. Rejects with NOT_FOUND, or with
   * CONNECTION_FAILED when there is neither cache nor database.
   */
  load(connectionId: ConnectionId, refresh: boolean): Promise<LoadedSchema>
  /** Reads again now. Rejects when the database cannot be read. */
  refresh(connectionId: ConnectionId): Promise<LoadedSchema>
  /** Reads again soon, if anybody has asked for this schema since the host started. */
  noteChange(connectionId: ConnectionId): void
  /** Told when a schema differs from the one last given, cannot be read any more, or can be read again. Returns how to stop. */
  onChanged(listener: (change: SchemaChanged) => void): () => void
  /** Waits for readings that are under way. */
  close(): Promise<void>
}

interface KnownSchema extends StoredSchema {
  /** Where this host has read it since it started: what a refresh starts from. */
  readonly reading?: ModelReading
}

/** Age at which a schema is read again behind its answer. */
const SCHEMA_FRESH_MS = 60_000
/** Several statements of a script that change the schema lead to one reading. */
const CHANGE_DELAY_MS = 150
const KEEP_DELAY_MS = 2_000
/** Models kept in memory: one of 10,000 tables takes some 150 MB. */
const MAX_IN_MEMORY = 4
const CONNECT_TIMEOUT_MS = 10_000
const RETRY_TIMEOUT_MS = 1_500

/** The reader over connections and the store. */
export function createSchemaReader(dependencies: ReaderDependencies): SchemaReader {
  const { connections, store, clock, onBackgroundError } = dependencies
  const emitter = new EventEmitter<{ changed: [SchemaChanged] }>()
  emitter.setMaxListeners(0)
  const inMemory = new Map<ConnectionId, KnownSchema>()
  const running = new Map<ConnectionId, Promise<StoredSchema>>()
  const changedWhileReading = new Set<ConnectionId>()
  const delayed = new Map<ConnectionId, NodeJS.Timeout>()
  const outOfReach = new Set<ConnectionId>()
  const toKeep = new Map<ConnectionId, NodeJS.Timeout>()

  const remember = (connectionId: ConnectionId, known: KnownSchema): void => {
    inMemory.delete(connectionId)
    inMemory.set(connectionId, known)
    for (const id of inMemory.keys()) {
      if (inMemory.size <= MAX_IN_MEMORY) break
      if (toKeep.has(id)) void keep(id)
      inMemory.delete(id)
    }
  }
  /** Writes the model to the cache when no other has come for a while: a large one takes a second of work. */
  const keepSoon = (connectionId: ConnectionId): void => {
    clearTimeout(toKeep.get(connectionId))
    toKeep.set(
      connectionId,
      setTimeout(() => void keep(connectionId), dependencies.keepDelayMs ?? KEEP_DELAY_MS).unref(),
    )
  }
  const keep = async (connectionId: ConnectionId): Promise<void> => {
    clearTimeout(toKeep.get(connectionId))
    toKeep.delete(connectionId)
    const known = inMemory.get(connectionId)
    try {
      // Of a connection that was removed meanwhile nothing is left behind.
      await connections.get(connectionId)
      if (known !== undefined) await store.put(connectionId, known)
    } catch (error) {
      if (!isAppError(error, 'NOT_FOUND')) onBackgroundError(error)
    }
  }
  /** What changed since the reading that is there; all, where there is none. */
  const read = async (connectionId: ConnectionId, before: KnownSchema | undefined): Promise<KnownSchema> => {
    const { reachability } = await connections.get(connectionId)
    const session = await connections.open(connectionId, {
      purpose: 'schema',
      connectTimeoutMs: reachability === 'unreachable' ? RETRY_TIMEOUT_MS : CONNECT_TIMEOUT_MS,
    })
    try {
      const asOf = clock.now().toISOString()
      const reading =
        before?.reading === undefined
          ? await readModel(session, dependencies)
          : (await refreshModel(session, before.reading, dependencies)).reading
      return { model: withoutHistory(reading.model), asOf, reading }
    } finally {
      await session.close()
    }
  }
  const readAndKeep = async (connectionId: ConnectionId): Promise<StoredSchema> => {
    const wasOutOfReach = outOfReach.has(connectionId)
    try {
      const fresh = await read(connectionId, inMemory.get(connectionId))
      outOfReach.delete(connectionId)
      const before = inMemory.get(connectionId)
      const isSame = before !== undefined && isSameModel(before.model, fresh.model)
      remember(connectionId, fresh)
      if (!isSame) keepSoon(connectionId)
      else if (!toKeep.has(connectionId)) store.touch(connectionId, fresh.asOf)
      if (wasOutOfReach || (before !== undefined && !isSame))
        emitter.emit('changed', { connectionId, asOf: fresh.asOf, isStale: false })
      return fresh
    } catch (error) {
      if (cannotBeRead(error)) {
        outOfReach.add(connectionId)
        const last = inMemory.get(connectionId)
        if (!wasOutOfReach && last !== undefined)
          emitter.emit('changed', { connectionId, asOf: last.asOf, isStale: true })
      }
      throw error
    } finally {
      running.delete(connectionId)
      if (changedWhileReading.delete(connectionId)) refreshBehind(connectionId)
    }
  }
  /** One reading per connection at a time; who comes while one runs waits for it. */
  const refresh = (connectionId: ConnectionId): Promise<StoredSchema> => {
    const present = running.get(connectionId)
    if (present !== undefined) return present
    const promise = readAndKeep(connectionId)
    running.set(connectionId, promise)
    return promise
  }
  const refreshBehind = (connectionId: ConnectionId): void => {
    refresh(connectionId).catch((error: unknown) => {
      if (!cannotBeRead(error)) onBackgroundError(error)
    })
  }
  const loaded = (connectionId: ConnectionId, { model, asOf }: StoredSchema): LoadedSchema => ({
    model,
    asOf,
    isStale: outOfReach.has(connectionId),
  })
  const find = async (connectionId: ConnectionId): Promise<StoredSchema | undefined> => {
    const present = inMemory.get(connectionId)
    if (present !== undefined) return present
    const stored = await store.get(connectionId)
    // A reading that ended meanwhile is newer.
    if (stored !== undefined && !inMemory.has(connectionId)) remember(connectionId, stored)
    return inMemory.get(connectionId)
  }

  return {
    async load(connectionId, isWanted) {
      // Throws for a connection that is not there, whatever the cache has.
      const connection = await connections.get(connectionId)
      const stored = await find(connectionId)
      if (stored === undefined) return loaded(connectionId, await refresh(connectionId))
      if (isWanted) {
        try {
          return loaded(connectionId, await refresh(connectionId))
        } catch (error) {
          if (!cannotBeRead(error)) throw error
          return loaded(connectionId, stored)
        }
      }
      // A project that sleeps is woken by who asks for it, not by a tab that is opened with the app.
      if (!dependencies.mayLook(connectionId)) return { ...loaded(connectionId, stored), isStale: true }
      if (connection.reachability === 'unreachable') outOfReach.add(connectionId)
      const ageMs = clock.now().getTime() - Date.parse(stored.asOf)
      if (ageMs > SCHEMA_FRESH_MS || outOfReach.has(connectionId)) refreshBehind(connectionId)
      return loaded(connectionId, stored)
    },
    refresh: async (connectionId) => loaded(connectionId, await refresh(connectionId)),
    noteChange(connectionId) {
      if (running.has(connectionId)) {
        changedWhileReading.add(connectionId)
        return
      }
      if (!inMemory.has(connectionId) || delayed.has(connectionId)) return
      const timer = setTimeout(() => {
        delayed.delete(connectionId)
        if (running.has(connectionId)) changedWhileReading.add(connectionId)
        else refreshBehind(connectionId)
      }, CHANGE_DELAY_MS)
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
      for (const connectionId of toKeep.keys()) await keep(connectionId)
    },
  }
}

/** The database is out of reach, or somebody holds what must be read. */
function cannotBeRead(error: unknown): boolean {
  // CONFLICT: a table stays locked.
  return isUnreachable(error) || isAppError(error, 'CONFLICT')
}
