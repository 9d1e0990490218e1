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

/** Embeds that parameters are for, the one that was looked up last at the end: whether ever by the target's name in place of the alias. */
type Lookups = Map<Draft, boolean>

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
  const lookups: Lookups = new Map()
  const at = (path: readonly string[]) =>
    path.length === 0 ? root : find(root, path, { ...options, lookups })
  const isTaken = ({ path }: At<unknown>) => !isWrite || path.length > 0

  // From the last one to the first: of several embeds that are not selected the last is told, and the first of several orders counts.
  for (const { path, value } of filters.filter(isTaken).toReversed()) at(path).filters.unshift(value)
  for (const { path, value } of order.toReversed()) at(path).order = value
  if (!isWrite) {
    for (const [path, range] of ranges) if (path !== '') at(path.split('.')).range = range
    root.range = request.topRange
  }
  for (const { path, value } of logic.filter(isTaken).toReversed()) at(path).logic.unshift(value)
  return { root, legacyNames: legacyNamesOf(root, [...lookups].toReversed()) }
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
  options: { readonly useLegacyTargetNames: boolean; readonly lookups: Lookups },
): Draft {
  let node = root
  for (const name of path) {
    const byTarget = ({ embed }: Draft) => embed !== null && embed.target === name
    const byName = ({ embed }: Draft) => embed !== null && nameOf(embed) === name
    const found = node.embeds.find((child) =>
      options.useLegacyTargetNames ? byName(child) || byTarget(child) : byName(child),
    )
    if (found === undefined) throw notEmbedded(name, aliasOf(node.embeds.find(byTarget)))
    const isLegacy = options.lookups.get(found) === true || !byName(found)
    options.lookups.delete(found)
    options.lookups.set(found, isLegacy)
    node = found
  }
  return node
}

/** In the order of PostgREST's warning: parents before what is in them, of siblings the one that was looked up last. */
function legacyNamesOf(
  { embeds }: Draft,
  lookups: readonly (readonly [embed: Draft, isLegacy: boolean])[],
): LegacyName[] {
  return lookups
    .filter(([child]) => embeds.includes(child))
    .flatMap(([child, isLegacy]) => {
      const { embed } = child
      const own = embed !== null && isLegacy ? [{ target: embed.target, alias: nameOf(embed) }] : []
      return [...own, ...legacyNamesOf(child, lookups)]
    })
}

function aliasOf(node: Draft | undefined): string | null {
  return node?.embed?.kind === 'embed' ? node.embed.alias : null
}
