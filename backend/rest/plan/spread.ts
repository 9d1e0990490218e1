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
  if (parent.passesOn) return { fields: columns.map(plain), outputs: columns }
  const fields = columns.map((column) =>
    column.pending === null ? plain(column) : { ...plain(column), ...column.pending },
  )
  return {
    fields,
    outputs: fields.map(({ name, alias, isJson }) => ({ name: alias ?? name, isJson, pending: null })),
  }
}

/** Spreads the columns of many rows: each becomes an array. */
export function spreadArrays(columns: readonly Output[]): Spread {
  const arrays = columns.map((column) => ({ ...column, isJson: true }))
  return { fields: arrays.map(plain), outputs: arrays }
}

function plain({ name, isJson }: Output): SpreadField {
  return { name, isJson, aggregate: null, aggregateCast: null, alias: null }
}
