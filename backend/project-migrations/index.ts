// The door of project migrations.
export { createProjectMigrationsRoutes } from './routes.ts'
export { createProjectMigrationsService, type ProjectMigrationsService } from './service.ts'
