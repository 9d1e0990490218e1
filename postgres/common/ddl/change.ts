// What the differ finds: one entry per object or part of one that differs, in the words of the person who reads the diff.
import type { ObjectKind } from '#contract/schema/types.ts'

/** A part of a table, view, domain or composite type, or the object itself. */
export type ChangedKind =
  ObjectKind | 'column' | 'constraint' | 'index' | 'trigger' | 'rule' | 'policy' | 'enumLabel' | 'attribute'

export interface Change {
  readonly action: 'create' | 'alter' | 'drop'
  readonly kind: ChangedKind
  /** Id in the newer model, or in the older one for a drop. */
  readonly id: string
  /** Id of the table (view, type) that it is part of; null for an object itself. */
  readonly parentId: string | null
  /** `shop.film.title`, unquoted, for people. */
  readonly name: string
  /** Fields that differ, for `alter`: `name`, `type`, `default`. Before and after as they are shown. */
  readonly differences: readonly { readonly field: string; readonly before: string; readonly after: string }[]
  /** It must be dropped and made again, because Postgres cannot alter it so, or because something under it changes. */
  readonly isRebuilt: boolean
}

/** One name in the older model that became another in the newer. Given by ids of the two models. */
export interface Rename {
  readonly from: string
  readonly to: string
}

export interface DiffOptions {
  /** `id` when both models come from one database (a draft and its base); `name` otherwise. */
  readonly matchBy: 'id' | 'name'
  /** Confirmed renames, with `name` only. */
  readonly renames?: readonly Rename[]
  /** Left out of the comparison. Owners are, unless said otherwise: a migration runs as whoever may run it. */
  readonly ignore?: { readonly owners?: boolean; readonly grants?: boolean; readonly comments?: boolean }
}
