// Searches the texts of a collection's files, which are in memory in small letters.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SearchHit } from '#contract/capabilities/collections.ts'
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

/** Items whose file has all words, best first: by name, by URL, then the others in the order of `paths`. */
export function search(
  directory: string,
  entries: Entries,
  { text, limit }: { readonly text: string; readonly limit: number },
): Hit[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const [first] = words
  if (first === undefined) return []
  const ranked: [Entry, number][] = []
  for (const entry of entries.values()) {
    const rank = rankOf(entry, words)
    if (rank !== null) ranked.push([entry, rank])
  }
  ranked.sort((a, b) => a[1] - b[1] || (a[0].summary.path < b[0].summary.path ? -1 : 1))
  return ranked.slice(0, limit).map(([entry, rank]) => hitOf(directory, entry, { rank, word: first }))
}

const NAME_IS = 0
const NAME_BEGINS = 1
const NAME_HAS = 2
const URL_HAS = 3
const FILE_HAS = 4

function rankOf({ summary, text }: Entry, words: readonly string[]): number | null {
  const name = summary.name.toLowerCase()
  const hasAll = (where: string): boolean => words.every((word) => where.includes(word))
  const isInFile = text !== null && hasAll(text)
  if (!isInFile && !hasAll(`${name}\n${summary.url.toLowerCase()}`)) return null
  if (hasAll(name)) {
    const whole = words.join(' ')
    return name === whole ? NAME_IS : name.startsWith(whole) ? NAME_BEGINS : NAME_HAS
  }
  return hasAll(summary.url.toLowerCase()) ? URL_HAS : FILE_HAS
}

function hitOf(
  directory: string,
  { summary }: Entry,
  { rank, word }: { readonly rank: number; readonly word: string },
): Hit {
  const hit = { path: summary.path, name: summary.name, method: summary.method }
  if (rank <= NAME_HAS) return { ...hit, place: 'name', excerpt: excerpt(summary.name, word) }
  if (rank === URL_HAS) return { ...hit, place: 'url', excerpt: excerpt(summary.url, word) }
  const file = summary.kind === 'folder' ? join(summary.path, FOLDER_FILE) : summary.path
  const content = contentOf(join(directory, file))
  const at = content.toLowerCase().indexOf(word)
  const line = content.slice(content.lastIndexOf('\n', at) + 1)
  const end = line.indexOf('\n')
  return {
    ...hit,
    place: placeOf(content, Math.max(0, at)),
    excerpt: excerpt(end < 0 ? line : line.slice(0, end), word),
  }
}

/** Hits are few, and each must show its letters as they were written. */
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
