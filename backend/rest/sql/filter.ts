// Filters in SQL: operators from a closed list, values as parameters.
import type { SqlFragment } from '#postgres/common/sql/sql.ts'
import { empty, join, sql } from '#postgres/common/sql/sql.ts'
import type { QuantifiedOperator, SimpleOperator, TextSearchOperator } from '../parse/api-request.ts'
import type { Condition, Embed, PlannedField, PlannedOperation } from '../plan/read-plan.ts'
import type { RowName } from './field.ts'
import { fieldSql, qualifiedSql } from './field.ts'

/** How the SQL asks whether a row of the parent has an embed. */
export type EmbedTest = (embed: Embed) => SqlFragment

const noEmbeds: EmbedTest = () => {
  throw new TypeError('Rows that are written have no embeds to filter by.')
}

/** Conditions on `row` that must all hold, joined by `and`; nothing for none. */
export function whereSql(
  conditions: readonly Condition[],
  row: RowName,
  hasEmbed: EmbedTest = noEmbeds,
): SqlFragment {
  if (conditions.length === 0) return empty
  return join(
    conditions.map((condition) => conditionSql(condition, row, hasEmbed)),
    ' and ',
  )
}

/** One condition on `row`. */
export function conditionSql(condition: Condition, row: RowName, hasEmbed: EmbedTest): SqlFragment {
  switch (condition.kind) {
    case 'filter':
      return filterSql(condition.field, condition.operation, row)
    case 'embed':
      return condition.hasRow ? hasEmbed(condition.embed) : sql`not ${hasEmbed(condition.embed)}`
    case 'and':
    case 'or': {
      const children = join(
        condition.children.map((child) => conditionSql(child, row, hasEmbed)),
        condition.kind === 'and' ? ' and ' : ' or ',
      )
      return condition.isNegated ? sql`not (${children})` : sql`(${children})`
    }
  }
}

const SIMPLE: Readonly<Record<SimpleOperator, SqlFragment>> = {
  adj: sql`-|-`,
  cd: sql`<@`,
  cs: sql`@>`,
  neq: sql`<>`,
  nxl: sql`&>`,
  nxr: sql`&<`,
  ov: sql`&&`,
  sl: sql`<<`,
  sr: sql`>>`,
}

const QUANTIFIED: Readonly<Record<QuantifiedOperator, SqlFragment>> = {
  eq: sql`=`,
  gt: sql`>`,
  gte: sql`>=`,
  ilike: sql`ilike`,
  imatch: sql`~*`,
  like: sql`like`,
  lt: sql`<`,
  lte: sql`<=`,
  match: sql`~`,
}

const TO_QUERY: Readonly<Record<TextSearchOperator, SqlFragment>> = {
  fts: sql`to_tsquery`,
  phfts: sql`phraseto_tsquery`,
  plfts: sql`plainto_tsquery`,
  wfts: sql`websearch_to_tsquery`,
}

const IS = {
  null: sql`null`,
  not_null: sql`not null`,
  true: sql`true`,
  false: sql`false`,
  unknown: sql`unknown`,
} as const

function filterSql(field: PlannedField, operation: PlannedOperation, row: RowName): SqlFragment {
  const comparison = comparisonSql(fieldSql(row, field), field, operation)
  return operation.isNegated ? sql`not ${comparison}` : comparison
}

function comparisonSql(column: SqlFragment, field: PlannedField, operation: PlannedOperation): SqlFragment {
  switch (operation.kind) {
    case 'simple':
      return sql`${column} ${SIMPLE[operation.operator]} ${valueSql(operation.value, field)}`
    case 'quantified':
      return quantifiedSql(column, field, operation)
    case 'in':
      return sql`${column} = any (${valuesSql(arrayLiteral(operation.values), field)})`
    case 'is':
      return sql`${column} is ${IS[operation.value]}`
    case 'isdistinct':
      return sql`${column} is distinct from ${operation.value}`
    case 'fts': {
      const language = operation.language === null ? empty : sql`${operation.language}::regconfig, `
      const vector = operation.isConverted ? sql`to_tsvector(${language}${column})` : column
      return sql`${vector} @@ ${TO_QUERY[operation.operator]}(${language}${operation.value})`
    }
  }
}

function quantifiedSql(
  column: SqlFragment,
  field: PlannedField,
  operation: Extract<PlannedOperation, { readonly kind: 'quantified' }>,
): SqlFragment {
  const { operator, quantifier, value } = operation
  const symbol = QUANTIFIED[operator]
  if (operator === 'like' || operator === 'ilike') {
    // `*` may stand for `%`, which URLs must escape. Patterns are no values of a domain, so they are never parsed as such.
    const pattern = sql`${value.replaceAll('*', '%')}`
    return sql`${column} ${symbol} ${quantifiedValueSql(pattern, quantifier)}`
  }
  if (quantifier === null) return sql`${column} ${symbol} ${valueSql(value, field)}`
  return sql`${column} ${symbol} ${quantifiedValueSql(valuesSql(value, field), quantifier)}`
}

function quantifiedValueSql(value: SqlFragment, quantifier: 'any' | 'all' | null): SqlFragment {
  if (quantifier === null) return value
  return quantifier === 'any' ? sql`any (${value})` : sql`all (${value})`
}

/** The value as the column has it: a domain with a cast from text makes it so. Else Postgres takes the column's type for it. */
function valueSql(value: string, { representation }: PlannedField): SqlFragment {
  return representation === null ? sql`${value}` : sql`${qualifiedSql(representation)}(${value}::text)`
}

/** An array's text, one parameter however many values: the statement's text stays the same. */
function valuesSql(array: string, { representation }: PlannedField): SqlFragment {
  if (representation === null) return sql`${array}`
  return sql`select ${qualifiedSql(representation)}(one) from unnest(${array}::text[]) as one`
}

/** `{"a","b"}`. Nothing, or one empty text, is no value at all. */
function arrayLiteral(values: readonly string[]): string {
  if (values.length === 0 || (values.length === 1 && values[0] === '')) return '{}'
  return `{${values.map((value) => `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`
}
