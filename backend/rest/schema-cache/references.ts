// What a foreign key means for embedding: references from and to the tables themselves and every view that shows the key, both directions of each,
// and the two-step ones through junctions.
import type { ColumnPair, ForeignKeyRelationship, QualifiedName } from '../types.ts'
import type { CatalogConstraint } from './catalog.ts'
import type { KeyColumns, Keys } from './keys.ts'

/** A table or view with the columns that a foreign key is over. */
interface End {
  readonly relation: number
  readonly name: QualifiedName
  readonly isView: boolean
  readonly columns: KeyColumns
}

/** A foreign key from one relation to one other. */
export interface Reference {
  readonly constraint: string
  readonly isOneToOne: boolean
  readonly from: End
  readonly to: End
}

/** From and to the tables themselves and every view that shows the key; exposed ones only. */
export function referencesOf(constraint: CatalogConstraint, keys: Keys): Reference[] {
  const targets = endsOf(constraint.foreignRelation, constraint.foreignColumns, keys)
  if (targets.length === 0) return []
  const isOneToOne = isUnique(constraint, keys)
  return endsOf(constraint.relation, constraint.columns, keys).flatMap((from) =>
    targets.map((to) => ({ constraint: constraint.name, isOneToOne, from, to })),
  )
}

/** Whether its columns are those of a primary key or unique constraint, in any order. */
function isUnique({ relation, columns }: CatalogConstraint, keys: Keys): boolean {
  return keys
    .constraintsOf(relation)
    .some(
      (other) =>
        other.kind !== 'foreign key' &&
        other.columns.length === columns.length &&
        columns.every((column) => other.columns.includes(column)),
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

/** Both directions. */
export function relationshipsOf(reference: Reference): ForeignKeyRelationship[] {
  const { constraint, isOneToOne, from, to } = reference
  const isSelf = from.relation === to.relation
  const there = pairs(from.columns, to.columns)
  const back = pairs(to.columns, from.columns)
  return [
    {
      kind: 'foreign-key',
      table: from.name,
      foreignTable: to.name,
      isSelf,
      cardinality: isOneToOne
        ? { kind: 'one-to-one', constraint, columns: there, isParent: false }
        : { kind: 'many-to-one', constraint, columns: there },
      isTableView: from.isView,
      isForeignTableView: to.isView,
    },
    {
      kind: 'foreign-key',
      table: to.name,
      foreignTable: from.name,
      isSelf,
      cardinality: isOneToOne
        ? { kind: 'one-to-one', constraint, columns: back, isParent: true }
        : { kind: 'one-to-many', constraint, columns: back },
      isTableView: to.isView,
      isForeignTableView: from.isView,
    },
  ]
}

/** Whether it can be half of a junction: its columns belong to the primary key of the relation that it starts from. */
export function isInPrimaryKey({ isOneToOne, from }: Reference, keys: Keys): boolean {
  if (isOneToOne) return false
  const primaryKey = keys.primaryKeyOf(from.relation)
  return from.columns.every((column) => primaryKey.includes(column))
}

/** Many to many: each two foreign keys that are in the primary key of one relation. */
export function throughJunction(references: readonly Reference[]): ForeignKeyRelationship[] {
  return references.flatMap((source) =>
    references
      .filter((target) => target.constraint !== source.constraint)
      .map((target) => ({
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
      })),
  )
}

function pairs(from: KeyColumns, to: KeyColumns): ColumnPair[] {
  return from.map((column, index) => [column, to[index] ?? ''])
}
