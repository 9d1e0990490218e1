// The reader of one body: small ones are read here, others in a thread. It can be closed at any time and opens again when it is asked.
import type { Answer, Call } from './calls.ts'
import { finished, perform } from './calls.ts'
import { openDocument } from './document/document.ts'
import type { BodyDocument, DocumentOptions } from './document/document.ts'
import type { RemoteDocument, ThreadPool } from './pool.ts'

/** Bodies of fewer bytes are read at once, in about a millisecond. */
export const SMALL_BYTES = 256 * 1024

export interface BodyReader {
  /** Tells how much there is. Begins to read a body that is not small. */
  grow(bytes: number, isComplete: boolean): void
  run(call: Call, signal?: AbortSignal): Promise<Answer>
  /** Lets go of files and memory. */
  close(): void
  readonly isOpen: boolean
  /** Calls under way. */
  readonly running: number
}

/** Makes the reader of a body; nothing is opened yet. */
export function createBodyReader(pool: ThreadPool, options: DocumentOptions): BodyReader {
  let bytes = 0
  let isComplete = false
  let local: BodyDocument | null = null
  let remote: RemoteDocument | null = null
  let running = 0

  const toThread = (): RemoteDocument => {
    if (remote !== null && !remote.isLost) return remote
    local?.close()
    local = null
    remote = pool.open(options)
    remote.grow(bytes, isComplete)
    return remote
  }
  const here = (): BodyDocument => {
    local ??= openDocument(options)
    local.grow(bytes, isComplete)
    return local
  }
  return {
    grow(size, isEnd) {
      bytes = size
      isComplete = isEnd
      if (remote !== null && !remote.isLost) remote.grow(size, isEnd)
      else if (size >= SMALL_BYTES) toThread()
    },
    async run(call, signal) {
      signal?.throwIfAborted()
      // Nobody can say how long an expression takes that somebody wrote.
      const isLong = bytes >= SMALL_BYTES || (call.name === 'find' && call.query.isRegex)
      running += 1
      try {
        return remote !== null || isLong
          ? await toThread().run(call, signal)
          : finished(perform(here(), call))
      } finally {
        running -= 1
      }
    },
    close() {
      local?.close()
      remote?.close()
      local = null
      remote = null
    },
    get isOpen() {
      return local !== null || remote !== null
    },
    get running() {
      return running
    },
  }
}
