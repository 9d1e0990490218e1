// The door of the REST engine.
export { isRestError, RestError } from './errors.ts'
export type { QualifiedName, RestConfig, SchemaCache, TransactionEnd } from './types.ts'
