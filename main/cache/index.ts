// The door of the cache: the file and its stores. SQL stays in this folder.
export { openCache, type Cache } from './database.ts'
export { createCatalogStore, type CatalogStore, type StoredCatalog } from './catalog-store.ts'
export {
  createConnectionStore,
  type ConnectionStore,
  type ConnectionUse,
  type StoredConnection,
} from './connection-store.ts'
export { createCloudStore, type CloudKind, type CloudStore } from './cloud-store.ts'
export { lockDataDirectory, type DataLock } from './data-lock.ts'
export { createDesignStore, type DesignStore, type JournalEntry, type OpenedDesign } from './design-store.ts'
export { createHistoryStore, type HistoryStore } from './history-store.ts'
export type { ChangeLog, LocalChange, WritableKind } from './local-change.ts'
export {
  createResultSnapshotStore,
  type ResultSnapshot,
  type ResultSnapshotStore,
  type SnapshotBatch,
} from './result-snapshot-store.ts'
export { createSavedQueryStore, type SavedQueryStore } from './saved-query-store.ts'
export { createKnownSourceStore, type KnownSourceStore } from './known-source-store.ts'
export { createSchemaStore, type SchemaStore, type StoredSchema } from './schema-store.ts'
export { createMigrationSourceStore, type MigrationSourceStore } from './migration-source-store.ts'
export { createWorkspaceStore, type WorkspaceStore } from './workspace-store.ts'
export { createServiceAnswerStore, type ServiceAnswerStore } from './service-answer-store.ts'
export { createSessionStore, type SessionStore, type StoredSession } from './session-store.ts'
export { createSettingsStore, type SettingsStore } from './settings-store.ts'
export { createSyncStore, type CachedSyncStore } from './sync-store.ts'
export {
  createApiDescriptionStore,
  type ApiDescriptionStore,
  type StoredDescription,
} from './api-description-store.ts'
export {
  createCollectionStore,
  GLOBALS_NAME,
  type CollectionStore,
  type IndexEntry,
  type KnownCollection,
} from './collection-store.ts'
export { createDraftStore, type DraftStore } from './draft-store.ts'
export { createExchangeStore, type ExchangeStore, type StoredEntry } from './exchange-store.ts'
export { createRunStore, type ResultOutline, type RunStore, type StoredRun } from './run-store.ts'
export {
  createVariableStore,
  type SecretOwner,
  type SetValue,
  type ValueScope,
  type VariableStore,
} from './variable-store.ts'
export {
  createTeamStore,
  type BaseFile,
  type InboxFile,
  type OutboxFile,
  type TeamLink,
  type TeamStore,
} from './team-store.ts'
