// What rows get in a column that comes back and must not be null: its values were dropped and nothing can bring them back.
import type { Column } from '#contract/schema/types.ts'
import { parseType } from './type-casts.ts'

const FILLERS: Readonly<Record<string, string>> = {
  text: "''",
  'character varying': "''",
  character: "''",
  smallint: '0',
  integer: '0',
  bigint: '0',
  numeric: '0',
  real: '0',
  'double precision': '0',
  money: '0',
  boolean: 'false',
  date: "'epoch'",
  'timestamp without time zone': "'epoch'",
  'timestamp with time zone': "'epoch'",
  interval: "'0'",
  uuid: "'00000000-0000-0000-0000-000000000000'",
  json: "'{}'",
  jsonb: "'{}'",
  bytea: "''",
}

/** The plainest value of the column's type, as SQL; null where the column needs none or none is known. */
export function fillerFor(column: Column): string | null {
  const { isNullable, default: standard, identity, generated } = column
  if (isNullable || standard !== null || identity !== null || generated !== null) return null
  const { name, isArray } = parseType(column.type)
  return isArray ? "'{}'" : (FILLERS[name] ?? null)
}
