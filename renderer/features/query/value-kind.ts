// From a result column's type to how the grid shows it.
import type { ResultColumn } from '#contract/capabilities/query.ts'
import { displayCategory, type DisplayCategory } from '#postgres/common/types/display.ts'
import { shortType } from '#postgres/common/types/short-type.ts'
import type { GridColumn } from '../../components/data-grid/types.ts'
import type { ValueKind } from '../../components/data-grid/value-kind.ts'

const KINDS: Readonly<Record<DisplayCategory, ValueKind>> = {
  number: 'number',
  text: 'text',
  boolean: 'boolean',
  time: 'time',
  json: 'json',
  array: 'json',
  uuid: 'uuid',
  bytes: 'bytes',
  enum: 'enum',
  range: 'text',
  geometry: 'geometry',
  network: 'geometry',
  search: 'text',
  xml: 'text',
  bits: 'text',
  composite: 'text',
  // A result does not say what a type of the database itself is: nearly always an enum.
  other: 'enum',
}

/** The columns of a result as the grid takes them. */
export function gridColumns(columns: readonly ResultColumn[]): readonly GridColumn[] {
  return columns.map((column) => ({
    name: column.name,
    type: shortType(column.type),
    kind: KINDS[displayCategory(column.typeOid, { name: column.type })],
  }))
}
