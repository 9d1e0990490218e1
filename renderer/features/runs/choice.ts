// Which requests of a collection run, and in which order. Pure: of the tree's index and what was ticked, the rows and the paths that the host is given.
import type { ItemSummary } from '#contract/requests/collection.ts'
import type { TreeNode } from '../../components/virtual-tree.tsx'

/** Items by the folder that they are in, in the order of the tree. */
export type Children = ReadonlyMap<string, readonly ItemSummary[]>

export interface Choice {
  /** Paths of requests that do not run. */
  readonly left: ReadonlySet<string>
  /** Paths of requests in an order of one's own; those that it lacks come after, in the tree's. Null for the tree's order. */
  readonly order: readonly string[] | null
}

/** Everything, as it stands in the tree. */
export const ALL: Choice = { left: new Set(), order: null }

export interface ChoiceNode extends TreeNode {
  readonly path: string
  readonly item: ItemSummary
  readonly isChecked: boolean | 'mixed'
  /** Requests below a folder. */
  readonly count: number
}

/** Requests below a folder in the order of the tree; those that cannot run (WebSockets, scripts) are left out. The empty path is the collection. */
export function requestsBelow(children: Children, folder: string): readonly ItemSummary[] {
  return (children.get(folder) ?? []).flatMap((item) =>
    item.kind === 'folder' ? requestsBelow(children, item.path) : canRun(item) ? [item] : [],
  )
}

function canRun({ kind }: ItemSummary): boolean {
  return kind === 'http' || kind === 'graphql'
}

/** The requests that run, in order. */
export function chosen(children: Children, { left, order }: Choice): readonly ItemSummary[] {
  const all = requestsBelow(children, '').filter(({ path }) => !left.has(path))
  if (order === null) return all
  const place = new Map(order.map((path, at) => [path, at]))
  return all.toSorted((a, b) => (place.get(a.path) ?? Infinity) - (place.get(b.path) ?? Infinity) || 0)
}

/** The rows of the tree with their ticks; folders in `closed` hide what is in them. */
export function choiceNodes(
  children: Children,
  { left }: Choice,
  closed: ReadonlySet<string>,
): readonly ChoiceNode[] {
  const nodesIn = (folder: string, depth: number): readonly ChoiceNode[] =>
    (children.get(folder) ?? []).flatMap((item): readonly ChoiceNode[] => {
      const about = { id: item.path, path: item.path, label: item.name, item, depth }
      if (item.kind !== 'folder')
        return canRun(item) ? [{ ...about, isChecked: !left.has(item.path), count: 0 }] : []
      const requests = requestsBelow(children, item.path)
      if (requests.length === 0) return []
      const out = requests.filter(({ path }) => left.has(path)).length
      const isChecked = out === 0 ? true : out === requests.length ? false : 'mixed'
      const isExpanded = !closed.has(item.path)
      return [
        { ...about, isChecked, isExpanded, count: requests.length },
        ...(isExpanded ? nodesIn(item.path, depth + 1) : []),
      ]
    })
  return nodesIn('', 0)
}

/** The rows in the order of a person's own: requests alone, without folders. */
export function orderedNodes(children: Children, choice: Choice): readonly ChoiceNode[] {
  return chosen(children, choice).map((item) => ({
    id: item.path,
    path: item.path,
    label: item.name,
    item,
    depth: 0,
    isChecked: true,
    count: 0,
  }))
}

/** Ticks a request, or all of a folder; what is ticked in part becomes whole. */
export function toggled(
  children: Children,
  choice: Choice,
  node: Pick<ChoiceNode, 'item' | 'isChecked'>,
): Choice {
  const paths =
    node.item.kind === 'folder'
      ? requestsBelow(children, node.item.path).map(({ path }) => path)
      : [node.item.path]
  const left = new Set(choice.left)
  for (const path of paths)
    if (node.isChecked === true) left.add(path)
    else left.delete(path)
  return { ...choice, left }
}

/** Only what is at a path, or below it; the empty path is everything. */
export function only(children: Children, path: string): Choice {
  const wanted = (one: string): boolean => path === '' || one === path || one.startsWith(`${path}/`)
  const left = requestsBelow(children, '').flatMap((item) => (wanted(item.path) ? [] : [item.path]))
  return { left: new Set(left), order: null }
}

/** One request before another, or (null) at the end. */
export function moved(children: Children, choice: Choice, path: string, before: string | null): Choice {
  const paths = chosen(children, choice)
    .map((item) => item.path)
    .filter((one) => one !== path)
  const at = before === null ? -1 : paths.indexOf(before)
  return { ...choice, order: paths.toSpliced(at === -1 ? paths.length : at, 0, path) }
}

/** What the host is given: folders stand for all that is in them. Empty for the whole collection; null when nothing is chosen. */
export function pathsOf(children: Children, choice: Choice): readonly string[] | null {
  const requests = chosen(children, choice)
  if (requests.length === 0) return null
  if (choice.order !== null) return requests.map(({ path }) => path)
  const within = (folder: string): readonly string[] =>
    (children.get(folder) ?? []).flatMap((item): readonly string[] => {
      if (item.kind !== 'folder') return canRun(item) && !choice.left.has(item.path) ? [item.path] : []
      const below = requestsBelow(children, item.path)
      const isWhole = below.length > 0 && below.every(({ path }) => !choice.left.has(path))
      return isWhole ? [item.path] : within(item.path)
    })
  const isAll = requestsBelow(children, '').every(({ path }) => !choice.left.has(path))
  return isAll ? [] : within('')
}
