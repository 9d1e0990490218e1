// Columns in SQL: with JSON paths, representations, casts and aggregates.
import type { SqlFragment } from '#postgres/common/sql/sql.ts'
import { identifier, sql } from '#postgres/common/sql/sql.ts'
import type { Aggregate, JsonOperation } from '../parse/api-request.ts'
import type { PlannedField, ReadSource, SelectedField, SpreadField } from '../plan/read-plan.ts'
import type { QualifiedName } from '../types.ts'
import { castSql } from './cast.ts'

/** What rows go by in SQL: [alias], or [schema, table] for a table without one. */
export type RowName = readonly string[]

/** What the rows of `source` go by. */
export function rowNameOf(source: ReadSource): RowName {
  if (source.kind === 'relation' && source.alias === null) return [source.name.schema, source.name.name]
  return [source.alias ?? '']
}

/** The row as one value: only its bare name can say that. */
export function wholeRowSql(row: RowName): SqlFragment {
  return identifier(row.at(-1) ?? '')
}

/** `"schema"."name"` */
export function qualifiedSql({ schema, name }: QualifiedName): SqlFragment {
  return identifier(schema, name)
}

/** A column of `row`, or what a JSON path leads to in it: arrows work on all types, by way of to_jsonb. */
export function fieldSql(row: RowName, field: PlannedField): SqlFragment {
  if (field.isFullRow) return wholeRowSql(row)
  if (field.name === '*') return sql`${identifier(...row)}.*`
  const column = identifier(...row, field.name)
  if (field.jsonPath.length === 0) return column
  let path = field.isJson ? column : sql`to_jsonb(${column})`
  for (const operation of field.jsonPath) path = arrowSql(path, operation)
  return path
}

/** A selected column, with its alias where it has one. */
export function selectedSql(row: RowName, selected: SelectedField): SqlFragment {
  const { field, cast, aggregate, aggregateCast, alias } = selected
  let value = fieldSql(row, field)
  if (field.representation !== null) value = sql`${qualifiedSql(field.representation)}(${value})`
  if (cast !== null) value = castSql(value, cast)
  if (aggregate !== null) {
    const counted = field.name === '*' && !field.isFullRow ? sql`*` : value
    value = aggregateSql(counted, aggregate, aggregateCast)
  }
  return alias === null ? value : sql`${value} as ${identifier(alias)}`
}

/** A column of a spread embed's row, as its parent selects it. Groups compare by it, which json cannot. */
export function spreadSql(join: string, field: SpreadField, isGrouped: boolean): SqlFragment {
  if (field.name === '*') return sql`${identifier(join)}.*`
  let value = identifier(join, field.name)
  if (field.aggregate !== null) value = aggregateSql(value, field.aggregate, field.aggregateCast)
  else if (isGrouped && field.isJson) return sql`${value}::jsonb as ${identifier(field.alias ?? field.name)}`
  return field.alias === null ? value : sql`${value} as ${identifier(field.alias)}`
}

function aggregateSql(value: SqlFragment, aggregate: Aggregate, cast: string | null): SqlFragment {
  const aggregated = AGGREGATES[aggregate](value)
  return cast === null ? aggregated : castSql(aggregated, cast)
}

const AGGREGATES: Readonly<Record<Aggregate, (value: SqlFragment) => SqlFragment>> = {
  avg: (value) => sql`avg(${value})`,
  count: (value) => sql`count(${value})`,
  max: (value) => sql`max(${value})`,
  min: (value) => sql`min(${value})`,
  sum: (value) => sql`sum(${value})`,
}

function arrowSql(value: SqlFragment, { arrow, operand }: JsonOperation): SqlFragment {
  const key = operand.kind === 'key' ? sql`${operand.name}` : sql`${operand.index}::int`
  return arrow === '->' ? sql`${value}->${key}` : sql`${value}->>${key}`
}
