// Batch back-fills: an UPDATE or DELETE with the mark of postgres/common/script/batch-mark.ts goes through its table in parts.
import type { BatchMark } from '#postgres/common/script/batch-mark.ts'
import { createLexer } from '#postgres/common/script/lexer.ts'
import type { ParsedStatement } from '#postgres/common/script/parsed-statement.ts'
import {
  fromCatalog,
  identifier,
  join,
  literal,
  sql,
  writtenExpression,
  type SqlFragment,
} from '#postgres/common/sql/sql.ts'

export interface Batch extends BatchMark {
  readonly relation: readonly string[]
  /** ONLY: without partitions and children. */
  readonly isOnly: boolean
  /** By which name the statement calls the table. */
  readonly alias: string
  /** The statement up to its WHERE, and its condition; null without one. */
  readonly head: string
  readonly condition: string | null
}

/** A column to go by, as the database has it. */
export interface KeyColumn {
  readonly name: string
  readonly type: string
}

/** How to run the statement in parts; a sentence for a person where it cannot be. */
export function planBatch(statement: ParsedStatement, mark: BatchMark): Batch | string {
  const { tree } = statement
  const node = 'UpdateStmt' in tree ? tree.UpdateStmt : 'DeleteStmt' in tree ? tree.DeleteStmt : undefined
  if (node?.relation?.relname === undefined) return 'Only an UPDATE or a DELETE can run in batches.'
  if (node.returningClause !== undefined) return 'A statement with RETURNING cannot run in batches.'
  const { schemaname, relname, alias, inh } = node.relation
  const where = findWhere(statement.text)
  if (node.whereClause !== undefined && where === undefined)
    return 'The WHERE of this statement could not be found.'
  if (node.whereClause !== undefined && 'CurrentOfExpr' in node.whereClause)
    return 'WHERE CURRENT OF cannot run in batches.'
  return {
    ...mark,
    relation: schemaname === undefined ? [relname] : [schemaname, relname],
    isOnly: inh !== true,
    alias: alias?.aliasname ?? relname,
    head: where === undefined ? statement.text : statement.text.slice(0, where.start),
    condition: where === undefined ? null : statement.text.slice(where.end),
  }
}

/** The last key of the next part, one column per key column; no row when the rest is smaller than a part. `after` null is the beginning. */
export function boundarySql(
  batch: Batch,
  key: readonly KeyColumn[],
  after: readonly string[] | null,
): SqlFragment {
  const columns = keySql(batch, key)
  const beyond = after === null ? sql`` : sql` where ${compare(columns, '>', key, after)}`
  return sql`select ${join(columns.map((column) => sql`${column}::text`))} from ${fromSql(batch)}${beyond} order by ${join(columns)} limit 1 offset ${literal(batch.rows - 1)}`
}

/** The statement for the rows behind `after` up to `last`; null is the beginning or the end. */
export function partSql(
  batch: Batch,
  key: readonly KeyColumn[],
  { after, last }: { readonly after: readonly string[] | null; readonly last: readonly string[] | null },
): SqlFragment {
  const columns = keySql(batch, key)
  const conditions = [
    ...(batch.condition === null ? [] : [writtenExpression(batch.condition)]),
    ...(after === null ? [] : [compare(columns, '>', key, after)]),
    ...(last === null ? [] : [compare(columns, '<=', key, last)]),
  ]
  const where = conditions.length === 0 ? sql`` : sql` where ${join(conditions, ' and ')}`
  // The person's own statement, which runs with the rights that it has anyway.
  return sql`${fromCatalog(batch.head)}${where}`
}

function fromSql(batch: Batch): SqlFragment {
  return sql`${batch.isOnly ? sql`only ` : sql``}${identifier(...batch.relation)} as ${identifier(batch.alias)}`
}

function keySql(batch: Batch, key: readonly KeyColumn[]): SqlFragment[] {
  return key.map((column) => identifier(batch.alias, column.name))
}

function compare(
  columns: readonly SqlFragment[],
  operator: '>' | '<=',
  key: readonly KeyColumn[],
  values: readonly string[],
): SqlFragment {
  const bounds = key.map((column, index) => sql`${literal(values[index] ?? '')}::${fromCatalog(column.type)}`)
  return sql`(${join(columns)}) ${fromCatalog(operator)} (${join(bounds)})`
}

/** The WHERE of the statement itself: not in parentheses, so in no subquery and no WITH. */
function findWhere(text: string): { readonly start: number; readonly end: number } | undefined {
  const lexer = createLexer(text)
  let depth = 0
  for (lexer.next(); lexer.kind !== 'end'; lexer.next()) {
    if (lexer.kind === 'open') depth += 1
    else if (lexer.kind === 'close') depth -= 1
    else if (
      lexer.kind === 'word' &&
      depth === 0 &&
      text.slice(lexer.start, lexer.end).toLowerCase() === 'where'
    )
      return { start: lexer.start, end: lexer.end }
  }
  return undefined
}
