// Cuts the byte stream of a backend into messages. It can be stopped between two messages, which holds the server back through TCP:
// that is what keeps a result of any size in constant memory.

/** Called per message with the bytes of its body: `bytes` from `start` to `end`, valid only during the call. */
export type MessageHandler = (type: number, bytes: Buffer, start: number, end: number) => void

export interface MessageReader {
  /** Takes a chunk as it came from the socket. */
  push(chunk: Buffer): void
  /** Stops before the next message. Chunks pushed meanwhile are kept. */
  pause(): void
  /** Goes on, with what was kept first. */
  resume(): void
  readonly isPaused: () => boolean
  /** From now on messages may be as long as the protocol allows. Before a login they are short, which unmasks a server that is no Postgres. */
  allowLong(): void
}

const HEADER_BYTES = 5
/** No message is longer than that; a larger length means that the other side does not speak Postgres. */
const MAX_MESSAGE_BYTES = 0x7fffffff
const MAX_LOGIN_MESSAGE_BYTES = 64 * 1024

/** Makes a reader. Throws from push or resume when a length is impossible. */
export function createMessageReader(handler: MessageHandler): MessageReader {
  let kept: Buffer[] = []
  let keptBytes = 0
  let needed = HEADER_BYTES
  let paused = false
  let running = false
  let maxBytes = MAX_LOGIN_MESSAGE_BYTES

  const run = (): void => {
    // A handler that resumes is inside this loop already.
    if (running || paused || keptBytes < needed) return
    running = true
    try {
      const first = kept[0]
      const bytes = kept.length === 1 && first !== undefined ? first : Buffer.concat(kept, keptBytes)
      const end = bytes.length
      let offset = 0
      needed = HEADER_BYTES
      while (!paused && offset + HEADER_BYTES <= end) {
        const length = bytes.readUInt32BE(offset + 1)
        if (length < 4 || length > maxBytes)
          throw new Error('the server sent something that is not the Postgres protocol')
        const next = offset + 1 + length
        if (next > end) {
          needed = 1 + length
          break
        }
        handler(bytes.readUInt8(offset), bytes, offset + HEADER_BYTES, next)
        offset = next
      }
      kept = offset === end ? [] : [offset === 0 ? bytes : bytes.subarray(offset)]
      keptBytes = end - offset
    } finally {
      running = false
    }
  }

  return {
    push(chunk) {
      kept.push(chunk)
      keptBytes += chunk.length
      run()
    },
    pause() {
      paused = true
    },
    resume() {
      paused = false
      run()
    },
    isPaused: () => paused,
    allowLong: () => (maxBytes = MAX_MESSAGE_BYTES),
  }
}
