// Lays out in a worker, so that the page stays quick: ELK is large and takes its time. The worker stays for the next layout, unless this one was cancelled.
import ElkApi, { type ELK } from 'elkjs/lib/elk-api.js'
import ElkWorker from 'elkjs/lib/elk-worker.min.js?worker'
import { elkEngine } from './elk-layers.ts'
import type { LayoutGraph, Places } from './graph.ts'
import { layoutGraph } from './layout-graph.ts'

export interface LayoutRun {
  readonly onProgress?: (done: number, total: number) => void
  readonly signal: AbortSignal
}

/** A worker that is ready and not in use. */
let spare: ELK | null = null

/** Places for all nodes. Rejects with the signal's reason when it is aborted: the worker is ended at once. */
export async function layoutInWorker(graph: LayoutGraph, { onProgress, signal }: LayoutRun): Promise<Places> {
  signal.throwIfAborted()
  const elk = spare ?? new ElkApi({ workerFactory: () => new ElkWorker() })
  spare = null
  let isIdle = false
  const aborted = Promise.withResolvers<never>()
  const abort = (): void => aborted.reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    const places = await Promise.race([
      layoutGraph(graph, {
        engine: elkEngine(elk),
        signal,
        ...(onProgress === undefined ? {} : { onProgress }),
      }),
      aborted.promise,
    ])
    isIdle = true
    return places
  } finally {
    signal.removeEventListener('abort', abort)
    if (isIdle && spare === null) spare = elk
    else elk.terminateWorker()
  }
}
