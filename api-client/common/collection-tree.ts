// A whole collection in memory: what importers give, exporters and generators take, and what is written as a folder.
import type { Collection, Environment, Folder } from '#contract/requests/collection.ts'
import type { ApiRequest } from '#contract/requests/request.ts'

export interface CollectionTree {
  readonly collection: Collection
  readonly environments: readonly Environment[]
  /** In order. */
  readonly items: readonly TreeItem[]
}

export type TreeItem = TreeFolder | TreeRequest

export interface TreeFolder {
  readonly type: 'folder'
  readonly folder: Folder
  readonly items: readonly TreeItem[]
}

export interface TreeRequest {
  readonly type: 'request'
  readonly request: ApiRequest
}

/** All requests with the folders above each, from the outermost, in order. */
export function* requestsOf(
  items: readonly TreeItem[],
  above: readonly Folder[] = [],
): Generator<{ readonly request: ApiRequest; readonly folders: readonly Folder[] }> {
  for (const item of items)
    if (item.type === 'request') yield { request: item.request, folders: above }
    else yield* requestsOf(item.items, [...above, item.folder])
}
