// RENAME, SET SCHEMA and OWNER: what refers to the old name is written anew.
import type { AlterObjectSchemaStmt, AlterOwnerStmt, RenameStmt } from '@pgsql/types'
import { printedName, rewriteQualified } from '../../catalog/edit/qualified.ts'
import { rewriteNames } from '../../diff/sql-text.ts'
import { findObject, namesOfObject, tableNamed } from './find-object.ts'
import { indexOf } from './indexes.ts'
import { childrenOf } from './inherit.ts'
import { itemsOf, namesOf } from './nodes.ts'
import { objectName } from './object-names.ts'
import { roleName } from './roles.ts'
import { NotImported, type ImportState, type ObjectDraft, type TableDraft } from './state.ts'

interface Name {
  readonly schema: string
  readonly name: string
}

export function rename(state: ImportState, statement: RenameStmt): void {
  const { renameType, relationType, relation, object, subname = '', newname = '' } = statement
  const relationNames = [relation?.schemaname, relation?.relname].flatMap((one) => one ?? [])
  switch (renameType) {
    case 'OBJECT_COLUMN': {
      const found = state.relation(relation?.schemaname, relation?.relname ?? '')
      if (found?.kind === 'table') return renameColumn(state, found, subname, newname)
      if (found?.kind !== 'view') throw new NotImported(`There is no table ${relation?.relname ?? ''}.`)
      for (const column of found.columns) if (column.name === subname) column.name = newname
      return
    }
    case 'OBJECT_ATTRIBUTE': {
      const type = state.type(relation?.schemaname, relation?.relname ?? '')
      if (type?.kind !== 'composite') throw new NotImported(`There is no type ${relation?.relname ?? ''}.`)
      for (const attribute of type.attributes) if (attribute.name === subname) attribute.name = newname
      return
    }
    case 'OBJECT_INDEX': {
      const { owner, index, constraint } = indexOf(state, relation?.schemaname, relation?.relname ?? '')
      state.removeIndexName(owner, relation?.relname ?? '')
      for (const one of [index, constraint]) if (one !== undefined) one.name = newname
      state.addIndexName(owner, newname)
      return
    }
    case 'OBJECT_TABCONSTRAINT': {
      const table = tableNamed(state, relationNames)
      const found = table.constraints.find((one) => one.name === subname)
      if (found !== undefined) found.name = newname
      for (const column of table.columns) {
        const name = column.notNull?.name ?? `${table.name}_${column.name}_not_null`
        if (found === undefined && name === subname && !column.isNullable)
          column.notNull = { isValidated: true, isNoInherit: false, ...column.notNull, name: newname }
      }
      state.removeIndexName(table, subname)
      if (found !== undefined && found.kind !== 'check' && found.kind !== 'foreign key')
        state.addIndexName(table, newname)
      return
    }
    case 'OBJECT_DOMCONSTRAINT': {
      const domain = findObject(state, 'OBJECT_DOMAIN', object)
      if (domain?.kind === 'domain')
        for (const one of domain.constraints) if (one.name === subname) one.name = newname
      return
    }
    case 'OBJECT_POLICY':
      for (const one of tableNamed(state, relationNames).policies)
        if (one.name === subname) one.name = newname
      return
    case 'OBJECT_TRIGGER':
    case 'OBJECT_RULE': {
      const owner = state.relation(relation?.schemaname, relation?.relname ?? '')
      if (owner === undefined || owner.kind === 'sequence') return
      const parts = renameType === 'OBJECT_TRIGGER' ? owner.triggers : owner.rules
      for (const one of parts)
        if (one.name === subname) {
          one.name = newname
          one.definition = rewriteNames(one.definition, new Map([[subname, new Set([newname])]]))
        }
      return
    }
    case 'OBJECT_ROLE':
    case 'OBJECT_DATABASE':
    case 'OBJECT_TABLESPACE':
      return
    default: {
      const type = renameType === 'OBJECT_SCHEMA' ? 'OBJECT_SCHEMA' : renameType
      const nodes = subname === '' ? object : { List: { items: [{ String: { sval: subname } }] } }
      const found =
        relation === undefined
          ? findObject(state, type, nodes ?? object)
          : state.relation(relation.schemaname, relation.relname ?? '')
      if (found === undefined) {
        if (statement.missing_ok === true) return
        throw new NotImported(`There is no ${relation?.relname ?? subname ?? relationType ?? ''} to rename.`)
      }
      renameObject(state, found, newname)
    }
  }
}

function renameObject(state: ImportState, object: ObjectDraft, name: string): void {
  const before = object.name
  if (object.kind === 'schema') {
    for (const one of state.objects)
      if ('schema' in one && one.schema === before) moveObject(state, one, { schema: name, name: one.name })
    state.rekey(object, () => (object.name = name))
    return
  }
  if (object.kind === 'routine' || !('schema' in object) || object.schema === null || object.kind === 'other')
    state.rekey(object, () => (object.name = name))
  else moveObject(state, object, { schema: object.schema, name })
}

/** Gives it another name or schema, everywhere. */
function moveObject(state: ImportState, object: ObjectDraft, to: Name): void {
  if (!('schema' in object) || object.schema === null) return
  const from: Name = { schema: object.schema, name: object.name }
  if (object.kind === 'table' && from.name !== to.name) keepNotNullNames(object)
  const parts = object.kind === 'table' || object.kind === 'view' ? object.indexes : []
  if (object.kind === 'table' || object.kind === 'view')
    for (const index of parts) state.removeIndexName(object, index.name)
  state.rekey(object, () => {
    object.schema = to.schema
    object.name = to.name
  })
  if (object.kind === 'table' || object.kind === 'view')
    for (const index of parts) state.addIndexName(object, index.name)
  for (const one of state.objects) {
    follow(one, from, to)
    // The sequences of a table's columns go to its new schema with it.
    if (
      object.kind === 'table' &&
      one.kind === 'sequence' &&
      from.schema !== to.schema &&
      one.ownedBy?.name === to.name &&
      one.ownedBy.schema === to.schema
    )
      moveObject(state, one, { schema: to.schema, name: one.name })
  }
  if (object.kind === 'table')
    for (const { identity } of object.columns)
      if (identity !== null) identity.sequence = { ...identity.sequence, schema: to.schema }
}

/** From Postgres 18 on NOT NULL constraints have names, which stay when the table or column is renamed. */
function keepNotNullNames(table: TableDraft, only?: string): void {
  for (const column of table.columns)
    if (
      !column.isNullable &&
      (column.notNull === null || column.notNull.name === null) &&
      (only === undefined || column.name === only)
    )
      column.notNull = {
        isValidated: true,
        isNoInherit: false,
        ...column.notNull,
        name: objectName(table.name, column.name, 'not_null'),
      }
}

/** Names in an object that mean `from`. */
function follow(object: ObjectDraft, from: Name, to: Name): void {
  visit(object, (holder, key, value) => {
    if (
      isRecord(value) &&
      value['schema'] === from.schema &&
      value['name'] === from.name &&
      !('kind' in value)
    ) {
      value['schema'] = to.schema
      value['name'] = to.name
    }
    if (typeof value !== 'string' || !TEXTS.has(key)) return
    const text = rewriteQualified(value, (schema, name) =>
      schema === from.schema && name === from.name ? [to.schema, to.name] : [schema, name],
    )
    // The name in nextval('…'::regclass).
    holder[key] = text.replaceAll(
      `'${printedName(from.schema, from.name)}'::regclass`,
      `'${printedName(to.schema, to.name)}'::regclass`,
    )
  })
}

const TEXTS = new Set([
  'type',
  'default',
  'expression',
  'definition',
  'where',
  'using',
  'check',
  'returns',
  'identityArguments',
  'subtype',
  'operatorClass',
  'collation',
])

function visit(
  value: unknown,
  see: (holder: Record<string, unknown>, key: string, value: unknown) => void,
): void {
  if (Array.isArray(value)) for (const one of value) visit(one, see)
  if (!isRecord(value)) return
  for (const [key, inner] of Object.entries(value)) {
    see(value, key, inner)
    visit(inner, see)
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function renameColumn(state: ImportState, table: TableDraft, before: string, after: string): void {
  const column = table.columns.find((one) => one.name === before)
  if (column === undefined) throw new NotImported(`Table ${table.name} has no column ${before}.`)
  keepNotNullNames(table, before)
  column.name = after
  const changes = new Map([[before, new Set([after])]])
  const swap = (names: readonly string[]): string[] => names.map((name) => (name === before ? after : name))
  for (const constraint of table.constraints)
    if (constraint.kind === 'check') constraint.expression = rewriteNames(constraint.expression, changes)
    else if (constraint.kind === 'exclusion')
      constraint.definition = rewriteNames(constraint.definition, changes)
    else constraint.columns = swap(constraint.columns)
  for (const index of table.indexes) {
    index.include = swap(index.include)
    if (index.where !== null) index.where = rewriteNames(index.where, changes)
    index.elements = index.elements.map((one) => ({
      ...one,
      column: one.column === before ? after : one.column,
      expression: one.expression === null ? null : rewriteNames(one.expression, changes),
    }))
  }
  for (const one of table.columns)
    if (one.generated !== null) one.generated.expression = rewriteNames(one.generated.expression, changes)
  for (const policy of table.policies) {
    if (policy.using !== null) policy.using = rewriteNames(policy.using, changes)
    if (policy.check !== null) policy.check = rewriteNames(policy.check, changes)
  }
  if (table.partitionKey !== null) table.partitionKey = rewriteNames(table.partitionKey, changes)
  for (const one of state.ofKind('table'))
    for (const constraint of one.constraints)
      if (
        constraint.kind === 'foreign key' &&
        constraint.references.schema === table.schema &&
        constraint.references.name === table.name
      )
        constraint.references = { ...constraint.references, columns: swap(constraint.references.columns) }
  for (const one of state.ofKind('sequence'))
    if (
      one.ownedBy?.schema === table.schema &&
      one.ownedBy.name === table.name &&
      one.ownedBy.column === before
    )
      one.ownedBy = { ...one.ownedBy, column: after }
  for (const child of childrenOf(state, table))
    if (child.columns.some(({ name }) => name === before)) renameColumn(state, child, before, after)
}

/** ALTER … SET SCHEMA. */
export function setSchema(
  state: ImportState,
  { objectType, relation, object, newschema = '', missing_ok }: AlterObjectSchemaStmt,
): void {
  const found =
    relation === undefined
      ? findObject(state, objectType, object)
      : state.relation(relation.schemaname, relation.relname ?? '')
  if (found === undefined) {
    if (missing_ok === true) return
    throw new NotImported(`There is no ${relation?.relname ?? namesOfObject(object).join('.')}.`)
  }
  if (found.kind === 'extension') found.schema = newschema
  else if (found.kind === 'routine') state.rekey(found, () => (found.schema = newschema))
  else moveObject(state, found, { schema: newschema, name: found.name })
}

/** ALTER … OWNER TO. */
export function setOwner(
  state: ImportState,
  { objectType, relation, object, newowner }: AlterOwnerStmt,
): void {
  if (
    objectType === 'OBJECT_DATABASE' ||
    objectType === 'OBJECT_TABLESPACE' ||
    objectType === 'OBJECT_LARGEOBJECT'
  )
    return
  const found =
    relation === undefined
      ? findObject(state, objectType, object)
      : state.relation(relation.schemaname, relation.relname ?? '')
  if (found === undefined)
    throw new NotImported(`There is no ${relation?.relname ?? namesOf(itemsOf(object)).join('.')}.`)
  found.owner = roleName(newowner) ?? found.owner
  if ('grants' in found) found.grants = found.grants.filter(({ grantee }) => grantee !== found.owner)
}
