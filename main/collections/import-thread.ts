// The thread that reads what is imported: a text of 50 MB takes seconds. It may be ended at any moment.
import { parentPort } from 'node:worker_threads'
import { toWireError } from '#contract/errors.ts'
import { readJob, type ImportAnswer, type ImportJob } from './import-job.ts'

parentPort?.once('message', (job: ImportJob) => {
  let answer: ImportAnswer
  try {
    answer = { type: 'read', imported: readJob(job) }
  } catch (error) {
    answer = { type: 'failed', error: toWireError(error, 'import') }
  }
  parentPort?.postMessage(answer)
  parentPort?.close()
})
