// Renames of parts: constraints, indexes, policies, triggers, values of enums.
import type { ModelObject, Table, View } from '#contract/schema/types.ts'
import { followRelations } from './follow.ts'
import { checkIndexName } from './indexes.ts'
import { makeEdit, refuse, type Edit, type EditContext, type ModelEdit } from './model-edit.ts'
import { checkPartName, hasIndex } from './names.ts'

/** Gives a constraint, index or policy another name. Columns have renameColumn, values of enums renameLabel. */
export function renamePart(
  context: EditContext,
  input: { readonly objectId: string; readonly partId: string; readonly name: string },
): Edit {
  return makeEdit(context, (edit) => {
    const object = edit.get(input.objectId)
    if (object === undefined) return refuse('It is no longer there.')
    const before = renameIn(edit, object, input.partId, input.name)
    return { label: `Rename ${before} to ${input.name}`, objectId: object.id, partId: input.partId }
  })
}

function renameIn(edit: ModelEdit, object: ModelObject, partId: string, name: string): string {
  if (object.kind === 'domain') {
    const before = object.constraints.find(({ id }) => id === partId) ?? refuse('It is no longer there.')
    checkPartName(object.constraints, name, { what: 'constraint', except: partId })
    edit.put({
      ...object,
      constraints: object.constraints.map((one) => (one.id === partId ? { ...one, name } : one)),
    })
    return before.name
  }
  if (object.kind !== 'table' && object.kind !== 'view') return refuse('It cannot be renamed.')
  const index = object.indexes.find(({ id }) => id === partId)
  if (index !== undefined) {
    renameIndex(edit, object, index.id, name)
    return index.name
  }
  if (object.kind !== 'table') return refuse('It cannot be renamed.')
  const constraint = object.constraints.find(({ id }) => id === partId)
  if (constraint !== undefined) {
    if (constraint.isInherited) refuse(`${constraint.name} comes from a parent table: rename it there.`)
    checkPartName(object.constraints, name, { what: 'constraint', except: partId })
    if (hasIndex(constraint)) checkIndexName(edit, object, name, partId)
    renameConstraint(edit, object, constraint.name, name)
    return constraint.name
  }
  const policy = object.policies.find(({ id }) => id === partId) ?? refuse('It cannot be renamed.')
  checkPartName(object.policies, name, { what: 'policy', except: partId })
  edit.put({
    ...object,
    policies: object.policies.map((one) => (one.id === partId ? { ...one, name } : one)),
  })
  return policy.name
}

function renameIndex(edit: ModelEdit, relation: Table | View, indexId: string, name: string): void {
  checkIndexName(edit, relation, name, indexId)
  const { schema } = relation
  const before = relation.indexes.find(({ id }) => id === indexId)?.name
  const indexes = relation.indexes.map((one) => (one.id === indexId ? { ...one, name } : one))
  if (relation.kind === 'table')
    edit.put({ ...relation, indexes, replicaIdentity: followedIdentity(relation, before, name) })
  else edit.put({ ...relation, indexes })
  followRelations(edit, (one) => (one.schema === schema && one.name === before ? { schema, name } : one))
}

/** Checks have one name in all tables that inherit them. */
function renameConstraint(edit: ModelEdit, table: Table, from: string, to: string): void {
  const renamed = table.constraints.find(({ name }) => name === from)
  edit.put({
    ...table,
    constraints: table.constraints.map((one) => (one.name === from ? { ...one, name: to } : one)),
    replicaIdentity: followedIdentity(table, from, to),
  })
  if (renamed?.kind !== 'check') return
  for (const child of edit.objects()) {
    if (child.kind !== 'table') continue
    const isChild = [
      ...child.inherits,
      ...(child.partitionOf === null ? [] : [child.partitionOf.parent]),
    ].some((one) => one.schema === table.schema && one.name === table.name)
    if (isChild && child.constraints.some((one) => one.name === from && one.isInherited))
      renameConstraint(edit, child, from, to)
  }
}

function followedIdentity(table: Table, from: string | undefined, to: string): Table['replicaIdentity'] {
  const { replicaIdentity } = table
  return replicaIdentity.index !== null && replicaIdentity.index === from
    ? { ...replicaIdentity, index: to }
    : replicaIdentity
}
