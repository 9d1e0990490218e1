// The order of siblings: by `seq`, the lowest first; those without one after, by name. To move one, as few files as possible are rewritten.
import type { ItemSummary } from '#contract/requests/collection.ts'

const names = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

export function parentOf(path: string): string {
  const at = path.lastIndexOf('/')
  return at < 0 ? '' : path.slice(0, at)
}

export function compareSiblings(one: ItemSummary, other: ItemSummary): number {
  if (one.sequence !== null && other.sequence !== null && one.sequence !== other.sequence)
    return one.sequence - other.sequence
  if ((one.sequence === null) !== (other.sequence === null)) return one.sequence === null ? 1 : -1
  return names.compare(one.name, other.name) || (one.path < other.path ? -1 : one.path > other.path ? 1 : 0)
}

/** All items, each folder before what is in it. */
export function inTreeOrder(items: Iterable<ItemSummary>): ItemSummary[] {
  const children = new Map<string, ItemSummary[]>()
  for (const item of items) {
    const parent = parentOf(item.path)
    const siblings = children.get(parent)
    if (siblings === undefined) children.set(parent, [item])
    else siblings.push(item)
  }
  const ordered: ItemSummary[] = []
  const walk = (folder: string): void => {
    for (const item of (children.get(folder) ?? []).sort(compareSiblings)) {
      ordered.push(item)
      if (item.kind === 'folder') walk(item.path)
    }
  }
  walk('')
  return ordered
}

export interface Placement {
  /** Of the item; null where its siblings are ordered by name. */
  readonly sequence: number | null
  /** Siblings that need another one. */
  readonly others: ReadonlyMap<string, number>
}

/** The sequence with which an item comes before `before` (at the end when null) among its siblings, which are in order and without it. */
export function placeAmong(siblings: readonly ItemSummary[], before: string | null): Placement {
  const found = siblings.findIndex((one) => one.path === before)
  const at = before === null || found < 0 ? siblings.length : found
  if (at === siblings.length && siblings.every((one) => one.sequence === null))
    return { sequence: null, others: new Map() }
  const others = new Map<string, number>()
  let low: number | null = null
  for (const one of siblings.slice(0, at)) {
    const sequence: number = one.sequence ?? Math.floor(low ?? 0) + 1
    if (one.sequence === null) others.set(one.path, sequence)
    low = low === null ? sequence : Math.max(low, sequence)
  }
  const after = siblings.slice(at)
  const high = after[0]?.sequence ?? null
  const sequence = between(low, high)
  if (high === null || sequence < high) return { sequence, others }
  // No number is left between its neighbours: those after it move up as far as they must.
  let last = sequence
  for (const one of after) {
    if (one.sequence === null || one.sequence > last) break
    last = Math.floor(last) + 1
    others.set(one.path, last)
  }
  return { sequence, others }
}

function between(low: number | null, high: number | null): number {
  if (high === null) return low === null ? 1 : Math.floor(low) + 1
  if (low === null) return high > 1 ? Math.ceil(high) - 1 : high > 0 ? high / 2 : high - 1
  const whole = Math.floor(low) + 1
  if (whole < high) return whole
  const middle = low + (high - low) / 2
  return middle > low && middle < high ? middle : whole
}
