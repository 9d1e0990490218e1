// The door of audit: see audit.ts.
export { audit, type AuditEntry } from './audit.ts'
