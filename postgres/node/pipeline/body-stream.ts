// The last cell of a row that is too long to hold: its bytes are handed on while they arrive, and the server waits while nobody takes them.

export interface BodyStream {
  push(bytes: Buffer): void
  /** All bytes are there. */
  end(): void
  /** No more will come. */
  fail(error: unknown): void
  /** For one reader. Leaving it early abandons the rest. */
  readonly chunks: AsyncIterable<Buffer>
}

export interface Flow {
  /** More has come than was taken. */
  pause(): void
  resume(): void
  /** The reader has left: nobody will take the rest. */
  abandon(): void
}

const PAUSE_ABOVE_BYTES = 512 * 1024

/** Makes a stream whose source is held back through `flow`. */
export function createBodyStream(flow: Flow): BodyStream {
  const kept: Buffer[] = []
  let keptBytes = 0
  let isPaused = false
  let hasEnded = false
  let failure: { readonly error: unknown } | undefined
  let wake: (() => void) | undefined
  const tell = (): void => {
    const waiting = wake
    wake = undefined
    waiting?.()
  }

  async function* read(): AsyncGenerator<Buffer> {
    let isDone = false
    try {
      for (;;) {
        const chunk = kept.shift()
        if (chunk !== undefined) {
          keptBytes -= chunk.length
          if (isPaused && keptBytes <= PAUSE_ABOVE_BYTES / 2) {
            isPaused = false
            flow.resume()
          }
          yield chunk
        } else if (failure !== undefined) {
          isDone = true
          throw failure.error
        } else if (hasEnded) {
          isDone = true
          return
        } else await new Promise<void>((resolve) => (wake = resolve))
      }
    } finally {
      if (!isDone && !(hasEnded && kept.length === 0)) flow.abandon()
    }
  }

  return {
    push(bytes) {
      kept.push(bytes)
      keptBytes += bytes.length
      if (!isPaused && keptBytes > PAUSE_ABOVE_BYTES) {
        isPaused = true
        flow.pause()
      }
      tell()
    },
    end() {
      hasEnded = true
      tell()
    },
    fail(error) {
      failure ??= { error }
      tell()
    },
    chunks: { [Symbol.asyncIterator]: read },
  }
}
