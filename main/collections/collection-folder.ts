// What the host needs of a folder that holds a collection: the operations of the contract on one folder.
import type { CollectionTree } from '#api-client/common/collection-tree.ts'
import type { SearchHit } from '#contract/capabilities/collections.ts'
import type {
  Collection,
  Environment,
  Folder,
  ItemPath,
  ItemSummary,
  RequestDefaults,
  Revision,
} from '#contract/requests/collection.ts'
import type { ApiRequest } from '#contract/requests/request.ts'

export type CollectionItem = ApiRequest | Folder | Collection

export interface Written {
  readonly path: ItemPath
  readonly revision: Revision
}

export interface CollectionFolder {
  readonly directory: string
  items(): readonly ItemSummary[]
  read(path: ItemPath): Promise<{
    readonly item: CollectionItem
    readonly revision: Revision
    readonly inherited: readonly { path: ItemPath; name: string; defaults: RequestDefaults }[]
  }>
  write(path: ItemPath, item: CollectionItem, revision: Revision | null): Promise<Written>
  createRequest(folder: ItemPath, request: ApiRequest): Promise<Written>
  createFolder(folder: ItemPath, name: string): Promise<Written>
  move(
    path: ItemPath,
    to: { readonly folder: ItemPath; readonly name?: string | undefined; readonly before: ItemPath | null },
  ): Promise<Written>
  duplicate(path: ItemPath): Promise<Written>
  remove(path: ItemPath): Promise<{ undo: string }>
  restore(undo: string): Promise<{ path: ItemPath }>
  search(text: string, limit: number): readonly Omit<SearchHit, 'collectionId'>[]
  environments(): Promise<(Environment & { revision: Revision })[]>
  saveEnvironment(
    environment: Environment,
    options: { readonly oldName: string | null; readonly revision: Revision | null },
  ): Promise<{ revision: Revision }>
  removeEnvironment(name: string): Promise<void>
  readTree(): Promise<CollectionTree>
  onChange(
    listener: (change: { readonly paths: readonly ItemPath[] | null; readonly isOutside: boolean }) => void,
  ): () => void
  close(): Promise<void>
}

export interface FolderOpener {
  /** Opens a folder that holds a collection. Throws NOT_FOUND, and INVALID_INPUT for one that holds none. */
  open(directory: string, id: string): Promise<CollectionFolder>
  /** Writes a whole collection into an empty folder, or below a folder of one that is there. */
  writeTree(directory: string, tree: CollectionTree, onProgress?: (written: number) => void): Promise<void>
}
