// INSERT, UPDATE and DELETE. The payload is one parameter, which Postgres reads into rows.
import {
  empty,
  fromCatalog,
  identifier,
  join,
  literal,
  sql,
  type SqlFragment,
} from '#postgres/common/sql/sql.ts'
import type {
  DeletePlan,
  InsertPlan,
  MutatePlan,
  UpdatePlan,
  WriteLimit,
  WrittenColumn,
  WrittenRows,
} from '../plan/mutate-plan.ts'
import type { QualifiedName } from '../types.ts'
import { whereSql } from './filter.ts'
import type { Condition } from '../plan/read-plan.ts'
import type { RowName } from './field.ts'
import { orderSql, rangeSql } from './order.ts'
import { ELEMENT, PAYLOAD, PAYLOAD_NAME, RAW_PAYLOAD } from './names.ts'

/** The statement that changes the rows and returns what is needed of them. */
export function mutateSql(plan: MutatePlan): SqlFragment {
  switch (plan.kind) {
    case 'insert':
      return insertSql(plan)
    case 'update':
      return updateSql(plan)
    case 'delete':
      return deleteSql(plan)
  }
}

/** How many rows the statement updated where it wanted to insert. */
export const UPDATED_COUNT: SqlFragment = sql`coalesce(nullif(current_setting('nebuladb.updated', true), ''), '0')::bigint`

/** Counts one more: a setting counts for every kind of relation, where system columns would not. */
const COUNT_UPDATE = sql`set_config('nebuladb.updated', (${UPDATED_COUNT} + 1)::text, true) is not null`

function insertSql({ table, rows, conflict, where, returning }: InsertPlan): SqlFragment {
  const columns = rows.columns.map(({ name }) => identifier(name))
  const values = rows.columns.map(({ name }) => sql`${PAYLOAD}.${identifier(name)}`)
  const target = sql`${tableSql(table)}${columns.length === 0 ? empty : sql` (${join(columns)})`}`
  return sql`insert into ${target} select ${join(values)} from ${payloadSql(rows)}${filterSql(where, [PAYLOAD_NAME])}${conflictSql(conflict, columns)}${returningSql(table, returning)}`
}

function conflictSql(conflict: InsertPlan['conflict'], columns: readonly SqlFragment[]): SqlFragment {
  if (conflict === null) return empty
  const target = join(conflict.columns.map((name) => identifier(name)))
  if (conflict.resolution === 'ignore-duplicates' || columns.length === 0)
    return sql` on conflict (${target}) do nothing`
  const assignments = columns.map((column) => sql`${column} = excluded.${column}`)
  return sql` on conflict (${target}) do update set ${join(assignments)} where ${COUNT_UPDATE}`
}

function updateSql({ table, rows, where, returning, limit }: UpdatePlan): SqlFragment {
  // SET needs a column. Without one nothing changes, but the columns of the answer must be there.
  if (rows === null)
    return returning.length === 0
      ? sql`select null where false`
      : sql`select ${columnsSql(table, returning)} from ${tableSql(table)} where false`
  const assignments = rows.columns.map(
    ({ name }) => sql`${identifier(name)} = ${PAYLOAD}.${identifier(name)}`,
  )
  return sql`update ${tableSql(table)} set ${join(assignments)} from ${payloadSql(rows)}${chosenSql(table, where, limit)}${returningSql(table, returning)}`
}

function deleteSql({ table, where, returning, limit }: DeletePlan): SqlFragment {
  return sql`delete from ${tableSql(table)}${chosenSql(table, where, limit)}${returningSql(table, returning)}`
}

/** ` where …`: the rows that the filters let through, or the first of them. */
function chosenSql(table: QualifiedName, where: readonly Condition[], limit: WriteLimit | null): SqlFragment {
  const row: RowName = [table.schema, table.name]
  const filter = filterSql(where, row)
  if (limit === null) return filter
  const key = join(limit.key.map((name) => identifier(...row, name)))
  return sql` where (${key}) in (select ${key} from ${tableSql(table)}${filter}${orderSql(limit.order, row)}, ${key}${rangeSql(limit.range)})`
}

function filterSql(conditions: readonly Condition[], row: RowName): SqlFragment {
  return conditions.length === 0 ? empty : sql` where ${whereSql(conditions, row)}`
}

function returningSql(table: QualifiedName, returning: readonly string[]): SqlFragment {
  return returning.length === 0 ? sql` returning 1` : sql` returning ${columnsSql(table, returning)}`
}

function columnsSql(table: QualifiedName, names: readonly string[]): SqlFragment {
  return join(
    names.map((name) =>
      name === '*' ? sql`${tableSql(table)}.*` : identifier(table.schema, table.name, name),
    ),
  )
}

function tableSql({ schema, name }: QualifiedName): SqlFragment {
  return identifier(schema, name)
}

/** The payload as a FROM item of one row per object, with the columns that are written. */
function payloadSql({ columns, json, isArray }: WrittenRows): SqlFragment {
  if (columns.length === 0)
    return isArray ? sql`json_array_elements(${json}::json) as ${PAYLOAD}` : sql`(select) as ${PAYLOAD}`
  const types = join(columns.map(({ name, type }) => sql`${identifier(name)} ${fromCatalog(type)}`))
  const usesDefaults = columns.some((column) => column.default !== null)
  if (!usesDefaults) {
    const rows = sql`${isArray ? sql`json_to_recordset` : sql`json_to_record`}(${json}::json)`
    if (columns.every(({ parser }) => parser === null)) return sql`${rows} as ${PAYLOAD}(${types})`
    return sql`(select ${valuesSql(columns)} from ${rows} as ${RAW_PAYLOAD}(${types})) as ${PAYLOAD}`
  }
  const elements = isArray
    ? sql`json_array_elements(${json}::json) as ${ELEMENT}(value)`
    : sql`(select ${json}::json as value) as ${ELEMENT}`
  return sql`(select ${valuesSql(columns)} from ${elements}, json_to_record(${ELEMENT}.value) as ${RAW_PAYLOAD}(${types})) as ${PAYLOAD}`
}

function valuesSql(columns: readonly WrittenColumn[]): SqlFragment {
  return join(
    columns.map((column) => {
      const name = identifier(column.name)
      const raw = sql`${RAW_PAYLOAD}.${name}`
      const value =
        column.parser === null ? raw : sql`${identifier(column.parser.schema, column.parser.name)}(${raw})`
      if (column.default === null) return sql`${value} as ${name}`
      const { expression, type } = column.default
      // the default is evaluated where it is used only: a sequence is not moved for nothing
      return sql`case when ${ELEMENT}.value->${literal(column.name)} is null then cast(${fromCatalog(expression)} as ${fromCatalog(type)}) else ${value} end as ${name}`
    }),
  )
}
