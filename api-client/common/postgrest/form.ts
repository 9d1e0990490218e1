// What the form of an endpoint holds: everything that a request to PostgREST can ask for, before it is text. Texts may hold {{variables}}.
import type { Pair, Parameter } from '#contract/requests/parts.ts'

export type Action = 'read' | 'insert' | 'upsert' | 'update' | 'replace' | 'delete' | 'call'

/** A step into JSON: `->` gives JSON, `->>` text. */
export interface JsonStep {
  readonly arrow: '->' | '->>'
  /** A key, or the digits of an index. */
  readonly key: string
  readonly isIndex: boolean
}

export interface FieldRef {
  readonly name: string
  readonly path: readonly JsonStep[]
}

export type AggregateName = 'sum' | 'avg' | 'max' | 'min' | 'count'

export interface PickedColumn {
  readonly kind: 'column'
  /** `*` for all; empty for `count()` of rows. */
  readonly field: FieldRef
  /** Empty for none, here and below. */
  readonly alias: string
  readonly cast: string
  readonly aggregate: AggregateName | ''
  readonly aggregateCast: string
}

/** Rows of another relation. What filters, orders and pages them stands in parameters of their own. */
export interface Embed {
  readonly kind: 'embed'
  readonly target: string
  readonly hint: string
  readonly join: '' | 'inner' | 'left'
  /** A spread has none. */
  readonly alias: string
  readonly isSpread: boolean
  readonly select: readonly SelectItem[]
  readonly where: readonly Condition[]
  readonly order: readonly OrderTerm[]
  readonly limit: string
  readonly offset: string
}

export type SelectItem = PickedColumn | Embed

export const QUANTIFIED = ['eq', 'gt', 'gte', 'lt', 'lte', 'like', 'ilike', 'match', 'imatch'] as const
export const SIMPLE = ['neq', 'cs', 'cd', 'ov', 'sl', 'sr', 'nxr', 'nxl', 'adj'] as const
export const TEXT_SEARCH = ['fts', 'plfts', 'phfts', 'wfts'] as const
export type Operator =
  | (typeof QUANTIFIED)[number]
  | (typeof SIMPLE)[number]
  | (typeof TEXT_SEARCH)[number]
  | 'in'
  | 'is'
  | 'isdistinct'

export const IS_VALUES = ['null', 'not_null', 'true', 'false', 'unknown'] as const

export interface Filter {
  readonly kind: 'filter'
  readonly field: FieldRef
  readonly isNegated: boolean
  readonly operator: Operator
  /** Of operators that take a list of values in braces. */
  readonly quantifier: '' | 'any' | 'all'
  /** Configuration of a text search. */
  readonly language: string
  readonly value: string
  /** Of `in`. */
  readonly values: readonly string[]
}

export interface Group {
  readonly kind: 'group'
  readonly connective: 'and' | 'or'
  readonly isNegated: boolean
  readonly conditions: readonly Condition[]
}

export type Condition = Filter | Group

export interface OrderTerm {
  readonly field: FieldRef
  /** A to-one embed whose column orders; empty for an own column. */
  readonly relation: string
  readonly direction: '' | 'asc' | 'desc'
  readonly nulls: '' | 'nullsfirst' | 'nullslast'
}

export type AnswerFormat = 'json' | 'csv' | 'geojson' | 'binary' | 'text' | 'xml'

export interface Preferences {
  readonly return: '' | 'minimal' | 'headers-only' | 'representation'
  readonly resolution: '' | 'merge-duplicates' | 'ignore-duplicates'
  readonly missing: '' | 'default' | 'null'
  readonly count: '' | 'exact' | 'planned' | 'estimated'
  readonly tx: '' | 'commit' | 'rollback'
  readonly handling: '' | 'strict' | 'lenient'
  readonly timezone: string
  readonly maxAffected: string
}

export interface EndpointForm {
  readonly action: Action
  /** Of reads and calls: `HEAD` asks for the headers alone; `GET` calls a function that writes nothing. */
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  /** What stands before the path in place of the API's address: `{{baseUrl}}`. Empty for the address. */
  readonly base: string
  readonly schema: string
  /** Of the table, view or function. */
  readonly name: string
  /** Empty for all columns. */
  readonly select: readonly SelectItem[]
  readonly where: readonly Condition[]
  readonly order: readonly OrderTerm[]
  readonly limit: string
  readonly offset: string
  /** Whether the rows are asked for by a Range header. Both limit and offset are numbers then. */
  readonly usesRangeHeader: boolean
  /** One object in place of a list; an error when it is not exactly one row. */
  readonly isSingle: boolean
  readonly stripsNulls: boolean
  readonly format: AnswerFormat
  readonly prefer: Preferences
  readonly onConflict: readonly string[]
  /** `columns=`: which keys of the body count. */
  readonly columns: readonly string[]
  /** `text` goes to a function whose one parameter has no name. */
  readonly bodyFormat: 'json' | 'csv' | 'text'
  readonly body: string
  /** Of a call by GET; repeated names are a variadic one's. */
  readonly arguments: readonly { readonly name: string; readonly value: string }[]
  /** What no field shows; it is sent as it stands. */
  readonly otherParameters: readonly Parameter[]
  readonly otherHeaders: readonly Pair[]
}

export const NO_PREFERENCES: Preferences = {
  return: '',
  resolution: '',
  missing: '',
  count: '',
  tx: '',
  handling: '',
  timezone: '',
  maxAffected: '',
}

const METHODS = {
  read: 'GET',
  insert: 'POST',
  upsert: 'POST',
  update: 'PATCH',
  replace: 'PUT',
  delete: 'DELETE',
  call: 'POST',
} as const

/** A form that asks for nothing in particular. */
export function emptyForm(action: Action, schema: string, name: string): EndpointForm {
  return {
    action,
    method: METHODS[action],
    base: '',
    schema,
    name,
    select: [],
    where: [],
    order: [],
    limit: '',
    offset: '',
    usesRangeHeader: false,
    isSingle: false,
    stripsNulls: false,
    format: 'json',
    prefer: NO_PREFERENCES,
    onConflict: [],
    columns: [],
    bodyFormat: 'json',
    body: '',
    arguments: [],
    otherParameters: [],
    otherHeaders: [],
  }
}

/** A column as it is, without alias and cast. */
export function pickColumn(name: string, fields: Partial<PickedColumn> = {}): PickedColumn {
  return {
    kind: 'column',
    field: { name, path: [] },
    alias: '',
    cast: '',
    aggregate: '',
    aggregateCast: '',
    ...fields,
  }
}

/** All rows of a relation by the name that `select` calls it: `film` or `film!film_language_id_fkey`. */
export function embedOf(target: string, fields: Partial<Embed> = {}): Embed {
  return {
    kind: 'embed',
    target,
    hint: '',
    join: '',
    alias: '',
    isSpread: false,
    select: [],
    where: [],
    order: [],
    limit: '',
    offset: '',
    ...fields,
  }
}

export function filterOf(
  name: string,
  operator: Operator,
  value: string,
  fields: Partial<Filter> = {},
): Filter {
  return {
    kind: 'filter',
    field: { name, path: [] },
    isNegated: false,
    operator,
    quantifier: '',
    language: '',
    value,
    values: [],
    ...fields,
  }
}

export function orderBy(name: string, fields: Partial<OrderTerm> = {}): OrderTerm {
  return { field: { name, path: [] }, relation: '', direction: '', nulls: '', ...fields }
}

/** What parameters of an embed begin with. */
export function embedName({ alias, target }: Embed): string {
  return alias === '' ? target : alias
}
