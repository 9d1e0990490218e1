// Lays out in a worker, so that the page stays quick: ELK is large and takes its time. The worker ends with the layout.
import ElkApi from 'elkjs/lib/elk-api.js'
import ElkWorker from 'elkjs/lib/elk-worker.min.js?worker'
import { elkEngine } from './elk-layers.ts'
import type { LayoutGraph, Places } from './graph.ts'
import { layoutGraph } from './layout-graph.ts'

export interface LayoutRun {
  readonly onProgress?: (done: number, total: number) => void
  readonly signal: AbortSignal
}

/** Places for all nodes. Rejects with the signal's reason when it is aborted: the worker is ended at once. */
export async function layoutInWorker(graph: LayoutGraph, { onProgress, signal }: LayoutRun): Promise<Places> {
  signal.throwIfAborted()
  const elk = new ElkApi({ workerFactory: () => new ElkWorker() })
  const aborted = Promise.withResolvers<never>()
  const abort = (): void => aborted.reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([
      layoutGraph(graph, {
        engine: elkEngine(elk),
        signal,
        ...(onProgress === undefined ? {} : { onProgress }),
      }),
      aborted.promise,
    ])
  } finally {
    signal.removeEventListener('abort', abort)
    elk.terminateWorker()
  }
}
