// The door of the schema cache: what the engine knows of a database's schema, and how it follows its changes.
export { loadSchemaCache } from './load.ts'
export {
  createSchemaCacheFollower,
  type FollowerEvent,
  type FollowerOptions,
  type SchemaCacheFollower,
} from './follower.ts'
export { EVENT_TRIGGER_SCHEMA, eventTriggerStatements } from './event-trigger.ts'
export type { SchemaScope } from './catalog.ts'
