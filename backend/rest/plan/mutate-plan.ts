// What is written: which rows, from which values, and what comes back of them.
import type { Range } from '../parse/api-request.ts'
import type { QualifiedName } from '../types.ts'
import type { Condition, PlannedOrderTerm } from './read-plan.ts'

export type MutatePlan = InsertPlan | UpdatePlan | DeletePlan

/** A column that is written, and how a value of the payload becomes one of it. */
export interface WrittenColumn {
  readonly name: string
  /** The type as which the payload is read: the column's own, or `json` where a domain has its own representation. */
  readonly type: string
  /** From json to the column's domain. */
  readonly parser: QualifiedName | null
  /** What stands in for a missing key (`missing=default`), and the column's type. Null reads a missing key as null. */
  readonly default: { readonly expression: string; readonly type: string } | null
}

/** The rows to write, as JSON text: one parameter of the statement. */
export interface WrittenRows {
  readonly columns: readonly WrittenColumn[]
  readonly json: string | Uint8Array
  /** An array of objects; otherwise one object. */
  readonly isArray: boolean
}

/** What all mutations give back. */
interface Returned {
  readonly table: QualifiedName
  /** Columns that the body, its embeds or Location need; `*` for all. Empty: the count alone. */
  readonly returning: readonly string[]
}

export interface InsertPlan extends Returned {
  readonly kind: 'insert'
  readonly rows: WrittenRows
  readonly conflict: {
    readonly resolution: 'merge-duplicates' | 'ignore-duplicates'
    /** Names of columns of a unique constraint or index. */
    readonly columns: readonly string[]
  } | null
  /** PUT: the row of the payload must have the key that the query string names. */
  readonly where: readonly Condition[]
  /** Columns of Location; empty gives none. */
  readonly locationKey: readonly string[]
}

/** The first rows in an order, of those that the filters let through: what `order` with `limit` leaves of a write. */
export interface WriteLimit {
  readonly order: readonly PlannedOrderTerm[]
  readonly range: Range
  /** The primary key, which names the rows and ends the order. */
  readonly key: readonly string[]
}

export interface UpdatePlan extends Returned {
  readonly kind: 'update'
  /** Null updates nothing: no keys were sent. */
  readonly rows: WrittenRows | null
  readonly where: readonly Condition[]
  readonly limit: WriteLimit | null
}

export interface DeletePlan extends Returned {
  readonly kind: 'delete'
  readonly where: readonly Condition[]
  readonly limit: WriteLimit | null
}
