// The door of auth.
export type { Authenticate } from './authenticate.ts'
