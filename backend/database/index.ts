// The door of database.
export { createDatabaseRoutes } from './routes.ts'
export { createDatabaseService, type DatabaseDependencies, type DatabaseService } from './service.ts'
