// What an open collection knows: its entries, who listens, and that only one writes at a time.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type FileKind, type ItemOfKind, readItem } from '#api-client/common/files/read-item.ts'
import { nameOfPath } from '#api-client/common/files/summarise.ts'
import { writeItem } from '#api-client/common/files/write-item.ts'
import { foldName } from '#api-client/common/files/file-name.ts'
import { newFolder } from '#api-client/common/new-request.ts'
import { AppError } from '#contract/errors.ts'
import type { ItemSummary } from '#contract/requests/collection.ts'
import { type FileText, locate, namesOf, readText, revisionOf, writeNew, writeOver } from './disk.ts'
import { compareSiblings, inTreeOrder, parentOf } from './order.ts'
import { type Entries, entryOf, FOLDER_FILE, ROOT_FILES, scan, statOf } from './scan.ts'
import type { CollectionItem, FolderChange } from './types.ts'

/** More than this changed at once: all of it is looked at anew. */
const MOST_PATHS = 200

export interface CollectionState {
  readonly directory: string
  readonly entries: Entries
  items(): readonly ItemSummary[]
  /** Those in a folder, in order. */
  siblings(folder: string): ItemSummary[]
  /** Runs operations one after the other. */
  exclusively<T>(operation: () => Promise<T>): Promise<T>
  /** Names in a folder that are taken, folded. Throws NOT_FOUND where it is no folder. */
  takenNames(folder: string): Promise<Set<string>>
  /** The path of an item's file, relative: `folder.yml` in a folder. Throws NOT_FOUND. */
  fileOf(path: string): string
  kindOf(path: string): FileKind
  readFile(path: string): Promise<FileText>
  /** Reads and parses; unchanged texts are parsed once. Throws INVALID_INPUT with the problem. */
  load<K extends FileKind>(path: string, kind: K): Promise<{ item: ItemOfKind[K]; revision: string }>
  loadItem(path: string): Promise<{ item: CollectionItem; revision: string }>
  /** Writes the file of an item, and knows it. `isNew` where it must not be there. */
  store(path: string, text: string, isNew: boolean): Promise<string>
  /** Gives siblings other places. */
  reorder(others: ReadonlyMap<string, number>): Promise<void>
  /** Reads what is below a path anew. */
  rescan(below: string): Promise<string[]>
  /** Looks for all changes, and tells of them. */
  refresh(): Promise<void>
  announce(paths: readonly string[], isOutside: boolean): void
  listen(listener: (change: FolderChange) => void): () => void
}

/** The state over entries that were scanned. */
export function createState(directory: string, rootFile: string, entries: Entries): CollectionState {
  const listeners = new Set<(change: FolderChange) => void>()
  const parsed = new Map<string, { revision: string; item: unknown; kind: FileKind }>()
  let ordered: readonly ItemSummary[] | null = null
  let queue: Promise<unknown> = Promise.resolve()

  const fileOf = (path: string): string => {
    if (path === '') return rootFile
    namesOf(path)
    const entry = entries.get(path)
    if (entry === undefined) throw new AppError('NOT_FOUND', `${path} is not in the collection.`)
    return entry.summary.kind === 'folder' ? `${path}/${FOLDER_FILE}` : path
  }
  const kindOf = (path: string): FileKind =>
    path === '' ? 'collection' : entries.get(path)?.summary.kind === 'folder' ? 'folder' : 'request'
  const readFileOf = async (path: string): Promise<FileText> => {
    const found = await readText(await locate(directory, fileOf(path)))
    if (found !== null) return found
    if (kindOf(path) === 'folder') return { text: '', revision: revisionOf('') }
    throw new AppError('NOT_FOUND', `${path === '' ? rootFile : path} is not there any more.`)
  }

  async function load<K extends FileKind>(path: string, kind: K) {
    const { text, revision } = await readFileOf(path)
    const known = parsed.get(path)
    if (known?.revision === revision && isOfKind(known.item, known.kind, kind))
      return { item: known.item, revision }
    const name = path === '' ? 'Collection' : nameOfPath(path)
    const read = readItem(text, kind, name)
    if (!read.ok)
      throw new AppError('INVALID_INPUT', `${fileOf(path)}: ${read.problem}`, {
        hint: 'Mend the file in a text editor: it is not written over.',
        details: { path, text: text.slice(0, 100_000) },
      })
    if (kind !== 'request') parsed.set(path, { revision, item: read.item, kind })
    return { item: read.item, revision }
  }

  async function refreshEntry(path: string): Promise<void> {
    if (path === '') return
    const file = join(directory, fileOf(path))
    const version = await statOf(file)
    if (version !== null) entries.set(path, entryOf(path, await readFile(file), version))
    ordered = null
  }

  async function rescan(below: string): Promise<string[]> {
    const now = await scan(directory, { below, before: entries })
    const changed: string[] = []
    for (const path of entries.keys())
      if ((below === '' || path.startsWith(`${below}/`)) && !now.has(path)) {
        entries.delete(path)
        changed.push(path)
      }
    for (const [path, entry] of now) {
      const was = entries.get(path)
      if (was === entry) continue
      entries.set(path, entry)
      const isSame =
        was !== undefined &&
        was.revision === entry.revision &&
        JSON.stringify(was.summary) === JSON.stringify(entry.summary)
      if (!isSame) changed.push(path)
    }
    ordered = null
    return changed
  }

  const state: CollectionState = {
    directory,
    entries,
    items: () => (ordered ??= inTreeOrder([...entries.values()].map((entry) => entry.summary))),
    siblings: (folder) =>
      [...entries.values()]
        .map((entry) => entry.summary)
        .filter((one) => parentOf(one.path) === folder)
        .sort(compareSiblings),
    exclusively(operation) {
      const result = queue.then(operation)
      queue = result.catch(() => undefined)
      return result
    },
    async takenNames(folder) {
      if (folder !== '' && kindOf(folder) !== 'folder')
        throw new AppError('NOT_FOUND', `There is no folder ${folder} in the collection.`)
      await locate(directory, folder)
      const names = await readdir(join(directory, folder)).catch(() => [])
      return new Set(names.map(foldName))
    },
    fileOf,
    kindOf,
    readFile: readFileOf,
    load,
    async loadItem(path) {
      const kind = kindOf(path)
      if (kind === 'collection') return load(path, 'collection')
      return kind === 'folder' ? load(path, 'folder') : load(path, 'request')
    },
    async store(path, text, isNew) {
      const file = await locate(directory, isNew ? path : fileOf(path))
      if (isNew) await writeNew(file, text)
      else await writeOver(file, text)
      if (isNew) entries.set(path, entryOf(path, Buffer.from(text), await statOf(file)))
      await refreshEntry(path)
      return revisionOf(text)
    },
    async reorder(others) {
      for (const [path, sequence] of others) {
        const { text } = await readFileOf(path)
        if (kindOf(path) === 'folder') {
          const item = text === '' ? newFolder(nameOfPath(path)) : (await load(path, 'folder')).item
          await state.store(path, writeItem({ ...item, sequence }, text), false)
        } else {
          // A file that cannot be read keeps its place: it is not written over.
          const read = readItem(text, 'request', nameOfPath(path))
          if (read.ok) await state.store(path, writeItem({ ...read.item, sequence }, text), false)
        }
      }
    },
    rescan,
    async refresh() {
      const changed = await state.exclusively(() => rescan(''))
      if (changed.length > 0) state.announce(changed, true)
    },
    announce(paths, isOutside) {
      const change = { paths: paths.length > MOST_PATHS ? null : [...paths], isOutside }
      for (const listener of listeners) listener(change)
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return state
}

function isOfKind<K extends FileKind>(item: unknown, was: FileKind, kind: K): item is ItemOfKind[K] {
  return was === kind && item !== undefined
}

/** The file of the collection itself. Throws INVALID_INPUT where the folder holds none. */
export async function findRootFile(directory: string): Promise<string> {
  for (const name of ROOT_FILES) if ((await statOf(join(directory, name))) !== null) return name
  throw new AppError('INVALID_INPUT', `There is no ${ROOT_FILES[0] ?? ''} in ${directory}.`, {
    hint: 'Open the folder that holds it, or make a new collection. Collections of Postman, Insomnia or .bru files are imported.',
  })
}
