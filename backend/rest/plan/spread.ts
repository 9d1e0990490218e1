// Spread embeds: what their columns become in the parent's rows.
import type { SpreadField } from './read-plan.ts'
import type { Output } from './select.ts'

export interface Spread {
  readonly fields: readonly SpreadField[]
  /** What the parent's rows have of it. */
  readonly outputs: readonly Output[]
}

/**
 * Spreads the columns of one row into its parent's row. A parent that is spread itself passes aggregates on; any other computes them,
 * as if the columns were its own.
 */
export function spreadRow(columns: readonly Output[], parent: { readonly passesOn: boolean }): Spread {
  if (parent.passesOn) return { fields: columns.map(({ name }) => plain(name)), outputs: columns }
  const fields = columns.map(({ name, pending }) => (pending === null ? plain(name) : { name, ...pending }))
  return { fields, outputs: fields.map(({ name, alias }) => ({ name: alias ?? name, pending: null })) }
}

/** Spreads the columns of many rows: each becomes an array. */
export function spreadArrays(columns: readonly Output[]): Spread {
  return { fields: columns.map(({ name }) => plain(name)), outputs: columns }
}

function plain(name: string): SpreadField {
  return { name, aggregate: null, aggregateCast: null, alias: null }
}
