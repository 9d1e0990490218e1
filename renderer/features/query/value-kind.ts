// From a result column's type, as format_type() prints it, to how the grid shows it.
import type { ResultColumn } from '#contract/capabilities/query.ts'
import { shortType } from '../catalog/index.ts'
import type { GridColumn, ValueKind } from '../../components/data-grid/types.ts'

const KINDS: readonly (readonly [RegExp, ValueKind])[] = [
  [/\[\]$/, 'json'],
  [/^(smallint|integer|bigint|numeric|decimal|real|double precision|money|oid|xid|cid)\b/, 'number'],
  [/^boolean$/, 'boolean'],
  [/^(date|time|timestamp|interval)\b/, 'time'],
  [/^jsonb?$/, 'json'],
  [/^uuid$/, 'uuid'],
  [/^bytea$/, 'bytes'],
  [/^(point|line|lseg|box|path|polygon|circle|inet|cidr|macaddr8?|geometry|geography)\b/, 'geometry'],
  [
    /^(text|character|name|bit|xml|tsvector|tsquery|regclass|regtype|regproc|pg_lsn|"char"|citext|unknown)\b/,
    'text',
  ],
  [/range$/, 'text'],
]

/** The kind of a type. Types that Postgres does not have itself are enums and domains, most of all. */
export function valueKind(type: string): ValueKind {
  const bare = type.replace(/\(.*?\)/, '')
  return KINDS.find(([pattern]) => pattern.test(bare))?.[1] ?? 'enum'
}

/** The columns of a result as the grid takes them. */
export function gridColumns(columns: readonly ResultColumn[]): readonly GridColumn[] {
  return columns.map((column) => ({
    name: column.name,
    type: shortType(column.type),
    kind: valueKind(column.type),
  }))
}
