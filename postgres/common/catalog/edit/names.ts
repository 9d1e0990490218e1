// Names: what Postgres takes as one, which are taken, and those it would choose itself.
import type { Constraint, ModelObject, Table, View } from '#contract/schema/types.ts'
import { byteLength, NAME_BYTES } from '../../ddl/create/column.ts'
import { schemaOf } from '../find.ts'
import { refuse, type ModelEdit } from './model-edit.ts'

/** Refuses what cannot be a name: empty, longer than 63 bytes, with a zero byte. */
export function checkName(name: string, what = 'name'): void {
  if (name === '') refuse(`Enter a ${what}.`)
  if (name.includes('\0')) refuse(`A ${what} may not contain a zero byte.`)
  if (byteLength(name) > NAME_BYTES)
    refuse(`A ${what} has at most ${NAME_BYTES} bytes; this one has ${byteLength(name)}.`)
}

/** Names of tables, views, sequences, indexes and composite types of a schema: they share one space. Not those of `except`. */
export function relationNames(edit: ModelEdit, schema: string, except?: string): Set<string> {
  const names = new Set<string>()
  for (const object of edit.objects()) {
    if (schemaOf(object) !== schema) continue
    const isOther = object.id !== except
    switch (object.kind) {
      case 'table':
        if (isOther) names.add(object.name)
        addPartNames(object, names)
        for (const { identity } of object.columns) if (identity !== null) names.add(identity.sequence.name)
        for (const constraint of object.constraints)
          if (hasIndex(constraint) && constraint.id !== except) names.add(constraint.name)
        break
      case 'view':
        if (isOther) names.add(object.name)
        addPartNames(object, names)
        break
      case 'sequence':
      case 'composite':
        if (isOther) names.add(object.name)
        break
      default:
        break
    }
  }
  return names

  function addPartNames(relation: Table | View, into: Set<string>): void {
    for (const index of relation.indexes) if (index.id !== except) into.add(index.name)
  }
}

/** Names of types of a schema; a table's row has one too. */
export function typeNames(edit: ModelEdit, schema: string, except?: string): Set<string> {
  const names = new Set<string>()
  for (const object of edit.objects())
    if (object.id !== except && schemaOf(object) === schema && isType(object)) names.add(object.name)
  return names
}

function isType({ kind }: ModelObject): boolean {
  return ['table', 'view', 'enum', 'domain', 'composite', 'range'].includes(kind)
}

/** Names of all constraints of a schema's tables: Postgres keeps those it chooses apart there. */
export function constraintNames(edit: ModelEdit, schema: string): Set<string> {
  const names = new Set<string>()
  for (const object of edit.objects())
    if (object.kind === 'table' && object.schema === schema)
      for (const { name } of object.constraints) names.add(name)
  return names
}

/** A key or an exclusion is kept by an index of its name. */
export function hasIndex({ kind }: Constraint): boolean {
  return kind === 'primary key' || kind === 'unique' || kind === 'exclusion'
}

/** `wanted`, or with the first number that makes it free: `table_2`. */
export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted
  for (let number = 2; ; number += 1) {
    const suffix = `_${number}`
    const name = clip(wanted, NAME_BYTES - suffix.length) + suffix
    if (!taken.has(name)) return name
  }
}

export type NameLabel = 'pkey' | 'key' | 'fkey' | 'check' | 'excl' | 'idx' | 'seq'

export interface AutoNameOptions {
  readonly schema: string
  readonly table: string
  /** Columns of a key, null for an expression; empty for a primary key or a check of more than one column. */
  readonly columns: readonly (string | null)[]
  readonly label: NameLabel
}

/** The name that Postgres would choose: `film_title_key`, `film_title_key1` when that is taken. */
export function autoName(edit: ModelEdit, { schema, table, columns, label }: AutoNameOptions): string {
  const taken = relationNames(edit, schema)
  if (label !== 'idx' && label !== 'seq') for (const name of constraintNames(edit, schema)) taken.add(name)
  return chooseName({ table, columns, label, taken })
}

/** The same for names that are known to be taken. */
export function chooseName(options: {
  readonly table: string
  readonly columns: readonly (string | null)[]
  readonly label: NameLabel
  readonly taken: ReadonlySet<string>
}): string {
  const second = columnsPart(options.columns)
  for (let attempt = 0; ; attempt += 1) {
    const label = attempt === 0 ? options.label : `${options.label}${attempt}`
    const name = makeName(options.table, second, label)
    if (!options.taken.has(name)) return name
  }
}

/** Whether `chooseName` would have given this name, if others had been taken. */
export function isChosenName(
  name: string,
  origin: { readonly table: string; readonly columns: readonly (string | null)[]; readonly label: NameLabel },
): boolean {
  const second = columnsPart(origin.columns)
  const number = /[1-9]\d*$/.exec(name)?.[0] ?? ''
  return (
    name === makeName(origin.table, second, origin.label) ||
    (number !== '' && name === makeName(origin.table, second, `${origin.label}${number}`))
  )
}

/** The columns' names in a row, each once (`expr`, `expr1`), cut where it would be too long (ChooseIndexNameAddition). */
function columnsPart(columns: readonly (string | null)[]): string {
  const parts: string[] = []
  for (const column of columns) {
    const name = column ?? 'expr'
    let part = name
    for (let number = 1; parts.includes(part); number += 1) part = `${name}${number}`
    parts.push(part)
    if (byteLength(parts.join('_')) >= NAME_BYTES) break
  }
  return clip(parts.join('_'), NAME_BYTES)
}

/** `first_second_label` in 63 bytes: the longer of the two gives way (makeObjectName). */
function makeName(first: string, second: string, label: string): string {
  const overhead = byteLength(label) + 1 + (second === '' ? 0 : 1)
  let firstBytes = byteLength(first)
  let secondBytes = byteLength(second)
  while (firstBytes + secondBytes > NAME_BYTES - overhead)
    if (firstBytes > secondBytes) firstBytes -= 1
    else secondBytes -= 1
  const head = clip(first, firstBytes)
  return second === '' ? `${head}_${label}` : `${head}_${clip(second, secondBytes)}_${label}`
}

/** The longest beginning of at most so many bytes, without half a character. */
export function clip(text: string, maxBytes: number): string {
  let kept = ''
  let bytes = 0
  for (const character of text) {
    bytes += byteLength(character)
    if (bytes > maxBytes) break
    kept += character
  }
  return kept
}

/** Refuses a name that another table, view, sequence, index or type of the schema has. */
export function checkRelationName(edit: ModelEdit, schema: string, name: string, except?: string): void {
  checkName(name)
  if (relationNames(edit, schema, except).has(name) || typeNames(edit, schema, except).has(name))
    refuse(`${name} is taken in schema ${schema}. Choose another name.`)
}

/** Refuses a name that one of these parts has. */
export function checkPartName(
  parts: readonly { readonly id: string; readonly name: string }[],
  name: string,
  { what, except }: { readonly what: string; readonly except?: string },
): void {
  checkName(name)
  if (parts.some((part) => part.id !== except && part.name === name))
    refuse(`There is a ${what} named ${name} already. Choose another name.`)
}
