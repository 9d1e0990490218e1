// The lines of a body as the viewer sees them: windows fetched from the host as they come near, the ones used longest ago dropped, so that a page
// holds a few MB of a response of any size.

/** Lines asked for at once. */
const WINDOW = 400
/** Characters of lines kept; two bytes each. */
const MOST_CHARACTERS = 6_000_000
const MOST_IN_FLIGHT = 3

export interface FetchedLines {
  readonly lines: readonly string[]
  readonly total: number
  readonly isComplete: boolean
}

export interface LineSource {
  /** A line, or undefined while it is not here. */
  line(at: number): string | undefined
  readonly total: number
  readonly isComplete: boolean
  /** Why the lines on screen could not be read. */
  readonly problem: unknown
  /** Says which lines are on screen; those around are fetched ahead. */
  show(first: number, last: number): void
  /** Reads lines for a copy, without keeping them. */
  read(first: number, count: number, signal: AbortSignal): Promise<readonly string[]>
  /** Asks again: there may be more, or it failed. */
  refresh(): void
  onChange(listener: () => void): () => void
  close(): void
}

/** Makes the source of one view of one body. */
export function createLineSource(
  fetch: (from: number, count: number, signal: AbortSignal) => Promise<FetchedLines>,
): LineSource {
  const windows = new Map<number, readonly string[]>()
  const inFlight = new Map<number, AbortController>()
  const listeners = new Set<() => void>()
  let characters = 0
  let total = 0
  let isComplete = false
  let problem: unknown
  let shown = { first: 0, last: 0 }
  let isClosed = false

  const changed = (): void => {
    for (const listener of listeners) listener()
  }
  const sizeOf = (lines: readonly string[]): number => lines.reduce((sum, line) => sum + line.length, 0)

  function keep(at: number, lines: readonly string[]): void {
    drop(at)
    windows.set(at, lines)
    characters += sizeOf(lines)
    for (const other of windows.keys()) {
      if (characters <= MOST_CHARACTERS) return
      if (other !== at && !isNear(other)) drop(other)
    }
  }
  function drop(at: number): void {
    const lines = windows.get(at)
    if (lines === undefined) return
    characters -= sizeOf(lines)
    windows.delete(at)
  }
  /** On screen, or one window away. */
  function isNear(at: number): boolean {
    return at >= Math.floor(shown.first / WINDOW) - 1 && at <= Math.floor(shown.last / WINDOW) + 1
  }
  function isWhole(at: number): boolean {
    const lines = windows.get(at)
    return (
      lines !== undefined && (lines.length === WINDOW || (isComplete && at * WINDOW + lines.length >= total))
    )
  }

  async function load(at: number): Promise<void> {
    const controller = new AbortController()
    inFlight.set(at, controller)
    try {
      const got = await fetch(at * WINDOW, WINDOW, controller.signal)
      if (isClosed) return
      total = Math.max(total, got.total)
      isComplete = isComplete || got.isComplete
      problem = undefined
      keep(at, got.lines)
    } catch (error) {
      if (isClosed || controller.signal.aborted) return
      problem = error
    } finally {
      if (inFlight.get(at) === controller) inFlight.delete(at)
    }
    changed()
    if (problem === undefined) pump()
  }

  function pump(): void {
    if (isClosed) return
    const first = Math.floor(shown.first / WINDOW)
    const last = Math.floor(shown.last / WINDOW)
    const ahead = [last + 1, first - 1].filter((at) => at >= 0 && at * WINDOW < total)
    const wanted = [...Array.from({ length: last - first + 1 }, (_, at) => first + at), ...ahead]
    for (const [at, controller] of inFlight)
      if (!wanted.includes(at)) {
        controller.abort()
        inFlight.delete(at)
      }
    for (const at of wanted) {
      if (inFlight.size >= MOST_IN_FLIGHT) return
      if (!inFlight.has(at) && !isWhole(at)) {
        // The tail of a body that still grows is asked for by `refresh`, not in a circle.
        if (windows.has(at) && !isStale) continue
        void load(at)
      }
    }
    isStale = false
  }
  let isStale = false

  return {
    line: (at) => windows.get(Math.floor(at / WINDOW))?.[at % WINDOW],
    get total() {
      return total
    },
    get isComplete() {
      return isComplete
    },
    get problem() {
      return problem
    },
    show(first, last) {
      shown = { first: Math.max(0, first), last: Math.max(first, last) }
      for (const at of [...windows.keys()])
        if (isNear(at)) {
          // Used just now: the last to go.
          const lines = windows.get(at)
          windows.delete(at)
          if (lines !== undefined) windows.set(at, lines)
        }
      pump()
    },
    async read(first, count, signal) {
      const lines: string[] = []
      while (lines.length < count) {
        const got = await fetch(first + lines.length, Math.min(2_000, count - lines.length), signal)
        if (got.lines.length === 0) break
        lines.push(...got.lines)
      }
      return lines
    },
    refresh() {
      problem = undefined
      isStale = true
      pump()
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      isClosed = true
      for (const controller of inFlight.values()) controller.abort()
      inFlight.clear()
      windows.clear()
      listeners.clear()
    },
  }
}
