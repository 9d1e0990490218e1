// DROP: what is dropped, and what cannot stay without it.
import type { DropStmt } from '@pgsql/types'
import { dropConstraint } from './drop-parts.ts'
import { findObject, namesOfObject, shownName, tableNamed } from './find-object.ts'
import { NotImported, type ImportState, type ObjectDraft, type TableDraft } from './state.ts'

export function drop(state: ImportState, statement: DropStmt): void {
  for (const object of statement.objects ?? []) {
    const names = namesOfObject(object)
    const name = names.at(-1) ?? ''
    const type = statement.removeType
    if (type === 'OBJECT_INDEX') {
      const owner = state.indexOwner(names.at(-2), name)
      if (owner !== undefined) {
        owner.indexes = owner.indexes.filter((one) => one.name !== name)
        state.removeIndexName(owner, name)
        dropAttached(state, owner.schema, name)
      }
    } else if (type === 'OBJECT_TRIGGER' || type === 'OBJECT_RULE' || type === 'OBJECT_POLICY') {
      dropPart(state, type, names)
    } else {
      const found = findObject(state, type, object)
      if (found !== undefined) remove(state, found)
      else if (statement.missing_ok !== true)
        throw new NotImported(`There is no ${shownName(names, type)} to drop.`)
    }
  }
}

/** Indexes of partitions go with the one that they are attached to. */
function dropAttached(state: ImportState, schema: string, name: string): void {
  for (const table of state.ofKind('table'))
    for (const index of table.indexes)
      if (index.parent?.schema === schema && index.parent.name === name) {
        table.indexes = table.indexes.filter((one) => one !== index)
        state.removeIndexName(table, index.name)
        dropAttached(state, table.schema, index.name)
      }
}

function dropPart(
  state: ImportState,
  type: 'OBJECT_TRIGGER' | 'OBJECT_RULE' | 'OBJECT_POLICY',
  names: readonly string[],
): void {
  const name = names.at(-1) ?? ''
  const keep = (one: { readonly name: string }): boolean => one.name !== name
  const relation = state.relation(names.at(-3), names.at(-2) ?? '')
  if (relation === undefined || relation.kind === 'sequence') return
  if (type === 'OBJECT_TRIGGER') relation.triggers = relation.triggers.filter(keep)
  else if (type === 'OBJECT_RULE') relation.rules = relation.rules.filter(keep)
  else
    tableNamed(state, names.slice(0, -1)).policies = tableNamed(state, names.slice(0, -1)).policies.filter(
      keep,
    )
}

/** An object and what stands on it by its structure. */
export function remove(state: ImportState, object: ObjectDraft): void {
  state.remove(object)
  if (object.kind === 'schema') {
    for (const one of state.objects)
      if ('schema' in one && one.schema === object.name && one.kind !== 'extension') remove(state, one)
    return
  }
  if (object.kind !== 'table') return
  for (const index of [...object.indexes, ...object.constraints]) state.removeIndexName(object, index.name)
  const isIt = (one: { readonly schema: string; readonly name: string } | null | undefined): boolean =>
    one?.schema === object.schema && one.name === object.name
  for (const table of state.ofKind('table')) {
    if (isIt(table.partitionOf?.parent) || table.inherits.some(isIt)) remove(state, table)
    else dropReferences(state, table, isIt)
  }
  for (const sequence of state.ofKind('sequence')) if (isIt(sequence.ownedBy)) state.remove(sequence)
  for (const publication of state.ofKind('publication'))
    publication.tables = publication.tables.filter((one) => !isIt(one))
}

function dropReferences(
  state: ImportState,
  table: TableDraft,
  isIt: (one: { readonly schema: string; readonly name: string }) => boolean,
): void {
  for (const constraint of table.constraints)
    if (constraint.kind === 'foreign key' && isIt(constraint.references))
      dropConstraint(state, table, constraint.name)
}
