// The door of database.
export { readAll } from './inspect.ts'
export { createDatabaseRoutes } from './routes.ts'
export {
  createDatabaseService,
  type Caller,
  type DatabaseDependencies,
  type DatabaseService,
  type OwnerSessions,
  type OwnerWork,
} from './service.ts'
