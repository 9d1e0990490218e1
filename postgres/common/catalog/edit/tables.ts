// Edits of whole tables: new ones, copies, what a table itself says.
import type { Column, Constraint, ModelObject, RelationName, Table } from '#contract/schema/types.ts'
import { namesIn } from '../../diff/sql-text.ts'
import { makeEdit, refuse, type Edit, type EditContext, type ModelEdit } from './model-edit.ts'
import {
  autoName,
  checkRelationName,
  chooseName,
  freeName,
  relationNames,
  typeNames,
  type NameLabel,
} from './names.ts'
import { newColumn, newIdentity, newKey, newTable } from './parts.ts'
import { withCurrentNames } from './written-text.ts'

/** Adds a table with an identity as its primary key; without a name it is `table`, `table_2`, … */
export function addTable(
  context: EditContext,
  input: { readonly schema: string; readonly name?: string },
): Edit {
  return makeEdit(context, (edit) => {
    const { schema } = input
    const name = input.name ?? freeName('table', takenNames(edit, schema))
    checkRelationName(edit, schema, name)
    const table = newTable({ id: edit.newId('table'), schema, name, owner: ownerIn(edit, schema) })
    const column: Column = {
      ...newColumn({ id: edit.newId('column'), name: 'id', type: 'bigint', typeId: null }),
      isNullable: false,
      identity: newIdentity(
        'always',
        { schema, name: autoName(edit, { schema, table: name, columns: ['id'], label: 'seq' }) },
        'bigint',
      ),
    }
    const key = newKey({
      id: edit.newId('constraint'),
      name: autoName(edit, { schema, table: name, columns: [], label: 'pkey' }),
      kind: 'primary key',
      columns: ['id'],
    })
    edit.put({ ...table, columns: [column], constraints: [key] })
    return { label: `Add table ${name}`, objectId: table.id }
  })
}

/** Copies tables of the model beside themselves. */
export function duplicateTables(context: EditContext, input: { readonly tableIds: readonly string[] }): Edit {
  return makeEdit(context, (edit) => {
    const tables = input.tableIds.map((id) => edit.need('table', id))
    return pasteIn(edit, tables, null)
  })
}

/** Puts copies of tables, from this model or another, into it. Foreign keys between them join the copies; others stay where their target is there. */
export function pasteTables(
  context: EditContext,
  input: { readonly tables: readonly Table[]; readonly schema?: string },
): Edit {
  return makeEdit(context, (edit) => pasteIn(edit, input.tables, input.schema ?? null))
}

function pasteIn(
  edit: ModelEdit,
  tables: readonly Table[],
  schema: string | null,
): { readonly label: string; readonly objectId?: string } {
  if (tables.length === 0) refuse('There is no table to copy.')
  const names = new Map<string, RelationName>()
  const places = new Map<Table, RelationName>()
  for (const table of tables) {
    const wanted = schema ?? table.schema
    const place = edit.byName('schema', '', wanted) === undefined ? anySchema(edit) : wanted
    const taken = takenNames(edit, place)
    for (const other of places.values()) if (other.schema === place) taken.add(other.name)
    const target = { schema: place, name: freeName(table.name, taken) }
    places.set(table, target)
    names.set(nameKey(table), target)
  }
  const copies: Table[] = []
  for (const [table, place] of places) {
    const copy = copyOf(edit, table, place)
    copies.push(copy)
    edit.put(copy)
  }
  for (const copy of copies) edit.put(withKnownReferences(edit, copy, names))
  const [first] = copies
  const what = copies.length === 1 ? (first?.name ?? '') : `${copies.length} tables`
  return { label: `Copy ${what}`, ...(first === undefined ? {} : { objectId: first.id }) }
}

/** New ids, and new names for what shares the schema's space of names. Triggers and rules name their table in their text, so they stay behind. */
function copyOf(edit: ModelEdit, original: Table, place: RelationName): Table {
  const table = withCurrentNames(edit, original)
  const nameBefore = edit.base.objects.find(({ id }) => id === original.id)?.name ?? original.name
  const taken = relationNames(edit, place.schema)
  const choose = (columns: readonly (string | null)[], label: NameLabel): string => {
    const name = chooseName({ table: place.name, columns, label, taken })
    taken.add(name)
    return name
  }
  /** A condition over the whole row (a function of it) holds for its own table only. */
  const namesTable = (text: string | null): boolean => {
    const names = text === null ? new Set<string>() : namesIn(text)
    return names.has(table.name) || names.has(nameBefore)
  }
  return {
    ...table,
    ...place,
    id: edit.newId('table'),
    owner: ownerIn(edit, place.schema),
    grants: [],
    columns: table.columns.map((column) => ({
      ...column,
      id: edit.newId('column'),
      typeId: column.typeId !== null && edit.get(column.typeId) === undefined ? null : column.typeId,
      grants: [],
      isInherited: false,
      identity:
        column.identity === null
          ? null
          : {
              ...column.identity,
              sequence: { schema: place.schema, name: choose([column.name], 'seq') },
            },
    })),
    constraints: table.constraints.map((one) => ({
      ...one,
      id: edit.newId('constraint'),
      name: constraintName(one, choose),
      isInherited: false,
    })),
    indexes: table.indexes.map((one) => ({
      ...one,
      id: edit.newId('index'),
      name: choose([...one.elements.map(({ column }) => column), ...one.include], 'idx'),
      parent: null,
      isClustered: false,
    })),
    policies: table.policies
      .filter(({ using, check }) => !namesTable(using) && !namesTable(check))
      .map((one) => ({ ...one, id: edit.newId('policy') })),
    triggers: [],
    rules: [],
    partitionOf: null,
    inherits: [],
    replicaIdentity:
      table.replicaIdentity.kind === 'index' ? { kind: 'default', index: null } : table.replicaIdentity,
    estimatedRows: null,
    sizeBytes: null,
  }
}

function constraintName(
  constraint: Constraint,
  choose: (columns: readonly (string | null)[], label: NameLabel) => string,
): string {
  switch (constraint.kind) {
    case 'primary key':
      return choose([], 'pkey')
    case 'unique':
      return choose(constraint.columns, 'key')
    case 'foreign key':
      return choose(constraint.columns, 'fkey')
    // The names of checks count in their table alone.
    case 'check':
      return constraint.name
    case 'exclusion':
      return choose([], 'excl')
  }
}

function withKnownReferences(edit: ModelEdit, copy: Table, copies: ReadonlyMap<string, RelationName>): Table {
  const constraints = copy.constraints.flatMap((one): readonly Constraint[] => {
    if (one.kind !== 'foreign key') return [one]
    const target = edit.relation(copies.get(nameKey(one.references)) ?? one.references)
    const isKnown =
      target !== undefined &&
      one.references.columns.every((name) => target.columns.some((column) => column.name === name))
    if (!isKnown) return []
    return [{ ...one, references: { ...one.references, schema: target.schema, name: target.name } }]
  })
  return { ...copy, constraints }
}

function nameKey({ schema, name }: RelationName): string {
  return `${schema}\0${name}`
}

/** Everything that a new table's name could meet. */
export function takenNames(edit: ModelEdit, schema: string): Set<string> {
  return new Set([...relationNames(edit, schema), ...typeNames(edit, schema)])
}

/** Who a new object belongs to until the server says: the schema's owner. */
export function ownerIn(edit: ModelEdit, schema: string): string {
  return edit.byName('schema', '', schema)?.owner ?? ''
}

function anySchema(edit: ModelEdit): string {
  for (const object of edit.objects()) if (object.kind === 'schema') return object.name
  return refuse('There is no schema. Add one first.')
}

/** What a table itself says. */
export type TableChange = Partial<
  Pick<Table, 'hasRowSecurity' | 'isRowSecurityForced' | 'isUnlogged' | 'comment'>
>

/** Changes what a table itself says: row-level security, whether it is logged, its comment. */
export function changeTable(
  context: EditContext,
  input: { readonly tableId: string; readonly change: TableChange },
): Edit {
  return makeEdit(context, (edit) => {
    const table = edit.need('table', input.tableId)
    const { change } = input
    if (change.hasRowSecurity === true && table.foreign !== null)
      refuse('A foreign table has no row-level security.')
    if (change.isUnlogged === true && table.partitionKey !== null)
      refuse('A partitioned table cannot be unlogged; its partitions can.')
    const after = { ...table, ...change }
    edit.put(after.comment === '' ? { ...after, comment: null } : after)
    return { label: tableLabel(table.name, change), objectId: table.id }
  })
}

function tableLabel(name: string, change: TableChange): string {
  if (change.hasRowSecurity !== undefined)
    return `${change.hasRowSecurity ? 'Enable' : 'Disable'} row-level security on ${name}`
  if (change.isRowSecurityForced !== undefined)
    return `${change.isRowSecurityForced ? 'Force' : 'Do not force'} row-level security on ${name}`
  if (change.isUnlogged !== undefined) return `Make ${name} ${change.isUnlogged ? 'unlogged' : 'logged'}`
  return `Comment on ${name}`
}

/** Comments on an object, or takes its comment away. A column's goes through changeColumn. */
export function setComment(
  context: EditContext,
  input: { readonly objectId: string; readonly partId?: string | null; readonly comment: string },
): Edit {
  return makeEdit(context, (edit) => {
    const object = edit.get(input.objectId)
    if (object === undefined) return refuse('It is no longer there.')
    const comment = input.comment === '' ? null : input.comment
    if (input.partId === undefined || input.partId === null) edit.put({ ...object, comment })
    else edit.put(withPartComment(object, input.partId, comment))
    return { label: `Comment on ${object.name}`, objectId: object.id }
  })
}

function withPartComment(object: ModelObject, partId: string, comment: string | null): ModelObject {
  const on = <Part extends { readonly id: string; readonly comment: string | null }>(
    parts: readonly Part[],
  ): readonly Part[] => parts.map((part) => (part.id === partId ? { ...part, comment } : part))
  switch (object.kind) {
    case 'table':
      return {
        ...object,
        columns: on(object.columns),
        constraints: on(object.constraints),
        indexes: on(object.indexes),
        triggers: on(object.triggers),
        policies: on(object.policies),
        rules: on(object.rules),
      }
    case 'view':
      return {
        ...object,
        columns: on(object.columns),
        indexes: on(object.indexes),
        triggers: on(object.triggers),
        rules: on(object.rules),
      }
    case 'domain':
      return { ...object, constraints: on(object.constraints) }
    case 'composite':
      return { ...object, attributes: on(object.attributes) }
    default:
      return object
  }
}
