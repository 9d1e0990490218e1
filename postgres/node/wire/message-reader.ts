// Cuts the byte stream of a backend into messages. It can be stopped between two messages, which holds the server back through TCP:
// that is what keeps a result of any size in constant memory.

/** Called per message with the bytes of its body: `bytes` from `start` to `end`, valid only during the call. */
export type MessageHandler = (type: number, bytes: Buffer, start: number, end: number) => void

/** A message that is passed on while it arrives. Pieces come in order and may be kept: nobody writes to them again. */
export interface PieceHandler {
  /** The type of message that comes in pieces. */
  readonly type: number
  /** Shorter ones come whole, through the message handler. */
  readonly minBytes: number
  /** `missingBytes` of the body are still to come after this piece. */
  piece(bytes: Buffer, missingBytes: number): void
}

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
  /** Long messages of one type come in pieces from now on; with nothing, no more. */
  passPieces(pieces: PieceHandler | undefined): void
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
  let pieces: PieceHandler | undefined
  let missingBytes = 0

  /** Passes on what there is of a message that comes in pieces. */
  const passOn = (): void => {
    while (missingBytes > 0 && !paused) {
      const chunk = kept.shift()
      if (chunk === undefined) return
      const piece = chunk.length > missingBytes ? chunk.subarray(0, missingBytes) : chunk
      keptBytes -= piece.length
      missingBytes -= piece.length
      if (piece.length < chunk.length) kept.unshift(chunk.subarray(piece.length))
      pieces?.piece(piece, missingBytes)
    }
  }

  const run = (): void => {
    // A handler that resumes is inside this loop already.
    if (running || paused) return
    running = true
    try {
      for (;;) {
        passOn()
        if (missingBytes > 0 || paused || keptBytes < needed) return
        cutMessages()
        if (missingBytes === 0) return
      }
    } finally {
      running = false
    }
  }

  const cutMessages = (): void => {
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
        if (pieces !== undefined && bytes[offset] === pieces.type && length - 4 >= pieces.minBytes) {
          missingBytes = length - 4
          offset += HEADER_BYTES
        } else needed = 1 + length
        break
      }
      handler(bytes.readUInt8(offset), bytes, offset + HEADER_BYTES, next)
      offset = next
    }
    kept = offset === end ? [] : [offset === 0 ? bytes : bytes.subarray(offset)]
    keptBytes = end - offset
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
    passPieces: (handlerOfPieces) => (pieces = handlerOfPieces),
  }
}
