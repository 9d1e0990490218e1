// The door of the catalog: the schema tree and the snapshot that completion reads.
export { openTableSql } from './object-sql.ts'
export { CatalogTree } from './CatalogTree.tsx'
export { useCatalog } from './use-catalog.ts'
