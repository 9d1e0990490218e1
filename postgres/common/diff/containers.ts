// What Postgres refuses to change while a column holds values of it inside others: tables whose row type is the type of a column, and domains inside arrays,
// composite types and ranges.
import type { Column, SchemaModel, Table } from '#contract/schema/types.ts'
import type { DiffOfKind } from './model-diff.ts'

/** A column whose type is the row type of a table, or an array of it. */
export interface RowUser {
  readonly column: Column
  readonly table: Table
}

/** By the id of the table whose row type it is. */
export function rowUsersOf({ objects }: SchemaModel): ReadonlyMap<string, readonly RowUser[]> {
  const tables = new Set(objects.flatMap(({ kind, id }) => (kind === 'table' ? [id] : [])))
  const found = new Map<string, RowUser[]>()
  for (const table of objects)
    if (table.kind === 'table')
      for (const column of table.columns)
        if (column.typeId !== null && tables.has(column.typeId))
          found.set(column.typeId, [...(found.get(column.typeId) ?? []), { column, table }])
  return found
}

/** Whether the column holds several of its type. */
export function isArray({ type }: Pick<Column, 'type'>): boolean {
  return type.endsWith(']')
}

/** Whether the change writes all rows anew, or may: what refuses it is said before anything runs, what does not costs little. */
export function isRewritten({ differences, parts }: DiffOfKind<'table'>): boolean {
  if (differences.some(({ field }) => ['unlogged', 'access method'].includes(field))) return true
  return parts.columns.some(({ before, after, differences: fields }) => {
    if (after === null) return false
    if (before !== null) return fields.some(({ field }) => ['type', 'collation', 'generated'].includes(field))
    return (
      after.identity !== null ||
      after.generated?.kind === 'stored' ||
      // A domain may have a check.
      after.typeId?.startsWith('domain') === true ||
      (after.default !== null && !isConstant(after.default))
    )
  })
}

function isConstant(expression: string): boolean {
  return /^\(?('(''|[^'])*'|-?[\d.]+|true|false|null)\)?(::[\w\s"()]+(\[\])?)?$/i.test(expression.trim())
}

/** Whether rows that are there would have to be checked: a null or a value that was allowed no longer is. */
export function isTightened({ before, after, parts }: DiffOfKind<'domain'>): boolean {
  if (before === null || after === null) return false
  return (
    (before.isNullable && !after.isNullable) ||
    parts.domainConstraints.some(
      ({ before: had, after: has, differences }) =>
        has?.isValidated === true &&
        (had === null || differences.some(({ field }) => field === 'expression' || field === 'validated')),
    )
  )
}

/** Whether some column holds values of the domain inside others: in an array, a composite type, a range or a row. */
export function isInContainer({ objects }: SchemaModel, domainId: string): boolean {
  const seen = new Set<string>()
  const contained = (id: string, isInside: boolean): boolean => {
    const key = `${String(isInside)} ${id}`
    if (seen.has(key)) return false
    seen.add(key)
    return objects.some((object) => {
      switch (object.kind) {
        case 'table':
          return object.columns.some(
            (column) => column.typeId === id && (isInside || isArray(column) || contained(object.id, true)),
          )
        case 'composite':
          return object.attributes.some(({ typeId }) => typeId === id) && contained(object.id, true)
        case 'range':
          return object.subtypeId === id && contained(object.id, true)
        case 'domain':
          return object.typeId === id && contained(object.id, isInside || isArray(object))
        default:
          return false
      }
    })
  }
  return contained(domainId, false)
}
