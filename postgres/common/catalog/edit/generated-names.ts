// Names that were chosen from a table's or a column's own follow when that is renamed, as long as what bears them is in no database yet: there is nothing to
// rename then, and nobody has to wonder later why the key of `film` is named table_1_pkey. What is in a database keeps its name, as in Postgres.
import type { Column, Constraint, Index, RelationName, Table } from '#contract/schema/types.ts'
import { literal, name as sqlName } from '../../sql/sql.ts'
import { changeInFamily } from './constraints.ts'
import { changed, followRelations, sameOrMapped } from './follow.ts'
import { indexNameColumns } from './indexes.ts'
import type { ModelEdit } from './model-edit.ts'
import { chooseName, constraintNames, isChosenName, relationNames, type NameLabel } from './names.ts'
import { followRelationInTexts } from './written-text.ts'

type NameColumns = readonly (string | null)[]

/** A name like Postgres chooses it: from which columns, and what for. */
interface Origin {
  readonly columns: NameColumns
  readonly label: NameLabel
}

/** Brings the names up to date that new parts of the table have from what it and its columns were called in `before`. */
export function followGeneratedNames(edit: ModelEdit, before: Table): void {
  const { schema } = before
  const after = edit.need('table', before.id)
  const relations = relationNames(edit, schema)
  const constraints = constraintNames(edit, schema)
  const now = new Map(
    before.columns.map(({ id, name }) => [name, after.columns.find((one) => one.id === id)?.name ?? name]),
  )
  /** The name that follows; null where it was somebody's choice, or stays. */
  const next = (name: string, origins: readonly Origin[]): string | null => {
    const origin = origins.find((one) => isChosenName(name, { table: before.name, ...one }))
    if (origin === undefined) return null
    const taken = new Set(relations)
    if (origin.label !== 'idx' && origin.label !== 'seq') for (const one of constraints) taken.add(one)
    taken.delete(name)
    const columns = origin.columns.map((column) => (column === null ? null : (now.get(column) ?? column)))
    const chosen = chooseName({ table: after.name, columns, label: origin.label, taken })
    if (chosen === name) return null
    relations.delete(name)
    relations.add(chosen)
    if (constraints.delete(name)) constraints.add(chosen)
    return chosen
  }

  for (const column of before.columns) renameIdentity(edit, before, column, next)
  for (const index of before.indexes) {
    const name = isNew(index) ? next(index.name, [{ columns: indexNameColumns(index), label: 'idx' }]) : null
    if (name !== null) renameIndex(edit, before.id, index, name)
  }
  for (const constraint of before.constraints) {
    const name = isNew(constraint) ? next(constraint.name, originsOf(before, constraint)) : null
    if (name !== null) renameConstraint(edit, before.id, constraint.name, name)
  }
  for (const sequence of [...edit.objects()]) {
    if (sequence.kind !== 'sequence' || !isNew(sequence) || sequence.ownedBy === null) continue
    const { ownedBy } = sequence
    if (ownedBy.schema !== schema || ownedBy.name !== after.name || sequence.schema !== schema) continue
    const column = before.columns.find(({ name }) => now.get(name) === ownedBy.column)
    const name = next(sequence.name, [{ columns: [column?.name ?? ownedBy.column], label: 'seq' }])
    if (name === null) continue
    edit.put({ ...sequence, name })
    followRelationInTexts(edit, { schema, name: sequence.name }, { schema, name })
    followInDefaults(edit, { schema, name: sequence.name }, name)
  }
}

/** nextval() has the sequence's name in a string. A sequence that is new is in nothing that the server printed. */
function followInDefaults(edit: ModelEdit, from: RelationName, to: string): void {
  const texts = [sqlName(from.schema, from.name).text, sqlName(from.name).text].map(
    (text) => literal(text).text,
  )
  const [qualified = '', plain = ''] = texts
  const after = [sqlName(from.schema, to).text, sqlName(to).text].map((text) => literal(text).text)
  const [nextQualified = '', nextPlain = ''] = after
  for (const object of [...edit.objects()]) {
    if (object.kind !== 'table') continue
    const columns = sameOrMapped(object.columns, (column) =>
      column.default === null
        ? column
        : changed(
            column,
            'default',
            column.default.replaceAll(qualified, () => nextQualified).replaceAll(plain, () => nextPlain),
          ),
    )
    if (columns !== object.columns) edit.put({ ...object, columns })
  }
}

function isNew({ id }: { readonly id: string }): boolean {
  return id.includes(':new-')
}

/** What the constraint's name can have been made from. */
function originsOf(table: Table, constraint: Constraint): readonly Origin[] {
  switch (constraint.kind) {
    case 'primary key':
      return [{ columns: [], label: 'pkey' }]
    case 'unique':
      return [{ columns: constraint.columns, label: 'key' }]
    // Both have the name of the parent's where they come from one, and follow that.
    case 'foreign key':
      return constraint.isInherited ? [] : [{ columns: constraint.columns, label: 'fkey' }]
    case 'check':
      return constraint.isInherited
        ? []
        : [[], ...table.columns.map(({ name }) => [name])].map((columns) => ({ columns, label: 'check' }))
    case 'exclusion':
      return [[], ...table.columns.map(({ name }) => [name])].map((columns) => ({ columns, label: 'excl' }))
  }
}

function renameIdentity(
  edit: ModelEdit,
  table: Table,
  { id, name, identity }: Column,
  next: (name: string, origins: readonly Origin[]) => string | null,
): void {
  if (identity === null || !id.includes(':new-')) return
  const chosen = next(identity.sequence.name, [{ columns: [name], label: 'seq' }])
  if (chosen === null) return
  const now = edit.need('table', table.id)
  edit.put({
    ...now,
    columns: now.columns.map((column) =>
      column.id === id && column.identity !== null
        ? {
            ...column,
            identity: { ...column.identity, sequence: { ...column.identity.sequence, name: chosen } },
          }
        : column,
    ),
  })
}

function renameIndex(edit: ModelEdit, tableId: string, { id, name }: Index, chosen: string): void {
  const now = edit.need('table', tableId)
  edit.put({
    ...now,
    indexes: now.indexes.map((one) => (one.id === id ? { ...one, name: chosen } : one)),
    replicaIdentity: replicaIdentityOf(now, name, chosen),
  })
  // Indexes of partitions name the one that they belong to.
  const { schema } = now
  followRelations(edit, (one) =>
    one.schema === schema && one.name === name ? { schema, name: chosen } : one,
  )
}

function renameConstraint(edit: ModelEdit, tableId: string, name: string, chosen: string): void {
  const now = edit.need('table', tableId)
  changeInFamily(edit, { ...now, replicaIdentity: replicaIdentityOf(now, name, chosen) }, name, (one) => ({
    ...one,
    name: chosen,
  }))
}

function replicaIdentityOf({ replicaIdentity }: Table, from: string, to: string): Table['replicaIdentity'] {
  return replicaIdentity.index === from ? { ...replicaIdentity, index: to } : replicaIdentity
}
