// A whole collection to and from a folder.
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { CollectionTree, TreeItem } from '#api-client/common/collection-tree.ts'
import { foldName, freeName } from '#api-client/common/files/file-name.ts'
import { readItem } from '#api-client/common/files/read-item.ts'
import type { FileItem } from '#api-client/common/files/file-item.ts'
import { writeItem } from '#api-client/common/files/write-item.ts'
import { exists, writeNew } from './disk.ts'
import { parentOf } from './order.ts'
import { ENVIRONMENTS, FOLDER_FILE, ROOT_FILES } from './scan.ts'
import type { CollectionState } from './state.ts'
import type { CollectionFolder } from './types.ts'

/** Files written at once. */
const PARALLEL = 16

/**
 * Writes a collection into a folder: its own file only where there is none (so that a tree can go into a folder of a collection), everything else under names
 * that are free. Nothing is written over. `onProgress` gets how many requests and folders are written.
 */
export async function writeTree(
  directory: string,
  tree: CollectionTree,
  onProgress: (written: number) => void = () => undefined,
): Promise<void> {
  await mkdir(directory, { recursive: true })
  const isPart = await isInCollection(directory)
  if (!isPart) await writeNew(join(directory, ROOT_FILES[0] ?? ''), writeItem(tree.collection, null))
  await writeAll(
    isPart ? null : join(directory, ENVIRONMENTS),
    tree.environments.map((item) => ({ name: item.name, item })),
  )
  let written = 0
  await writeItems(directory, tree.items, () => {
    written++
    onProgress(written)
  })
}

async function isInCollection(directory: string): Promise<boolean> {
  for (const name of [...ROOT_FILES, FOLDER_FILE]) if (await exists(join(directory, name))) return true
  return false
}

async function writeAll(
  directory: string | null,
  items: readonly { readonly name: string; readonly item: FileItem }[],
): Promise<void> {
  if (directory === null || items.length === 0) return
  await mkdir(directory, { recursive: true })
  const taken = new Set((await readdir(directory)).map(foldName))
  for (const { name, item } of items) {
    const file = freeName(name, '.yml', taken)
    taken.add(foldName(file))
    await writeNew(join(directory, file), writeItem(item, null))
  }
}

async function writeItems(
  directory: string,
  items: readonly TreeItem[],
  onWritten: () => void,
): Promise<void> {
  const taken = new Set((await readdir(directory)).map(foldName))
  const jobs = items.map((item, index) => {
    const name = item.type === 'folder' ? item.folder.name : item.request.name
    const file = freeName(name, item.type === 'folder' ? '' : '.yml', taken)
    taken.add(foldName(file))
    return { item, index, at: join(directory, file) }
  })
  let next = 0
  const worker = async (): Promise<void> => {
    for (let job = jobs[next++]; job !== undefined; job = jobs[next++]) {
      const { item, index, at } = job
      if (item.type === 'request') {
        const sequence = item.request.sequence ?? index + 1
        await writeNew(at, writeItem({ ...item.request, sequence }, null))
      } else {
        await mkdir(at)
        const sequence = item.folder.sequence ?? index + 1
        await writeNew(join(at, FOLDER_FILE), writeItem({ ...item.folder, sequence }, null))
        await writeItems(at, item.items, onWritten)
      }
      onWritten()
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, worker))
}

/** Everything that can be read, in order. */
export async function readTree(
  state: CollectionState,
  environments: CollectionFolder['environments'],
): Promise<CollectionTree> {
  const { item: collection } = await state.load('', 'collection')
  const children = new Map<string, TreeItem[]>([['', []]])
  for (const { path, kind, name } of state.items()) {
    const siblings = children.get(parentOf(path)) ?? []
    if (kind === 'folder') {
      const items: TreeItem[] = []
      children.set(path, items)
      const { item: folder } = await state.load(path, 'folder')
      siblings.push({ type: 'folder', folder, items })
    } else if (kind !== 'script') {
      const read = readItem((await state.readFile(path)).text, 'request', name)
      if (read.ok) siblings.push({ type: 'request', request: read.item })
    }
  }
  const found = await environments()
  return {
    collection,
    environments: found.map(({ revision: _, ...environment }) => environment),
    items: children.get('') ?? [],
  }
}
