// Long bodies are read in steps: whoever runs them may give way to other requests in between. Pure: the clock is the caller's.

/** Work that pauses after each slice, and gives its result at the end. */
export type Steps<T> = Generator<undefined, T>

/** How many bytes a step takes: well below a millisecond's work for most. */
export const STEP_BYTES = 64 * 1024

/** Bodies up to this size are read at once, by the engine's own decoders: faster, and short enough. */
export const AT_ONCE_BYTES = 256 * 1024

/** Runs all steps without a pause. */
export function runAtOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

/** Whether the bytes are UTF-8. */
export function* isUtf8(bytes: Uint8Array): Steps<boolean> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for (let at = 0; at < bytes.length; at += STEP_BYTES) {
      decoder.decode(bytes.subarray(at, at + STEP_BYTES), { stream: true })
      yield
    }
    decoder.decode()
    return true
  } catch {
    return false
  }
}

/** The chunks one after the other. A step takes more bytes here than elsewhere: they are only copied. */
export function* concat(chunks: readonly Uint8Array[], length: number): Steps<Uint8Array> {
  const all = new Uint8Array(length)
  let at = 0
  let since = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
    since += chunk.length
    if (since < STEP_BYTES * 8) continue
    since = 0
    yield
  }
  return all
}

/** Bytes that are written one after the other, how many there will be not being known. */
export interface ByteSink {
  /** Room for `size` bytes from `at` on: write there, then tell by `took` how many these were. */
  room(size: number): { readonly bytes: Uint8Array; readonly at: number }
  took(size: number): void
  write(bytes: Uint8Array): void
  /** All that was written. Call once. */
  end(): Steps<Uint8Array>
}

const CHUNK_BYTES = 512 * 1024

/** Makes an empty sink. */
export function createByteSink(): ByteSink {
  const full: Uint8Array[] = []
  let bytes = new Uint8Array(STEP_BYTES)
  let at = 0
  let before = 0
  const room = (size: number): { readonly bytes: Uint8Array; readonly at: number } => {
    if (at + size > bytes.length) {
      full.push(bytes.subarray(0, at))
      before += at
      bytes = new Uint8Array(Math.max(CHUNK_BYTES, size))
      at = 0
    }
    return { bytes, at }
  }
  return {
    room,
    took(size) {
      at += size
    },
    write(more) {
      const place = room(more.length)
      place.bytes.set(more, place.at)
      at += more.length
    },
    *end() {
      return yield* concat([...full, bytes.subarray(0, at)], before + at)
    },
  }
}
