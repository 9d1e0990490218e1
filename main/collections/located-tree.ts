// A whole collection in memory that knows where each request came from.
import type { CollectionTree, TreeItem } from '#api-client/common/collection-tree.ts'
import { Collection, type ItemPath, type ItemSummary } from '#contract/requests/collection.ts'
import type { ApiRequest } from '#contract/requests/request.ts'
import type { CollectionFolder } from './collection-folder.ts'

export interface LocatedTree {
  readonly tree: CollectionTree
  /** Null for a request that is not of this tree. */
  readonly pathOf: (request: ApiRequest) => ItemPath | null
}

/** Reads it. Files that cannot be read are left out. */
export async function readLocatedTree(folder: CollectionFolder): Promise<LocatedTree> {
  const paths = new Map<ApiRequest, ItemPath>()
  const children = new Map<ItemPath, ItemSummary[]>()
  for (const item of folder.items()) {
    const parent = item.path.includes('/') ? item.path.slice(0, item.path.lastIndexOf('/')) : ''
    const siblings = children.get(parent) ?? []
    siblings.push(item)
    children.set(parent, siblings)
  }
  async function itemsIn(path: ItemPath): Promise<TreeItem[]> {
    const found: TreeItem[] = []
    for (const summary of children.get(path) ?? []) {
      if (summary.problem !== null || summary.kind === 'script') continue
      const { item } = await folder.read(summary.path)
      if (item.kind === 'folder')
        found.push({ type: 'folder', folder: item, items: await itemsIn(summary.path) })
      else if (item.kind !== 'collection') {
        paths.set(item, summary.path)
        found.push({ type: 'request', request: item })
      }
    }
    return found
  }
  const { item } = await folder.read('')
  const environments = await folder.environments()
  return {
    tree: {
      collection: Collection.parse(item),
      environments: environments.map(({ revision: _, ...environment }) => environment),
      items: await itemsIn(''),
    },
    pathOf: (request) => paths.get(request) ?? null,
  }
}
