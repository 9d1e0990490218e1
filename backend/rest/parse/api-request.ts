// What a request asks for, as read from its URL, headers and body alone: no name in here has been looked up yet.

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'

/** The HTTP request, read to its end. Header names in lower case; repeated headers joined by `, ` (cookies by `; `) as Node gives them. */
export interface HttpRequest {
  readonly method: string
  /** Percent-encoded path below the API's root, with leading slash. */
  readonly path: string
  /** Percent-encoded, without the question mark. */
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export type Action =
  | { readonly kind: 'read'; readonly target: string; readonly headersOnly: boolean }
  | { readonly kind: 'mutate'; readonly target: string; readonly mutation: Mutation }
  | { readonly kind: 'call'; readonly target: string; readonly invocation: 'get' | 'head' | 'post' }
  /** The root: OpenAPI, or the function of db-root-spec. */
  | { readonly kind: 'inspect'; readonly headersOnly: boolean }
  | { readonly kind: 'info'; readonly of: 'relation' | 'routine' | 'schema'; readonly target: string }

/** POST, PATCH, PUT, DELETE on a relation. */
export type Mutation = 'create' | 'update' | 'upsert-one' | 'delete'

export interface ApiRequest {
  readonly action: Action
  readonly method: Method
  /** One of the exposed ones. */
  readonly schema: string
  /** Whether there was a choice: the answer then names it in Content-Profile. */
  readonly negotiatedByProfile: boolean
  readonly parameters: QueryParameters
  readonly preferences: Preferences
  /** Sorted by q and specificity, best first; never empty (a missing Accept is any). */
  readonly accept: readonly MediaType[]
  readonly contentType: MediaType
  readonly payload: Payload | null
  /** Of Range (GET only), else of limit and offset of the top level. */
  readonly topRange: Range
  /** Pages by cursor, an extension of ours; null for pages by range. Reads of relations only. */
  readonly cursor: CursorRequest | null
  /** What goes into the request.* settings. */
  readonly http: {
    readonly method: string
    readonly path: string
    readonly headers: Readonly<Record<string, string>>
    readonly cookies: Readonly<Record<string, string>>
  }
}

// ---- media types

export interface MediaType {
  /** Lower case: `application`. */
  readonly type: string
  readonly subtype: string
  /** Without q, names in lower case, in the order given. */
  readonly parameters: readonly (readonly [name: string, value: string])[]
}

// ---- query string

export interface QueryParameters {
  /** Sorted by name, re-encoded: for Content-Location. */
  readonly canonical: string
  /** Everything that is no reserved word and looks like no filter to a function: arguments of a GET call. In order, repeats kept. */
  readonly arguments: readonly (readonly [name: string, value: string])[]
  readonly select: readonly SelectItem[]
  /** Filters on columns, in order, each with the embed it belongs to. */
  readonly filters: readonly At<Filter>[]
  /** `and=`, `or=`, in order. */
  readonly logic: readonly At<LogicTree>[]
  readonly order: readonly At<readonly OrderTerm[]>[]
  /** By path of the embed joined by dots; '' is the top level. */
  readonly ranges: ReadonlyMap<string, Range>
  readonly onConflict: readonly string[] | null
  /** Names of the parameters that filter at the top level, for PUT and for calls. */
  readonly filterFields: ReadonlySet<string>
}

/** Something that belongs to an embed: ['clients', 'projects'] is `clients.projects.…`; [] is the top level. */
export interface At<T> {
  readonly path: readonly string[]
  readonly value: T
}

/** Rows from offset; a null limit has no end. */
export interface Range {
  readonly offset: number
  readonly limit: number | null
}

/** A page by cursor: the first one, or the one after a row. */
export interface CursorRequest {
  readonly after: Cursor | null
}

/** Where a page ended: the values that its last row is ordered by, as Postgres prints them, and what tells that they fit the order. */
export interface Cursor {
  readonly check: string
  readonly values: readonly (string | null)[]
}

export interface JsonOperation {
  /** `->` gives JSON, `->>` text. */
  readonly arrow: '->' | '->>'
  readonly operand:
    { readonly kind: 'key'; readonly name: string } | { readonly kind: 'index'; readonly index: string }
}

export interface Field {
  readonly name: string
  readonly jsonPath: readonly JsonOperation[]
}

export type Aggregate = 'sum' | 'avg' | 'max' | 'min' | 'count'

export type SelectItem =
  | {
      readonly kind: 'field'
      /** `*` for all; '' for count() without a column. */
      readonly field: Field
      readonly alias: string | null
      readonly cast: string | null
      readonly aggregate: Aggregate | null
      readonly aggregateCast: string | null
    }
  | {
      readonly kind: 'embed'
      readonly target: string
      readonly alias: string | null
      /** `!name`: a constraint, column, junction or relation. */
      readonly hint: string | null
      readonly join: 'inner' | 'left' | null
      readonly select: readonly SelectItem[]
    }
  | {
      readonly kind: 'spread'
      readonly target: string
      readonly hint: string | null
      readonly join: 'inner' | 'left' | null
      readonly select: readonly SelectItem[]
    }

export interface Filter {
  readonly field: Field
  readonly operation: Operation
}

export type Quantifier = 'any' | 'all'
export type SimpleOperator = 'neq' | 'cs' | 'cd' | 'ov' | 'sl' | 'sr' | 'nxr' | 'nxl' | 'adj'
export type QuantifiedOperator = 'eq' | 'gte' | 'gt' | 'lte' | 'lt' | 'like' | 'ilike' | 'match' | 'imatch'
export type TextSearchOperator = 'fts' | 'plfts' | 'phfts' | 'wfts'

/** What stands after the field's name; values are raw text. */
export type Operation = { readonly isNegated: boolean } & (
  | { readonly kind: 'simple'; readonly operator: SimpleOperator; readonly value: string }
  | {
      readonly kind: 'quantified'
      readonly operator: QuantifiedOperator
      readonly quantifier: Quantifier | null
      readonly value: string
    }
  | { readonly kind: 'in'; readonly values: readonly string[] }
  | { readonly kind: 'is'; readonly value: 'null' | 'not_null' | 'true' | 'false' | 'unknown' }
  | { readonly kind: 'isdistinct'; readonly value: string }
  | {
      readonly kind: 'fts'
      readonly operator: TextSearchOperator
      readonly language: string | null
      readonly value: string
    }
)

export type LogicTree =
  | { readonly kind: 'and' | 'or'; readonly isNegated: boolean; readonly children: readonly LogicTree[] }
  | { readonly kind: 'filter'; readonly filter: Filter }

export interface OrderTerm {
  readonly field: Field
  /** The to-one embed whose column orders; null for an own column. */
  readonly relation: string | null
  readonly direction: 'asc' | 'desc' | null
  readonly nulls: 'nullsfirst' | 'nullslast' | null
}

// ---- Prefer

export interface Preferences {
  readonly resolution: 'merge-duplicates' | 'ignore-duplicates' | null
  readonly return: 'representation' | 'headers-only' | 'minimal' | null
  readonly count: 'exact' | 'planned' | 'estimated' | null
  readonly tx: 'commit' | 'rollback' | null
  readonly missing: 'default' | 'null' | null
  readonly handling: 'strict' | 'lenient' | null
  readonly timezone: string | null
  readonly maxAffected: number | null
  /** An extension of ours. */
  readonly pagination: 'cursor' | null
  /** What was not understood, in order: an error under handling=strict. */
  readonly invalid: readonly string[]
}

// ---- body

export type Payload =
  /** JSON, or CSV that parse/ turned into it: text of an object or array, and the names of its keys, sorted (of the first object; of JSON those of `columns=` in their place). */
  | {
      readonly kind: 'json'
      /** Of long bodies as UTF-8. */
      readonly text: string | Uint8Array
      readonly isArray: boolean
      readonly isEmpty: boolean
      readonly keys: readonly string[]
    }
  /** application/x-www-form-urlencoded */
  | { readonly kind: 'form'; readonly values: readonly (readonly [name: string, value: string])[] }
  /** Handed to a function of one unnamed parameter: text, xml, bytes, and JSON of any shape. */
  | { readonly kind: 'raw'; readonly value: string | Uint8Array }
