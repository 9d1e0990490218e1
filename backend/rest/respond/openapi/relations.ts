// The relations that `select` can embed, each by the name that means it and no other: for clients that build requests from the description.
import { key, type Cardinality, type Relationship, type Table } from '../../types.ts'
import type { DocumentInput } from './input.ts'
import type { JsonObject } from './json.ts'

/** In the order of the cache. Those that no name tells from another are left out. */
export function relationsOf(input: DocumentInput, table: Table): JsonObject[] {
  const all = (input.cache.relationships.get(key(table)) ?? []).filter(
    ({ foreignTable }) => foreignTable.schema === input.schema && isVisible(input, key(foreignTable)),
  )
  const taken = new Set<string>()
  return all.flatMap((relationship) => {
    const name = nameOf(relationship, all)
    if (name === undefined || taken.has(name)) return []
    taken.add(name)
    return [
      {
        name,
        target: relationship.foreignTable.name,
        cardinality: isToOne(relationship) ? 'one' : 'many',
        ...pairsOf(relationship),
      },
    ]
  })
}

function isVisible({ cache, privileges }: DocumentInput, table: string): boolean {
  const found = cache.tables.get(table)
  return found !== undefined && (privileges?.relations.has(found.oid) ?? true)
}

function isToOne(relationship: Relationship): boolean {
  if (relationship.kind === 'computed') return relationship.isToOne
  return relationship.cardinality.kind === 'many-to-one' || relationship.cardinality.kind === 'one-to-one'
}

function nameOf(relationship: Relationship, all: readonly Relationship[]): string | undefined {
  if (relationship.kind === 'computed') return relationship.function.name
  const { foreignTable, cardinality, isSelf } = relationship
  const table = foreignTable.name
  // A computed one of the table's name stands in for it.
  if (all.some((one) => one.kind === 'computed' && one.function.name === table)) return undefined
  const rivals = all.filter(
    (one) => one.kind === 'foreign-key' && one.foreignTable.name === table && one !== relationship,
  )
  const ownColumn = onlyColumn(cardinality, 0)
  if (isSelf) {
    // The table's name means the rows that refer to this one, the column's the row that it refers to.
    if (cardinality.kind === 'many-to-one') return ownColumn
    if (cardinality.kind !== 'one-to-many') return undefined
    const others = rivals.filter(
      (one) => one.kind === 'foreign-key' && one.cardinality.kind === 'one-to-many',
    )
    const foreignColumn = onlyColumn(cardinality, 1)
    if (others.length === 0) return table
    return foreignColumn === undefined ? undefined : `${hinted(table)}!${hinted(foreignColumn)}`
  }
  // A constraint or column of another relation may have the table's name.
  if (rivals.length === 0 && !all.some((one) => one !== relationship && isNamedBy(one, table))) return table
  const hint = cardinality.kind === 'many-to-many' ? cardinality.junction.table.name : cardinality.constraint
  const isTold = rivals.every((one) => one.kind === 'computed' || !fits(one.cardinality, hint))
  return isTold ? `${hinted(table)}!${hinted(hint)}` : undefined
}

/** Quoted where it has a sign of the grammar. */
function hinted(name: string): string {
  return /^[\p{L}\p{N}_$]+$/u.test(name) ? name : `"${name.replaceAll(/["\\]/g, String.raw`\$&`)}"`
}

function isNamedBy(relationship: Relationship, name: string): boolean {
  if (relationship.kind === 'computed' || relationship.isSelf || relationship.isForeignTableView) return false
  const { cardinality } = relationship
  return (
    cardinality.kind !== 'many-to-many' &&
    (cardinality.constraint === name || onlyColumn(cardinality, 0) === name)
  )
}

function fits(cardinality: Cardinality, hint: string): boolean {
  if (cardinality.kind === 'many-to-many') return cardinality.junction.table.name === hint
  return (
    cardinality.constraint === hint ||
    onlyColumn(cardinality, 0) === hint ||
    onlyColumn(cardinality, 1) === hint
  )
}

function onlyColumn(cardinality: Cardinality, side: 0 | 1): string | undefined {
  if (cardinality.kind === 'many-to-many' || cardinality.columns.length !== 1) return undefined
  return cardinality.columns[0]?.[side]
}

function pairsOf(relationship: Relationship): JsonObject {
  if (relationship.kind === 'computed') return { columns: [], targetColumns: [] }
  const { cardinality } = relationship
  const [here, there] =
    cardinality.kind === 'many-to-many'
      ? [cardinality.junction.sourceColumns, cardinality.junction.targetColumns]
      : [cardinality.columns, cardinality.columns.map(([a, b]) => [b, a] as const)]
  return { columns: here.map(([name]) => name), targetColumns: there.map(([name]) => name) }
}
