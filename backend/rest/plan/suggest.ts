// The nearest name to one that was not found, for "Perhaps you meant …". Names are compared by the groups of two and three letters that they
// share, and the best of those by edit distance: the measure PostgREST's clients see.

/** Gives the candidate nearest to a name, and how near: 1 is equal but for case. */
export interface Suggester {
  /** null when none is at least `minimum` near. */
  suggest(name: string, minimum: number): Suggestion | null
}

export interface Suggestion {
  readonly name: string
  readonly score: number
}

/** The score that `suggest` should ask for where nothing else is said. */
export const NEAR = 0.33

/** What names of tables and functions must reach: they may be secret, so only a typing error is answered. */
export const VERY_NEAR = 0.75

const GRAM_SIZES = [3, 2]
/** How many of the candidates that share most groups are compared by edit distance. */
const COMPARED = 50

interface Index {
  /** Group of letters → [number of the candidate, how often it has the group], flat. */
  readonly postings: Map<string, number[]>
  readonly magnitudes: number[]
}

/** Indexes `candidates` by size of group, each when it is first needed. */
export function createSuggester(candidates: Iterable<string>): Suggester {
  const byKey = new Map<string, string>()
  for (const candidate of candidates) {
    const key = candidate.toLowerCase()
    if (!byKey.has(key)) byKey.set(key, candidate)
  }
  const keys = [...byKey.keys()]
  const longest = keys.reduce((length, { length: other }) => Math.max(length, other), 0)
  const indexes = new Map<number, Index>()
  return {
    suggest(name, minimum) {
      const key = name.toLowerCase()
      const exact = byKey.get(key)
      if (exact !== undefined) return { name: exact, score: 1 }
      // So much longer that no candidate could be near: comparing them would only take time.
      if (key.length * minimum > longest) return null
      for (const size of GRAM_SIZES) {
        let index = indexes.get(size)
        if (index === undefined) {
          index = indexOf(keys, size)
          indexes.set(size, index)
        }
        const best = nearest(key, keys, sharedMost(grams(key, size), index))
        if (best !== null && best.score >= minimum) {
          return { name: byKey.get(best.name) ?? best.name, score: best.score }
        }
      }
      return null
    },
  }
}

function indexOf(keys: readonly string[], size: number): Index {
  const index: Index = { postings: new Map(), magnitudes: [] }
  keys.forEach((key, number) => {
    let sum = 0
    for (const [gram, count] of grams(key, size)) {
      sum += count * count
      const posting = index.postings.get(gram)
      if (posting === undefined) index.postings.set(gram, [number, count])
      else posting.push(number, count)
    }
    index.magnitudes.push(Math.sqrt(sum))
  })
  return index
}

/** Numbers of the candidates nearest by the cosine of their groups, best first. */
function sharedMost(wanted: ReadonlyMap<string, number>, { postings, magnitudes }: Index): number[] {
  const products = new Map<number, number>()
  for (const [gram, count] of wanted) {
    const posting = postings.get(gram) ?? []
    for (let at = 0; at + 1 < posting.length; at += 2) {
      const number = posting[at] ?? 0
      products.set(number, (products.get(number) ?? 0) + count * (posting[at + 1] ?? 0))
    }
  }
  return [...products]
    .map(([number, product]) => ({ number, cosine: product / (magnitudes[number] ?? 1) }))
    .sort((one, other) => other.cosine - one.cosine)
    .slice(0, COMPARED)
    .map(({ number }) => number)
}

function nearest(
  key: string,
  keys: readonly string[],
  numbers: readonly number[],
): { readonly name: string; readonly score: number } | null {
  let best: { readonly name: string; readonly score: number } | null = null
  for (const number of numbers) {
    const name = keys[number] ?? ''
    const score = similarity(key, name)
    if (best === null || score > best.score) best = { name, score }
  }
  return best
}

function grams(key: string, size: number): Map<string, number> {
  const text = [...`-${key.replaceAll(/[^\p{L}\p{N}\s,]/gu, '')}-`]
  const found = new Map<string, number>()
  for (let at = 0; at + size <= text.length; at += 1) {
    const gram = text.slice(at, at + size).join('')
    found.set(gram, (found.get(gram) ?? 0) + 1)
  }
  return found
}

/** 1 for equal texts, 0 for texts that share nothing: edit distance by the length of the longer one. */
function similarity(one: string, other: string): number {
  const [a, b] = [[...one], [...other]]
  const longest = Math.max(a.length, b.length)
  if (longest === 0) return 1
  let previous = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const substituted = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1)
      current.push(Math.min(substituted, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1))
    }
    previous = current
  }
  return 1 - (previous[b.length] ?? 0) / longest
}
