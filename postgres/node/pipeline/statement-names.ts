// Which statements a connection has prepared, by their text: the least recently used go first when there are too many.

export interface StatementNames {
  /** The name under which the server knows this text; undefined where it must be parsed first. */
  find(text: string): string | undefined
  /** A name that was never used on this connection. */
  next(): string
  /** The server has parsed it. Gives the name of a statement that is to be closed to make room. */
  add(text: string, name: string): string | undefined
  /** The server knows it no longer. */
  forget(text: string): void
  readonly size: number
}

/** Makes the list of one connection, for `max` statements at most. */
export function createStatementNames(max: number): StatementNames {
  const names = new Map<string, string>()
  let last = 0
  return {
    find(text) {
      const name = names.get(text)
      if (name === undefined) return undefined
      // Only where something could be evicted soon is the order worth its upkeep.
      if (names.size > max / 2) {
        names.delete(text)
        names.set(text, name)
      }
      return name
    },
    next: () => `s${(++last).toString(36)}`,
    add(text, name) {
      names.set(text, name)
      if (names.size <= max) return undefined
      for (const [oldest, oldName] of names) {
        names.delete(oldest)
        return oldName
      }
      return undefined
    },
    forget: (text) => void names.delete(text),
    get size() {
      return names.size
    },
  }
}
