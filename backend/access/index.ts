// The door of access.
export { createAccessRoutes } from './routes.ts'
export { createAccessService, type AccessService } from './service.ts'
