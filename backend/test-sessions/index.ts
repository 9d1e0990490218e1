// The door of test sessions: how a member acts as a user of a project's data API.
export { createTestKeys, type TestKeys } from './keys.ts'
export { createTestSessionsRoutes } from './routes.ts'
export { createTestSessionsService, type TestSessionsService } from './service.ts'
export { signToken } from './token.ts'
