// The door of provisioning.
export { AUTHENTICATOR_ROLE, MAIN_DATABASE, OWNER_ROLE } from './types.ts'
export type { InstanceProgress, Provisioning, ProvisioningOptions } from './types.ts'
export { lockDirectory, type DirectoryLock } from './directory-lock.ts'
export { startControlServer, type ControlServer } from './control-server.ts'
export { createProvisioning, heldAsleep } from './provisioning.ts'
