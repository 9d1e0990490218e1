// The door of auth.
export { createAuth, type Auth } from './auth.ts'
export type { Authenticate } from './authenticate.ts'
export { hashOpaqueToken, newMailedToken } from './opaque-tokens.ts'
export { createRateLimits, networkOf, type RateLimits } from './rate-limits.ts'
export { callerOf } from './routes.ts'
export type { AccountOrganisations } from './service.ts'
