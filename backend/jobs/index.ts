// The door of jobs.
export type { EnqueueOptions, JobDefinition, Jobs } from './jobs.ts'
export { createJobQueue, type JobQueue } from './queue.ts'
