// Options that ALTER changes one by one.
import type { AlterTableCmd } from '@pgsql/types'
import { optionsOf, valueOf } from './nodes.ts'

/** The items of a list that a change holds. */
export function listOf(def: AlterTableCmd['def']) {
  return def !== undefined && 'List' in def ? def.List.items : undefined
}

/** Options after SET or RESET. */
export function changed(before: readonly string[], given: readonly string[], isReset: boolean): string[] {
  const nameOf = (one: string): string => one.split('=')[0] ?? ''
  const names = new Set(given.map(nameOf))
  return [...before.filter((one) => !names.has(nameOf(one))), ...(isReset ? [] : given)]
}

/** OPTIONS (ADD …, SET …, DROP …). */
export function changedOptionList(before: readonly string[], def: AlterTableCmd['def']): string[] {
  const given = optionsOf(listOf(def))
  const dropped = new Set(given.map(({ defname }) => defname))
  return [
    ...before.filter((one) => !dropped.has(one.split('=')[0] ?? '')),
    ...given.flatMap(({ defname, arg, defaction }) =>
      defaction === 'DEFELEM_DROP' ? [] : [`${defname}=${valueOf(arg) ?? ''}`],
    ),
  ]
}
