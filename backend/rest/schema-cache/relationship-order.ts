// The order in which relationships stand: that of the details of an ambiguity.
import type { Cardinality, ColumnPair, Relationship } from '../types.ts'
import { compareNames, compareTexts } from './keys.ts'

const CARDINALITIES: readonly Cardinality['kind'][] = [
  'one-to-many',
  'many-to-one',
  'one-to-one',
  'many-to-many',
]

/** Compares two relationships of one table: foreign keys first, by target, then by kind and constraint. */
export function compareRelationships(a: Relationship, b: Relationship): number {
  if (a.kind === 'computed' || b.kind === 'computed') {
    if (a.kind === 'computed' && b.kind === 'computed')
      return compareNames(a.function, b.function) || compareNames(a.foreignTable, b.foreignTable)
    return a.kind === 'computed' ? 1 : -1
  }
  return (
    compareNames(a.foreignTable, b.foreignTable) ||
    Number(a.isSelf) - Number(b.isSelf) ||
    compareCardinalities(a.cardinality, b.cardinality) ||
    Number(a.isTableView) - Number(b.isTableView) ||
    Number(a.isForeignTableView) - Number(b.isForeignTableView)
  )
}

function compareCardinalities(a: Cardinality, b: Cardinality): number {
  if (a.kind === 'many-to-many' && b.kind === 'many-to-many')
    return (
      compareNames(a.junction.table, b.junction.table) ||
      compareTexts(a.junction.sourceConstraint, b.junction.sourceConstraint) ||
      compareTexts(a.junction.targetConstraint, b.junction.targetConstraint) ||
      comparePairs(a.junction.sourceColumns, b.junction.sourceColumns) ||
      comparePairs(a.junction.targetColumns, b.junction.targetColumns)
    )
  if (a.kind === 'many-to-many' || b.kind === 'many-to-many' || a.kind !== b.kind)
    return CARDINALITIES.indexOf(a.kind) - CARDINALITIES.indexOf(b.kind)
  return (
    compareTexts(a.constraint, b.constraint) ||
    comparePairs(a.columns, b.columns) ||
    Number(a.kind === 'one-to-one' && a.isParent) - Number(b.kind === 'one-to-one' && b.isParent)
  )
}

function comparePairs(a: readonly ColumnPair[], b: readonly ColumnPair[]): number {
  for (const [index, [here, there]] of a.entries()) {
    const other = b[index]
    if (other === undefined) return 1
    const order = compareTexts(here, other[0]) || compareTexts(there, other[1])
    if (order !== 0) return order
  }
  return a.length - b.length
}
