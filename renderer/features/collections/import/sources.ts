// What is given to the import: pasted text, files and folders that were dropped or chosen, or a path of this machine.
import type { z } from 'zod'
import type { collections, ImportSource } from '#contract/capabilities/collections.ts'

export interface GivenSource {
  /** Its own among all that were given; another text is another source. */
  readonly key: string
  readonly name: string
  readonly source: ImportSource
}

export type Preview = z.infer<(typeof collections)['members']['previewImport']['output']>

/** What a folder is read for, as the host does. */
const READ_IN_FOLDERS = /\.(bru|json|ya?ml|har)$/i
const LEFT_OUT = new Set(['node_modules', '.git'])
const MOST_FILES = 50_000
const MOST_BYTES = 50_000_000

/** The sources of a drop: each file one, each folder one. Throws in words what is too large. */
export async function sourcesOfDrop(
  data: DataTransfer,
  newKey: () => string,
): Promise<readonly GivenSource[]> {
  // Entries have to be taken before the first await: the list is emptied after the event.
  const entries = [...data.items].flatMap((item) => {
    const entry = item.kind === 'file' ? item.webkitGetAsEntry() : null
    return entry === null ? [] : [entry]
  })
  if (entries.length === 0) return sourcesOfFiles([...data.files], newKey)
  return Promise.all(entries.map((entry) => sourceOfEntry(entry, newKey)))
}

/** Files that were chosen, each a source. */
export function sourcesOfFiles(
  files: readonly File[],
  newKey: () => string,
): Promise<readonly GivenSource[]> {
  return Promise.all(
    files.map(async (file) => ({
      key: newKey(),
      name: file.name,
      source: { text: await textOf(file), name: file.name },
    })),
  )
}

async function sourceOfEntry(entry: FileSystemEntry, newKey: () => string): Promise<GivenSource> {
  const { name } = entry
  if (isFile(entry)) return { key: newKey(), name, source: { text: await textOf(await fileOf(entry)), name } }
  const files: { path: string; text: string }[] = []
  let bytes = 0
  const walk = async (directory: FileSystemEntry, path: string): Promise<void> => {
    if (!isDirectory(directory)) return
    for (const child of await childrenOf(directory)) {
      const at = path === '' ? child.name : `${path}/${child.name}`
      if (!isFile(child)) {
        if (!LEFT_OUT.has(child.name)) await walk(child, at)
      } else if (READ_IN_FOLDERS.test(child.name)) {
        const text = await textOf(await fileOf(child))
        bytes += text.length
        if (bytes > MOST_BYTES || files.length >= MOST_FILES) throw tooLarge(name)
        files.push({ path: at, text })
      }
    }
  }
  await walk(entry, '')
  return { key: newKey(), name, source: { files, name } }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile
}
function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject))
}

/** A reader gives a part at a time, and nothing at the end. */
async function childrenOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader()
  const all: FileSystemEntry[] = []
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (some.length === 0) return all.sort((a, b) => (a.name < b.name ? -1 : 1))
    all.push(...some)
  }
}

async function textOf(file: File): Promise<string> {
  if (file.size > MOST_BYTES) throw tooLarge(file.name)
  const text = await file.text()
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}

function tooLarge(name: string): Error {
  return new Error(`${name} is larger than can be dropped here (50 MB). Give its path instead.`)
}
