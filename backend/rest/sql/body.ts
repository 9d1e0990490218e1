// How rows become the body: an expression over the rows `nebuladb_rows`, as json, text or bytea.
import { identifier, sql, type SqlFragment } from '#postgres/common/sql/sql.ts'
import type { Handler } from '../plan/plan.ts'
import type { RoutineReturn } from '../types.ts'
import { PAGE, ROWS, SCALAR } from './names.ts'

/** What Postgres shall make of the rows. `returns` is the function's result where one was called: single values are no array. */
export function bodySql(handler: Handler, returns: RoutineReturn | null): SqlFragment {
  // only a list of values is made of all of them; all else takes the rows of a set
  const isScalar = returns?.kind === 'scalar' && !returns.isSetOf
  const value = isScalar ? SCALAR_VALUE : ROWS
  switch (handler.kind) {
    case 'none':
      return sql`null::text`
    case 'csv':
      return CSV
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
      return sql`coalesce(${stripped(sql`json_agg(${returns?.kind === 'scalar' ? SCALAR_VALUE : ROWS})`, handler.stripNulls)}, '[]')`
  }
}

const SCALAR_VALUE = sql`${ROWS}.${SCALAR}`

function firstSql(value: SqlFragment, stripNulls: boolean): SqlFragment {
  return sql`coalesce(${stripped(sql`(array_agg(to_json(${value})))[1]`, stripNulls)}, 'null')`
}

function stripped(value: SqlFragment, stripNulls: boolean): SqlFragment {
  return stripNulls ? sql`json_strip_nulls(${value})` : value
}

/** Names of the first row, then each row as Postgres prints it, without its parentheses. */
const CSV = sql`(select coalesce(string_agg(name, ','), '') from (select json_object_keys(row_to_json(first_row)) as name from (select * from ${PAGE} limit 1) as first_row) as names) || E'\\n' || coalesce(string_agg(substring(${ROWS}::text, 2, length(${ROWS}::text) - 2), E'\\n'), '')`
