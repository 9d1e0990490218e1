// Saved queries: kept on this machine, synced with the account where there is one.
import { EventEmitter } from 'node:events'
import { SavedQueryId } from '#contract/capabilities/ids.ts'
import type { savedQueries, SavedQuery } from '#contract/capabilities/saved-queries.ts'
import type { SavedQueryRecord } from '#contract/capabilities/sync.ts'
import { AppError } from '#contract/errors.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { SavedQueryStore } from '../cache/index.ts'

export interface SavedQueriesDependencies {
  readonly store: SavedQueryStore
  readonly clock: { now(): Date }
  readonly newId: () => string
}

export interface SavedQueriesCapability {
  readonly handlers: CapabilityHandlers<typeof savedQueries>
  /** To be called when sync wrote or confirmed saved queries: tells the page. */
  notifyChanged(): void
  /** Told when the person saved or removed one, so that sync can push. Returns how to stop. */
  onLocalChange(listener: () => void): () => void
}

/** Makes the capability over its store. */
export function createSavedQueriesCapability(dependencies: SavedQueriesDependencies): SavedQueriesCapability {
  const { store, clock, newId } = dependencies
  const emitter = new EventEmitter<{ changed: []; localChange: [] }>()
  emitter.setMaxListeners(0)
  const withPending = (record: SavedQueryRecord, pending: ReadonlySet<string>): SavedQuery => ({
    ...record,
    isPending: pending.has(record.id),
  })
  const changedHere = (): void => {
    emitter.emit('changed')
    emitter.emit('localChange')
  }
  const subscribe = (event: 'changed' | 'localChange', listener: () => void): (() => void) => {
    emitter.on(event, listener)
    return () => void emitter.off(event, listener)
  }

  return {
    handlers: {
      async list() {
        const pending = store.pendingIds()
        return store.list().map((record) => withPending(record, pending))
      },
      async save(input) {
        if (input.id !== undefined && store.get(input.id) === undefined) throw notFound()
        const record: SavedQueryRecord = {
          id: input.id ?? SavedQueryId.parse(newId()),
          name: input.name,
          sql: input.sql,
          connectionId: input.connectionId,
          updatedAt: clock.now().toISOString(),
        }
        store.save(record)
        changedHere()
        return withPending(record, store.pendingIds())
      },
      async remove({ id }) {
        if (store.get(id) === undefined) throw notFound()
        store.remove(id)
        changedHere()
      },
      changed: (emit) => subscribe('changed', () => emit({})),
    },
    notifyChanged: () => void emitter.emit('changed'),
    onLocalChange: (listener) => subscribe('localChange', listener),
  }
}

function notFound(): AppError {
  return new AppError(
    'NOT_FOUND',
    'There is no such saved query. It may have been removed on another machine.',
  )
}
