// What the types of Postgres mean to a form: which operators fit, what a value looks like, what JSON answers.
import type { ApiColumn } from '#contract/requests/api-description.ts'
import type { Operator } from './form.ts'

export type TypeFamily =
  | 'text'
  | 'number'
  | 'boolean'
  | 'date'
  | 'uuid'
  | 'enum'
  | 'json'
  | 'array'
  | 'range'
  | 'search'
  | 'binary'
  | 'other'

type Typed = Pick<ApiColumn, 'type' | 'values'>

/** Precision and length are left out of account: `numeric(5,2)` is a number. */
export function familyOf({ type, values }: Typed): TypeFamily {
  const name = plainType(type)
  if (name.endsWith('[]')) return 'array'
  if (values.length > 0) return 'enum'
  if (
    /^(?:small|big)?int(?:eger|2|4|8)?$|^(?:small|big)?serial$|^numeric$|^decimal$|^real$|^double precision$|^float[48]?$|^number$|^oid$/.test(
      name,
    )
  )
    return 'number'
  if (name === 'boolean' || name === 'bool') return 'boolean'
  if (/^(?:date|timestamp|time)\b|^timestamptz$|^timetz$|^interval$/.test(name)) return 'date'
  if (name === 'uuid') return 'uuid'
  if (name === 'json' || name === 'jsonb') return 'json'
  if (/range$/.test(name)) return 'range'
  if (name === 'tsvector') return 'search'
  if (name === 'bytea') return 'binary'
  return /^(?:text|character varying|varchar|character|char|bpchar|citext|name|string)$/.test(name)
    ? 'text'
    : 'other'
}

function plainType(type: string): string {
  return type.replaceAll(/\(\d+(?:,\s*-?\d+)?\)/g, '').toLowerCase()
}

export interface OperatorChoice {
  readonly operator: Operator
  readonly title: string
}

const TITLES: Readonly<Record<Operator, string>> = {
  eq: 'equals',
  neq: 'differs from',
  gt: 'is greater than',
  gte: 'is at least',
  lt: 'is less than',
  lte: 'is at most',
  like: 'is like',
  ilike: 'is like, in any case',
  match: 'matches the pattern',
  imatch: 'matches the pattern, in any case',
  in: 'is one of',
  is: 'is',
  isdistinct: 'is distinct from',
  fts: 'has the words (fts)',
  plfts: 'has the plain words',
  phfts: 'has the phrase',
  wfts: 'has the words of a web search',
  cs: 'contains',
  cd: 'is contained in',
  ov: 'overlaps',
  sl: 'is left of',
  sr: 'is right of',
  nxr: 'does not extend right of',
  nxl: 'does not extend left of',
  adj: 'is adjacent to',
}

const EQUAL: readonly Operator[] = ['eq', 'neq', 'in', 'is', 'isdistinct']
const ORDERED: readonly Operator[] = ['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'in', 'is', 'isdistinct']
const SEARCHES: readonly Operator[] = ['fts', 'plfts', 'phfts', 'wfts']
const OPERATORS: Readonly<Record<TypeFamily, readonly Operator[]>> = {
  text: [
    'eq',
    'neq',
    'like',
    'ilike',
    'match',
    'imatch',
    'in',
    'is',
    'gt',
    'gte',
    'lt',
    'lte',
    'isdistinct',
    ...SEARCHES,
  ],
  number: ORDERED,
  boolean: ['is', 'eq', 'neq', 'isdistinct'],
  date: ORDERED,
  uuid: EQUAL,
  enum: ['eq', 'neq', 'in', 'is', 'gt', 'gte', 'lt', 'lte', 'isdistinct'],
  // `json` has no operator for equality; its parts, asked for by a path, are text.
  json: ['cs', 'cd', 'is', 'eq', 'neq', 'isdistinct'],
  array: ['cs', 'cd', 'ov', 'eq', 'neq', 'is', 'isdistinct'],
  range: ['cs', 'cd', 'ov', 'sl', 'sr', 'nxr', 'nxl', 'adj', 'eq', 'neq', 'is', 'isdistinct'],
  search: [...SEARCHES, 'is'],
  binary: EQUAL,
  other: ORDERED,
}

/** Those that fit a column, the most used first. */
export function operatorsFor(column: Typed): OperatorChoice[] {
  const all = plainType(column.type) === 'json' ? (['is'] as const) : OPERATORS[familyOf(column)]
  return all.map((operator) => ({ operator, title: TITLES[operator] }))
}

/** What an operator is called, whatever the column. */
export function operatorTitle(operator: Operator): string {
  return TITLES[operator]
}

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }

const DATES: readonly (readonly [pattern: RegExp, sample: string])[] = [
  [/^date$/, '2026-01-31'],
  [/^timestamp(?:tz)?$|^timestamp with time zone/, '2026-01-31T12:00:00+00:00'],
  [/^timestamp/, '2026-01-31T12:00:00'],
  [/^timetz$|^time with time zone/, '12:00:00+00'],
  [/^time/, '12:00:00'],
  [/^interval/, '1 day'],
]
const RANGES: Readonly<Record<string, string>> = {
  int4range: '[1,10)',
  int8range: '[1,10)',
  numrange: '[1.5,10)',
  daterange: '[2026-01-01,2026-02-01)',
  tsrange: '[2026-01-01 00:00,2026-02-01 00:00)',
  tstzrange: '[2026-01-01 00:00+00,2026-02-01 00:00+00)',
}
const OTHERS: Readonly<Record<string, Json>> = {
  inet: '192.0.2.1',
  cidr: '192.0.2.0/24',
  macaddr: '08:00:2b:01:02:03',
  money: '9.99',
  point: '(1,2)',
  bit: '1',
  tsvector: 'word',
  hstore: '"key"=>"value"',
  xml: '<a/>',
  ltree: 'top.part',
}

/** A value that a column of this type takes, as JSON. */
export function sampleValue(column: Typed & Pick<ApiColumn, 'maxLength'>): Json {
  const { type, values, maxLength } = column
  const name = plainType(type)
  switch (familyOf(column)) {
    case 'array':
      return [sampleValue({ type: type.slice(0, -2), values, maxLength: null })]
    case 'enum':
      return values[0] ?? 'text'
    case 'number':
      return /^(?:numeric|decimal|real|double|float)/.test(name) ? 1.5 : 1
    case 'boolean':
      return true
    case 'date':
      return DATES.find(([pattern]) => pattern.test(name))?.[1] ?? '2026-01-31'
    case 'uuid':
      return '3b241101-e2bb-4255-8caf-4136c566a962'
    case 'json':
      return { key: 'value' }
    case 'range':
      return RANGES[name] ?? 'empty'
    case 'binary':
      return String.raw`\x00ff`
    case 'search':
    case 'other':
    case 'text':
      return OTHERS[name] ?? 'text'.slice(0, maxLength ?? 4)
  }
}

/** The row of a body: what must be there first, then what may; what Postgres makes itself is left out. */
export function sampleRow(columns: readonly ApiColumn[], which: 'required' | 'all'): Record<string, Json> {
  const writable = columns.filter(({ isGenerated }) => !isGenerated)
  const isRequired = (column: ApiColumn) => !column.isNullable && !column.hasDefault
  const chosen = [
    ...writable.filter(isRequired),
    ...(which === 'all' ? writable.filter((column) => !isRequired(column)) : []),
  ]
  return Object.fromEntries(chosen.map((column) => [column.name, sampleValue(column)]))
}

/** The body of a row, or of several, as JSON that a person edits. */
export function sampleBody(
  columns: readonly ApiColumn[],
  options: { readonly which: 'required' | 'all'; readonly isBulk?: boolean },
): string {
  const row = sampleRow(columns, options.which)
  return JSON.stringify(options.isBulk === true ? [row, row] : row, null, 2)
}

/** The JSON Schema of what a column answers. `numeric` and floats may be `NaN` and `Infinity`, which JSON writes as text. */
export function columnSchema(column: ApiColumn): Record<string, unknown> {
  const types = jsonTypes(column)
  if (types === null) return {}
  return {
    type: [...types, ...(column.isNullable ? ['null'] : [])],
    ...(column.values.length > 0 && !column.type.endsWith('[]')
      ? { enum: [...column.values, ...(column.isNullable ? [null] : [])] }
      : {}),
    ...(column.maxLength === null || !types.includes('string') ? {} : { maxLength: column.maxLength }),
  }
}

function jsonTypes(column: ApiColumn): string[] | null {
  switch (familyOf(column)) {
    case 'number':
      return /^(?:numeric|decimal|real|double|float)/.test(plainType(column.type))
        ? ['number', 'string']
        : ['integer']
    case 'boolean':
      return ['boolean']
    case 'array':
      return ['array']
    case 'text':
    case 'date':
    case 'uuid':
    case 'enum':
    case 'range':
    case 'binary':
    case 'search':
      return ['string']
    case 'json':
    case 'other':
      return null
  }
}

/** The JSON Schema of a list of rows. */
export function rowsSchema(columns: readonly ApiColumn[]): Record<string, unknown> {
  return {
    type: 'array',
    items: {
      type: 'object',
      properties: Object.fromEntries(columns.map((column) => [column.name, columnSchema(column)])),
      required: columns.map(({ name }) => name),
    },
  }
}
