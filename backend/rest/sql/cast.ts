// Type names of `::type`. A request's text never becomes SQL: names that SQL spells with words of its own are looked up here, all others are
// quoted, folded to lower case as Postgres folds what is not quoted.
import type { SqlFragment } from '#postgres/common/sql/sql.ts'
import { identifier, sql } from '#postgres/common/sql/sql.ts'

/** What quoting would break: `"integer"` is no type, `integer` is. */
const SPELLED: ReadonlyMap<string, SqlFragment> = new Map([
  ['bigint', sql`bigint`],
  ['bit', sql`bit`],
  ['bit varying', sql`bit varying`],
  ['boolean', sql`boolean`],
  ['char', sql`character`],
  ['char varying', sql`character varying`],
  ['character', sql`character`],
  ['character varying', sql`character varying`],
  ['dec', sql`numeric`],
  ['decimal', sql`numeric`],
  ['double precision', sql`double precision`],
  ['float', sql`double precision`],
  ['int', sql`integer`],
  ['integer', sql`integer`],
  ['national char', sql`character`],
  ['national char varying', sql`character varying`],
  ['national character', sql`character`],
  ['national character varying', sql`character varying`],
  ['nchar', sql`character`],
  ['nchar varying', sql`character varying`],
  ['real', sql`real`],
  ['smallint', sql`smallint`],
  ['time with time zone', sql`time with time zone`],
  ['time without time zone', sql`time without time zone`],
  ['timestamp with time zone', sql`timestamp with time zone`],
  ['timestamp without time zone', sql`timestamp without time zone`],
])

/** `cast(value as type)`. Types that do not exist are Postgres' to refuse. */
export function castSql(value: SqlFragment, type: string): SqlFragment {
  return sql`cast(${value} as ${typeSql(type)})`
}

function typeSql(type: string): SqlFragment {
  const words = type.trim().toLowerCase().replaceAll(/\s+/g, ' ')
  const spelled = SPELLED.get(words)
  if (spelled !== undefined) return spelled
  return words.endsWith(' array') ? sql`${typeSql(words.slice(0, -' array'.length))}[]` : identifier(words)
}
