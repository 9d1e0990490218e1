// Whether a model is one that Postgres could hold: names that are free, references that lead somewhere. Edits keep it so; tests check it.
import type { ModelObject, RelationName, SchemaModel, Table } from '#contract/schema/types.ts'
import { indexModel, objectName, schemaOf } from '../find.ts'
import { hasIndex } from './names.ts'
import { partsOf } from '../../diff/parts.ts'

/** What is wrong, one sentence each; nothing for a consistent model. */
export function checkModel(model: SchemaModel): readonly string[] {
  const problems: string[] = []
  const seen = new Map<string, string>()
  const claim = (space: string, key: string, who: string): void => {
    const whole = `${space}\0${key}`
    const other = seen.get(whole)
    if (other === undefined) seen.set(whole, who)
    else problems.push(`${who} and ${other} share the ${space} ${key.replaceAll('\0', '.')}.`)
  }
  for (const object of model.objects) {
    const who = `${object.kind} ${schemaOf(object)}.${objectName(object)}`
    claim('id', object.id, who)
    for (const { kind, parts } of partsOf(object))
      for (const part of parts)
        claim('id', part.id, `${kind} ${'name' in part ? part.name : part.label} of ${who}`)
    claimNames(object, who, claim)
    const schema = schemaOf(object)
    if (schema !== '' && indexModel(model).byName('schema', '', schema) === undefined)
      problems.push(`${who} stands in schema ${schema}, which is not there.`)
    problems.push(...referenceProblems(model, object).map((problem) => `${who}: ${problem}`))
  }
  return problems
}

type Claim = (space: string, key: string, who: string) => void

function claimNames(object: ModelObject, who: string, claim: Claim): void {
  const inSchema = (name: string): string => `${schemaOf(object)}\0${name}`
  switch (object.kind) {
    case 'table':
    case 'view':
    case 'sequence':
    case 'composite':
      claim('relation name', inSchema(object.name), who)
      break
    case 'enum':
    case 'domain':
    case 'range':
      claim('type name', inSchema(object.name), who)
      break
    default:
      claim(`${object.kind} name`, inSchema(objectName(object)), who)
  }
  if (object.kind === 'table' || object.kind === 'view') {
    claim('type name', inSchema(object.name), who)
    for (const { name } of object.indexes) claim('relation name', inSchema(name), `index ${name} of ${who}`)
    for (const { name } of object.columns) claim('column name', `${object.id}\0${name}`, who)
  }
  if (object.kind !== 'table') return
  for (const { name } of object.policies) claim('policy name', `${object.id}\0${name}`, who)
  for (const one of object.constraints) {
    claim('constraint name', `${object.id}\0${one.name}`, who)
    if (hasIndex(one)) claim('relation name', inSchema(one.name), `${one.kind} ${one.name} of ${who}`)
  }
  for (const { identity } of object.columns)
    if (identity !== null && (object.partitionOf === null || identity.sequence.schema === object.schema))
      if (object.partitionOf === null)
        claim('relation name', `${identity.sequence.schema}\0${identity.sequence.name}`, `identity of ${who}`)
}

function referenceProblems(model: SchemaModel, object: ModelObject): string[] {
  const index = indexModel(model)
  const problems: string[] = []
  const typed = (what: string, type: string, typeId: string | null): void => {
    if (typeId === null) return
    const named = index.byId(typeId)
    if (named === undefined) problems.push(`the type of ${what} is not there.`)
    else if (!type.replaceAll('"', '').includes(named.name.replaceAll('"', '')))
      problems.push(`${what} is said to be ${named.name} and printed as ${type}.`)
  }
  switch (object.kind) {
    case 'table':
      for (const { name, type, typeId } of object.columns) typed(name, type, typeId)
      problems.push(...tableProblems(model, object))
      break
    case 'domain':
      typed('it', object.type, object.typeId)
      break
    case 'composite':
      for (const { name, type, typeId } of object.attributes) typed(name, type, typeId)
      break
    case 'range':
      typed('its bounds', object.subtype, object.subtypeId)
      break
    case 'sequence':
      if (object.ownedBy !== null)
        problems.push(...columnProblems(model, object.ownedBy, [object.ownedBy.column]))
      break
    case 'publication':
      for (const table of object.tables) problems.push(...columnProblems(model, table, table.columns))
      break
    default:
      break
  }
  return problems
}

function columnProblems(model: SchemaModel, name: RelationName, columns: readonly string[]): string[] {
  const table = indexModel(model).relation(name)
  if (table === undefined) return [`${name.schema}.${name.name} is not there.`]
  const names = new Set<string>(table.columns.map((column) => column.name))
  return columns
    .filter((column) => !names.has(column))
    .map((column) => `${name.name} has no column ${column}.`)
}

function tableProblems(model: SchemaModel, table: Table): string[] {
  const problems: string[] = []
  const own = (columns: readonly (string | null)[]): void => {
    problems.push(
      ...columnProblems(
        model,
        table,
        columns.filter((name) => name !== null),
      ),
    )
  }
  if (table.constraints.filter(({ kind }) => kind === 'primary key').length > 1)
    problems.push('it has two primary keys.')
  for (const one of table.constraints) {
    if ('columns' in one) own(one.columns)
    if ('include' in one) own(one.include)
    if (one.kind === 'primary key')
      for (const column of table.columns)
        if (column.isNullable && one.columns.includes(column.name))
          problems.push(`${column.name} of the primary key may be null.`)
    if (one.kind === 'foreign key') {
      problems.push(...columnProblems(model, one.references, one.references.columns))
      if (one.columns.length !== one.references.columns.length)
        problems.push(`${one.name} has unequal sides.`)
    }
  }
  for (const one of table.indexes) {
    own([...one.elements.map(({ column }) => column), ...one.include])
    if (one.elements.length === 0) problems.push(`index ${one.name} has no columns.`)
  }
  const index = indexModel(model)
  for (const parent of [...table.inherits, ...(table.partitionOf === null ? [] : [table.partitionOf.parent])])
    if (index.byName('table', parent.schema, parent.name) === undefined)
      problems.push(`its parent ${parent.name} is not there.`)
  for (const column of table.columns) {
    if (column.identity !== null && column.isNullable) problems.push(`identity ${column.name} may be null.`)
    if (column.generated !== null && column.default !== null)
      problems.push(`${column.name} is generated and has a default.`)
  }
  return problems
}
