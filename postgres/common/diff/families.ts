// Tables and what they inherit from, partitions among them.
import type { RelationName, Table } from '#contract/schema/types.ts'
import type { ModelDiff } from './model-diff.ts'

/** For each column: those of tables right below its own that are inherited from it. */
export function inheritedColumns({ pairs, matching }: ModelDiff): Map<string, readonly string[]> {
  const found = new Map<string, string[]>()
  const tables = new Map<string, Table>()
  const heirs: Table[] = []
  for (const { before } of pairs.values()) {
    if (before?.kind !== 'table') continue
    tables.set(`${before.schema}\0${before.name}`, before)
    if (before.partitionOf !== null || before.inherits.length > 0) heirs.push(before)
  }
  for (const heir of heirs)
    for (const { schema, name } of parentsOf(heir))
      for (const column of tables.get(`${schema}\0${name}`)?.columns ?? []) {
        const own = heir.columns.find((one) => one.name === column.name)
        if (own?.isInherited !== true) continue
        const id = matching.idOf(column.id)
        found.set(id, [...(found.get(id) ?? []), matching.idOf(own.id)])
      }
  return found
}

/** Whether two relations are one. */
export function sameName(left: RelationName, right: RelationName): boolean {
  return left.schema === right.schema && left.name === right.name
}

/** Whether a column of this name decides in which partition a row is; Postgres does not let its type change. */
export function isInPartitionKey(column: string, table: Table): boolean {
  if (table.partitionKey === null) return false
  return new RegExp(`(^|[^\\w$])"?${column.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}"?([^\\w$]|$)`).test(
    table.partitionKey,
  )
}

/** The tables that a table inherits from or is a partition of. */
export function parentsOf({ inherits, partitionOf }: Table): readonly RelationName[] {
  return partitionOf === null ? inherits : [partitionOf.parent]
}
