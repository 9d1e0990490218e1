// How well a title answers what was typed: exact, then exact prefix, then word starts, then inside a word; lately used first among equals.

export interface Rank {
  /** Smaller is better. */
  readonly tier: number
  /** Half-open ranges of the title that matched. */
  readonly matches: readonly (readonly [number, number])[]
}

const SEPARATOR = /[\s_\-.:/]/

/** Letters as they are compared: small, every separator a space. Same length as the text, so that offsets hold. */
function fold(text: string): string {
  return Array.from(text, (letter) => {
    if (SEPARATOR.test(letter)) return ' '.repeat(letter.length)
    const small = letter.toLowerCase()
    return small.length === letter.length ? small : letter
  }).join('')
}

/** Ranks one title, or undefined when it does not match. `keywords` find it too, at the end of the list. */
export function rankTitle(query: string, title: string, keywords: readonly string[] = []): Rank | undefined {
  const wanted = fold(query.trim()).replace(/ +/g, ' ')
  if (wanted === '') return { tier: 0, matches: [] }
  const text = fold(title)
  if (text === wanted) return { tier: 0, matches: [[0, title.length]] }
  if (text.startsWith(wanted)) return { tier: 1, matches: [[0, wanted.length]] }
  const atWord = text.indexOf(` ${wanted}`)
  if (atWord >= 0) return { tier: 2, matches: [[atWord + 1, atWord + 1 + wanted.length]] }
  const byWords = wordStarts(wanted.split(' '), text)
  if (byWords !== undefined) return { tier: 3, matches: byWords }
  const inside = text.indexOf(wanted)
  if (inside >= 0) return { tier: 4, matches: [[inside, inside + wanted.length]] }
  if (keywords.some((keyword) => fold(keyword).includes(wanted))) return { tier: 5, matches: [] }
  return undefined
}

/** Each typed word begins a word of the text, in any order. */
function wordStarts(words: readonly string[], text: string): (readonly [number, number])[] | undefined {
  const found: (readonly [number, number])[] = []
  for (const word of words) {
    const at = text.startsWith(word) ? 0 : text.indexOf(` ${word}`) + 1
    if (at === 0 && !text.startsWith(word)) return undefined
    if (!found.some(([start]) => start === at)) found.push([at, at + word.length])
  }
  return found.sort(([a], [b]) => a - b)
}

export interface Ranked<T> {
  readonly item: T
  readonly rank: Rank
}

export interface Rankable {
  readonly id: string
  readonly title: string
  readonly keywords?: readonly string[]
}

/** The items that match, best first. `recent` holds ids used in the last 14 days, the latest first. */
export function rankItems<T extends Rankable>(
  query: string,
  items: readonly T[],
  recent: readonly string[],
): readonly Ranked<T>[] {
  const age = (id: string): number => {
    const index = recent.indexOf(id)
    return index < 0 ? recent.length : index
  }
  return items
    .map((item) => ({ item, rank: rankTitle(query, item.title, item.keywords) }))
    .filter((ranked): ranked is Ranked<T> => ranked.rank !== undefined)
    .sort(
      (a, b) =>
        a.rank.tier - b.rank.tier ||
        age(a.item.id) - age(b.item.id) ||
        (query.trim() === '' ? 0 : a.item.title.length - b.item.title.length),
    )
}

const RECENT_DAYS = 14
const RECENT_MAX_CHARS = 1000
const DAY_MS = 86_400_000

/** Reads the remembered uses ("id@day" separated by newlines), the latest first, without those older than 14 days. */
export function readRecent(kept: string, now: Date): readonly string[] {
  const today = Math.floor(now.getTime() / DAY_MS)
  return kept.split('\n').flatMap((line) => {
    const at = line.lastIndexOf('@')
    const day = Number(line.slice(at + 1))
    return at > 0 && today - day <= RECENT_DAYS ? [line.slice(0, at)] : []
  })
}

/** Remembers one more use; what no longer fits in 1000 characters is forgotten. */
export function addRecent(kept: string, id: string, now: Date): string {
  const today = Math.floor(now.getTime() / DAY_MS)
  const others = kept.split('\n').filter((line) => line !== '' && !line.startsWith(`${id}@`))
  const lines = [`${id}@${today}`, ...others]
  while (lines.join('\n').length > RECENT_MAX_CHARS) lines.pop()
  return lines.join('\n')
}
