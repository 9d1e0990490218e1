// Starts the formatter's worker for one text and ends it again: formatting is rare, the formatter is large.
import FormatWorker from './format.worker.ts?worker'

/** The formatted script. Rejects when the worker cannot be loaded. */
export async function formatInWorker(text: string): Promise<string> {
  const worker = new FormatWorker()
  try {
    const answer = Promise.withResolvers<string>()
    worker.onmessage = ({ data }: MessageEvent<string>) => answer.resolve(data)
    worker.onerror = (event) => answer.reject(new Error(event.message))
    worker.postMessage(text)
    return await answer.promise
  } finally {
    worker.terminate()
  }
}
