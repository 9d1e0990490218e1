// Events between who sends and who reads, who may be slower: progress is coalesced, and of very many events the oldest that tell of messages are left out.

/** Unread events that are kept. */
const MOST_UNREAD = 20_000

export interface EventStreamOptions<Event> {
  /** Does the work; what it emits is read in order. Its signal is aborted when the reader leaves. */
  readonly work: (emit: (event: Event) => void, signal: AbortSignal) => Promise<void>
  /** Whether `next` says all that `last`, unread, says. */
  readonly replaces?: (last: Event, next: Event) => boolean
  readonly signal: AbortSignal
}

/** The events as a stream that ends with the work, or throws what it throws. */
export async function* eventStream<Event>(options: EventStreamOptions<Event>): AsyncGenerator<Event> {
  const unread: Event[] = []
  const leaving = new AbortController()
  const ended: { readonly error: unknown }[] = []
  let wake = (): void => {}
  const emit = (event: Event): void => {
    const last = unread.at(-1)
    if (last !== undefined && options.replaces?.(last, event) === true) unread.pop()
    if (unread.length >= MOST_UNREAD) unread.shift()
    unread.push(event)
    wake()
  }
  const end = (error: unknown): void => {
    ended.push({ error })
    wake()
  }
  options.work(emit, AbortSignal.any([options.signal, leaving.signal])).then(() => end(null), end)
  try {
    for (;;) {
      const event = unread.shift()
      const [end] = ended
      if (event !== undefined) yield event
      else if (end === undefined) await new Promise<void>((resolve) => (wake = resolve))
      else if (end.error === null) return
      else throw end.error
    }
  } finally {
    leaving.abort()
  }
}
