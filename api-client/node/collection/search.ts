// Searches the texts of a collection's files, which are in memory in small letters.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SearchHit } from '#contract/capabilities/collections.ts'
import type { ItemSummary } from '#contract/requests/collection.ts'
import { type Entries, type Entry, FOLDER_FILE } from './scan.ts'

export type Hit = Omit<SearchHit, 'collectionId'>

const AROUND = 60
/** What a line of a file belongs to, by the nearest key to its left. */
const PLACES: Readonly<Record<string, string>> = {
  info: 'name',
  name: 'name',
  tags: 'tags',
  url: 'url',
  headers: 'headers',
  params: 'params',
  body: 'body',
  message: 'body',
  auth: 'auth',
  variables: 'variables',
  scripts: 'scripts',
  assertions: 'assertions',
  examples: 'examples',
  docs: 'docs',
}

const NAME_IS = 0
const NAME_BEGINS = 1
const NAME_HAS = 2
const URL_HAS = 3
const FILE_HAS = 4

/** Items whose file has all words, best first: by name, by URL, then by anything else; in the order of the tree. */
export function search(
  directory: string,
  items: readonly ItemSummary[],
  { entries, text, limit }: { readonly entries: Entries; readonly text: string; readonly limit: number },
): Hit[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const [first] = words
  if (first === undefined) return []
  const whole = words.join(' ')
  const ranks: Entry[][] = [[], [], [], [], []]
  for (const { path } of items) {
    const entry = entries.get(path)
    if (entry === undefined) continue
    const rank = rankOf(entry, words, whole)
    const list = rank === null ? undefined : ranks[rank]
    if (list !== undefined && list.length < limit) list.push(entry)
  }
  return ranks
    .flatMap((list, rank) => list.map((entry) => ({ entry, rank })))
    .slice(0, limit)
    .map(({ entry, rank }) => hitOf(directory, entry, { rank, word: first }))
}

function rankOf({ summary, searched }: Entry, words: readonly string[], whole: string): number | null {
  const name = searched?.name ?? summary.name.toLowerCase()
  const url = searched?.url ?? summary.url.toLowerCase()
  const hasAll = (where: string): boolean => words.every((word) => where.includes(word))
  if (hasAll(name)) return name === whole ? NAME_IS : name.startsWith(whole) ? NAME_BEGINS : NAME_HAS
  if (hasAll(url)) return URL_HAS
  const isInFile = words.every(
    (word) => searched?.small.includes(word) === true || name.includes(word) || url.includes(word),
  )
  return isInFile ? FILE_HAS : null
}

function hitOf(
  directory: string,
  { summary, searched }: Entry,
  { rank, word }: { readonly rank: number; readonly word: string },
): Hit {
  const hit = { path: summary.path, name: summary.name, method: summary.method }
  if (rank <= NAME_HAS) return { ...hit, place: 'name', excerpt: excerpt(summary.name, word) }
  if (rank === URL_HAS) return { ...hit, place: 'url', excerpt: excerpt(summary.url, word) }
  const file = summary.kind === 'folder' ? join(summary.path, FOLDER_FILE) : summary.path
  const content = searched?.content ?? contentOf(join(directory, file))
  const at = Math.max(0, content.toLowerCase().indexOf(word))
  const line = content.slice(content.lastIndexOf('\n', at) + 1)
  const end = line.indexOf('\n')
  return { ...hit, place: placeOf(content, at), excerpt: excerpt(end < 0 ? line : line.slice(0, end), word) }
}

/** Long files are not kept as they were written. */
function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function placeOf(content: string, at: number): string {
  const lines = content
    .slice(0, content.indexOf('\n', at) < 0 ? undefined : content.indexOf('\n', at))
    .split('\n')
  let indent = Number.POSITIVE_INFINITY
  for (const line of lines.reverse()) {
    const match = /^( *)(?:- )?([A-Za-z]+):/.exec(line)
    if (match === null || line.search(/\S/) >= indent) continue
    indent = line.search(/\S/)
    const place = indent <= 2 ? PLACES[match[2] ?? ''] : undefined
    if (place !== undefined) return place
  }
  return 'file'
}

function excerpt(text: string, word: string): string {
  const at = Math.max(0, text.toLowerCase().indexOf(word))
  const start = Math.max(0, at - AROUND)
  const end = Math.min(text.length, at + word.length + AROUND)
  return `${start > 0 ? '…' : ''}${text.slice(start, end).trim()}${end < text.length ? '…' : ''}`
}
