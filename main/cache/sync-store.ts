// The replicated part of the cache: what main/sync asks of its store, over the tables of records, their versions and the outbox.
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { SyncConflict } from '#contract/capabilities/connectivity.ts'
import { SyncMutation, SyncRecord } from '#contract/capabilities/sync.ts'
import type {
  OutboxEntry,
  RecordKey,
  StoredRecord,
  SyncKind,
  SyncStore,
  SyncTransaction,
  WritableKind,
} from '../sync/index.ts'
import type { Cache } from './database.ts'

export interface CachedSyncStore extends SyncStore {
  /** The operations alone, for a change that is part of a transaction already begun on the same cache. */
  readonly operations: SyncTransaction
  /** Ids of records with a change that the service has not confirmed. */
  pendingIds(kind: WritableKind): ReadonlySet<string>
  /** How many changes wait to be pushed; rejected ones do not wait. */
  pendingCount(): number
  addConflict(conflict: Omit<SyncConflict, 'id'>): void
  /** The newest conflicts, newest first. */
  conflicts(): SyncConflict[]
  /**
   * Makes the records on this machine nobody's: replication starts anew with the next account. What was not pushed yet waits as new,
   * so that no text is lost when the next account brings its own version of the record (SYNC-18).
   */
  detach(): void
}

const KEPT_CONFLICTS = 200

const RECORD_TABLE: Readonly<Record<SyncKind, string>> = {
  organisation: 'organisation',
  project: 'project',
  savedQuery: 'saved_query',
  connection: 'connection',
}
/** What is kept beside a record and goes with it. Designs stay: they are nowhere else, and the record may come back. */
const TRACES: Readonly<Record<SyncKind, readonly string[]>> = {
  organisation: [],
  project: [
    'delete from project_credentials where project_id = ?',
    'delete from connection_use where connection_id = ?',
    'delete from catalog_snapshot where connection_id = ?',
    'delete from result_snapshot where connection_id = ?',
    'delete from schema_snapshot where connection_id = ?',
    'delete from migration_source where connection_id = ?',
  ],
  savedQuery: [],
  connection: [
    'delete from connection_use where connection_id = ?',
    'delete from catalog_snapshot where connection_id = ?',
    'delete from result_snapshot where connection_id = ?',
    'delete from schema_snapshot where connection_id = ?',
    'delete from migration_source where connection_id = ?',
  ],
}

const Kind = z.enum(['organisation', 'project', 'savedQuery', 'connection'])
const StateRow = z.object({
  accountId: z.string().nullable(),
  cursor: z.string().nullable(),
  isResetting: z.number().transform((flag) => flag === 1),
})
const RecordRow = z.object({
  record: z.string().transform((text): unknown => JSON.parse(text)),
  version: z.number().nullable(),
  isStale: z.number().transform((flag) => flag === 1),
})
const EntryRow = z.object({
  sequence: z.number(),
  mutation: z.string().transform((text) => SyncMutation.parse(JSON.parse(text))),
  state: z.enum(['waiting', 'attempted', 'rejected']),
  reason: z.string().nullable(),
})
const KeyRow = z.object({ kind: Kind, id: z.string() })
const ConflictRow = z.object({
  id: z.number(),
  kind: z.enum(['savedQuery', 'connection']),
  name: z.string(),
  resolution: z.string(),
  at: z.string(),
})

/** The store over an open cache. */
export function createSyncStore({ sqlite }: Cache): CachedSyncStore {
  const byKind = <T>(make: (kind: SyncKind, table: string) => T): Record<SyncKind, T> => ({
    organisation: make('organisation', RECORD_TABLE.organisation),
    project: make('project', RECORD_TABLE.project),
    savedQuery: make('savedQuery', RECORD_TABLE.savedQuery),
    connection: make('connection', RECORD_TABLE.connection),
  })
  const selectState = sqlite.prepare(
    'select account_id as accountId, cursor, is_resetting as isResetting from sync_state',
  )
  const upsertState = sqlite.prepare(
    `insert into sync_state (id, account_id, cursor, is_resetting) values (1, ?, ?, ?)
     on conflict (id) do update set account_id = excluded.account_id, cursor = excluded.cursor, is_resetting = excluded.is_resetting`,
  )
  const selectRecord = byKind((kind, table) =>
    sqlite.prepare(
      `select r.record, v.version, coalesce(v.is_stale, 0) as isStale
       from ${table} r left join sync_version v on v.kind = '${kind}' and v.record_id = r.id where r.id = ?`,
    ),
  )
  const upsertRecord = byKind((kind, table) =>
    kind === 'project'
      ? sqlite.prepare(
          `insert into project (id, record, organisation_id)
           select id, record, record ->> 'organisationId' from (select ? as id, ? as record) where true
           on conflict (id) do update set record = excluded.record, organisation_id = excluded.organisation_id`,
        )
      : sqlite.prepare(
          `insert into ${table} (id, record) values (?, ?) on conflict (id) do update set record = excluded.record`,
        ),
  )
  const dropRecord = byKind((kind, table) => [
    sqlite.prepare(`delete from ${table} where id = ?`),
    ...TRACES[kind].map((sql) => sqlite.prepare(sql)),
  ])
  const selectVersion = sqlite.prepare<[string, string], { version: number }>(
    'select version from sync_version where kind = ? and record_id = ?',
  )
  const upsertVersion = sqlite.prepare(
    `insert into sync_version (kind, record_id, version, is_stale) values (?, ?, ?, ?)
     on conflict (kind, record_id) do update set version = excluded.version, is_stale = excluded.is_stale`,
  )
  const dropVersion = sqlite.prepare('delete from sync_version where kind = ? and record_id = ?')
  const copyPassword = sqlite.prepare(
    'update connection set password = (select password from connection where id = ?) where id = ?',
  )
  const markStale = sqlite.prepare('update sync_version set is_stale = 1')
  const selectStale = sqlite.prepare(
    'select kind, record_id as id from sync_version where is_stale = 1 order by kind, record_id',
  )
  const entry = 'select sequence, mutation, state, reason from outbox'
  const selectOutbox = sqlite.prepare(`${entry} where state <> 'rejected' order by sequence limit ?`)
  const selectEntries = sqlite.prepare(`${entry} where kind = ? and record_id = ? order by sequence`)
  const insertEntry = sqlite.prepare(
    `insert into outbox (kind, record_id, mutation, state) values (?, ?, ?, 'waiting')`,
  )
  const updateEntry = sqlite.prepare(
    'update outbox set kind = ?, record_id = ?, mutation = ?, state = ?, reason = ? where sequence = ?',
  )
  const dropEntry = sqlite.prepare('delete from outbox where sequence = ?')
  const selectPending = sqlite.prepare<[string], { id: string }>(
    'select distinct record_id as id from outbox where kind = ?',
  )
  const countPending = sqlite.prepare<[], { count: number }>(
    `select count(*) as count from (select distinct kind, record_id from outbox where state <> 'rejected')`,
  )
  const insertConflict = sqlite.prepare(
    'insert into sync_conflict (kind, name, resolution, at) values (?, ?, ?, ?)',
  )
  const trimConflicts = sqlite.prepare(
    `delete from sync_conflict where id <= (select max(id) from sync_conflict) - ${KEPT_CONFLICTS}`,
  )
  const selectConflicts = sqlite.prepare(
    'select id, kind, name, resolution, at from sync_conflict order by id desc',
  )
  const selectWholeOutbox = sqlite.prepare(`${entry} order by sequence`)
  const clear = ['sync_state', 'sync_version', 'outbox', 'sync_conflict'].map((table) =>
    sqlite.prepare(`delete from ${table}`),
  )

  const operations: SyncTransaction = {
    readState() {
      const row = selectState.get()
      return row === undefined ? { accountId: null, cursor: null, isResetting: false } : StateRow.parse(row)
    },
    writeState: (state) => void upsertState.run(state.accountId, state.cursor, Number(state.isResetting)),
    readRecord({ kind, id }) {
      const row = selectRecord[kind].get(id)
      if (row === undefined) return undefined
      const { record, version, isStale } = RecordRow.parse(row)
      return { record: SyncRecord.parse({ kind, record }), version, isStale }
    },
    readVersion: ({ kind, id }) => selectVersion.get(kind, id)?.version ?? null,
    writeRecord({ record: { kind, record }, version, isStale }: StoredRecord, options) {
      upsertRecord[kind].run(record.id, JSON.stringify(record))
      if (version === null) dropVersion.run(kind, record.id)
      else upsertVersion.run(kind, record.id, version, Number(isStale))
      if (options !== undefined && kind === 'connection') copyPassword.run(options.copyOf, record.id)
    },
    removeRecord({ kind, id }) {
      for (const statement of dropRecord[kind]) statement.run(id)
      dropVersion.run(kind, id)
    },
    markAllStale: () => void markStale.run(),
    staleKeys: () => selectStale.all().map((row): RecordKey => KeyRow.parse(row)),
    readOutbox: (limit) => selectOutbox.all(limit).map((row): OutboxEntry => EntryRow.parse(row)),
    entriesOf: ({ kind, id }) => selectEntries.all(kind, id).map((row): OutboxEntry => EntryRow.parse(row)),
    appendEntry(mutation) {
      const { kind, id } = keyOf(mutation)
      insertEntry.run(kind, id, JSON.stringify(mutation))
    },
    replaceEntry({ sequence, mutation, state, reason }) {
      const { kind, id } = keyOf(mutation)
      updateEntry.run(kind, id, JSON.stringify(mutation), state, reason, sequence)
    },
    removeEntry: (sequence) => void dropEntry.run(sequence),
  }

  return {
    operations,
    transaction: (work) => sqlite.transaction(() => work(operations)).immediate(),
    pendingIds: (kind) => new Set(selectPending.all(kind).map(({ id }) => id)),
    pendingCount: () => countPending.get()?.count ?? 0,
    addConflict: sqlite.transaction(({ kind, name, resolution, at }: Omit<SyncConflict, 'id'>) => {
      insertConflict.run(kind, name, resolution, at)
      trimConflicts.run()
    }),
    conflicts: () => selectConflicts.all().map((row) => ConflictRow.parse(row)),
    detach: sqlite.transaction(() => {
      const unpushed = new Map<string, SyncMutation>()
      for (const row of selectWholeOutbox.all()) {
        const { mutation } = EntryRow.parse(row)
        unpushed.set(keyOf(mutation).id, mutation)
      }
      for (const statement of clear) statement.run()
      for (const mutation of unpushed.values())
        if (mutation.type === 'upsert')
          operations.appendEntry({ ...mutation, mutationId: randomUUID(), baseVersion: null })
    }).immediate,
  }
}

function keyOf(mutation: SyncMutation): { readonly kind: WritableKind; readonly id: string } {
  return mutation.type === 'upsert'
    ? { kind: mutation.record.kind, id: mutation.record.record.id }
    : { kind: mutation.kind, id: mutation.id }
}
