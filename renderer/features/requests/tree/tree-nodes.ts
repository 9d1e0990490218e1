// The rows of the tree: collections, in each its folders and requests in their order; what is closed or filtered out is left out.
import type { CollectionInfo, SearchHit } from '#contract/capabilities/collections.ts'
import type { CollectionId, ItemSummary } from '#contract/requests/collection.ts'
import type { TreeNode } from '../../../components/virtual-tree.tsx'

export interface RequestNode extends TreeNode {
  readonly collectionId: CollectionId
  /** Empty for the collection itself. */
  readonly path: string
  readonly item: ItemSummary | null
  readonly collection: CollectionInfo
  /** Requests within. */
  readonly count: number
  /** Where a filter found it, when not by its name. */
  readonly found: string | null
}

/** Items by the folder that they are in, each folder in its order. */
export interface ItemIndex {
  readonly children: ReadonlyMap<string, readonly ItemSummary[]>
  /** Requests in a folder and below; the collection's own under the empty path. */
  readonly counts: ReadonlyMap<string, number>
}

/** The folder of a path; empty for the collection. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

/** Puts items in the order of the tree: by their number, then folders before requests, then by name. */
export function indexItems(items: readonly ItemSummary[]): ItemIndex {
  const children = new Map<string, ItemSummary[]>()
  const counts = new Map<string, number>()
  for (const item of items) {
    const folder = folderOf(item.path)
    const siblings = children.get(folder)
    if (siblings === undefined) children.set(folder, [item])
    else siblings.push(item)
    if (item.kind === 'folder') continue
    for (let above = folder; ; above = folderOf(above)) {
      counts.set(above, (counts.get(above) ?? 0) + 1)
      if (above === '') break
    }
  }
  for (const siblings of children.values()) siblings.sort(inOrder)
  return { children, counts }
}

const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

function inOrder(a: ItemSummary, b: ItemSummary): number {
  return (
    (a.sequence ?? Infinity) - (b.sequence ?? Infinity) ||
    Number(b.kind === 'folder') - Number(a.kind === 'folder') ||
    byName.compare(a.name, b.name)
  )
}

export interface NodesInput {
  readonly collections: readonly CollectionInfo[]
  readonly indexes: ReadonlyMap<CollectionId, ItemIndex>
  /** Ids of nodes that are not as they are at first: collections are open, folders closed. */
  readonly toggled: ReadonlySet<string>
  /** What a filter found; null without a filter. */
  readonly hits: readonly SearchHit[] | null
}

/** The id of a node. */
export function nodeId(collectionId: CollectionId, path: string): string {
  return `${collectionId}:${path}`
}

/** The rows, in order. */
export function treeNodes({ collections, indexes, toggled, hits }: NodesInput): RequestNode[] {
  const found = hits === null ? null : foundPaths(hits)
  const nodes: RequestNode[] = []
  for (const collection of collections) {
    const index = indexes.get(collection.id)
    const shown = found?.get(collection.id)
    if (found !== null && shown === undefined) continue
    const id = nodeId(collection.id, '')
    const isExpanded = found !== null || !toggled.has(id)
    nodes.push({
      id,
      depth: 0,
      isExpanded,
      label: collection.name,
      collectionId: collection.id,
      path: '',
      item: null,
      collection,
      count: index?.counts.get('') ?? collection.requests,
      found: null,
    })
    if (isExpanded && index !== undefined) addItems('', 1, { nodes, collection, index, toggled, shown })
  }
  return nodes
}

interface Adding {
  readonly nodes: RequestNode[]
  readonly collection: CollectionInfo
  readonly index: ItemIndex
  readonly toggled: ReadonlySet<string>
  readonly shown: ReadonlyMap<string, string | null> | undefined
}

function addItems(folder: string, depth: number, adding: Adding): void {
  const { nodes, collection, index, toggled, shown } = adding
  for (const item of index.children.get(folder) ?? []) {
    if (shown !== undefined && !shown.has(item.path)) continue
    const id = nodeId(collection.id, item.path)
    const isFolder = item.kind === 'folder'
    const isExpanded = isFolder ? shown !== undefined || toggled.has(id) : undefined
    nodes.push({
      id,
      depth,
      isExpanded,
      label: item.name,
      collectionId: collection.id,
      path: item.path,
      item,
      collection,
      count: isFolder ? (index.counts.get(item.path) ?? 0) : 0,
      found: shown?.get(item.path) ?? null,
    })
    if (isExpanded === true) addItems(item.path, depth + 1, adding)
  }
}

/** Paths that a filter shows, with the folders above them, and what was found there. */
function foundPaths(
  hits: readonly SearchHit[],
): ReadonlyMap<CollectionId, ReadonlyMap<string, string | null>> {
  const found = new Map<CollectionId, Map<string, string | null>>()
  for (const hit of hits) {
    const paths = found.get(hit.collectionId) ?? new Map<string, string | null>()
    found.set(hit.collectionId, paths)
    if (hit.path !== '') paths.set(hit.path, hit.place === 'name' ? null : `${hit.place}: ${hit.excerpt}`)
    for (let above = folderOf(hit.path); above !== ''; above = folderOf(above))
      if (!paths.has(above)) paths.set(above, null)
  }
  return found
}
