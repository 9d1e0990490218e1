// What refers to a thing by its name follows when the thing is renamed or moved. Printed expressions (queries, conditions, bodies) are left as they are:
// Postgres follows renames in them by itself.
import type { Column, Constraint, Index, ModelObject, RelationName, Table } from '#contract/schema/types.ts'
import type { ModelEdit } from './model-edit.ts'
import { rewritePlain, rewriteQualified, type RenameQualified } from './qualified.ts'

/** Rewrites every reference to relations by name: keys, parents, owners of sequences, publications, attached indexes. */
export function followRelations(edit: ModelEdit, rename: (name: RelationName) => RelationName): void {
  const follow = <Name extends RelationName>(name: Name): Name => {
    const { schema, name: newName } = rename(name)
    return schema === name.schema && newName === name.name ? name : { ...name, schema, name: newName }
  }
  for (const object of edit.objects()) {
    switch (object.kind) {
      case 'table': {
        const next: Table = {
          ...object,
          constraints: sameOrMapped(object.constraints, (one) =>
            one.kind === 'foreign key' ? changed(one, 'references', follow(one.references)) : one,
          ),
          indexes: followIndexes(object.indexes, follow),
          inherits: sameOrMapped(object.inherits, follow),
          partitionOf:
            object.partitionOf === null
              ? null
              : changed(object.partitionOf, 'parent', follow(object.partitionOf.parent)),
        }
        putIfChanged(edit, object, next)
        break
      }
      case 'sequence':
        if (object.ownedBy !== null)
          putIfChanged(edit, object, changed(object, 'ownedBy', follow(object.ownedBy)))
        break
      case 'publication':
        putIfChanged(edit, object, changed(object, 'tables', sameOrMapped(object.tables, follow)))
        break
      default:
        break
    }
  }
}

function followIndexes(
  indexes: readonly Index[],
  follow: (name: RelationName) => RelationName,
): readonly Index[] {
  return sameOrMapped(indexes, (index) =>
    index.parent === null ? index : changed(index, 'parent', follow(index.parent)),
  )
}

/** Rewrites every type, collation and operator class that is printed with its schema. */
export function followQualified(edit: ModelEdit, rename: RenameQualified): void {
  const text = (printed: string): string => rewriteQualified(printed, rename)
  const optional = (printed: string | null): string | null => (printed === null ? null : text(printed))
  for (const object of edit.objects()) {
    switch (object.kind) {
      case 'table':
        putIfChanged(edit, object, {
          ...object,
          columns: sameOrMapped(object.columns, (column) =>
            changed(changed(column, 'type', text(column.type)), 'collation', optional(column.collation)),
          ),
          indexes: sameOrMapped(object.indexes, (index) => qualifiedIndex(index, optional)),
        })
        break
      case 'view':
        putIfChanged(edit, object, {
          ...object,
          columns: sameOrMapped(object.columns, (column) => changed(column, 'type', text(column.type))),
          indexes: sameOrMapped(object.indexes, (index) => qualifiedIndex(index, optional)),
        })
        break
      case 'domain':
        putIfChanged(
          edit,
          object,
          changed(changed(object, 'type', text(object.type)), 'collation', optional(object.collation)),
        )
        break
      case 'composite':
        putIfChanged(edit, object, {
          ...object,
          attributes: sameOrMapped(object.attributes, (one) =>
            changed(changed(one, 'type', text(one.type)), 'collation', optional(one.collation)),
          ),
        })
        break
      case 'range':
        putIfChanged(edit, object, {
          ...object,
          subtype: text(object.subtype),
          operatorClass: optional(object.operatorClass),
          collation: optional(object.collation),
          canonical: optional(object.canonical),
          subtypeDiff: optional(object.subtypeDiff),
        })
        break
      default:
        break
    }
  }
}

function qualifiedIndex(index: Index, optional: (printed: string | null) => string | null): Index {
  return changed(
    index,
    'elements',
    sameOrMapped(index.elements, (element) =>
      changed(
        changed(element, 'collation', optional(element.collation)),
        'operatorClass',
        optional(element.operatorClass),
      ),
    ),
  )
}

/** A table's own keys, indexes and partition key after one of its columns was renamed. */
export function withRenamedColumn(table: Table, from: string, to: string): Table {
  const name = (column: string): string => (column === from ? to : column)
  return {
    ...table,
    columns: table.columns.map((column) => (column.name === from ? { ...column, name: to } : column)),
    constraints: table.constraints.map((constraint) => renamedInConstraint(constraint, name)),
    indexes: table.indexes.map((index) => ({
      ...index,
      elements: index.elements.map((element) =>
        element.column === null ? element : { ...element, column: name(element.column) },
      ),
      include: index.include.map(name),
    })),
    partitionKey: table.partitionKey === null ? null : rewritePlain(table.partitionKey, from, to),
  }
}

function renamedInConstraint(constraint: Constraint, name: (column: string) => string): Constraint {
  switch (constraint.kind) {
    case 'primary key':
    case 'unique':
      return { ...constraint, columns: constraint.columns.map(name), include: constraint.include.map(name) }
    case 'foreign key':
      return {
        ...constraint,
        columns: constraint.columns.map(name),
        onDeleteColumns: constraint.onDeleteColumns.map(name),
      }
    case 'check':
    case 'exclusion':
      return constraint
  }
}

/** What names a column of `table` from elsewhere: foreign keys, sequences, publications. */
export function followColumn(edit: ModelEdit, table: RelationName, from: string, to: string): void {
  const name = (column: string): string => (column === from ? to : column)
  const isIt = (one: RelationName): boolean => one.schema === table.schema && one.name === table.name
  for (const object of edit.objects()) {
    switch (object.kind) {
      case 'table':
        putIfChanged(
          edit,
          object,
          changed(
            object,
            'constraints',
            sameOrMapped(object.constraints, (one) =>
              one.kind === 'foreign key' && isIt(one.references) && one.references.columns.includes(from)
                ? { ...one, references: { ...one.references, columns: one.references.columns.map(name) } }
                : one,
            ),
          ),
        )
        break
      case 'sequence':
        if (object.ownedBy !== null && isIt(object.ownedBy) && object.ownedBy.column === from)
          edit.put({ ...object, ownedBy: { ...object.ownedBy, column: to } })
        break
      case 'publication':
        putIfChanged(
          edit,
          object,
          changed(
            object,
            'tables',
            sameOrMapped(object.tables, (one) =>
              isIt(one) && one.columns.includes(from) ? { ...one, columns: one.columns.map(name) } : one,
            ),
          ),
        )
        break
      default:
        break
    }
  }
}

/** Tables that inherit from this one, partitions included: what is done to its columns is done to theirs. */
export function childrenOf(edit: ModelEdit, table: RelationName): readonly Table[] {
  const isIt = (one: RelationName): boolean => one.schema === table.schema && one.name === table.name
  const children: Table[] = []
  for (const object of edit.objects())
    if (object.kind === 'table')
      if ((object.partitionOf !== null && isIt(object.partitionOf.parent)) || object.inherits.some(isIt))
        children.push(object)
  return children
}

/** Columns of a table by their ids, in the order given; undefined where one is gone. */
export function columnsById(table: Table, ids: readonly string[]): readonly (Column | undefined)[] {
  return ids.map((id) => table.columns.find((column) => column.id === id))
}

/** `object` with the field replaced; itself when the value is the same. */
export function changed<T, Name extends keyof T>(object: T, name: Name, value: T[Name]): T {
  return object[name] === value ? object : { ...object, [name]: value }
}

/** The list with each element mapped; itself when no element changes. */
export function sameOrMapped<T>(list: readonly T[], map: (element: T) => T): readonly T[] {
  const mapped = list.map(map)
  return mapped.every((element, at) => element === list[at]) ? list : mapped
}

/** Puts `next` unless all its fields are those of `object`. */
function putIfChanged<T extends ModelObject>(edit: ModelEdit, object: T, next: T): void {
  const before = new Map<string, unknown>(Object.entries(object))
  if (Object.entries(next).some(([name, value]) => before.get(name) !== value)) edit.put(next)
}
