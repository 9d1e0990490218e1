// A small seeded source of random numbers for tests (mulberry32): the same seed gives the same choices on every machine.

export interface Random {
  /** A whole number from 0 to below `bound`. */
  below(bound: number): number
  /** Whether something with this probability happens. */
  chance(probability: number): boolean
  /** One of the items; undefined for none. */
  pick<T>(items: readonly T[]): T | undefined
  /** One of the items, which are at least one. */
  one<T>(items: readonly [T, ...T[]]): T
  /** The items in another order. */
  shuffle<T>(items: readonly T[]): T[]
}

/** Random numbers from a seed. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const below = (bound: number): number => Math.floor(next() * bound)
  return {
    below,
    chance: (probability) => next() < probability,
    pick: (items) => items[below(items.length)],
    one: (items) => items[below(items.length)] ?? items[0],
    shuffle: (items) => {
      const list = [...items]
      for (let at = list.length - 1; at > 0; at--) {
        const other = below(at + 1)
        const a = list[at]
        const b = list[other]
        if (a !== undefined && b !== undefined) {
          list[at] = b
          list[other] = a
        }
      }
      return list
    },
  }
}
