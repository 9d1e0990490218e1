// A stream of the contract as server-sent events: one `data:` line of JSON per item, a comment as heartbeat while nothing happens, a last event
// `end` or `error`.
import type { WireError } from '#contract/errors.ts'

interface EventStreamOptions {
  readonly signal: AbortSignal
  readonly heartbeatMs: number
  /** What an error in the middle is told as. */
  readonly toError: (error: unknown) => WireError
}

/**
 * The text of the events. The first item is awaited by the caller (`first`), so that an error before it still has an HTTP status. Ends quietly when
 * the signal aborts.
 */
export async function* eventStream(
  first: IteratorResult<unknown>,
  iterator: AsyncIterator<unknown>,
  options: EventStreamOptions,
): AsyncGenerator<string, void, undefined> {
  const aborted = Promise.withResolvers<'aborted'>()
  const onAbort = (): void => aborted.resolve('aborted')
  options.signal.addEventListener('abort', onAbort, { once: true })
  if (options.signal.aborted) onAbort()
  try {
    let next: Promise<IteratorResult<unknown>> = Promise.resolve(first)
    for (;;) {
      const outcome = await withHeartbeat(Promise.race([next, aborted.promise]), options.heartbeatMs)
      if (outcome === 'heartbeat') {
        yield ': heartbeat\n\n'
        continue
      }
      if (outcome === 'aborted') return
      if (outcome.done === true) return yield 'event: end\ndata: {}\n\n'
      yield `data: ${JSON.stringify(outcome.value)}\n\n`
      next = iterator.next()
      // Looked at in the next turn; until then its failure is not unhandled.
      next.catch(() => undefined)
    }
  } catch (error) {
    if (!options.signal.aborted)
      yield `event: error\ndata: ${JSON.stringify({ error: options.toError(error) })}\n\n`
  } finally {
    options.signal.removeEventListener('abort', onAbort)
    // A generator that waits inside answers its return() only when it wakes: nobody waits for that.
    void Promise.resolve(iterator.return?.()).catch(() => undefined)
  }
}

async function withHeartbeat<T>(settled: Promise<T>, heartbeatMs: number): Promise<T | 'heartbeat'> {
  const beat = Promise.withResolvers<'heartbeat'>()
  const timer = setTimeout(() => beat.resolve('heartbeat'), heartbeatMs)
  try {
    return await Promise.race([settled, beat.promise])
  } finally {
    clearTimeout(timer)
  }
}
