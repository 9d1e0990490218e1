// How the host comes to folders that hold collections: with an index of summaries, and a trash, in its own data.
import { join } from 'node:path'
import type { CollectionTree } from '#api-client/common/collection-tree.ts'
import { openCollectionFolder } from '#api-client/node/collection/folder.ts'
import type { CollectionFolder, SummaryIndex } from '#api-client/node/collection/types.ts'
import { writeTree } from '#api-client/node/collection/tree.ts'
import type { CollectionId } from '#contract/requests/collection.ts'
import type { CollectionStore, IndexEntry } from '../cache/index.ts'

export type { CollectionFolder, CollectionItem } from '#api-client/node/collection/types.ts'

export interface FolderOpener {
  /** Opens a folder that holds a collection. Throws NOT_FOUND, and INVALID_INPUT for one that holds none. */
  open(directory: string, id: CollectionId): Promise<CollectionFolder>
  /** Writes a whole collection into an empty folder. */
  writeTree(directory: string, tree: CollectionTree, onProgress?: (written: number) => void): Promise<void>
}

export interface FolderOpenerDependencies {
  readonly store: CollectionStore
  /** Where removed items are kept: a folder for each collection. */
  readonly trashDirectory: string
  readonly now: () => Date
}

/** Makes it. */
export function createFolderOpener({ store, trashDirectory, now }: FolderOpenerDependencies): FolderOpener {
  return {
    open: (directory, id) =>
      openCollectionFolder({
        directory,
        trash: join(trashDirectory, id),
        index: indexOf(store, id),
        now: () => now().getTime(),
      }),
    writeTree,
  }
}

/** Read whole at once and written in batches: thousands of single statements would take longer than reading the files. */
function indexOf(store: CollectionStore, id: CollectionId): SummaryIndex {
  const known = new Map(store.wholeIndex(id).map((entry) => [entry.path, entry]))
  const waiting: IndexEntry[] = []
  return {
    get(path, mtimeMs, size) {
      const entry = known.get(path)
      return entry?.mtimeMs === mtimeMs && entry.size === size ? entry.summary : undefined
    },
    put(path, version, summary) {
      const entry = { path, ...version, summary }
      known.set(path, entry)
      waiting.push(entry)
      if (waiting.length === 1) setImmediate(() => store.writeIndex(id, waiting.splice(0)))
    },
  }
}
