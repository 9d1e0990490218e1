// Renames and moves of whole objects, with everything that refers to them by name.
import type { ModelObject, RelationName } from '#contract/schema/types.ts'
import { schemaOf } from '../find.ts'
import { followQualified, followRelations, sameOrMapped } from './follow.ts'
import { followGeneratedNames } from './generated-names.ts'
import { makeEdit, refuse, type Edit, type EditContext, type ModelEdit } from './model-edit.ts'
import { followQualifiedInTexts, followRelationInTexts } from './written-text.ts'
import { checkName, checkRelationName, relationNames, typeNames } from './names.ts'

/** Objects that this module renames; others are changed by their SQL. */
type Renamable = Extract<
  ModelObject,
  {
    kind: 'schema' | 'table' | 'view' | 'sequence' | 'enum' | 'domain' | 'composite' | 'range' | 'publication'
  }
>
type Movable = Exclude<Renamable, { kind: 'schema' | 'publication' }>

const RENAMABLE: ReadonlySet<string> = new Set<Renamable['kind']>([
  'schema',
  'table',
  'view',
  'sequence',
  'enum',
  'domain',
  'composite',
  'range',
  'publication',
])

function isRenamable(object: ModelObject): object is Renamable {
  return RENAMABLE.has(object.kind)
}

function isMovable(object: ModelObject): object is Movable {
  return isRenamable(object) && object.kind !== 'schema' && object.kind !== 'publication'
}

/** Gives a schema, table, view, sequence, type or publication another name. */
export function renameObject(
  context: EditContext,
  input: { readonly objectId: string; readonly name: string },
): Edit {
  return makeEdit(context, (edit) => {
    const object = edit.get(input.objectId)
    if (object === undefined) return refuse('It is no longer there.')
    if (!isRenamable(object)) return refuse(`${object.name} cannot be renamed here. Write it as a migration.`)
    const label = `Rename ${object.name} to ${input.name}`
    if (input.name === object.name) return { label, objectId: object.id }
    renameIn(edit, object, input.name)
    return { label, objectId: object.id }
  })
}

function renameIn(edit: ModelEdit, object: Renamable, name: string): void {
  if (object.kind === 'schema') return renameSchema(edit, object.name, name)
  if (object.kind === 'publication') {
    checkName(name)
    if (edit.byName('publication', '', name) !== undefined) refuse(`There is a publication ${name} already.`)
    edit.put({ ...object, name })
    return
  }
  checkRelationName(edit, object.schema, name, object.id)
  edit.put({ ...object, name })
  followMove(edit, { schema: object.schema, name: object.name }, { schema: object.schema, name })
  if (object.kind === 'table') followGeneratedNames(edit, object)
}

/** Puts tables, views, sequences or types into another schema, with the indexes, keys and sequences that belong to them. */
export function moveObjects(
  context: EditContext,
  input: { readonly objectIds: readonly string[]; readonly schema: string },
): Edit {
  return makeEdit(context, (edit) => {
    if (edit.byName('schema', '', input.schema) === undefined)
      refuse(`There is no schema ${input.schema}. Add it first.`)
    const moved: string[] = []
    for (const id of input.objectIds) {
      const object = edit.get(id)
      if (object === undefined || !isMovable(object) || object.schema === input.schema) continue
      move(edit, object, input.schema)
      moved.push(object.name)
    }
    const what = moved.length === 1 ? (moved[0] ?? '') : `${moved.length} objects`
    const [objectId] = input.objectIds
    return {
      label: `Move ${what} to schema ${input.schema}`,
      ...(objectId === undefined ? {} : { objectId }),
    }
  })
}

function move(edit: ModelEdit, object: Movable, schema: string): void {
  if (relationNames(edit, schema).has(object.name) || typeNames(edit, schema).has(object.name))
    refuse(`${object.name} is taken in schema ${schema}. Rename it first.`)
  const from = { schema: object.schema, name: object.name }
  if (object.kind === 'sequence' && object.ownedBy !== null)
    refuse(
      `${object.name} belongs to ${object.ownedBy.name}.${object.ownedBy.column} and moves with that table.`,
    )
  if (object.kind !== 'table') {
    edit.put({ ...object, schema })
    followMove(edit, from, { schema, name: object.name })
    return
  }
  for (const { name, id } of [...object.indexes, ...object.constraints])
    if (relationNames(edit, schema, id).has(name))
      refuse(`${name} is taken in schema ${schema}. Rename it first.`)
  edit.put({
    ...object,
    schema,
    columns: object.columns.map((column) =>
      column.identity === null
        ? column
        : {
            ...column,
            identity: { ...column.identity, sequence: { ...column.identity.sequence, schema } },
          },
    ),
  })
  const indexNames = new Set(object.indexes.map(({ name }) => name))
  followRelations(edit, (name) =>
    name.schema === from.schema && (name.name === from.name || indexNames.has(name.name))
      ? { schema, name: name.name }
      : name,
  )
  followType(edit, from, { schema, name: object.name })
  for (const other of edit.objects())
    if (other.kind === 'sequence' && other.ownedBy?.schema === schema && other.ownedBy.name === object.name)
      edit.put({ ...other, schema })
}

function followMove(edit: ModelEdit, from: RelationName, to: RelationName): void {
  followRelations(edit, (name) => (name.schema === from.schema && name.name === from.name ? to : name))
  followType(edit, from, to)
}

function followType(edit: ModelEdit, from: RelationName, to: RelationName): void {
  followRelationInTexts(edit, from, to)
  followQualified(edit, (schema, name) =>
    schema === from.schema && name === from.name ? [to.schema, to.name] : [schema, name],
  )
}

function renameSchema(edit: ModelEdit, from: string, to: string): void {
  checkSchemaName(edit, to)
  const inSchema = (name: RelationName): RelationName =>
    name.schema === from ? { schema: to, name: name.name } : name
  for (const object of edit.objects()) {
    if (object.kind === 'schema') {
      if (object.name === from) edit.put({ ...object, name: to })
      continue
    }
    if (object.kind === 'publication') {
      if (object.schemas.includes(from))
        edit.put({ ...object, schemas: object.schemas.map((one) => (one === from ? to : one)) })
      continue
    }
    if (object.kind === 'eventTrigger') {
      if (object.function.schema === from) edit.put({ ...object, function: inSchema(object.function) })
      continue
    }
    if (schemaOf(object) !== from && !(object.kind === 'extension' && object.schema === from)) continue
    edit.put(withSchema(object, to))
  }
  followRelations(edit, inSchema)
  followQualified(edit, (schema, name) => [schema === from ? to : schema, name])
  followQualifiedInTexts(edit, (schema, name) => [schema === from ? to : schema, name])
}

type SchemaMember = Exclude<ModelObject, { kind: 'schema' | 'publication' | 'eventTrigger' }>

function withSchema(object: SchemaMember, to: string): ModelObject {
  switch (object.kind) {
    case 'table': {
      const from = object.schema
      return {
        ...object,
        schema: to,
        columns: sameOrMapped(object.columns, (column) =>
          column.identity === null || column.identity.sequence.schema !== from
            ? column
            : {
                ...column,
                identity: { ...column.identity, sequence: { ...column.identity.sequence, schema: to } },
              },
        ),
      }
    }
    case 'range':
      return {
        ...object,
        schema: to,
        multirange: object.multirange === null ? null : { ...object.multirange, schema: to },
      }
    default:
      return { ...object, schema: to }
  }
}

/** Refuses a name that a schema has, or that Postgres keeps for itself. */
export function checkSchemaName(edit: ModelEdit, name: string): void {
  checkName(name)
  if (name.startsWith('pg_') || name === 'information_schema')
    refuse('Names that begin with pg_ are kept for Postgres itself. Choose another name.')
  if (edit.byName('schema', '', name) !== undefined)
    refuse(`There is a schema ${name} already. Choose another name.`)
}
