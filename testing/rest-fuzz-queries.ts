// Query strings for the fuzz of the REST engine: selects, embeds, filters, orders and ranges from the names of a schema cache. What a request is
// like and which values it has are drawn apart: two requests of the same shape differ in their values alone.
import type { Column, Relationship, Routine, SchemaCache, Table } from '../backend/rest/types.ts'
import { key } from '../backend/rest/types.ts'
import { valueOf, type Random } from './rest-fuzz-values.ts'

/** Where a request comes from: chance for its shape, chance for its values, and the names that there are. */
export interface Draw {
  readonly shape: Random
  readonly value: Random
  readonly cache: SchemaCache
  /** Exposed ones. */
  readonly tables: readonly Table[]
  readonly routines: readonly Routine[]
}

/** The names of `cache` that requests are made of. */
export function drawFrom(cache: SchemaCache, random: Pick<Draw, 'shape' | 'value'>): Draw {
  return {
    ...random,
    cache,
    tables: [...cache.tables.values()].filter(({ schema }) => schema === 'api' || schema === 'other'),
    routines: [...cache.routines.values()].flat(),
  }
}

/** Parameters for `table`, and for what it embeds, so deep. */
export function readPairs(draw: Draw, table: Table, depth: number): [string, string][] {
  const { shape } = draw
  const embedded: (readonly [path: string, table: Table])[] = []
  const pairs: [string, string][] = []
  if (shape.chance(75)) pairs.push(['select', selectOf(draw, table, { depth, path: '', embedded })])
  for (const [path, at] of [['', table] as const, ...embedded]) {
    const prefix = path === '' ? '' : `${path}.`
    if (path !== '' && shape.chance(50)) continue
    for (let left = shape.int(3); left > 0; left--) pairs.push(filterPair(draw, at, prefix))
    if (shape.chance(15))
      pairs.push([`${prefix}${shape.pick(['and', 'or', 'not.and', 'not.or'])}`, logicOf(draw, at, 2)])
    if (shape.chance(30)) pairs.push([`${prefix}order`, orderOf(draw, at, embedded)])
    if (shape.chance(25)) pairs.push([`${prefix}limit`, numberOf(draw, LIMITS)])
    if (shape.chance(15)) pairs.push([`${prefix}offset`, numberOf(draw, LIMITS)])
  }
  for (const [path] of embedded)
    if (shape.chance(8)) pairs.push([path, shape.pick(['is.null', 'not.is.null', 'eq.1'])])
  return pairs
}

const LIMITS = ['0', '-1', 'x', '', '1e3', '9223372036854775808', '99999999999999999999']

/** Nought and what is no number make a request of another shape. */
function numberOf({ shape, value }: Draw, odd: readonly string[]): string {
  return shape.chance(25)
    ? shape.pick(odd)
    : value.pick(['1', '2', '5', '100', '2147483648', '9223372036854775807'])
}

interface SelectPlace {
  readonly depth: number
  readonly path: string
  readonly embedded: (readonly [path: string, table: Table])[]
}

function selectOf(draw: Draw, table: Table, place: SelectPlace): string {
  const { shape } = draw
  const items: string[] = []
  for (let left = 1 + shape.int(4); left > 0; left--) items.push(itemOf(draw, table))
  if (place.depth > 0) for (let left = shape.int(3); left > 0; left--) items.push(embedOf(draw, table, place))
  return items.filter((item) => item !== '').join(',')
}

function itemOf(draw: Draw, table: Table): string {
  const { shape } = draw
  if (shape.chance(20)) return '*'
  if (shape.chance(6))
    return shape.pick(['count()', 'n:count()', 'count()::text', 'age', 'sequels', table.name])
  const alias = shape.chance(12) ? `${quoted(shape.pick(['a', 'b', 'x y', 'ü', '', '"', 'id']))}:` : ''
  const aggregate = shape.chance(10) ? `.${shape.pick(['sum', 'avg', 'max', 'min', 'count'])}()` : ''
  const cast = shape.chance(12) ? `::${shape.pick(CASTS)}` : ''
  const aggregateCast = aggregate !== '' && shape.chance(30) ? `::${shape.pick(CASTS)}` : ''
  return `${alias}${fieldOf(draw, columnOf(draw, table))}${cast}${aggregate}${aggregateCast}`
}

const CASTS = [
  'text',
  'integer',
  'int',
  'jsonb',
  'json',
  'bigint',
  'numeric',
  'text[]',
  'int array',
  'bytea',
  'api.mood',
  'mood',
  'date',
  'xml',
  'no_type',
  'double precision',
  'record',
  'void',
  'colour',
]

function embedOf(draw: Draw, table: Table, { depth, path, embedded }: SelectPlace): string {
  const { shape, cache } = draw
  const relationships = cache.relationships.get(key(table)) ?? []
  if (relationships.length === 0) return ''
  const relationship = shape.pick(relationships)
  const target = cache.tables.get(key(relationship.foreignTable))
  if (target === undefined) return ''
  const name = relationship.kind === 'computed' ? relationship.function.name : target.name
  const alias = shape.chance(25) ? shape.pick(['e', 'f', 'g h']) : null
  const isSpread = shape.chance(25)
  const here = `${path}${path === '' ? '' : '.'}${quoted(alias ?? name)}`
  embedded.push([here, target])
  const inner = shape.chance(8) ? '' : selectOf(draw, target, { depth: depth - 1, path: here, embedded })
  const lead = isSpread ? '...' : alias === null ? '' : `${quoted(alias)}:`
  return `${lead}${quoted(name)}${hintOf(shape, relationship)}${shape.pick(['', '', '!inner', '!left'])}(${inner})`
}

function hintOf(shape: Random, relationship: Relationship): string {
  if (relationship.kind === 'computed' || shape.chance(25)) return ''
  const { cardinality } = relationship
  const name = cardinality.kind === 'many-to-many' ? cardinality.junction.table.name : cardinality.constraint
  return `!${quoted(shape.chance(10) ? 'no_hint' : name)}`
}

function columnOf({ shape }: Draw, table: Table): Column {
  const columns = [...table.columns.values()]
  return columns.length === 0 || shape.chance(2) ? NO_COLUMN : shape.pick(columns)
}

const NO_COLUMN: Column = {
  name: 'no such column',
  description: null,
  isNullable: true,
  type: 'text',
  nominalType: 'text',
  maxLength: null,
  default: null,
  enumValues: [],
  isArray: false,
  isComposite: false,
  isGenerated: false,
  identity: null,
}

function fieldOf({ shape }: Draw, { name, type }: Column): string {
  const isJson = /json|\[\]|place/.test(type)
  let field = quoted(name)
  if (isJson ? shape.chance(40) : shape.chance(4))
    for (let left = 1 + shape.int(3); left > 0; left--)
      field += shape.pick(['->a', '->>a', '->0', '->-1', '->>0', '->"b c"', '->>x', '->99999999999'])
  return field
}

const OPERATORS = [
  'eq',
  'neq',
  'gt',
  'gte',
  'lt',
  'lte',
  'like',
  'ilike',
  'match',
  'imatch',
  'cs',
  'cd',
  'ov',
  'sl',
  'sr',
  'nxr',
  'nxl',
  'adj',
  'isdistinct',
  'fts',
  'plfts',
  'phfts',
  'wfts',
]

/** `eq.1`; inside logic trees values are quoted. */
function operationOf({ shape, value }: Draw, type: string, isNested: boolean): string {
  const not = shape.chance(15) ? 'not.' : ''
  const text = (one: string): string => (isNested ? quoted(one) : one)
  const kind = shape.int(100)
  if (kind < 12) return `${not}is.${shape.pick(['null', 'not_null', 'true', 'false', 'unknown', 'NULL'])}`
  if (kind < 25) return `${not}in.(${value.some(4, () => quoted(valueOf(type, value))).join(',')})`
  if (kind < 35) {
    const list = `{${value.some(4, () => `"${valueOf(type, value).replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`
    return `${not}${shape.pick(OPERATORS.slice(0, 10))}(${shape.pick(['any', 'all'])}).${text(list)}`
  }
  if (kind < 42)
    return `${not}${shape.pick(['fts', 'plfts', 'phfts', 'wfts'])}(${value.pick(['english', 'simple', 'nolang'])}).${text(valueOf('tsquery', value))}`
  return `${not}${shape.chance(35) ? 'eq' : shape.pick(OPERATORS)}.${text(valueOf(type, value))}`
}

function filterPair(draw: Draw, table: Table, prefix: string): [string, string] {
  const column = columnOf(draw, table)
  return [`${prefix}${fieldOf(draw, column)}`, operationOf(draw, column.type, false)]
}

function logicOf(draw: Draw, table: Table, depth: number): string {
  const { shape } = draw
  const children: string[] = []
  for (let left = 1 + shape.int(3); left > 0; left--) {
    if (depth > 0 && shape.chance(25))
      children.push(`${shape.pick(['and', 'or', 'not.and', 'not.or'])}${logicOf(draw, table, depth - 1)}`)
    else {
      const column = columnOf(draw, table)
      children.push(`${fieldOf(draw, column)}.${operationOf(draw, column.type, true)}`)
    }
  }
  return `(${children.join(',')})`
}

function orderOf(draw: Draw, table: Table, embedded: readonly (readonly [string, Table])[]): string {
  const { shape } = draw
  const terms: string[] = []
  for (let left = 1 + shape.int(3); left > 0; left--) {
    const how = `${shape.pick(['', '', '.asc', '.desc'])}${shape.pick(['', '', '.nullsfirst', '.nullslast'])}`
    const [path, other] = embedded.length > 0 && shape.chance(20) ? shape.pick(embedded) : ['', table]
    const field = fieldOf(draw, columnOf(draw, other))
    terms.push(`${path === '' ? field : `${path}(${field})`}${how}`)
  }
  return terms.join(',')
}

/** In double quotes where the grammar needs them. */
export function quoted(text: string): string {
  return /^[A-Za-z_]\w*$/.test(text) ? text : `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`
}
