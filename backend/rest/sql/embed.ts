// How an embed's rows are tied to their parent's, and whether there are any.
import type { SqlFragment } from '#postgres/common/sql/sql.ts'
import { empty, identifier, join, sql } from '#postgres/common/sql/sql.ts'
import type { Embed, ReadSource } from '../plan/read-plan.ts'
import type { ColumnPair } from '../types.ts'
import type { RowName } from './field.ts'
import { qualifiedSql, rowNameOf, wholeRowSql } from './field.ts'
import { conditionSql } from './filter.ts'

/** What follows FROM for the rows of an embed, and what ties them to the parent's row. */
export interface EmbedRows {
  readonly from: SqlFragment
  readonly conditions: readonly SqlFragment[]
}

/** The rows of `embed` that belong to one row of its parent. */
export function embedRows({ node, on, junction }: Embed, parent: RowName): EmbedRows {
  const row = rowNameOf(node.source)
  const from = sourceSql(node.source, parent)
  if (junction === null) return { from, conditions: equalities(on, parent, row) }
  const via: RowName = [junction.alias]
  return {
    from: sql`${from}, ${qualifiedSql(junction.table)} as ${identifier(junction.alias)}`,
    conditions: [...equalities(junction.on, row, via), ...equalities(on, parent, via)],
  }
}

/** What follows FROM; `parent` is the row that a computed relationship is of. */
export function sourceSql(source: ReadSource, parent: RowName): SqlFragment {
  switch (source.kind) {
    case 'relation':
      return source.alias === null
        ? qualifiedSql(source.name)
        : sql`${qualifiedSql(source.name)} as ${identifier(source.alias)}`
    case 'rows':
      return sql`${identifier(source.source)} as ${identifier(source.alias)}`
    case 'computed':
      // The cast chooses the function of that table, also where the parent's rows are those of a CTE.
      return sql`${qualifiedSql(source.function)}(${wholeRowSql(parent)}::${qualifiedSql(source.table)}) as ${identifier(source.alias)}`
  }
}

/** `exists (…)`: whether a row of the parent has the embed. A semi-join costs less than to make what it would show. */
export function existsSql(embed: Embed, parent: RowName): SqlFragment {
  const { node } = embed
  const { from, conditions } = embedRows(embed, parent)
  const row = rowNameOf(node.source)
  const hasEmbed = (child: Embed) => existsSql(child, row)
  const all = [
    ...conditions,
    ...node.where.map((condition) => conditionSql(condition, row, hasEmbed)),
    ...node.embeds.filter(({ isInner }) => isInner).map(hasEmbed),
  ]
  const where = all.length === 0 ? empty : sql` where ${join(all, ' and ')}`
  const limit = node.range.limit === 0 ? sql` limit 0` : empty
  const offset = node.range.offset === 0 ? empty : sql` offset ${String(node.range.offset)}`
  return sql`exists (select 1 from ${from}${where}${limit}${offset})`
}

function equalities(pairs: readonly ColumnPair[], here: RowName, there: RowName): SqlFragment[] {
  return pairs.map(([column, other]) => sql`${identifier(...there, other)} = ${identifier(...here, column)}`)
}
