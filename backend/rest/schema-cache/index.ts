// The door of the schema cache: what the engine knows of a database's schema, and how it follows its changes.
export { loadSchemaCache } from './load.ts'
export type { SchemaScope } from './catalog.ts'
