// Relations while they are put together from the rows of many sources.
import type { z } from 'zod'
import type * as model from '#contract/schema/model.ts'
import type * as table from '#contract/schema/table.ts'

export type TableDraft = z.infer<typeof table.Table>
export type ViewDraft = z.infer<typeof model.View>
export type CompositeDraft = z.infer<typeof model.CompositeType>
export type ColumnDraft = z.infer<typeof table.Column>
export type ConstraintDraft = z.infer<typeof table.Constraint>
export type IndexDraft = z.infer<typeof table.Index>

/** A relation of any kind, those of the system's schemas and of extensions too: others may point at them. */
export interface RelationDraft {
  readonly oid: string
  readonly ownerOid: string
  readonly isPartition: boolean
  /** Whether it is part of the model. */
  readonly isUsers: boolean
  readonly object: TableDraft | ViewDraft | CompositeDraft
  /** By number, from 1 on; dropped ones are missing. */
  readonly columns: (ColumnDraft | undefined)[]
  /** Alike: the places of their types in the list of types, whose names come later. */
  readonly typePlaces: number[]
}

export type Relations = ReadonlyMap<string, RelationDraft>

/** Names of columns by their numbers. Undefined when one is not there: dropped while it was read. */
export function columnNames(relation: RelationDraft, numbers: readonly string[]): string[] | undefined {
  const names: string[] = []
  for (const number of numbers) {
    const column = relation.columns[Number(number)]
    if (column === undefined) return undefined
    names.push(column.name)
  }
  return names
}

/** Whether a bit is set. Bits count from 0, as in bitsSql. */
export function hasBit(bits: number, bit: number): boolean {
  return (bits & (1 << bit)) !== 0
}

const ENABLED = { O: 'origin', D: 'disabled', R: 'replica', A: 'always' } as const

/** When a trigger or rule fires. */
export function enabledOf(code: string): (typeof ENABLED)[keyof typeof ENABLED] {
  return code === 'D' || code === 'R' || code === 'A' ? ENABLED[code] : 'origin'
}
