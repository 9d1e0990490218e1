// The SELECT of a read plan. Embeds of one row are joined (LATERAL, which Postgres flattens into a plain join), embeds of many rows are
// subqueries of the select list, which Postgres computes only for the rows that are left after LIMIT.
import type { SqlFragment } from '#postgres/common/sql/sql.ts'
import { empty, identifier, join, literal, sql } from '#postgres/common/sql/sql.ts'
import type { Embed, ReadNode, ReadPlan } from '../plan/read-plan.ts'
import { ALL_COLUMNS, hasGroups } from '../plan/select.ts'
import type { PageParts } from './cursor.ts'
import { afterSql, keySql, pageSql } from './cursor.ts'
import type { EmbedRows } from './embed.ts'
import { embedRows, existsSql, sourceSql } from './embed.ts'
import type { RowName } from './field.ts'
import { rowNameOf, selectedSql, spreadSql } from './field.ts'
import { conditionSql } from './filter.ts'
import { orderSql, rangeSql } from './order.ts'

/** The rows of `plan`, one column for each key of the result: `select …`, no more than is needed. */
export function readSql(plan: ReadPlan): SqlFragment {
  return selectSql(plan.root, pageRows(plan))
}

/** The page that `cursor` asks for, in parts; `name` is what its CTE is called. null where all rows are asked for: no page follows. */
export function cursorPageSql(plan: ReadPlan, name: SqlFragment): PageParts | null {
  const { root, cursor } = plan
  if (cursor === null || root.range.limit === null) return null
  const key = keySql(cursor.keys, rowNameOf(root.source))
  const selected = selectSql(root, pageRows(plan), [key])
  return pageSql(name, selected, { columns: cursor.columns, limit: root.range.limit })
}

/** `select 1` for each row that the plan's filters let through, whatever its range: for counts. */
export function matchingRowsSql(plan: ReadPlan): SqlFragment {
  const { where, embeds } = plan.root
  const rows = rootRows(plan)
  const row = rowNameOf(plan.root.source)
  const hasEmbed = (embed: Embed) => existsSql(embed, row)
  const conditions = [
    ...where.map((condition) => conditionSql(condition, row, hasEmbed)),
    ...embeds.filter(({ isInner }) => isInner).map(hasEmbed),
  ]
  return sql`select 1 from ${rows.from}${whereClause(conditions)}`
}

function rootRows({ root }: ReadPlan): EmbedRows {
  return { from: sourceSql(root.source, rowNameOf(root.source)), conditions: [] }
}

/** The rows that a page may have: those behind the cursor. */
function pageRows(plan: ReadPlan): EmbedRows {
  const rows = rootRows(plan)
  const after = plan.cursor === null ? null : afterSql(plan.cursor, rowNameOf(plan.root.source))
  return after === null ? rows : { ...rows, conditions: [after] }
}

/** `more`: columns behind those of the result. */
function selectSql(node: ReadNode, rows: EmbedRows, more: readonly SqlFragment[] = []): SqlFragment {
  const row = rowNameOf(node.source)
  const hasEmbed = (embed: Embed) => existsSql(embed, row)
  const columns = columnsOf(node, row)
  const conditions = [
    ...node.where.map((condition) => conditionSql(condition, row, hasEmbed)),
    ...rows.conditions,
    ...node.embeds.filter((embed) => embed.isInner && !isJoinedRow(embed, node)).map(hasEmbed),
  ]
  const joins = node.embeds.map((embed) => joinSql(embed, node, row))
  const selected = [...columns.map(({ value }) => value), ...more]
  return sql`select ${join(selected)} from ${rows.from}${join(joins, '')}${whereClause(conditions)}${groupSql(columns)}${orderSql(node.order, row)}${rangeSql(node.range)}`
}

interface Column {
  readonly value: SqlFragment
  readonly isAggregate: boolean
}

function columnsOf(node: ReadNode, row: RowName): readonly Column[] {
  const isGrouped = hasGroups(node)
  const columns: Column[] = node.select.map((selected) => ({
    value: selectedSql(row, selected),
    isAggregate: selected.aggregate !== null,
  }))
  for (const embed of node.embeds) columns.push(...embedColumns(embed, row, isGrouped))
  return columns
}

/** What an embed adds to its parent's columns. Groups compare by it, which json cannot: there it is jsonb. */
function embedColumns(embed: Embed, parent: RowName, isGrouped: boolean): readonly Column[] {
  const cast = isGrouped ? sql`::jsonb` : empty
  const name = identifier(embed.name)
  switch (embed.shape) {
    case 'object': {
      const value = sql`row_to_json(${identifier(embed.join)}.*)${cast} as ${name}`
      return [{ value, isAggregate: false }]
    }
    case 'array': {
      const row = identifier(embed.join)
      const rows = selectSql(embed.node, embedRows(embed, parent))
      const value = sql`(select coalesce(json_agg(${row}.*), '[]')${cast} from (${rows}) as ${row}) as ${name}`
      return [{ value, isAggregate: false }]
    }
    case 'row':
    case 'arrays':
      return embed.spread.map((field) => ({
        value: spreadSql(embed.join, field, isGrouped),
        isAggregate: field.aggregate !== null,
      }))
    case 'none':
      return []
  }
}

/** Whether the embed is joined to its parent as one row: then an inner join does what a filter must do for the others. */
function isJoinedRow({ shape, join: name }: Embed, { order }: ReadNode): boolean {
  if (shape === 'none') return order.some((term) => term.join === name)
  return shape === 'object' || shape === 'row'
}

function joinSql(embed: Embed, node: ReadNode, parent: RowName): SqlFragment {
  const name = identifier(embed.join)
  if (embed.shape === 'arrays') {
    const rows = selectSql(embed.node, embedRows(embed, parent))
    const arrays = embed.spread.map(
      (field) =>
        sql`coalesce(json_agg(${identifier(embed.join, field.name)}), '[]') as ${identifier(field.name)}`,
    )
    return sql` cross join lateral (select ${join(arrays)} from (${rows}) as ${name}) as ${name}`
  }
  if (!isJoinedRow(embed, node)) return empty
  const kind = embed.isInner ? sql` inner` : sql` left`
  return sql`${kind} join lateral (${selectSql(shown(embed), embedRows(embed, parent))}) as ${name} on true`
}

/** An embed that shows nothing may still order its parent, by any of its columns. */
function shown({ shape, node }: Embed): ReadNode {
  return shape === 'none' ? { ...node, select: [ALL_COLUMNS] } : node
}

function whereClause(conditions: readonly SqlFragment[]): SqlFragment {
  return conditions.length === 0 ? empty : sql` where ${join(conditions, ' and ')}`
}

/** Groups by the places of what is not aggregated: names could mean a column of the table instead. */
function groupSql(columns: readonly Column[]): SqlFragment {
  if (!columns.some(({ isAggregate }) => isAggregate)) return empty
  const places: SqlFragment[] = []
  columns.forEach(({ isAggregate }, index) => {
    if (!isAggregate) places.push(literal(index + 1))
  })
  return places.length === 0 ? empty : sql` group by ${join(places)}`
}
