// Events of a run between the one who runs and the one who reads, who may be slower. Progress is coalesced, so a slow reader costs no memory.
import type { QueryEvent } from '#contract/capabilities/query.ts'
import type { WithBodies } from '#contract/rpc/definition.ts'

/** An event with the bodies of its batch. */
export type RunItem = WithBodies<QueryEvent>

export interface EventQueue {
  push(event: QueryEvent, bodies?: readonly Uint8Array[]): void
  /** Waits until few enough events are unread to go on. */
  roomy(): Promise<void>
  end(): void
  fail(error: unknown): void
  /** The events in order, once. Leaving early calls `onLeave`. */
  items(onLeave: () => void): AsyncGenerator<RunItem, void, undefined>
}

const ROOMY_EVENTS = 64

/** An empty queue. */
export function createEventQueue(): EventQueue {
  const waiting: RunItem[] = []
  let ended: { readonly error: unknown } | undefined
  let isAbandoned = false
  let wakeReader: (() => void) | undefined
  let wakeWriters: (() => void)[] = []

  const letWritersGo = (): void => {
    const writers = wakeWriters
    wakeWriters = []
    for (const wake of writers) wake()
  }
  const finish = (error: unknown): void => {
    ended ??= { error }
    wakeReader?.()
  }

  return {
    push(event, bodies = []) {
      if (isAbandoned) return
      const last = waiting.at(-1)?.value
      if (event.type === 'progress' && last?.type === 'progress' && last.resultId === event.resultId)
        waiting.pop()
      waiting.push({ value: event, bodies })
      wakeReader?.()
    },
    async roomy() {
      while (waiting.length > ROOMY_EVENTS && !isAbandoned)
        await new Promise<void>((resolve) => wakeWriters.push(resolve))
    },
    end: () => finish(undefined),
    fail: finish,
    async *items(onLeave) {
      let isRead = false
      try {
        for (;;) {
          const item = waiting.shift()
          if (item !== undefined) {
            if (waiting.length <= ROOMY_EVENTS) letWritersGo()
            yield item
          } else if (ended !== undefined) {
            isRead = true
            if (ended.error !== undefined) throw ended.error
            return
          } else {
            await new Promise<void>((resolve) => (wakeReader = resolve))
            wakeReader = undefined
          }
        }
      } finally {
        isAbandoned = true
        waiting.length = 0
        letWritersGo()
        if (!isRead) onLeave()
      }
    },
  }
}
