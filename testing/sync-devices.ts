// Two devices of one account and the service between them, all in memory: for tests of the sync engine's rules.
import { beforeEach } from 'vitest'
import type { SyncRecord } from '../contract/capabilities/sync.ts'
import { AppError } from '../contract/errors.ts'
import {
  createSyncEngine,
  noteLocalChange,
  type SyncClient,
  type SyncEngine,
  type SyncEngineDependencies,
  type SyncSummary,
  type WritableRecord,
} from '../main/sync/index.ts'
import { createMemorySyncService, type MemorySyncService } from './memory-sync-service.ts'
import { createMemorySyncStore, type MemorySyncStore } from './memory-sync-store.ts'

const ACCOUNT = '10000000-0000-4000-8000-000000000000'

export const lost = new AppError('SERVICE_UNREACHABLE', 'The connection was lost.')

export interface SyncDevices {
  readonly service: MemorySyncService
  /** One device, and another. */
  readonly here: MemorySyncStore
  readonly there: MemorySyncStore
  engineOf(store: MemorySyncStore, changes?: Partial<SyncEngineDependencies>): SyncEngine
  /** One cycle. */
  sync(store: MemorySyncStore, changes?: Partial<SyncEngineDependencies>): Promise<SyncSummary>
  /** What the person does on a device. */
  save(store: MemorySyncStore, record: WritableRecord): void
  remove(store: MemorySyncStore, record: WritableRecord): void
  /** A client of which one call goes wrong: before the service is reached, or after. */
  failing(call: 'push' | 'pull', moment: 'before' | 'after', error: Error): SyncClient
}

/** Makes them anew for each test of this file. */
export function useSyncDevices(): SyncDevices {
  let service: MemorySyncService
  let here: MemorySyncStore
  let there: MemorySyncStore
  let counter: number
  beforeEach(() => {
    service = createMemorySyncService({ accountId: ACCOUNT })
    here = createMemorySyncStore()
    there = createMemorySyncStore()
    counter = 0
  })
  const newId = (): string => {
    counter += 1
    return `50000000-0000-4000-8000-${String(counter).padStart(12, '0')}`
  }
  const engineOf: SyncDevices['engineOf'] = (store, changes = {}) => {
    const clock = { now: () => new Date('2026-11-22T23:30:00-02:00') }
    return createSyncEngine({ store, client: service, accountId: ACCOUNT, clock, newId, ...changes })
  }
  return {
    get service() {
      return service
    },
    get here() {
      return here
    },
    get there() {
      return there
    },
    engineOf,
    sync: (store, changes) => engineOf(store, changes).sync(),
    save(store, record) {
      store.transaction((tx) => {
        const version = tx.readVersion({ kind: record.kind, id: record.record.id })
        tx.writeRecord({ record, version, isStale: false })
        noteLocalChange(tx, { type: 'upsert', record }, newId)
      })
    },
    remove(store, { kind, record }) {
      store.transaction((tx) => {
        noteLocalChange(tx, { type: 'delete', kind, id: record.id }, newId)
        tx.removeRecord({ kind, id: record.id })
      })
    },
    failing(call, moment, error) {
      const wrap =
        <I, O>(name: string, send: (input: I) => Promise<O>) =>
        async (input: I): Promise<O> => {
          if (name === call && moment === 'before') throw error
          const output = await send(input)
          if (name === call) throw error
          return output
        }
      return { push: wrap('push', service.push), pull: wrap('pull', service.pull) }
    },
  }
}

/** What records say: `name: sql`, sorted. */
export function texts(records: readonly SyncRecord[]): string[] {
  return records
    .map((record) =>
      record.kind === 'savedQuery' ? `${record.record.name}: ${record.record.sql}` : record.kind,
    )
    .sort()
}
