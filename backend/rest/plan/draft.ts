// The select tree of a request with its filters, orders and ranges hung on the nodes they belong to. No name is looked up in the schema yet.
import type { ApiRequest, At, Filter, LogicTree, OrderTerm, Range, SelectItem } from '../parse/api-request.ts'
import { notEmbedded } from './errors.ts'
import type { LegacyName } from './read-plan.ts'

export type SelectedItem = Extract<SelectItem, { readonly kind: 'field' }>
export type EmbedItem = Exclude<SelectItem, { readonly kind: 'field' }>

export interface Draft {
  /** null for the top level. */
  readonly embed: EmbedItem | null
  readonly select: readonly SelectedItem[]
  readonly embeds: readonly Draft[]
  readonly filters: Filter[]
  readonly logic: LogicTree[]
  order: readonly OrderTerm[]
  range: Range
}

const ALL_ROWS: Range = { offset: 0, limit: null }

/** What the embed is called: its alias, or its target. */
export function nameOf(embed: EmbedItem): string {
  return (embed.kind === 'embed' ? embed.alias : null) ?? embed.target
}

/**
 * Reads the request's tree. A write keeps the filters of its top level for itself, and no ranges.
 * Throws PGRST108 for a parameter of an embed that is not selected.
 */
export function draftOf(
  request: ApiRequest,
  options: { readonly useLegacyTargetNames: boolean },
): { readonly root: Draft; readonly legacyNames: readonly LegacyName[] } {
  const { select, filters, logic, order, ranges } = request.parameters
  const isWrite = request.action.kind === 'mutate'
  const root = newDraft(null, select)
  const legacyNames = new Map<Draft, LegacyName>()
  const at = (path: readonly string[]) =>
    path.length === 0 ? root : find(root, path, { ...options, legacyNames })
  const isTaken = ({ path }: At<unknown>) => !isWrite || path.length > 0

  for (const filter of filters) if (isTaken(filter)) at(filter.path).filters.push(filter.value)
  // The first of several orders of one level counts.
  for (const { path, value } of order.toReversed()) at(path).order = value
  if (!isWrite) {
    for (const [path, range] of ranges) if (path !== '') at(path.split('.')).range = range
    root.range = request.topRange
  }
  for (const tree of logic) if (isTaken(tree)) at(tree.path).logic.push(tree.value)
  return { root, legacyNames: [...legacyNames.values()] }
}

function newDraft(embed: EmbedItem | null, items: readonly SelectItem[]): Draft {
  const select: SelectedItem[] = []
  const embeds: Draft[] = []
  for (const item of items) {
    if (item.kind === 'field') select.push(item)
    else embeds.push(newDraft(item, item.select))
  }
  return { embed, select, embeds, filters: [], logic: [], order: [], range: ALL_ROWS }
}

function find(
  root: Draft,
  path: readonly string[],
  options: { readonly useLegacyTargetNames: boolean; readonly legacyNames: Map<Draft, LegacyName> },
): Draft {
  let node = root
  for (const name of path) {
    const byTarget = ({ embed }: Draft) => embed !== null && embed.target === name
    const byName = ({ embed }: Draft) => embed !== null && nameOf(embed) === name
    const found = node.embeds.find((child) =>
      options.useLegacyTargetNames ? byName(child) || byTarget(child) : byName(child),
    )
    if (found === undefined) throw notEmbedded(name, aliasOf(node.embeds.find(byTarget)))
    if (found.embed !== null && nameOf(found.embed) !== name) {
      options.legacyNames.set(found, { target: name, alias: nameOf(found.embed) })
    }
    node = found
  }
  return node
}

function aliasOf(node: Draft | undefined): string | null {
  return node?.embed?.kind === 'embed' ? node.embed.alias : null
}
