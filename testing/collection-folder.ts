// A temporary folder with a collection, for tests; and requests of any shape.
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CollectionTree } from '#api-client/common/collection-tree.ts'
import { newCollection } from '#api-client/common/new-request.ts'
import { type CollectionFolder, type CollectionFolderOptions } from '#api-client/node/collection/types.ts'
import { openCollectionFolder } from '#api-client/node/collection/folder.ts'
import { writeTree } from '#api-client/node/collection/tree.ts'

export interface TemporaryCollection {
  readonly directory: string
  readonly trash: string
  open(options?: Partial<CollectionFolderOptions>): Promise<CollectionFolder>
  remove(): Promise<void>
}

/** Writes a tree into a new folder. */
export async function temporaryCollection(tree: Partial<CollectionTree> = {}): Promise<TemporaryCollection> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'nebuladb-collection-')))
  const directory = join(root, 'collection')
  const trash = join(root, 'trash')
  await writeTree(directory, { collection: newCollection('Shop'), environments: [], items: [], ...tree })
  const opened: CollectionFolder[] = []
  return {
    directory,
    trash,
    async open(options = {}) {
      const folder = await openCollectionFolder({ directory, trash, ...options })
      opened.push(folder)
      return folder
    },
    async remove() {
      await Promise.all(opened.map((folder) => folder.close()))
      await rm(root, { recursive: true, force: true })
    },
  }
}
