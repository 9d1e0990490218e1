// Reads texts in a thread of their own, one after another, with a limit of time and memory: the thread is ended when a text takes too much, and this process
// goes on.
import { Worker } from 'node:worker_threads'
import { AppError, fromWireError } from '#contract/errors.ts'
import type { TextAnswer, TextDone, TextJob } from './text-job.ts'

export interface TextWorkerOptions {
  /** Keeps the thread for the next text: starting one takes some 300 ms. */
  readonly isKept: boolean
  /** Milliseconds for one text. */
  readonly timeoutMs?: number
}

export interface TextWorker {
  /** Reads one text. Rejects with TIMEOUT, TOO_LARGE, with CANCELLED when `signal` aborts, and as the reading does. */
  run(job: TextJob, signal?: AbortSignal): Promise<TextDone>
}

const TIMEOUT_MS = 60_000
/**
 * In megabytes: twice what the largest tree takes: Postgres' parser has no memory left before that. A thread that comes to the limit inside of one long call, as JSON.parse
 * is, takes the whole process with it, so only what is built in small steps may get there.
 */
const MAX_HEAP_MB = 2_048
/** The parser's memory grows with the longest text that it has read, and never shrinks. */
const LONG = 256 * 1024
/** Beside this module, from source and in the bundle. */
const THREAD = new URL(
  import.meta.url.endsWith('.ts') ? './text-thread.ts' : './text-thread.js',
  import.meta.url,
)

/** Makes a worker. Its thread starts with the first text, and does not keep the process alive. */
export function createTextWorker({ isKept, timeoutMs = TIMEOUT_MS }: TextWorkerOptions): TextWorker {
  let tail: Promise<unknown> = Promise.resolve()
  let idle: Worker | undefined

  const start = (): Worker => {
    const worker = new Worker(THREAD, {
      // It needs neither settings nor secrets of this process.
      env: {},
      argv: [],
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
      // The parser says there how its memory stood when it had none left.
      stderr: true,
    })
    worker.stderr.resume()
    worker.on('exit', () => {
      if (idle === worker) idle = undefined
    })
    return worker
  }
  const runNow = async (job: TextJob, signal: AbortSignal | undefined): Promise<TextDone> => {
    if (signal?.aborted === true) throw cancelled()
    const worker = idle ?? start()
    idle = undefined
    worker.ref()
    let isGood = false
    try {
      const answer = await answerOf(worker, job, { signal, timeoutMs })
      if (answer.kind === 'failed') throw fromWireError(answer.error)
      isGood = job.text.length <= LONG && !('problem' in answer && answer.isSpent)
      return answer
    } finally {
      worker.unref()
      if (isKept && isGood) idle = worker
      else void worker.terminate()
    }
  }

  return {
    run(job, signal) {
      const result = tail.then(() => runNow(job, signal))
      tail = result.catch(() => undefined)
      return result
    },
  }
}

async function answerOf(
  worker: Worker,
  job: TextJob,
  { signal, timeoutMs }: { readonly signal: AbortSignal | undefined; readonly timeoutMs: number },
): Promise<TextAnswer> {
  const settled = Promise.withResolvers<TextAnswer>()
  const timer = setTimeout(() => settled.reject(tookTooLong(timeoutMs)), timeoutMs)
  const abort = (): void => settled.reject(cancelled())
  const fail = (error: Error): void =>
    settled.reject('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tookTooMuch() : error)
  const end = (): void => settled.reject(new Error('The thread that reads texts ended.'))
  signal?.addEventListener('abort', abort, { once: true })
  worker.on('message', settled.resolve).on('messageerror', fail).on('error', fail).on('exit', end)
  try {
    worker.postMessage(job)
    return await settled.promise
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
    worker.off('message', settled.resolve).off('messageerror', fail).off('exit', end)
    // An error that comes while it is being ended is nobody's any more.
    worker.off('error', fail).on('error', () => undefined)
  }
}

function cancelled(): AppError {
  return new AppError('CANCELLED', 'Reading the text was cancelled.')
}

function tookTooLong(timeoutMs: number): AppError {
  return new AppError('TIMEOUT', `Reading this text takes longer than ${String(timeoutMs / 1_000)} s.`, {
    hint: 'Read it in parts.',
  })
}

function tookTooMuch(): AppError {
  return new AppError('TOO_LARGE', 'Reading this text takes more memory than it may have.', {
    hint: 'Read it in parts.',
  })
}
