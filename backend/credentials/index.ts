// The door of credentials.
export { createOwnerPasswords, type OwnerPasswords } from './owner-passwords.ts'
export { createCredentialsRoutes } from './routes.ts'
export { createCredentialsService, type CredentialsDependencies, type CredentialsService } from './service.ts'
