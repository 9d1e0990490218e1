// The device's side of replication in memory. It and the SQLite store of main/cache pass testing/conformance/sync-store.ts.
import type { SyncMutation, SyncRecord } from '../contract/capabilities/sync.ts'
import type {
  OutboxEntry,
  RecordKey,
  StoredRecord,
  SyncState,
  SyncStore,
  SyncTransaction,
} from '../main/sync/index.ts'

interface Contents {
  state: SyncState
  records: Map<string, StoredRecord>
  outbox: OutboxEntry[]
  nextSequence: number
}

export interface MemorySyncStore extends SyncStore {
  records(): SyncRecord[]
  outbox(): readonly OutboxEntry[]
}

const nameOf = ({ kind, id }: RecordKey): string => `${kind} ${id}`
const isAbout = ({ mutation }: OutboxEntry, key: RecordKey): boolean =>
  nameOf(keyOf(mutation)) === nameOf(key)

function keyOf(mutation: SyncMutation): RecordKey {
  return mutation.type === 'upsert'
    ? { kind: mutation.record.kind, id: mutation.record.record.id }
    : { kind: mutation.kind, id: mutation.id }
}

/** Makes an empty store. */
export function createMemorySyncStore(): MemorySyncStore {
  let contents: Contents = {
    state: { accountId: null, cursor: null, isResetting: false },
    records: new Map(),
    outbox: [],
    nextSequence: 1,
  }
  return {
    transaction(work) {
      const draft = structuredClone(contents)
      const result = work(operations(draft))
      contents = draft
      return result
    },
    records: () => [...contents.records.values()].map(({ record }) => record),
    outbox: () => contents.outbox,
  }
}

function operations(contents: Contents): SyncTransaction {
  return {
    readState: () => contents.state,
    writeState: (state) => void (contents.state = { ...state }),
    readRecord: (key) => contents.records.get(nameOf(key)),
    readVersion: (key) => contents.records.get(nameOf(key))?.version ?? null,
    writeRecord(stored) {
      const { kind, record } = stored.record
      contents.records.set(nameOf({ kind, id: record.id }), structuredClone(stored))
    },
    removeRecord: (key) => void contents.records.delete(nameOf(key)),
    markAllStale() {
      for (const [name, stored] of contents.records)
        if (stored.version !== null) contents.records.set(name, { ...stored, isStale: true })
    },
    staleKeys: () =>
      [...contents.records.values()]
        .filter(({ isStale }) => isStale)
        .map(({ record: { kind, record } }) => ({ kind, id: record.id })),
    readOutbox: (limit) => contents.outbox.filter(({ state }) => state !== 'rejected').slice(0, limit),
    entriesOf: (key) => contents.outbox.filter((entry) => isAbout(entry, key)),
    appendEntry(mutation) {
      contents.outbox.push({ sequence: contents.nextSequence, mutation, state: 'waiting', reason: null })
      contents.nextSequence += 1
    },
    replaceEntry(entry) {
      contents.outbox = contents.outbox.map((other) => (other.sequence === entry.sequence ? entry : other))
    },
    removeEntry(sequence) {
      contents.outbox = contents.outbox.filter((entry) => entry.sequence !== sequence)
    },
  }
}
