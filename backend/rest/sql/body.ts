// How rows become the body: an expression over the rows `nebuladb_rows`, as json, text or bytea.
import { identifier, sql, type SqlFragment } from '#postgres/common/sql/sql.ts'
import type { Handler } from '../plan/plan.ts'
import type { RoutineReturn } from '../types.ts'

/** The name under which the rows are aggregated. */
export const ROWS = identifier('nebuladb_rows')

/** The column of a function that returns no rows of columns. A column of CSV is called so. */
export const SCALAR = 'pgrst_scalar'

/**
 * What Postgres shall make of the rows. `returns` is the function's result where one was called: single values are no array. `csv` needs
 * the rows by `source`, the name of the CTE they are in.
 */
export function bodySql(
  handler: Handler,
  { returns, source }: { readonly returns: RoutineReturn | null; readonly source: SqlFragment },
): SqlFragment {
  const isScalar = returns?.kind === 'scalar'
  const value = isScalar ? sql`${ROWS}.${identifier(SCALAR)}` : ROWS
  switch (handler.kind) {
    case 'none':
      return sql`null::text`
    case 'csv':
      return csvSql(source)
    case 'geojson':
      return sql`json_build_object('type', 'FeatureCollection', 'features', coalesce(json_agg(st_asgeojson(${ROWS})::json), '[]'))`
    case 'custom': {
      const {
        target,
        function: { schema, name },
      } = handler.handler
      if (handler.handler.kind === 'routine') return sql`(array_agg(${value}))[1]`
      const argument =
        isScalar || target === 'anyelement' ? value : sql`${ROWS}::${identifier(target.schema, target.name)}`
      return sql`${identifier(schema, name)}(${argument})`
    }
    case 'json-object':
      return firstSql(value, handler.stripNulls)
    case 'json-array':
      // a function that returns one value answers with it alone
      if (returns !== null && !returns.isSetOf && returns.kind !== 'void')
        return firstSql(value, handler.stripNulls)
      return sql`coalesce(${stripped(sql`json_agg(${value})`, handler.stripNulls)}, '[]')`
  }
}

function firstSql(value: SqlFragment, stripNulls: boolean): SqlFragment {
  return sql`coalesce(${stripped(sql`(array_agg(to_json(${value})))[1]`, stripNulls)}, 'null')`
}

function stripped(value: SqlFragment, stripNulls: boolean): SqlFragment {
  return stripNulls ? sql`json_strip_nulls(${value})` : value
}

/** Names of the first row, then each row as Postgres prints it, without its parentheses. */
function csvSql(source: SqlFragment): SqlFragment {
  return sql`(select coalesce(string_agg(name, ','), '') from (select json_object_keys(row_to_json(first_row)) as name from (select * from ${source} limit 1) as first_row) as names) || E'\\n' || coalesce(string_agg(substring(${ROWS}::text, 2, length(${ROWS}::text) - 2), E'\\n'), '')`
}
