// Names that Postgres makes up for constraints, indexes and sequences (ChooseRelationName and ChooseConstraintName).
import type { ImportState, TableDraft, ViewDraft } from './state.ts'

const MAX_BYTES = 63
const encoder = new TextEncoder()

/** `film_title_key`: cut so that it fits in 63 bytes, the longer of the two parts first. */
export function objectName(first: string, second: string, label: string): string {
  const overhead = encoder.encode(label).length + 1 + (second === '' ? 0 : 1)
  let one = encoder.encode(first).length
  let two = encoder.encode(second).length
  while (one + two + overhead > MAX_BYTES) {
    if (one > two) one -= 1
    else two -= 1
  }
  return [clip(first, one), ...(second === '' ? [] : [clip(second, two)]), label].join('_')
}

/** The most characters that fit in so many bytes. */
export function clip(text: string, bytes: number): string {
  let result = ''
  let used = 0
  for (const character of text) {
    used += encoder.encode(character).length
    if (used > bytes) break
    result += character
  }
  return result
}

function unused(make: (label: string) => string, label: string, isTaken: (name: string) => boolean): string {
  for (let pass = 0; ; pass += 1) {
    const name = make(pass === 0 ? label : `${label}${pass}`)
    if (!isTaken(name)) return name
  }
}

/** A name for an index, a key or a sequence: they share the names of relations. */
export function relationName(
  state: ImportState,
  table: TableDraft | ViewDraft,
  columns: string,
  label: string,
): string {
  return unused(
    (one) => objectName(table.name, columns, one),
    label,
    (name) => state.isRelationName(table.schema, name) || hasConstraint(table, name),
  )
}

/** A name for a check or a foreign key: unique in the table. */
export function constraintName(table: TableDraft, columns: string, label: string): string {
  return unused(
    (one) => objectName(table.name, columns, one),
    label,
    (name) => hasConstraint(table, name),
  )
}

function hasConstraint(table: TableDraft | ViewDraft, name: string): boolean {
  return table.kind === 'table' && table.constraints.some((one) => one.name === name)
}

/** The columns' part of a name, as Postgres cuts it. */
export function columnsPart(columns: readonly string[]): string {
  let part = ''
  for (const column of columns) {
    part += part === '' ? column : `_${column}`
    if (encoder.encode(part).length >= MAX_BYTES) break
  }
  return clip(part, MAX_BYTES)
}
