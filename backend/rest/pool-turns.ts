// Who gets the next connection: those who wait take turns by caller, so that a caller with many requests holds up its own only, and no caller holds
// all connections.

export interface Turns<T> {
  /** Counts one more for the caller, when nobody waits and its share is not used up. False when it has to wait. */
  take(caller: string): boolean
  /** Joins the line of the caller. */
  wait(caller: string, one: T): void
  /** The next whose caller has a share left; counted for it. */
  next(): T | undefined
  /** Counts one less. */
  giveBack(caller: string): void
  /** Those at the heads of the lines, as long as they are due, are taken out. */
  takeDue(isDue: (one: T) => boolean): T[]
  /** The heads of the lines: of each caller who came first. */
  heads(): T[]
  readonly waiting: number
}

/** What one caller may hold of `size` connections: from five on, a fifth is left for others. */
export function shareOfOne(size: number): number {
  return size - Math.floor(size / 5)
}

/** Makes the lines; a caller counts `maxEach` at most. */
export function createTurns<T>(maxEach: number): Turns<T> {
  const held = new Map<string, number>()
  /** The caller whose turn is next comes first. None is empty. */
  const lines = new Map<string, T[]>()
  let waiting = 0

  const hasShare = (caller: string): boolean => (held.get(caller) ?? 0) < maxEach
  const count = (caller: string): void => void held.set(caller, (held.get(caller) ?? 0) + 1)
  const leave = (caller: string, line: T[]): T | undefined => {
    const one = line.shift()
    waiting--
    if (line.length === 0) lines.delete(caller)
    return one
  }

  return {
    take(caller) {
      if (waiting > 0 || !hasShare(caller)) return false
      count(caller)
      return true
    },
    wait(caller, one) {
      waiting++
      const line = lines.get(caller)
      if (line === undefined) lines.set(caller, [one])
      else line.push(one)
    },
    next() {
      for (const [caller, line] of lines) {
        if (!hasShare(caller)) continue
        count(caller)
        // to the end of the round
        lines.delete(caller)
        lines.set(caller, line)
        return leave(caller, line)
      }
      return undefined
    },
    giveBack(caller) {
      const left = (held.get(caller) ?? 0) - 1
      if (left > 0) held.set(caller, left)
      else held.delete(caller)
    },
    takeDue(isDue) {
      const due: T[] = []
      for (const [caller, line] of [...lines])
        for (let head = line[0]; head !== undefined && isDue(head); head = line[0]) {
          due.push(head)
          leave(caller, line)
        }
      return due
    },
    heads: () => [...lines.values()].flatMap((line) => line.slice(0, 1)),
    get waiting() {
      return waiting
    },
  }
}
