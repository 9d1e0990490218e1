// The tree of what is read: one node for each relation, its embeds below it. Every name in it has been looked up: embeds have their
// relationship, fields their type, orders by an embed their join.
import type { Aggregate, JsonOperation, Operation, OrderTerm, Range } from '../parse/api-request.ts'
import type { ColumnPair, QualifiedName } from '../types.ts'

export interface ReadPlan {
  readonly root: ReadNode
  /** Whether `*` and nothing else is selected: a media type handler of the relation applies only then. */
  readonly isDefaultSelect: boolean
  /** Embeds that parameters named by their target although they have an alias, each once: the answer carries a warning. */
  readonly legacyNames: readonly LegacyName[]
  /** A page by cursor; null for a page by range. */
  readonly cursor: CursorPlan | null
}

/** Pages that follow each other by the values of their last row. */
export interface CursorPlan {
  /** What the rows are ordered by: no two rows are equal in all of it. It is the root's order. */
  readonly keys: readonly CursorKey[]
  /** Names of the result's columns, in order. */
  readonly columns: readonly string[]
  /** What the cursor is made for, in words: relation and order. */
  readonly order: string
  /** The values of the row that the page begins after; null for the first page. */
  readonly after: readonly (string | null)[] | null
}

export interface CursorKey {
  readonly term: PlannedOrderTerm
  readonly isNullable: boolean
}

/** An embed of `target` that is called `alias`. */
export interface LegacyName {
  readonly target: string
  readonly alias: string
}

/** One SELECT. */
export interface ReadNode {
  readonly source: ReadSource
  /** Own columns, in order. `*` is kept where nothing asks for the single columns. */
  readonly select: readonly SelectedField[]
  readonly embeds: readonly Embed[]
  /** All must hold. */
  readonly where: readonly Condition[]
  readonly order: readonly PlannedOrderTerm[]
  readonly range: Range
}

export type ReadSource =
  /** A relation; without an alias it goes by its qualified name. */
  | { readonly kind: 'relation'; readonly name: QualifiedName; readonly alias: string | null }
  /** Rows of a CTE: what a write or a function gave back. */
  | { readonly kind: 'rows'; readonly source: string; readonly alias: string }
  /** A computed relationship: a function of the parent's row. */
  | {
      readonly kind: 'computed'
      readonly function: QualifiedName
      /** The parent's row type. */
      readonly table: QualifiedName
      readonly alias: string
    }

export interface Embed {
  /** Its key in the parent's row. */
  readonly name: string
  /** Alias of the joined row, unique among its siblings. */
  readonly join: string
  readonly isToOne: boolean
  /** Whether parents without such a row are left out. */
  readonly isInner: boolean
  /** object, array: one key of the parent's row. row, arrays: spread into the parent's row. none: nothing of it is selected. */
  readonly shape: 'object' | 'array' | 'row' | 'arrays' | 'none'
  /** [column of the parent, column of the node, or of the junction where there is one]; none for a computed relationship. */
  readonly on: readonly ColumnPair[]
  readonly junction: PlannedJunction | null
  /** What a spread adds to the parent's row, in order; empty for the other shapes. */
  readonly spread: readonly SpreadField[]
  readonly node: ReadNode
}

export interface PlannedJunction {
  readonly table: QualifiedName
  readonly alias: string
  /** [column of the node, column of the junction] */
  readonly on: readonly ColumnPair[]
}

/** A column of a spread embed as its parent selects it. */
export interface SpreadField {
  /** Its name in the embed's rows; `*` for all of them. */
  readonly name: string
  /** Whether it is json that an embed made: groups must compare it as jsonb. */
  readonly isJson: boolean
  /** Aggregates of a spread row are computed by the nearest ancestor that is not spread itself. */
  readonly aggregate: Aggregate | null
  readonly aggregateCast: string | null
  /** Its name in the parent's row where that differs. */
  readonly alias: string | null
}

export interface PlannedField {
  /** `*` for all columns. */
  readonly name: string
  readonly jsonPath: readonly JsonOperation[]
  /** Whether arrows can be applied as it is; other types go through to_jsonb first. */
  readonly isJson: boolean
  /** The row itself, not a column of it: count() in a spread. */
  readonly isFullRow: boolean
  /** The function of a domain representation: to json where the field is selected, from text where it is compared. */
  readonly representation: QualifiedName | null
}

export interface SelectedField {
  readonly field: PlannedField
  readonly cast: string | null
  readonly aggregate: Aggregate | null
  readonly aggregateCast: string | null
  readonly alias: string | null
}

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly isNegated: boolean; readonly children: readonly Condition[] }
  | { readonly kind: 'filter'; readonly field: PlannedField; readonly operation: PlannedOperation }
  /** Whether the parent has a row of this embed (`clients=not.is.null`). */
  | { readonly kind: 'embed'; readonly embed: Embed; readonly hasRow: boolean }

export type PlannedOperation = Exclude<Operation, TextSearch> | PlannedTextSearch

type TextSearch = Extract<Operation, { readonly kind: 'fts' }>

type PlannedTextSearch = TextSearch & {
  /** Whether the field goes through to_tsvector first: it is no tsvector. */
  readonly isConverted: boolean
}

export interface PlannedOrderTerm {
  readonly field: PlannedField
  /** The join of the to-one embed that the field belongs to; null for an own column. */
  readonly join: string | null
  readonly direction: OrderTerm['direction']
  readonly nulls: OrderTerm['nulls']
}
