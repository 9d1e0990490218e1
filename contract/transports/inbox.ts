// The receiving half that every transport shares: keeps early frames, tells of the close exactly once.
import type { Frame } from '../rpc/frames.ts'

export interface Inbox {
  deliver(frame: Frame): void
  close(reason: string): void
  onFrame(listener: (frame: Frame) => void): void
  onClose(listener: (reason: string) => void): void
  readonly isClosed: () => boolean
}

/** Makes an inbox. Frames delivered before a listener is set are handed to it first; none come after the close. */
export function createInbox(): Inbox {
  let listener: ((frame: Frame) => void) | undefined
  let early: Frame[] = []
  let closed: string | undefined
  const closeListeners: ((reason: string) => void)[] = []
  return {
    deliver(frame) {
      if (closed !== undefined) return
      if (listener === undefined) early.push(frame)
      else listener(frame)
    },
    close(reason) {
      if (closed !== undefined) return
      closed = reason
      for (const tell of closeListeners) tell(reason)
    },
    onFrame(next) {
      listener = next
      const waiting = early
      early = []
      for (const frame of waiting) next(frame)
    },
    onClose(tell) {
      if (closed === undefined) closeListeners.push(tell)
      else tell(closed)
    },
    isClosed: () => closed !== undefined,
  }
}
