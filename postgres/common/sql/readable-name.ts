// Names as people write them: bare where Postgres reads them back unchanged, quoted otherwise. For text that a person goes on editing;
// SQL that the product runs always quotes (quote.ts).
import { quoteIdentifier } from './quote.ts'

/** Reserved words of PostgreSQL 18: an identifier equal to one needs quotes. */
const RESERVED = new Set(
  (
    'all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column concurrently ' +
    'constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp current_user default ' +
    'deferrable desc distinct do else end except false fetch for foreign freeze from full grant group having ilike in initially inner ' +
    'intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null offset on only or ' +
    'order outer overlaps placing primary references returning right select session_user similar some symmetric system_user table ' +
    'tablesample then to trailing true union unique user using variadic verbose when where window with'
  ).split(' '),
)

/** `film`, `"Film"`, `"order"`. Throws INVALID_INPUT for an empty name or one with a zero byte. */
export function readableName(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) && !RESERVED.has(name) ? name : quoteIdentifier(name)
}

/** `film` for what is in public, `audit.event` for the rest. */
export function readableQualifiedName(schema: string, name: string): string {
  return schema === 'public' ? readableName(name) : `${readableName(schema)}.${readableName(name)}`
}
