// The door of the REST engine.
export type { JwtConfig } from './authenticate.ts'
export { type BodyBudget, createBodyBudget } from './body-budget.ts'
export { corsHeaders, preflight } from './cors.ts'
export { isRestError, RestError } from './errors.ts'
export type { PlannedWork, RestUsage, StageTimes, WatchedAnswer } from './observe.ts'
export { namesOf, type NamedRelation, type PlanNames } from './plan/names.ts'
export { respondError } from './respond/index.ts'
export { writeResponse } from './http.ts'
export {
  createRest,
  type HandleOptions,
  type HttpSettings,
  type PoolSettings,
  type Rest,
  type RestOptions,
  type RestSettings,
  type RestState,
} from './rest.ts'
export { type FollowerEvent, loadSchemaCache } from './schema-cache/index.ts'
export { parseRolePath } from './role-path.ts'
export type { TokenIssuer } from './token-keys.ts'
export type {
  Identity,
  QualifiedName,
  RestConfig,
  RestResponse,
  SchemaCache,
  Statement,
  Transaction,
  TransactionEnd,
} from './types.ts'
export { EVENT_TRIGGER_SCHEMA, eventTriggerStatements } from './schema-cache/index.ts'
export { answerUnreadableRequests } from './unreadable.ts'
