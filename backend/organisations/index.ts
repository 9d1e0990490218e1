// The door of organisations.
export { includesRole, requireRole } from './require-role.ts'
