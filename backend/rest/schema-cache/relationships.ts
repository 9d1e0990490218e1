// How relations can be embedded in each other: foreign keys in both directions, through views and junctions, and functions from row to rows.
import {
  key,
  type Cardinality,
  type ColumnPair,
  type ComputedRelationship,
  type ForeignKeyRelationship,
  type QualifiedName,
  type Relationship,
} from '../types.ts'
import { typeKey, type Catalog, type CatalogConstraint, type CatalogRoutine } from './catalog.ts'
import { compareNames, compareTexts, type KeyColumns, type Keys } from './keys.ts'
import type { Pause } from './slices.ts'

/** A table or view with the columns that a foreign key is over. */
interface End {
  readonly relation: number
  readonly name: QualifiedName
  readonly isView: boolean
  readonly columns: KeyColumns
}

/** A foreign key from one relation's side. */
interface Reference {
  readonly constraint: string
  readonly isOneToOne: boolean
  readonly from: End
  readonly to: End
}

/** All relationships between exposed relations, by the key of their table, in a stable order. */
export async function findRelationships(
  catalog: Catalog,
  keys: Keys,
  pause: Pause,
): Promise<ReadonlyMap<string, readonly Relationship[]>> {
  const found = new Map<string, Relationship[]>()
  const add = (relationship: Relationship): void => {
    const at = key(relationship.table)
    const known = found.get(at)
    if (known === undefined) found.set(at, [relationship])
    else known.push(relationship)
  }
  const uniques = uniqueColumns(catalog)
  const byJunction = new Map<number, Reference[]>()
  for (const constraint of catalog.constraints.values()) {
    if (constraint.kind !== 'foreign key') continue
    for (const reference of referencesOf(constraint, uniques, keys)) {
      add(forward(reference))
      add(backward(reference))
      if (reference.isOneToOne) continue
      const known = byJunction.get(reference.from.relation)
      if (known === undefined) byJunction.set(reference.from.relation, [reference])
      else known.push(reference)
    }
    await pause()
  }
  for (const [junction, references] of byJunction) {
    for (const relationship of throughJunction(references, new Set(keys.primaryKeyOf(junction))))
      add(relationship)
    await pause()
  }
  for (const routine of catalog.routines.values()) {
    const computed = computedRelationship(catalog, keys, routine)
    if (computed !== undefined) override(found, computed)
    await pause()
  }
  for (const list of found.values()) {
    if (list.length > 1) list.sort(compareRelationships)
    await pause()
  }
  return found
}

function uniqueColumns(catalog: Catalog): ReadonlyMap<number, ReadonlySet<string>> {
  const uniques = new Map<number, Set<string>>()
  for (const { kind, relation, columns } of catalog.constraints.values()) {
    if (kind === 'foreign key') continue
    const known = uniques.get(relation)
    if (known === undefined) uniques.set(relation, new Set([columnSet(columns)]))
    else known.add(columnSet(columns))
  }
  return uniques
}

function columnSet(positions: readonly number[]): string {
  return positions.toSorted((a, b) => a - b).join()
}

/** From and to the tables themselves and every view that shows the key. */
function referencesOf(
  constraint: CatalogConstraint,
  uniques: ReadonlyMap<number, ReadonlySet<string>>,
  keys: Keys,
): Reference[] {
  const targets = endsOf(constraint.foreignRelation, constraint.foreignColumns, keys)
  if (targets.length === 0) return []
  const isOneToOne = uniques.get(constraint.relation)?.has(columnSet(constraint.columns)) ?? false
  return endsOf(constraint.relation, constraint.columns, keys).flatMap((from) =>
    targets.map((to) => ({ constraint: constraint.name, isOneToOne, from, to })),
  )
}

function endsOf(relation: number, positions: readonly number[], keys: Keys): End[] {
  const ends: End[] = []
  const name = keys.nameOf(relation)
  const columns = keys.columnNames(relation, positions)
  if (name !== undefined && columns !== undefined && keys.isExposed(relation))
    ends.push({ relation, name, isView: false, columns })
  for (const { view, columns: shown } of keys.viewsOf(relation)) {
    const viewName = keys.nameOf(view.oid)
    if (viewName === undefined) continue
    for (const choice of choices(positions.map((position) => shown.get(position) ?? [])))
      ends.push({ relation: view.oid, name: viewName, isView: true, columns: choice })
  }
  return ends
}

/** One of each: a view may show a column more than once. None when a column is not shown. */
function choices(columns: readonly (readonly string[])[]): KeyColumns[] {
  return columns.reduce<string[][]>(
    (found, names) => found.flatMap((chosen) => names.map((name) => [...chosen, name])),
    [[]],
  )
}

function pairs(from: KeyColumns, to: KeyColumns): ColumnPair[] {
  return from.map((column, index) => [column, to[index] ?? ''])
}

function isSelf({ from, to }: Reference): boolean {
  return from.relation === to.relation
}

function forward(reference: Reference): ForeignKeyRelationship {
  const { constraint, isOneToOne, from, to } = reference
  const columns = pairs(from.columns, to.columns)
  return {
    kind: 'foreign-key',
    table: from.name,
    foreignTable: to.name,
    isSelf: isSelf(reference),
    cardinality: isOneToOne
      ? { kind: 'one-to-one', constraint, columns, isParent: false }
      : { kind: 'many-to-one', constraint, columns },
    isTableView: from.isView,
    isForeignTableView: to.isView,
  }
}

function backward(reference: Reference): ForeignKeyRelationship {
  const { constraint, isOneToOne, from, to } = reference
  const columns = pairs(to.columns, from.columns)
  return {
    kind: 'foreign-key',
    table: to.name,
    foreignTable: from.name,
    isSelf: isSelf(reference),
    cardinality: isOneToOne
      ? { kind: 'one-to-one', constraint, columns, isParent: true }
      : { kind: 'one-to-many', constraint, columns },
    isTableView: to.isView,
    isForeignTableView: from.isView,
  }
}

/** Each two foreign keys of a relation whose columns all belong to its primary key. */
function* throughJunction(
  references: readonly Reference[],
  primaryKey: ReadonlySet<string>,
): Generator<ForeignKeyRelationship> {
  const inKey = references.filter(({ from }) => from.columns.every((column) => primaryKey.has(column)))
  for (const source of inKey)
    for (const target of inKey) {
      if (source.constraint === target.constraint) continue
      yield {
        kind: 'foreign-key',
        table: source.to.name,
        foreignTable: target.to.name,
        isSelf: source.to.relation === target.to.relation,
        cardinality: {
          kind: 'many-to-many',
          junction: {
            table: source.from.name,
            sourceConstraint: source.constraint,
            targetConstraint: target.constraint,
            sourceColumns: pairs(source.to.columns, source.from.columns),
            targetColumns: pairs(target.to.columns, target.from.columns),
          },
        },
        isTableView: source.to.isView,
        isForeignTableView: target.to.isView,
      }
    }
}

/** Of a function with one parameter of a relation's row type that returns rows of a relation. */
function computedRelationship(
  catalog: Catalog,
  keys: Keys,
  routine: CatalogRoutine,
): ComputedRelationship | undefined {
  const [parameter, ...others] = routine.parameters
  if (parameter === undefined || others.length > 0) return undefined
  const table = relationOfType(catalog, keys, parameter.typeOid)
  const foreignTable = relationOfType(catalog, keys, routine.returnType)
  const schema = catalog.extras.namespaces.get(routine.namespace)
  if (table === undefined || foreignTable === undefined || schema === undefined) return undefined
  return {
    kind: 'computed',
    function: { schema, name: routine.name },
    table,
    foreignTable,
    isToOne: !routine.isSetOf || routine.estimatedRows === 1,
    isSelf: key(table) === key(foreignTable),
  }
}

/** An exposed relation's name by its row type. */
function relationOfType(catalog: Catalog, keys: Keys, typeOid: number): QualifiedName | undefined {
  const type = catalog.types.get(typeKey(typeOid, -1))
  if (type === undefined || type.isDomain || !keys.isExposed(type.base.relation)) return undefined
  return keys.nameOf(type.base.relation)
}

/** Takes the place of the foreign keys to the relation that is named as the function is. */
function override(found: Map<string, Relationship[]>, computed: ComputedRelationship): void {
  const at = key(computed.table)
  const overridden = key(computed.function)
  const others = (found.get(at) ?? []).filter(
    (other) => other.kind === 'computed' || key(other.foreignTable) !== overridden,
  )
  found.set(at, [...others, computed])
}

const CARDINALITIES: readonly Cardinality['kind'][] = [
  'one-to-many',
  'many-to-one',
  'one-to-one',
  'many-to-many',
]

/** The order in which the details of an ambiguity list them. */
function compareRelationships(a: Relationship, b: Relationship): number {
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
