// The door of secrets.
export { openKeyFile } from './key-file.ts'
export type { SecretStore } from './secret-store.ts'
