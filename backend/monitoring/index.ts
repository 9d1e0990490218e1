// The door of monitoring.
export type { Observation, Observe } from './observation.ts'
