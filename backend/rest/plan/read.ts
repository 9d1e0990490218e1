// Plans what is read: resolves select, embeds, filters, orders and ranges of a request against the schema.
import type { ApiRequest, Filter, OrderTerm, Range } from '../parse/api-request.ts'
import type { ColumnPair, QualifiedName, Relationship, RestConfig, SchemaCache, Table } from '../types.ts'
import { key } from '../types.ts'
import type { Aliases } from './aliases.ts'
import { createAliases } from './aliases.ts'
import type { Draft } from './draft.ts'
import { planCursor } from './cursor.ts'
import { draftOf, nameOf } from './draft.ts'
import {
  aggregatesNotAllowed,
  notEmbedded,
  relatedOrderNotToOne,
  spreadAggregatesNotImplemented,
} from './errors.ts'
import { checkName, planOrderedField } from './field.ts'
import { planFilter, planLogic } from './filter.ts'
import type {
  Condition,
  Embed,
  PlannedJunction,
  PlannedOrderTerm,
  ReadNode,
  ReadPlan,
  ReadSource,
} from './read-plan.ts'
import { findRelationship, isToOne } from './relationship.ts'
import type { Output } from './select.ts'
import { ALL_COLUMNS, isGrouped, planSelect, usesAggregates } from './select.ts'
import { spreadArrays, spreadRow } from './spread.ts'

/** What the top level of the request reads. */
export type ReadTarget =
  /** A table or view. */
  | { readonly kind: 'relation'; readonly name: QualifiedName }
  /**
   * Rows that a CTE called `source` holds: what a write gave back, or a function. `name` is the relation whose rows they are, and what
   * is embedded is looked up from it; for functions that return no relation it is the function's own name.
   */
  | { readonly kind: 'rows'; readonly name: QualifiedName; readonly source: string }

/**
 * Plans the reading of `target`. Filters and logic of the top level of a write are not in it (planFilters gives them), nor are ranges of
 * writes. Throws PGRST108, 118, 123, 127, 200, 201, 42601 for names of no characters, and
 * NDB100 to 102 for pages by cursor.
 */
export function planRead(input: {
  readonly request: ApiRequest
  readonly cache: SchemaCache
  readonly config: RestConfig
  readonly target: ReadTarget
}): ReadPlan {
  const { request, cache, config, target } = input
  const { root: draft, legacyNames } = draftOf(request, config)
  if (!config.aggregatesEnabled && usesAggregates(draft)) throw aggregatesNotAllowed()
  const context: Context = {
    cache,
    maxRows: request.action.kind === 'mutate' ? null : config.maxRows,
    aliases: createAliases(target.name.name),
  }
  const source: ReadSource =
    target.kind === 'relation'
      ? { kind: 'relation', name: target.name, alias: null }
      : { kind: 'rows', source: target.source, alias: target.name.name }
  const table = cache.tables.get(key(target.name))
  const pages = target.kind === 'relation' && table !== undefined ? request.cursor : null
  const place: Place = {
    relation: target.name,
    source,
    depth: 0,
    role: 'whole',
    mustName: pages !== null,
  }
  const { plan: root, outputs } = planNode(draft, place, context)
  const plan = { root, isDefaultSelect: isDefaultSelect(root), legacyNames }
  if (pages === null || table === undefined) return { ...plan, cursor: null }
  const cursor = planCursor(
    pages,
    root,
    table,
    outputs.map(({ name }) => name),
  )
  return { ...plan, root: { ...root, order: cursor.keys.map(({ term }) => term) }, cursor }
}

/**
 * Columns that the rows of a write or a function must have for `plan`: those it selects, filters and orders by, those that embeds join by,
 * and `also`. `['*']` is all of them. In a stable order, each once.
 */
export function returningColumns(plan: ReadPlan, also: readonly string[]): readonly string[] {
  const { select, embeds, where, order } = plan.root
  const names = new Set<string>(also)
  for (const { field } of select) names.add(field.name)
  for (const condition of where) addFields(condition, names)
  for (const { field, join } of order) if (join === null) names.add(field.name)
  for (const { node, on } of embeds) {
    // A computed relationship takes the whole row.
    if (node.source.kind === 'computed') return ['*']
    for (const [column] of on) names.add(column)
  }
  return names.has('*') ? ['*'] : [...names]
}

interface Context {
  readonly cache: SchemaCache
  readonly maxRows: number | null
  readonly aliases: Aliases
}

interface Place {
  readonly relation: QualifiedName
  readonly source: ReadSource
  readonly depth: number
  /** whole: rows of its own. row, arrays: spread into the parent's row. */
  readonly role: 'whole' | 'row' | 'arrays'
  /** Whether `*` must be written as its columns: an ancestor groups by them, or makes arrays of them. */
  readonly mustName: boolean
}

interface Planned<T> {
  readonly plan: T
  /** Columns that it has, or gives its parent. */
  readonly outputs: readonly Output[]
}

function planNode(draft: Draft, place: Place, context: Context): Planned<ReadNode> {
  const { cache, aliases } = context
  const table = cache.tables.get(key(place.relation))
  const mustName = place.mustName || place.role === 'arrays' || isGrouped(draft)
  // RETURNING must have a column: of a table that has none, what it gave back is not selected.
  const isBare = place.source.kind === 'rows' && table?.columns.size === 0
  const { fields, outputs: own } = planSelect(draft.select, table, {
    cache,
    aliases,
    mustName: mustName || isBare,
    leavesAggregates: place.role === 'row',
  })
  const children = draft.embeds.map((child) => planEmbed(child, { ...place, mustName }, context))
  if (place.role === 'arrays' && isGrouped(draft)) throw spreadAggregatesNotImplemented()
  const { where, embeds } = planWhere(draft, { table, embeds: children.map(({ plan }) => plan) }, cache)
  const isEmpty = fields.length === 0 && embeds.length === 0
  return {
    plan: {
      source: place.source,
      select: isEmpty && place.depth === 0 && !isBare ? [ALL_COLUMNS] : fields,
      embeds,
      where,
      order: draft.order.map((term) => planOrder(term, { origin: place.relation.name, table, embeds })),
      range: restrict(draft.range, context.maxRows),
    },
    outputs: [...own, ...children.flatMap(({ outputs }) => outputs)],
  }
}

function planEmbed(draft: Draft, parent: Place, context: Context): Planned<Embed> {
  const item = draft.embed
  if (item === null) throw new TypeError('The top level is no embed.')
  const { aliases } = context
  const relationship = findRelationship(context.cache, parent.relation, item)
  const depth = parent.depth + 1
  const isOne = isToOne(relationship)
  const role = item.kind === 'embed' ? 'whole' : isOne ? 'row' : 'arrays'
  const name = checkName(nameOf(item))
  const join = aliases.join(parent.relation.name, name, depth)
  const { plan: node, outputs: columns } = planNode(
    draft,
    {
      relation: relationship.foreignTable,
      source: sourceOf(relationship, aliases.row(relationship.foreignTable.name, depth)),
      depth,
      role,
      mustName: role !== 'whole' && parent.mustName,
    },
    context,
  )
  const embed = {
    name,
    join,
    isToOne: isOne,
    isInner: item.join === 'inner',
    node,
    ...joinOf(relationship, depth, aliases),
  }
  // Columns of embeds count as well: an embed of empty embeds is empty.
  if (columns.length === 0) return { plan: { ...embed, shape: 'none', spread: [] }, outputs: [] }
  if (role === 'whole') {
    return {
      plan: { ...embed, shape: isOne ? 'object' : 'array', spread: [] },
      outputs: [{ name, isJson: true, pending: null }],
    }
  }
  const { fields, outputs } =
    role === 'row' ? spreadRow(columns, { passesOn: parent.role === 'row' }) : spreadArrays(columns)
  return { plan: { ...embed, shape: role, spread: fields }, outputs }
}

function sourceOf(relationship: Relationship, alias: string): ReadSource {
  if (relationship.kind === 'computed') {
    return { kind: 'computed', function: relationship.function, table: relationship.table, alias }
  }
  return { kind: 'relation', name: relationship.foreignTable, alias }
}

function joinOf(
  relationship: Relationship,
  depth: number,
  aliases: Aliases,
): { readonly on: readonly ColumnPair[]; readonly junction: PlannedJunction | null } {
  if (relationship.kind === 'computed') return { on: [], junction: null }
  const { cardinality } = relationship
  if (cardinality.kind !== 'many-to-many') return { on: cardinality.columns, junction: null }
  const { table, sourceColumns, targetColumns } = cardinality.junction
  return {
    on: sourceColumns,
    junction: { table, alias: aliases.junction(table.name, depth), on: targetColumns },
  }
}

function planWhere(
  draft: Draft,
  { table, embeds }: { readonly table: Table | undefined; readonly embeds: readonly Embed[] },
  cache: SchemaCache,
): { readonly where: readonly Condition[]; readonly embeds: readonly Embed[] } {
  const leaf = (filter: Filter): Condition =>
    embedCondition(filter, embeds) ?? planFilter(filter, table, cache)
  const where: Condition[] = []
  const needed = new Set<Embed>()
  for (const filter of draft.filters) {
    const condition = leaf(filter)
    // Rows without it are left out: that is an inner join.
    if (condition.kind === 'embed' && condition.hasRow) needed.add(condition.embed)
    else where.push(condition)
  }
  for (const tree of draft.logic) where.push(planLogic(tree, table, cache, leaf))
  if (needed.size === 0) return { where, embeds }
  return { where, embeds: embeds.map((embed) => (needed.has(embed) ? { ...embed, isInner: true } : embed)) }
}

/** `clients=is.null` asks for an embed, not for a column, where an embed of that name is selected. */
function embedCondition({ field, operation }: Filter, embeds: readonly Embed[]): Condition | null {
  if (operation.kind !== 'is' || operation.value !== 'null' || field.jsonPath.length > 0) return null
  const embed = embeds.find(({ name }) => name === field.name)
  if (embed === undefined) return null
  return { kind: 'embed', embed, hasRow: operation.isNegated }
}

function planOrder(
  { field, relation, direction, nulls }: OrderTerm,
  node: {
    readonly origin: string
    readonly table: Table | undefined
    readonly embeds: readonly Embed[]
  },
): PlannedOrderTerm {
  if (relation === null) return { field: planOrderedField(field, node.table), join: null, direction, nulls }
  const embed = node.embeds.find(({ name }) => name === relation)
  if (embed === undefined) throw notEmbedded(relation, null)
  if (!embed.isToOne) throw relatedOrderNotToOne(node.origin, relation)
  return { field: planOrderedField(field, undefined), join: embed.join, direction, nulls }
}

/** At most `maxRows` of `range`. */
function restrict(range: Range, maxRows: number | null): Range {
  if (maxRows === null) return range
  return { offset: range.offset, limit: range.limit === null ? maxRows : Math.min(range.limit, maxRows) }
}

function isDefaultSelect({ select, embeds }: ReadNode): boolean {
  return embeds.length === 0 && select.length === 1 && select[0] === ALL_COLUMNS
}

function addFields(condition: Condition, names: Set<string>): void {
  if (condition.kind === 'filter') names.add(condition.field.name)
  else if (condition.kind === 'embed') for (const [column] of condition.embed.on) names.add(column)
  else for (const child of condition.children) addFields(child, names)
}
