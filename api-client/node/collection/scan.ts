// Reads a collection's folder: which items there are, their summaries, and their texts for searching.
import type { Stats } from 'node:fs'
import { type Dirent, readFile as readFileWith, stat as statWith } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { brokenItem, nameOfPath, summarise } from '#api-client/common/files/summarise.ts'
import { ItemSummary } from '#contract/requests/collection.ts'
import { decode, hasCode, revisionOf } from './disk.ts'
import type { SummaryIndex } from './types.ts'

/** Files read at once. */
const PARALLEL = 64
const DEEPEST = 60
const MOST_ITEMS = 200_000

export interface Entry {
  readonly summary: ItemSummary
  /** Of the file; of `folder.yml` for a folder, and null for a folder without one. */
  readonly version: { readonly mtimeMs: number; readonly size: number } | null
  readonly revision: string | null
  /** Null while it is not in memory. */
  readonly searched: SearchedText | null
}

/** What is searched, in small letters. */
export interface SearchedText {
  readonly name: string
  readonly url: string
  readonly small: string
  /** As written; null for a long one, which is read again when it is shown. */
  readonly content: string | null
}

const MOST_KEPT = 20_000

export type Entries = Map<string, Entry>

export const ROOT_FILES = ['opencollection.yml', 'opencollection.yaml']
export const FOLDER_FILE = 'folder.yml'
export const ENVIRONMENTS = 'environments'
const SKIPPED = new Set(['node_modules', '__snapshots__'])
const Summary = z.string().transform((text, context) => {
  const parsed = ItemSummary.safeParse(JSON.parse(text))
  if (parsed.success) return parsed.data
  context.addIssue('No summary.')
  return z.NEVER
})

interface Found {
  readonly path: string
  readonly file: string
  readonly isFolder: boolean
}

/** All entries below a folder (`''` for the collection). What did not change since `before` is not read again. */
export async function scan(
  directory: string,
  { below = '', before, index }: { below?: string; before?: Entries; index?: SummaryIndex | undefined } = {},
): Promise<Entries> {
  const found: Found[] = []
  await list(directory, below, found)
  const entries: Entries = new Map()
  let next = 0
  const worker = async (): Promise<void> => {
    for (let one = found[next++]; one !== undefined; one = found[next++]) {
      const entry = await readEntry(one, before?.get(one.path), index)
      if (entry !== null) entries.set(one.path, entry)
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, worker))
  return entries
}

async function list(directory: string, path: string, found: Found[]): Promise<void> {
  const names: Dirent[] = await readdir(join(directory, path), { withFileTypes: true }).catch(
    (error: unknown) => {
      if (path !== '' && hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM')) return []
      throw error
    },
  )
  const folders: string[] = []
  for (const entry of names) {
    const { name } = entry
    if (name.startsWith('.') || SKIPPED.has(name) || found.length >= MOST_ITEMS) continue
    const at = path === '' ? name : `${path}/${name}`
    if (entry.isDirectory()) {
      if (path === '' && name === ENVIRONMENTS) continue
      found.push({ path: at, file: join(directory, at, FOLDER_FILE), isFolder: true })
      folders.push(at)
    } else if (entry.isFile() && isItemFile(name, path === ''))
      found.push({ path: at, file: join(directory, at), isFolder: false })
  }
  if (path.split('/').length < DEEPEST)
    for (let start = 0; start < folders.length; start += 16)
      await Promise.all(folders.slice(start, start + 16).map((one) => list(directory, one, found)))
}

/** Whether a file is a request, by its name. */
function isItemFile(name: string, isAtRoot: boolean): boolean {
  if (!/\.ya?ml$/i.test(name) || name.startsWith('.')) return false
  return isAtRoot ? !ROOT_FILES.includes(name) && name !== FOLDER_FILE : name !== FOLDER_FILE
}

async function readEntry(
  { path, file, isFolder }: Found,
  before: Entry | undefined,
  index: SummaryIndex | undefined,
): Promise<Entry | null> {
  const version = before !== undefined || index !== undefined ? await statOf(file) : undefined
  if (version && before?.version && isSameVersion(before.version, version)) return before
  const known = version && index?.get(path, version.mtimeMs, version.size)
  if (version && known !== undefined) {
    const parsed = Summary.safeParse(known)
    if (parsed.success) return { summary: parsed.data, version, revision: null, searched: null }
  }
  try {
    // The version is taken before the text: a change between them is seen as one.
    const seen = version ?? (await statOf(file))
    if (seen === null) return isFolder ? plainFolder(path) : null
    const entry = entryOf(path, await read(file), seen)
    index?.put(path, seen, JSON.stringify(entry.summary))
    return entry
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return isFolder ? plainFolder(path) : null
    const summary = brokenItem(path, 'The file system does not let it be read.')
    return { summary, version: null, revision: null, searched: searchedOf(summary, '') }
  }
}

/** The entry of a file with these bytes. */
export function entryOf(path: string, bytes: Buffer, version: Entry['version']): Entry {
  const content = decode(bytes)
  const isText = content !== null
  const summary = isText ? summarise(content, path) : brokenItem(path, 'The file is no UTF-8 text.')
  const revision = isText ? revisionOf(content) : null
  return { summary, version, revision, searched: searchedOf(summary, content ?? '') }
}

function searchedOf({ name, url }: ItemSummary, content: string): SearchedText {
  return {
    name: name.toLowerCase(),
    url: url.toLowerCase(),
    small: content.toLowerCase(),
    content: content.length <= MOST_KEPT ? content : null,
  }
}

function plainFolder(path: string): Entry {
  const summary: ItemSummary = {
    ...brokenItem(path, ''),
    kind: 'folder',
    name: nameOfPath(path),
    problem: null,
  }
  return { summary, version: null, revision: null, searched: searchedOf(summary, '') }
}

function isSameVersion(
  one: { mtimeMs: number; size: number },
  other: { mtimeMs: number; size: number },
): boolean {
  return one.mtimeMs === other.mtimeMs && one.size === other.size
}

/** With callbacks: promises of node:fs cost as much again as the reading. */
function read(file: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    readFileWith(file, (error, bytes) => {
      if (error) reject(error)
      else resolve(bytes)
    })
  })
}

export function statOf(file: string): Promise<{ mtimeMs: number; size: number } | null> {
  return new Promise((resolve) => {
    statWith(file, (error: Error | null, stats: Stats) => {
      resolve(error ? null : { mtimeMs: stats.mtimeMs, size: stats.size })
    })
  })
}

/** Puts the texts of entries that came from an index into memory. */
export async function loadTexts(directory: string, entries: Entries): Promise<void> {
  const waiting = [...entries].filter(([, entry]) => entry.searched === null)
  let next = 0
  const worker = async (): Promise<void> => {
    for (let one = waiting[next++]; one !== undefined; one = waiting[next++]) {
      const [path, entry] = one
      const file = entry.summary.kind === 'folder' ? join(path, FOLDER_FILE) : path
      const text = await read(join(directory, file)).then(decode, () => '')
      if (entries.get(path) === entry)
        entries.set(path, { ...entry, searched: searchedOf(entry.summary, text ?? '') })
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, worker))
}
