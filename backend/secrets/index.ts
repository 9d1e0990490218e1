// The door of secrets.
export { loadKey } from './key-file.ts'
export { createSecrets, type Secrets } from './secrets.ts'
