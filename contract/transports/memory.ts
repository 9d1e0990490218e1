// A transport inside one process, for tests: frames are really encoded and decoded, and arrive later, as everywhere else.
import { decodeFrame, encodeFrame } from '../rpc/codec.ts'
import type { Frame, Transport } from '../rpc/frames.ts'
import { createInbox } from './inbox.ts'

/** Makes two ends that are connected to each other. */
export function createMemoryTransports(): readonly [Transport, Transport] {
  const a = createInbox()
  const b = createInbox()
  const end = (mine: ReturnType<typeof createInbox>, theirs: ReturnType<typeof createInbox>): Transport => ({
    send(frame: Frame) {
      const bytes = encodeFrame(frame)
      queueMicrotask(() => theirs.deliver(decodeFrame(bytes)))
    },
    onFrame: mine.onFrame,
    onClose: mine.onClose,
    close(reason = '') {
      mine.close(reason)
      queueMicrotask(() => theirs.close(reason))
    },
  })
  return [end(a, b), end(b, a)]
}
