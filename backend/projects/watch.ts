// Turns "something about this project changed" into a stream of what it is now.

/**
 * Gives `read()` now and again whenever `subscribe` has told of a change, unless it is the same as before; ends when `signal` aborts. Changes that come
 * while the reader is busy count as one. The subscription ends with the stream, however that ends.
 */
export async function* watchState<T>(options: {
  readonly read: () => Promise<T>
  readonly subscribe: (listener: () => void) => () => void
  readonly signal: AbortSignal
}): AsyncGenerator<T, void, undefined> {
  const { read, subscribe, signal } = options
  let isChanged = true
  let wakeUp: (() => void) | undefined
  const notify = (): void => {
    isChanged = true
    wakeUp?.()
  }
  const stop = (): void => wakeUp?.()
  const unsubscribe = subscribe(notify)
  signal.addEventListener('abort', stop)
  try {
    let last: string | undefined
    while (!signal.aborted) {
      if (!isChanged) {
        await new Promise<void>((resolve) => (wakeUp = resolve))
        wakeUp = undefined
        continue
      }
      // Before reading: a change that comes while it is read must lead to another read.
      isChanged = false
      const state = await read()
      const text = JSON.stringify(state)
      if (text === last) continue
      last = text
      yield state
    }
  } finally {
    signal.removeEventListener('abort', stop)
    unsubscribe()
  }
}
