// Types by name, as a person says them (`int`, `varchar`, `timestamp with time zone`), to types as the catalog has them. Never a piece of SQL.
import type { z } from 'zod'
import type { TypeName as TypeNameSchema } from '#contract/capabilities/database.ts'
import { AppError } from '#contract/errors.ts'
import { empty, join, literal, name, sql, type SqlFragment } from '../sql/sql.ts'

export type TypeName = z.output<typeof TypeNameSchema>

/** Words of the SQL grammar and their short forms, with the catalog's name. A quoted "integer" would be looked for and not found. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['bigint', 'int8'],
  ['bit', 'bit'],
  ['bit varying', 'varbit'],
  ['boolean', 'bool'],
  ['char', 'bpchar'],
  ['char varying', 'varchar'],
  ['character', 'bpchar'],
  ['character varying', 'varchar'],
  ['dec', 'numeric'],
  ['decimal', 'numeric'],
  ['double precision', 'float8'],
  ['int', 'int4'],
  ['integer', 'int4'],
  ['national char', 'bpchar'],
  ['national char varying', 'varchar'],
  ['national character', 'bpchar'],
  ['national character varying', 'varchar'],
  ['nchar', 'bpchar'],
  ['real', 'float4'],
  ['smallint', 'int2'],
  ['time with time zone', 'timetz'],
  ['time without time zone', 'time'],
  ['timestamp with time zone', 'timestamptz'],
  ['timestamp without time zone', 'timestamp'],
])

/** Built-in types that people write in any case. Others, `"char"` included, are taken exactly as they are named. */
const BUILT_IN = new Set(
  `bool bpchar box bytea cidr circle date datemultirange daterange float4 float8 inet int2 int4 int4multirange int4range int8
  int8multirange int8range interval json jsonb jsonpath line lseg macaddr macaddr8 money name numeric nummultirange numrange oid
  path pg_lsn point polygon text time timestamp timestamptz timetz tsmultirange tsquery tsrange tstzmultirange tstzrange tsvector
  uuid varbit varchar xml`.split(/\s+/),
)

/** Types that mean one character or bit when no length is given. */
const ONE_BY_DEFAULT = new Set(['bit', 'char', 'character', 'national char', 'national character', 'nchar'])
/** What Postgres uses for "all fields" when `interval` has a precision only. */
const INTERVAL_FULL_RANGE = 0x7fff

/** The type as SQL: `pg_catalog."varchar"(20)[]`. Without `modifiers`, for casts that must not cut values to length. Throws INVALID_INPUT. */
export function typeSql(type: TypeName, options: { readonly withModifiers: boolean }): SqlFragment {
  const resolved = resolveType(type)
  const modifiers =
    options.withModifiers && resolved.modifiers.length > 0
      ? sql`(${join(resolved.modifiers.map((modifier) => literal(modifier)))})`
      : empty
  const arrays = join(
    Array.from({ length: type.arrayDimensions }, () => sql`[]`),
    '',
  )
  return sql`${resolved.name}${modifiers}${arrays}`
}

function resolveType(type: TypeName): { name: SqlFragment; modifiers: readonly number[] } {
  if (type.schema !== undefined) return { name: name(type.schema, type.name), modifiers: type.modifiers }
  const spoken = type.name.trim().toLowerCase().replaceAll(/\s+/g, ' ')
  if (spoken === 'float') return { name: builtIn(floatFor(type.modifiers)), modifiers: [] }
  const known = ALIASES.get(spoken) ?? (BUILT_IN.has(spoken) ? spoken : undefined)
  // Not built in: a type of the person's own, or `serial`, which is no type and must stay a bare name.
  if (known === undefined) return { name: name(type.name), modifiers: type.modifiers }
  return { name: builtIn(known), modifiers: modifiersFor(spoken, type.modifiers) }
}

function builtIn(type: string): SqlFragment {
  return name('pg_catalog', type)
}

/** `float(p)` counts binary digits and chooses between two types. */
function floatFor(modifiers: readonly number[]): 'float4' | 'float8' {
  const [digits = 53] = modifiers
  if (modifiers.length > 1 || digits < 1 || digits > 53)
    throw new AppError('INVALID_INPUT', 'The precision of float is one number from 1 to 53.')
  return digits <= 24 ? 'float4' : 'float8'
}

function modifiersFor(spoken: string, modifiers: readonly number[]): readonly number[] {
  if (modifiers.length === 0) return ONE_BY_DEFAULT.has(spoken) ? [1] : []
  if (spoken === 'interval' && modifiers.length === 1) return [INTERVAL_FULL_RANGE, ...modifiers]
  return modifiers
}
