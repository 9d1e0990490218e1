// The door of monitoring.
export { createLog, describeError } from './log.ts'
export { createMetrics, type Metrics } from './metrics.ts'
export type { Observation, Observe } from './observation.ts'
export { createRestMetrics, type RestMetricValues } from './rest-metrics.ts'
export { checkReadiness, type Readiness, type ReadinessCheck } from './readiness.ts'
