// Types as a person writes them, to types as the model has them: `int` is integer, `mood` is shop.mood. And which types a foreign key can join.
import type { ModelObject, SchemaModel } from '#contract/schema/types.ts'
import { createLexer } from '../../script/lexer.ts'
import { indexModel } from '../find.ts'
import { printedName } from './qualified.ts'

export interface ResolvedType {
  readonly problem: null
  /** As format_type() prints it with an empty search_path. */
  readonly type: string
  readonly typeId: string | null
  /** It was written as `serial`: an identity column is meant. */
  readonly isSerial: boolean
}

/** Every spelling of a built-in type that is not its printed name. */
const ALIASES: Readonly<Record<string, string>> = {
  int: 'integer',
  int4: 'integer',
  int2: 'smallint',
  int8: 'bigint',
  float: 'double precision',
  float4: 'real',
  float8: 'double precision',
  bool: 'boolean',
  varchar: 'character varying',
  'char varying': 'character varying',
  char: 'character',
  bpchar: 'character',
  varbit: 'bit varying',
  decimal: 'numeric',
  dec: 'numeric',
  timestamptz: 'timestamp with time zone',
  timestamp: 'timestamp without time zone',
  timetz: 'time with time zone',
  time: 'time without time zone',
  string: 'text',
  datetime: 'timestamp with time zone',
}
const SERIALS: Readonly<Record<string, string>> = {
  serial: 'integer',
  serial4: 'integer',
  bigserial: 'bigint',
  serial8: 'bigint',
  smallserial: 'smallint',
  serial2: 'smallint',
}
/** Built-in types by their printed names, the usual ones first: the order in which they are offered. */
const BUILT_IN_TYPES: readonly string[] = [
  'bigint', 'integer', 'text', 'boolean', 'timestamp with time zone', 'date', 'numeric', 'uuid', 'jsonb', 'character varying',
  'smallint', 'double precision', 'real', 'timestamp without time zone', 'time without time zone', 'time with time zone', 'interval',
  'json', 'bytea', 'character', 'inet', 'cidr', 'macaddr', 'macaddr8', 'money', 'bit', 'bit varying', 'xml', 'tsvector', 'tsquery',
  'int4range', 'int8range', 'numrange', 'tsrange', 'tstzrange', 'daterange', 'int4multirange', 'int8multirange', 'nummultirange',
  'tsmultirange', 'tstzmultirange', 'datemultirange', 'point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle', 'oid', 'name',
  'regclass', 'regtype', 'regproc', 'pg_lsn', 'jsonpath', '"char"', 'xid', 'xid8', 'txid_snapshot', 'pg_snapshot',
] // prettier-ignore
const BUILT_IN = new Set(BUILT_IN_TYPES)
const MULTIRANGES_SINCE = 140_000

/** The built-in types that the model's server has. */
export function builtInTypes({ serverVersion }: SchemaModel): readonly string[] {
  if (serverVersion >= MULTIRANGES_SINCE) return BUILT_IN_TYPES
  return BUILT_IN_TYPES.filter((type) => !type.endsWith('multirange'))
}

/** Types of well-known extensions: they stand in the extension's schema. */
const EXTENSION_TYPES: Readonly<Record<string, readonly string[]>> = {
  citext: ['citext'],
  hstore: ['hstore'],
  ltree: ['ltree', 'lquery', 'ltxtquery'],
  vector: ['vector', 'halfvec', 'sparsevec'],
  postgis: ['geometry', 'geography', 'box2d', 'box3d'],
  cube: ['cube'],
  isn: ['isbn', 'isbn13', 'issn', 'ean13', 'upc'],
}
const TIME_TYPES = new Set(['timestamp', 'timestamptz', 'time', 'timetz', 'datetime'])
const INTERVAL_FIELDS =
  /^interval (year|month|day|hour|minute|second|year to month|day to hour|day to minute|day to second|hour to minute|hour to second|minute to second)$/

interface Written {
  /** Names, `schema` first where it is given. */
  readonly names: readonly string[]
  readonly isQuoted: boolean
  /** Words after the name: `with time zone`. */
  readonly modifiers: string
  readonly dimensions: number
}

/** The type that a person wrote for a column of a table in `schema`, or why it is none. */
export function resolveType(
  model: SchemaModel,
  text: string,
  schema = 'public',
): ResolvedType | { readonly problem: string } {
  if (text.trim() === '') return { problem: 'Choose a type.' }
  const written = readType(text)
  if (written === undefined) return { problem: `“${text.trim()}” cannot be read as a type.` }
  const { modifiers, dimensions } = written
  // An array of any number of dimensions is the same type.
  const brackets = dimensions > 0 ? '[]' : ''
  const simple = written.names.length === 1 && !written.isQuoted ? written.names[0] : undefined
  if (simple !== undefined) {
    const serial = SERIALS[simple]
    if (serial !== undefined && dimensions === 0)
      return { problem: null, type: serial, typeId: null, isSerial: true }
    const isThere = model.serverVersion >= MULTIRANGES_SINCE || !simple.endsWith('multirange')
    const builtIn = isThere ? builtInType(simple, modifiers) : undefined
    if (builtIn !== undefined && typeof builtIn !== 'string') return builtIn
    if (builtIn !== undefined)
      return { problem: null, type: builtIn + brackets, typeId: null, isSerial: false }
  }
  if (written.isQuoted && written.names.join('.') === 'char' && modifiers === '')
    return { problem: null, type: `"char"${brackets}`, typeId: null, isSerial: false }
  const own = ownType(model, written.names, schema)
  if (own !== undefined) {
    if (modifiers !== '') return { problem: `${own.name} takes no length or precision.` }
    return {
      problem: null,
      type: printedName(own.schema, own.name) + brackets,
      typeId: own.id,
      isSerial: false,
    }
  }
  const foreign = extensionType(model, written.names)
  if (foreign !== undefined)
    return { problem: null, type: foreign + modifiers + brackets, typeId: null, isSerial: false }
  return {
    problem: `There is no type ${written.names.join('.')}. Add it first, or enable the extension that brings it.`,
  }
}

function readType(text: string): Written | undefined {
  const lexer = createLexer(text)
  const names: string[] = []
  const words: string[] = []
  let isQuoted = false
  let modifiers = ''
  let dimensions = 0
  let expectsName = true
  for (lexer.next(); lexer.kind !== 'end'; lexer.next()) {
    const token = text.slice(lexer.start, lexer.end)
    if (lexer.kind === 'space') continue
    if (lexer.kind === 'identifier') {
      if (!expectsName || lexer.isUnterminated) return undefined
      names.push(token.slice(1, -1).replaceAll('""', '"'))
      isQuoted = true
      expectsName = false
    } else if (lexer.kind === 'word') {
      if (dimensions > 0) return undefined
      if (expectsName) names.push(token.toLowerCase())
      else words.push(token.toLowerCase())
      expectsName = false
    } else if (token === '.') {
      if (expectsName || words.length > 0 || modifiers !== '') return undefined
      expectsName = true
    } else if (token === '(') {
      const end = text.indexOf(')', lexer.end)
      if (end === -1 || modifiers !== '' || expectsName || dimensions > 0) return undefined
      const inner = text.slice(lexer.end, end).replaceAll(/\s/g, '')
      if (!/^[\w-]+(,[\w-]+)*$/.test(inner)) return undefined
      modifiers = `(${inner})`
      lexer.moveTo(end + 1)
    } else if (token === '[') {
      const end = text.indexOf(']', lexer.end)
      if (end === -1 || expectsName || !/^\s*\d*\s*$/.test(text.slice(lexer.end, end))) return undefined
      dimensions += 1
      lexer.moveTo(end + 1)
    } else return undefined
  }
  if (expectsName || (words.length > 0 && (names.length > 1 || isQuoted))) return undefined
  const [first = ''] = names
  return {
    names: words.length > 0 ? [[first, ...words].join(' ')] : names,
    isQuoted,
    modifiers,
    dimensions,
  }
}

/** Its printed form; undefined when it is none; a problem when its modifiers are wrong. */
function builtInType(name: string, modifiers: string): string | { readonly problem: string } | undefined {
  if (INTERVAL_FIELDS.test(name)) return name + modifiers
  if (name === 'float' && modifiers !== '') {
    const digits = Number(modifiers.slice(1, -1))
    if (!(digits >= 1 && digits <= 53)) return { problem: 'The precision of float is a number from 1 to 53.' }
    return digits <= 24 ? 'real' : 'double precision'
  }
  const printed = ALIASES[name] ?? (BUILT_IN.has(name) ? name : undefined)
  if (printed === undefined) return undefined
  if (modifiers === '') {
    // `char` is one character; `bpchar` is of any length.
    if (printed === 'character') return name === 'bpchar' ? 'bpchar' : 'character(1)'
    return printed === 'bit' ? 'bit(1)' : printed
  }
  if (!/^\(-?\d+(,-?\d+)?\)$/.test(modifiers)) return { problem: `${modifiers} is no length or precision.` }
  const count = modifiers.split(',').length
  if (printed === 'numeric') return numericType(modifiers)
  if (count > 1) return { problem: `${printed} takes one number.` }
  const amount = Number(modifiers.slice(1, -1))
  if (/^(character|bit)/.test(printed))
    return amount >= 1 && amount <= 10_485_760
      ? printed + modifiers
      : { problem: `The length of ${printed} is from 1 to 10,485,760.` }
  if (TIME_TYPES.has(name) || / time zone$/.test(name) || name === 'interval') {
    if (!(amount >= 0 && amount <= 6)) return { problem: `The precision of ${printed} is from 0 to 6.` }
    const [first = '', ...rest] = printed.split(' ')
    return [first + modifiers, ...rest].join(' ')
  }
  return { problem: `${printed} takes no length or precision.` }
}

function numericType(modifiers: string): string | { readonly problem: string } {
  const [precision = 0, scale = 0] = modifiers.slice(1, -1).split(',').map(Number)
  if (precision < 1 || precision > 1000) return { problem: 'The precision of numeric is from 1 to 1000.' }
  if (scale < -1000 || scale > 1000) return { problem: 'The scale of numeric is from -1000 to 1000.' }
  return `numeric(${precision},${scale})`
}

type OwnType = Extract<ModelObject, { kind: 'enum' | 'domain' | 'composite' | 'range' | 'table' | 'view' }>

function isOwnType(object: ModelObject): object is OwnType {
  return ['enum', 'domain', 'composite', 'range', 'table', 'view'].includes(object.kind)
}

/** A type of the person's own: in the table's schema, in public, or wherever it is the only one of its name. */
function ownType(model: SchemaModel, names: readonly string[], schema: string): OwnType | undefined {
  const name = names.at(-1) ?? ''
  const found = model.objects.filter((object): object is OwnType => isOwnType(object) && object.name === name)
  if (names.length > 2) return undefined
  if (names.length === 2) return found.find((object) => object.schema === names[0])
  return (
    found.find((object) => object.schema === schema) ??
    found.find((object) => object.schema === 'public') ??
    (found.length === 1 ? found[0] : undefined)
  )
}

/** A type of an extension that is enabled, or one that some column has already. */
function extensionType(model: SchemaModel, names: readonly string[]): string | undefined {
  const name = names.at(-1) ?? ''
  for (const extension of indexModel(model).ofKind('extension'))
    if (EXTENSION_TYPES[extension.name]?.includes(name) === true)
      if (names.length === 1 || names[0] === extension.schema) return printedName(extension.schema, name)
  for (const type of foreignTypes(model)) {
    const parsed = readType(type)
    if (parsed === undefined || parsed.names.at(-1) !== name || parsed.names.length !== 2) continue
    if (names.length === 1 || names[0] === parsed.names[0])
      return printedName(parsed.names[0] ?? '', parsed.names[1] ?? '')
  }
  return undefined
}

function foreignTypes(model: SchemaModel): ReadonlySet<string> {
  const types = new Set<string>()
  for (const table of indexModel(model).ofKind('table'))
    for (const { type, typeId } of table.columns) if (typeId === null && type.includes('.')) types.add(type)
  return types
}

/** Whether the type is an array. */
export function isArray(type: string): boolean {
  return type.endsWith('[]')
}

/** The type without its length or precision. */
function withoutModifiers(type: string): string {
  return type.replace(/\((-?\d+)(,-?\d+)?\)/, '')
}

/** Types whose values can be compared with each other by one index. */
const FAMILIES: readonly (readonly string[])[] = [
  ['smallint', 'integer', 'bigint'],
  ['real', 'double precision'],
  ['text', 'character varying', 'character', 'bpchar'],
  ['text', 'character varying', 'name'],
  ['date', 'timestamp without time zone', 'timestamp with time zone'],
  ['bit', 'bit varying'],
  ['inet', 'cidr'],
]
/** What a type becomes by itself where another is wanted. */
const IMPLICIT: Readonly<Record<string, readonly string[]>> = {
  character: ['name'],
  bpchar: ['name'],
  smallint: ['numeric', 'real', 'double precision', 'oid'],
  integer: ['numeric', 'real', 'double precision', 'oid'],
  bigint: ['numeric', 'real', 'double precision', 'oid'],
  numeric: ['real', 'double precision'],
  'time without time zone': ['time with time zone', 'interval'],
  macaddr: ['macaddr8'],
  macaddr8: ['macaddr'],
}

/** Whether a foreign key of a column of `from` can refer to one of `to`. Both as the model prints them; domains count as what they narrow. */
export function canReference(model: SchemaModel, from: string, to: string): boolean {
  const [left, right] = [baseType(model, from), baseType(model, to)]
  if (left === right) return isSortable(model, left)
  if (IMPLICIT[left]?.includes(right) === true) return true
  return FAMILIES.some((family) => family.includes(left) && family.includes(right))
}

const UNSORTABLE = new Set([
  'json',
  'jsonpath',
  'xml',
  'point',
  'line',
  'box',
  'path',
  'polygon',
  'lseg',
  'circle',
  'xid',
  'txid_snapshot',
  'pg_snapshot',
])

/** Whether values of the type have an order, as keys and B-tree indexes need it. Types of extensions are taken to have one. */
export function isSortable(model: SchemaModel, type: string): boolean {
  const base = baseType(model, type)
  return !UNSORTABLE.has(isArray(base) ? base.slice(0, -2) : base)
}

function baseType(model: SchemaModel, type: string): string {
  const bare = withoutModifiers(type)
  const parsed = bare.includes('.') ? readType(bare) : undefined
  if (parsed === undefined || parsed.dimensions > 0) return bare
  const [schema = '', name = ''] = parsed.names
  const domain = indexModel(model).byName('domain', schema, name)
  return domain === undefined ? bare : baseType(model, domain.type)
}
