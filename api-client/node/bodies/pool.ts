// Threads in which bodies are read, so that the host's own thread stays free. A thread starts with its first body; one that dies is replaced.
import { Worker } from 'node:worker_threads'
import { AppError, fromWireError } from '#contract/errors.ts'
import type { Answer, Call, EditsCall } from './calls.ts'
import type { DocumentOptions } from './document/document.ts'
import type { FromThread, ToThread } from './thread-messages.ts'

/** Indexes are small, and what is printed is limited. */
const MAX_HEAP_MB = 1_024
/** Beside this module, from source and in the bundle. */
const THREAD = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './body-thread.js', import.meta.url)

export interface RemoteDocument {
  grow(bytes: number, isComplete: boolean): void
  run(call: Call, signal?: AbortSignal): Promise<Answer>
  close(): void
  /** Whether its thread died: it must be opened anew. */
  readonly isLost: boolean
}

export interface ThreadPool {
  open(options: DocumentOptions): RemoteDocument
  edits(call: EditsCall, signal?: AbortSignal): Promise<Answer>
  close(): Promise<void>
}

interface Thread {
  documents: number
  isDead: boolean
  tell(message: ToThread): void
  ask(make: (job: number) => ToThread, signal: AbortSignal | undefined): Promise<Answer>
  end(): Promise<unknown>
}

/** Makes the pool; no thread is started yet. */
export function createThreadPool(size: number): ThreadPool {
  const threads: Thread[] = []
  let lastId = 0

  const leastBusy = (): Thread => {
    for (let at = threads.length - 1; at >= 0; at -= 1)
      if (threads[at]?.isDead === true) threads.splice(at, 1)
    const best = threads.toSorted((a, b) => a.documents - b.documents)[0]
    if (best !== undefined && (best.documents === 0 || threads.length >= size)) return best
    const thread = startThread()
    threads.push(thread)
    return thread
  }
  return {
    open(options) {
      const thread = leastBusy()
      const id = (lastId += 1)
      let isOpen = true
      thread.documents += 1
      thread.tell({ type: 'open', id, options })
      return {
        grow: (bytes, isComplete) => thread.tell({ type: 'grow', id, bytes, isComplete }),
        run: (call, signal) => thread.ask((job) => ({ type: 'run', job, id, call }), signal),
        close() {
          if (!isOpen) return
          isOpen = false
          thread.documents -= 1
          thread.tell({ type: 'close', id })
        },
        get isLost() {
          return thread.isDead
        },
      }
    },
    edits: (call, signal) => leastBusy().ask((job) => ({ type: 'edits', job, call }), signal),
    async close() {
      await Promise.all(threads.map((thread) => thread.end()))
    },
  }
}

function startThread(): Thread {
  const worker = new Worker(THREAD, {
    // It needs neither settings nor secrets of this process.
    env: {},
    argv: [],
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
  })
  const waiting = new Map<number, PromiseWithResolvers<Answer>>()
  let lastJob = 0

  const settle = (job: number, act: (waiter: PromiseWithResolvers<Answer>) => void): void => {
    const waiter = waiting.get(job)
    waiting.delete(job)
    if (waiting.size === 0) worker.unref()
    if (waiter !== undefined) act(waiter)
  }
  const die = (reason: unknown): void => {
    thread.isDead = true
    for (const job of waiting.keys()) settle(job, ({ reject }) => reject(reason))
  }
  worker.on('message', (message: FromThread) => {
    settle(message.job, ({ resolve, reject }) =>
      'answer' in message ? resolve(message.answer) : reject(fromWireError(message.error)),
    )
  })
  worker.on('error', die)
  worker.on('exit', () => die(new AppError('CANCELLED', 'The thread that reads bodies ended.')))
  worker.unref()

  const thread: Thread = {
    documents: 0,
    isDead: false,
    tell(message) {
      if (!thread.isDead) worker.postMessage(message)
    },
    async ask(make, signal) {
      if (signal?.aborted === true) throw cancelled()
      if (thread.isDead) throw new AppError('CANCELLED', 'The thread that reads bodies ended.')
      const job = (lastJob += 1)
      const waiter = Promise.withResolvers<Answer>()
      waiting.set(job, waiter)
      worker.ref()
      const abort = (): void => {
        worker.postMessage({ type: 'cancel', job } satisfies ToThread)
        settle(job, ({ reject }) => reject(cancelled()))
      }
      signal?.addEventListener('abort', abort, { once: true })
      try {
        worker.postMessage(make(job))
        return await waiter.promise
      } finally {
        signal?.removeEventListener('abort', abort)
      }
    },
    end: () => worker.terminate(),
  }
  return thread
}

function cancelled(): AppError {
  return new AppError('CANCELLED', 'Reading the body was cancelled.')
}
