// A folder that holds a collection: what can be done with it.
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

export interface ReadItem {
  readonly item: CollectionItem
  readonly revision: Revision
  /** From the collection down to the parent folder. */
  readonly inherited: readonly {
    readonly path: ItemPath
    readonly name: string
    readonly defaults: RequestDefaults
  }[]
}

export interface FolderChange {
  /** Null when there are too many to name. */
  readonly paths: readonly ItemPath[] | null
  readonly isOutside: boolean
}

/** Summaries of an earlier opening, by path, modification time (ms) and size (bytes). JSON. */
export interface SummaryIndex {
  get(path: string, mtimeMs: number, size: number): string | undefined
  put(path: string, version: { readonly mtimeMs: number; readonly size: number }, summary: string): void
}

export interface CollectionFolderOptions {
  /** Absolute. */
  readonly directory: string
  /** Where removed items are kept until they are restored, for 30 days. Outside of the collection. */
  readonly trash: string
  readonly index?: SummaryIndex | undefined
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined
  readonly newId?: (() => string) | undefined
  /** Whether outside changes are looked for; true when not given. */
  readonly isWatched?: boolean | undefined
}

/**
 * Paths are those of the contract: `Rentals/Open rentals.yml`, a folder's without ending, empty for the collection. All operations throw AppErrors: NOT_FOUND,
 * CONFLICT (the file is not what `revision` says: `details` has its text and revision), INVALID_INPUT (a file that cannot be read, a path that leaves the folder),
 * FORBIDDEN (the file system refuses).
 */
export interface CollectionFolder {
  readonly directory: string
  /** In the order of the tree: a folder, what is in it, its next sibling. */
  items(): readonly ItemSummary[]
  read(path: ItemPath): Promise<ReadItem>
  write(path: ItemPath, item: CollectionItem, revision: Revision | null): Promise<Written>
  createRequest(folder: ItemPath, request: ApiRequest): Promise<Written>
  createFolder(folder: ItemPath, name: string): Promise<Written>
  move(
    path: ItemPath,
    to: {
      readonly folder: ItemPath
      readonly name?: string | undefined
      /** Left out, it keeps its place in its folder. */
      readonly before?: ItemPath | null | undefined
    },
  ): Promise<Written>
  duplicate(path: ItemPath): Promise<Written>
  remove(path: ItemPath): Promise<{ undo: string }>
  restore(undo: string): Promise<{ path: ItemPath }>
  /** Best first; all words must be in a file. Complete once `searchable` has resolved. */
  search(text: string, limit: number): readonly Omit<SearchHit, 'collectionId'>[]
  /** Resolves when all texts are in memory: at once unless summaries came from an index. */
  searchable(): Promise<void>
  environments(): Promise<(Environment & { revision: Revision })[]>
  saveEnvironment(
    environment: Environment,
    options: { readonly oldName: string | null; readonly revision: Revision | null },
  ): Promise<{ revision: Revision }>
  removeEnvironment(name: string): Promise<void>
  readTree(): Promise<CollectionTree>
  /** Looks for outside changes now. For tests and for file systems that do not tell. */
  refresh(): Promise<void>
  /** Runs `operation` while nothing else is read from or written to the folder through this. For who changes its files by themselves. */
  exclusively<T>(operation: () => Promise<T>): Promise<T>
  onChange(listener: (change: FolderChange) => void): () => void
  close(): Promise<void>
}
