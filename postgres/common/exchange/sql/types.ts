// Types as the parser has them, printed as format_type() prints them with an empty search_path.
import type { TypeName } from '@pgsql/types'
import { printedName } from '../../catalog/edit/qualified.ts'
import { readableName } from '../../sql/readable-name.ts'
import { constantOf, namesOf, valueOf } from './nodes.ts'
import type { ImportState } from './state.ts'

export interface PrintedType {
  readonly type: string
  /** The user's type that it is, or its element. */
  readonly typeId: string | null
}

const PRINTED: Readonly<Record<string, string>> = {
  bool: 'boolean',
  bpchar: 'character',
  char: '"char"',
  float4: 'real',
  float8: 'double precision',
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  time: 'time without time zone',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
  timetz: 'time with time zone',
  varbit: 'bit varying',
  varchar: 'character varying',
}
const BUILT_IN = new Set(
  `bit box bytea cidr circle date datemultirange daterange inet int4multirange int4range int8multirange int8range interval json jsonb jsonpath
  line lseg macaddr macaddr8 money name numeric nummultirange numrange oid oidvector int2vector path pg_lsn point polygon text tid tsmultirange
  tsquery tsrange tstzmultirange tstzrange tsvector txid_snapshot pg_snapshot uuid xid xid8 cid xml record trigger event_trigger void
  any anyelement anyarray anynonarray anyenum anyrange anymultirange anycompatible anycompatiblearray anycompatiblenonarray anycompatiblerange
  anycompatiblemultirange cstring internal language_handler fdw_handler index_am_handler table_am_handler tsm_handler refcursor regclass
  regcollation regconfig regdictionary regnamespace regoper regoperator regproc regprocedure regrole regtype unknown aclitem gtsvector`.split(
    /\s+/,
  ),
)
const SERIALS: Readonly<Record<string, string>> = {
  serial: 'integer',
  serial4: 'integer',
  bigserial: 'bigint',
  serial8: 'bigint',
  smallserial: 'smallint',
  serial2: 'smallint',
}
/** Types that well-known extensions bring. */
const OF_EXTENSIONS: Readonly<Record<string, string>> = {
  citext: 'citext',
  hstore: 'hstore',
  ltree: 'ltree',
  lquery: 'ltree',
  ltxtquery: 'ltree',
  cube: 'cube',
  seg: 'seg',
  lo: 'lo',
  vector: 'vector',
  halfvec: 'vector',
  sparsevec: 'vector',
  geometry: 'postgis',
  geography: 'postgis',
  isbn: 'isn',
  isbn13: 'isn',
  issn: 'isn',
  issn13: 'isn',
  ismn: 'isn',
  ean13: 'isn',
  upc: 'isn',
  earth: 'earthdistance',
  query_int: 'intarray',
}

/** The type that `serial` and its kin stand for; null for any other. */
export function serialType(type: TypeName | undefined): string | null {
  const names = namesOf(type?.names)
  if (type?.arrayBounds !== undefined || names.length > 1) return null
  return SERIALS[names[0] ?? ''] ?? null
}

/** The type as the model has it. A type that is not known stays as it is written. */
export function printType(state: ImportState, type: TypeName | undefined): PrintedType {
  const names = namesOf(type?.names)
  const name = names.at(-1) ?? ''
  const schema = names.length > 1 ? (names.at(-2) ?? null) : null
  const brackets = (type?.arrayBounds ?? []).length > 0 ? '[]' : ''
  if (type?.pct_type === true) return columnType(state, names)
  const builtIn =
    schema === null || schema === 'pg_catalog' ? (PRINTED[name] ?? (BUILT_IN.has(name) ? name : null)) : null
  const own =
    schema === 'pg_catalog' || (schema === null && builtIn !== null) ? null : ownType(state, schema, name)
  if (own !== null) return { type: own.type + brackets, typeId: own.typeId }
  if (builtIn !== null)
    return { type: withModifiers(builtIn, name, modifiersOf(type), type) + brackets, typeId: null }
  const modifiers = modifiersOf(type)
  const suffix = (modifiers.length > 0 ? `(${modifiers.join(',')})` : '') + brackets
  const extension = state.extension(OF_EXTENSIONS[name] ?? '')
  if (schema !== null) return { type: printedName(schema, name) + suffix, typeId: null }
  if (extension !== undefined) return { type: printedName(extension.schema, name) + suffix, typeId: null }
  return { type: readableName(name) + suffix, typeId: null }
}

/** A type of the script's own, or the row type of one of its tables. */
function ownType(state: ImportState, schema: string | null, name: string): PrintedType | null {
  const found = state.type(schema, name)
  if (found !== undefined) return { type: printedName(found.schema, found.name), typeId: found.id }
  const relation = state.relation(schema, name)
  if (relation !== undefined && relation.kind !== 'sequence')
    return { type: printedName(relation.schema, relation.name), typeId: relation.id }
  const range = state
    .ofKind('range')
    .find(
      ({ multirange }) => multirange?.name === name && (schema ?? multirange.schema) === multirange.schema,
    )
  const multirange = range?.multirange
  if (range === undefined || multirange === undefined || multirange === null) return null
  return { type: printedName(multirange.schema, multirange.name), typeId: range.id }
}

/** `film.title%type` */
function columnType(state: ImportState, names: readonly string[]): PrintedType {
  const relation = state.relation(names.at(-3), names.at(-2) ?? '')
  const column =
    relation?.kind === 'table' ? relation.columns.find((one) => one.name === names.at(-1)) : undefined
  return column === undefined
    ? { type: names.map(readableName).join('.'), typeId: null }
    : { type: column.type, typeId: column.typeId }
}

function modifiersOf(type: TypeName | undefined): readonly string[] {
  return (type?.typmods ?? []).map((node) => constantOf(node) ?? valueOf(node) ?? '')
}

const FIELDS: Readonly<Record<number, string>> = {
  4: 'year',
  2: 'month',
  8: 'day',
  1024: 'hour',
  2048: 'minute',
  4096: 'second',
  6: 'year to month',
  1032: 'day to hour',
  3080: 'day to minute',
  7176: 'day to second',
  3072: 'hour to minute',
  7168: 'hour to second',
  6144: 'minute to second',
}

function withModifiers(
  printed: string,
  name: string,
  modifiers: readonly string[],
  type: TypeName | undefined,
): string {
  if (name === 'bpchar' && modifiers.length === 0)
    return namesOf(type?.names).length > 1 ? 'character(1)' : 'bpchar'
  if (name === 'bit' && modifiers.length === 0) return 'bit(1)'
  if (modifiers.length === 0) return printed
  if (name === 'interval') {
    const [range = '', precision] = modifiers
    const fields = FIELDS[Number(range)]
    const digits = precision === undefined ? '' : `(${precision})`
    return `interval${fields === undefined ? '' : ` ${fields}`}${digits}`
  }
  if (name === 'numeric' && modifiers.length === 1) return `numeric(${modifiers[0] ?? ''},0)`
  const [first = '', ...rest] = printed.split(' ')
  const inner = `(${modifiers.join(',')})`
  // `time(3) without time zone`, but `character varying(20)`.
  return rest[1] === 'time' ? [first + inner, ...rest].join(' ') : printed + inner
}

/** What a domain narrows, at the bottom; any other type is itself. Without length and precision. */
export function baseType(state: ImportState, type: string): string {
  const bare = type.replace(/\([^)]*\)/, '')
  const domain = state.ofKind('domain').find((one) => printedName(one.schema, one.name) === bare)
  return domain === undefined ? bare : baseType(state, domain.type)
}
