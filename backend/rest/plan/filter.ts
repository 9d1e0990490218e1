// Filters and logic trees, their columns looked up.
import type { ApiRequest, Filter, LogicTree } from '../parse/api-request.ts'
import type { QualifiedName, SchemaCache, Table } from '../types.ts'
import { key } from '../types.ts'
import { needsTsvector, planFilteredField } from './field.ts'
import type { Condition } from './read-plan.ts'

/**
 * What the rows of a write must fulfil: filters and logic of the request's top level, on columns of `relation`. All must hold.
 */
export function planFilters(input: {
  readonly request: ApiRequest
  readonly cache: SchemaCache
  readonly relation: QualifiedName
}): readonly Condition[] {
  const { filters, logic } = input.request.parameters
  if (filters.length === 0 && logic.length === 0) return []
  const table = input.cache.tables.get(key(input.relation))
  const conditions: Condition[] = []
  for (const { path, value } of filters) {
    if (path.length === 0) conditions.push(planFilter(value, table, input.cache))
  }
  for (const { path, value } of logic) {
    if (path.length === 0) conditions.push(planLogic(value, table, input.cache))
  }
  return conditions
}

/** One filter on a column of `table`. */
export function planFilter(
  { field, operation }: Filter,
  table: Table | undefined,
  cache: SchemaCache,
): Condition {
  return {
    kind: 'filter',
    field: planFilteredField(field, table, cache),
    operation:
      operation.kind === 'fts' ? { ...operation, isConverted: needsTsvector(field.name, table) } : operation,
  }
}

/** A logic tree; `leaf` plans its filters where they may be something else than filters on columns. */
export function planLogic(
  tree: LogicTree,
  table: Table | undefined,
  cache: SchemaCache,
  leaf: (filter: Filter) => Condition = (filter) => planFilter(filter, table, cache),
): Condition {
  if (tree.kind === 'filter') return leaf(tree.filter)
  return {
    kind: tree.kind,
    isNegated: tree.isNegated,
    children: tree.children.map((child) => planLogic(child, table, cache, leaf)),
  }
}
