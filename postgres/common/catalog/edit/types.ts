// Edits of types of the person's own: enums and domains.
import type { DomainType, EnumType } from '#contract/schema/types.ts'
import { resolveType } from './column-type.ts'
import { makeEdit, refuse, type Edit, type EditContext, type ModelEdit } from './model-edit.ts'
import { byteLength, NAME_BYTES } from '../../ddl/create/column.ts'
import { checkPartName, checkRelationName, freeName } from './names.ts'
import { ownerIn, takenNames } from './tables.ts'

/** Adds an enum; without a name it is `status`, `status_2`, … */
export function addEnum(
  context: EditContext,
  input: { readonly schema: string; readonly name?: string; readonly labels?: readonly string[] },
): Edit {
  return makeEdit(context, (edit) => {
    const { schema, labels = [] } = input
    const name = input.name ?? freeName('status', takenNames(edit, schema))
    checkRelationName(edit, schema, name)
    const made: EnumType = {
      kind: 'enum',
      id: edit.newId('enum'),
      schema,
      name,
      owner: ownerIn(edit, schema),
      comment: null,
      labels: [],
      grants: [],
    }
    edit.put({
      ...made,
      labels: labels.map((label) => ({ id: edit.newId('enumLabel'), label: checkLabel(made, label) })),
    })
    if (new Set(labels).size < labels.length) refuse('A value is there twice.')
    return { label: `Add enum ${name}`, objectId: made.id }
  })
}

/** Adds a value before another, or at the end. */
export function addLabel(
  context: EditContext,
  input: { readonly enumId: string; readonly label: string; readonly before?: string },
): Edit {
  return makeEdit(context, (edit) => {
    const type = edit.need('enum', input.enumId)
    const added = { id: edit.newId('enumLabel'), label: checkLabel(type, input.label) }
    const at = type.labels.findIndex(({ id }) => id === input.before)
    edit.put({ ...type, labels: type.labels.toSpliced(at === -1 ? type.labels.length : at, 0, added) })
    return { label: `Add value ${input.label} to ${type.name}`, objectId: type.id, partId: added.id }
  })
}

/** Gives a value another name; rows that have it keep it under the new one. */
export function renameLabel(
  context: EditContext,
  input: { readonly enumId: string; readonly labelId: string; readonly label: string },
): Edit {
  return makeEdit(context, (edit) => {
    const type = edit.need('enum', input.enumId)
    const before = type.labels.find(({ id }) => id === input.labelId)
    if (before === undefined) return refuse('The value is no longer there.')
    if (before.label !== input.label) checkLabel(type, input.label)
    edit.put({
      ...type,
      labels: type.labels.map((one) => (one.id === before.id ? { ...one, label: input.label } : one)),
    })
    return { label: `Rename value ${before.label} to ${input.label}`, objectId: type.id, partId: before.id }
  })
}

/** Takes a value out. Postgres cannot: the migration makes the type anew, and fails while a row has the value. */
export function removeLabel(
  context: EditContext,
  input: { readonly enumId: string; readonly labelId: string },
): Edit {
  return makeEdit(context, (edit) => {
    const type = edit.need('enum', input.enumId)
    const before = type.labels.find(({ id }) => id === input.labelId)
    if (before === undefined) return refuse('The value is no longer there.')
    edit.put({ ...type, labels: type.labels.filter(({ id }) => id !== before.id) })
    return { label: `Remove value ${before.label} from ${type.name}`, objectId: type.id }
  })
}

/** Puts a value elsewhere in the order: 0 is first. */
export function moveLabel(
  context: EditContext,
  input: { readonly enumId: string; readonly labelId: string; readonly to: number },
): Edit {
  return makeEdit(context, (edit) => {
    const type = edit.need('enum', input.enumId)
    const moved = type.labels.find(({ id }) => id === input.labelId)
    if (moved === undefined) return refuse('The value is no longer there.')
    const rest = type.labels.filter(({ id }) => id !== moved.id)
    const to = Math.max(0, Math.min(rest.length, input.to))
    edit.put({ ...type, labels: rest.toSpliced(to, 0, moved) })
    return { label: `Move value ${moved.label} of ${type.name}`, objectId: type.id, partId: moved.id }
  })
}

function checkLabel(type: EnumType, label: string): string {
  if (label === '') refuse('Enter a value.')
  if (byteLength(label) > NAME_BYTES) refuse(`A value has at most ${NAME_BYTES} bytes.`)
  if (type.labels.some((one) => one.label === label)) refuse(`${type.name} has the value ${label} already.`)
  return label
}

/** What can be changed about a domain. */
export interface DomainChange {
  /** As a person writes it. */
  readonly type?: string
  readonly isNullable?: boolean
  readonly default?: string | null
}

/** Adds a domain over a type; without a name it is `domain`, `domain_2`, … */
export function addDomain(
  context: EditContext,
  input: DomainChange & { readonly schema: string; readonly name?: string; readonly check?: string },
): Edit {
  return makeEdit(context, (edit) => {
    const { schema } = input
    const name = input.name ?? freeName('domain', takenNames(edit, schema))
    checkRelationName(edit, schema, name)
    const start: DomainType = {
      kind: 'domain',
      id: edit.newId('domain'),
      schema,
      name,
      owner: ownerIn(edit, schema),
      comment: null,
      type: 'text',
      typeId: null,
      collation: null,
      isNullable: true,
      default: null,
      constraints: [],
      grants: [],
    }
    const made = changedDomain(edit, start, input)
    const check = input.check?.trim() ?? ''
    edit.put(check === '' ? made : withCheck(edit, made, check))
    return { label: `Add domain ${name}`, objectId: made.id }
  })
}

/** Changes a domain's type, default or whether it may be null. */
export function changeDomain(
  context: EditContext,
  input: { readonly domainId: string; readonly change: DomainChange },
): Edit {
  return makeEdit(context, (edit) => {
    const domain = edit.need('domain', input.domainId)
    edit.put(changedDomain(edit, domain, input.change))
    return { label: `Change domain ${domain.name}`, objectId: domain.id }
  })
}

/** Adds a condition to a domain, which speaks of VALUE. */
export function addDomainCheck(
  context: EditContext,
  input: { readonly domainId: string; readonly expression: string; readonly name?: string },
): Edit {
  return makeEdit(context, (edit) => {
    const domain = edit.need('domain', input.domainId)
    const next = withCheck(edit, domain, input.expression.trim(), input.name)
    edit.put(next)
    return { label: `Add check to domain ${domain.name}`, objectId: domain.id }
  })
}

/** Changes the condition of a domain's check. */
export function changeDomainCheck(
  context: EditContext,
  input: { readonly domainId: string; readonly constraintId: string; readonly expression: string },
): Edit {
  return makeEdit(context, (edit) => {
    const domain = edit.need('domain', input.domainId)
    const expression = input.expression.trim()
    if (expression === '') refuse('Enter a condition, such as VALUE > 0.')
    edit.put({
      ...domain,
      constraints: domain.constraints.map((one) =>
        one.id === input.constraintId ? { ...one, expression } : one,
      ),
    })
    return { label: `Change check of domain ${domain.name}`, objectId: domain.id }
  })
}

function withCheck(edit: ModelEdit, domain: DomainType, expression: string, named?: string): DomainType {
  if (expression === '') refuse('Enter a condition, such as VALUE > 0.')
  const taken = new Set(domain.constraints.map(({ name }) => name))
  let name = named ?? `${domain.name}_check`
  for (let number = 1; named === undefined && taken.has(name); number += 1)
    name = `${domain.name}_check${number}`
  checkPartName(domain.constraints, name, { what: 'constraint' })
  const check = { id: edit.newId('constraint'), name, expression, isValidated: true, comment: null }
  return { ...domain, constraints: [...domain.constraints, check] }
}

function changedDomain(edit: ModelEdit, domain: DomainType, change: DomainChange): DomainType {
  let after = domain
  if (change.type !== undefined) {
    const resolved = resolveType(edit.model, change.type, domain.schema)
    if (resolved.problem !== null) return refuse(resolved.problem)
    if (resolved.isSerial) refuse('A domain cannot be serial. Use integer or bigint.')
    if (resolved.typeId === domain.id) refuse('A domain cannot be over itself.')
    after = { ...after, type: resolved.type, typeId: resolved.typeId }
  }
  if (change.isNullable !== undefined) after = { ...after, isNullable: change.isNullable }
  if (change.default !== undefined) {
    const text = change.default?.trim() ?? ''
    after = { ...after, default: text === '' ? null : text }
  }
  return after
}
