// The door of the cache: the file and its stores. SQL stays in this folder.
export { openCache, type Cache } from './database.ts'
export { createCatalogStore, type CatalogStore, type StoredCatalog } from './catalog-store.ts'
export {
  createConnectionStore,
  type ConnectionStore,
  type ConnectionUse,
  type StoredConnection,
} from './connection-store.ts'
export { createHistoryStore, type HistoryStore } from './history-store.ts'
export type { ChangeLog, LocalChange, WritableKind } from './local-change.ts'
export {
  createResultSnapshotStore,
  type ResultSnapshot,
  type ResultSnapshotStore,
  type SnapshotBatch,
} from './result-snapshot-store.ts'
export { createSavedQueryStore, type SavedQueryStore } from './saved-query-store.ts'
export { createWorkspaceStore, type WorkspaceStore } from './workspace-store.ts'
