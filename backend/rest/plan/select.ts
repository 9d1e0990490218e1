// Columns that are selected, with their names in the result, casts and aggregates.
import type { SchemaCache, Table } from '../types.ts'
import type { Aliases } from './aliases.ts'
import type { Draft, SelectedItem } from './draft.ts'
import { checkName, hasRepresentations, pathAlias, planSelectedField } from './field.ts'
import type { PlannedField, ReadNode, SelectedField } from './read-plan.ts'

/** A column that a node's rows have, as a parent that spreads them sees it. */
export interface Output {
  readonly name: string
  /** Whether an embed made it, as json. */
  readonly isJson: boolean
  /** The aggregate that is still to be computed of it, further out. */
  readonly pending: Pick<SelectedField, 'aggregate' | 'aggregateCast' | 'alias'> | null
}

export interface PlannedSelect {
  readonly fields: readonly SelectedField[]
  readonly outputs: readonly Output[]
}

export interface SelectOptions {
  readonly cache: SchemaCache
  readonly aliases: Aliases
  /** Whether `*` must be written as its columns. */
  readonly mustName: boolean
  /** Rows that are spread leave their aggregates to the parent. */
  readonly leavesAggregates: boolean
}

/** Everything of the table, as it is. */
export const ALL_COLUMNS: SelectedField = {
  field: { name: '*', jsonPath: [], isJson: false, isFullRow: false, representation: null },
  cast: null,
  aggregate: null,
  aggregateCast: null,
  alias: null,
}

/** Whether any level of the request uses an aggregate. */
export function usesAggregates(draft: Draft): boolean {
  return draft.select.some(({ aggregate }) => aggregate !== null) || draft.embeds.some(usesAggregates)
}

/** Whether rows of this level are grouped: by an aggregate of their own, or one that a spread leaves to them. */
export function isGrouped(draft: Draft): boolean {
  return (
    draft.select.some(({ aggregate }) => aggregate !== null) ||
    draft.embeds.some((child) => child.embed?.kind === 'spread' && isGrouped(child))
  )
}

/** Whether the planned rows are groups. */
export function hasGroups({ select, embeds }: ReadNode): boolean {
  return (
    select.some(({ aggregate }) => aggregate !== null) ||
    embeds.some(({ spread }) => spread.some(({ aggregate }) => aggregate !== null))
  )
}

/** Plans the columns of one level. Throws 42601 for names of no characters. */
export function planSelect(
  items: readonly SelectedItem[],
  table: Table | undefined,
  options: SelectOptions,
): PlannedSelect {
  const fields: SelectedField[] = []
  const outputs: Output[] = []
  for (const item of items) {
    for (const field of expand(item, table, options)) {
      if (field.aggregate !== null && options.leavesAggregates) {
        const { aggregate, aggregateCast, alias } = field
        const carrier = options.aliases.carrier()
        fields.push({ ...field, aggregate: null, aggregateCast: null, alias: carrier })
        outputs.push({ name: carrier, isJson: false, pending: { aggregate, aggregateCast, alias } })
      } else {
        fields.push(field)
        outputs.push({ name: field.alias ?? field.field.name, isJson: false, pending: null })
      }
    }
  }
  return { fields, outputs }
}

function expand(
  item: SelectedItem,
  table: Table | undefined,
  options: SelectOptions,
): readonly SelectedField[] {
  const { cache } = options
  if (item.aggregate === null && item.field.name === '*') {
    if (table === undefined || !(options.mustName || hasRepresentations(table, cache))) return [ALL_COLUMNS]
    return [...table.columns.keys()].map((name) =>
      planItem({ ...item, field: { name, jsonPath: [] } }, table, cache),
    )
  }
  if (item.aggregate === 'count' && item.field.name === '') {
    return [
      {
        ...planItem({ ...item, field: { name: '*', jsonPath: [] } }, table, cache),
        field: countedRow(options),
      },
    ]
  }
  return [planItem(item, table, cache)]
}

/** What count() counts: rows. A parent counts the rows of a spread embed that are there. */
function countedRow({ leavesAggregates }: SelectOptions): PlannedField {
  return { ...ALL_COLUMNS.field, isFullRow: leavesAggregates }
}

function planItem(item: SelectedItem, table: Table | undefined, cache: SchemaCache): SelectedField {
  const field = planSelectedField(item.field, table, cache)
  return {
    field,
    cast: item.cast,
    aggregate: item.aggregate,
    aggregateCast: item.aggregateCast,
    alias: item.alias === null ? impliedAlias(field, item) : checkName(item.alias),
  }
}

/** Postgres names plain columns and aggregates well itself. */
function impliedAlias(field: PlannedField, { aggregate }: SelectedItem): string | null {
  if (aggregate !== null) return null
  if (field.jsonPath.length > 0) return pathAlias(field.name, field.jsonPath)
  return field.representation === null ? null : field.name
}
