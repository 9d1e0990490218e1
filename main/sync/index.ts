// The door of sync: the replication engine, and what it asks of its store.
export { createSyncEngine, type SyncClient, type SyncEngine, type SyncEngineDependencies } from './engine.ts'
export { noteLocalChange } from './outbox.ts'
export type {
  LocalChange,
  OutboxEntry,
  OutboxState,
  RecordKey,
  ResolvedConflict,
  Settled,
  StoredRecord,
  SyncKind,
  SyncState,
  SyncStore,
  SyncSummary,
  SyncTransaction,
  WritableKind,
  WritableRecord,
} from './types.ts'
