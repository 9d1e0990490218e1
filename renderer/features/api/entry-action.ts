// What the snippet of an operation does: with the first columns, and values that fit their types.
import type { DocumentedColumn, DocumentedEntry, Method } from './document.ts'
import type { Match, SnippetAction, Values } from './snippets/types.ts'

const SHOWN_COLUMNS = 4
const READ_LIMIT = 10

/** The example of an operation. */
export function actionOf(entry: DocumentedEntry, method: Method): SnippetAction {
  if (entry.kind === 'function')
    return {
      type: 'call',
      function: entry.name,
      arguments: valuesOf(entry.columns),
      method: method === 'GET' ? 'GET' : 'POST',
    }
  const table = entry.name
  switch (method) {
    case 'GET':
      return { type: 'read', table, columns: [], match: null, limit: READ_LIMIT }
    case 'POST':
      return { type: 'insert', table, values: valuesOf(written(entry.columns)) }
    case 'PUT':
      return { type: 'upsert', table, values: valuesOf(entry.columns.slice(0, SHOWN_COLUMNS)) }
    case 'PATCH':
      return {
        type: 'update',
        table,
        match: matchOf(entry),
        values: valuesOf(changed(entry.columns)),
      }
    case 'DELETE':
      return { type: 'delete', table, match: matchOf(entry) }
  }
}

/** Columns that a person gives a value: what is required, else the first ones that Postgres does not fill itself. */
function written(columns: readonly DocumentedColumn[]): readonly DocumentedColumn[] {
  const own = columns.filter((column) => !column.isReadOnly)
  const required = own.filter((column) => column.isRequired)
  const optional = own.filter((column) => column.standard === null && !column.isPrimaryKey)
  const chosen = required.length > 0 ? required : optional.length > 0 ? optional : own
  return chosen.slice(0, SHOWN_COLUMNS)
}

/** Columns that an update gives a value: no keys. */
function changed(columns: readonly DocumentedColumn[]): readonly DocumentedColumn[] {
  const own = columns.filter((column) => !column.isReadOnly && !column.isPrimaryKey)
  return [...own.filter((column) => column.isRequired), ...own].slice(0, 1)
}

function matchOf({ columns }: DocumentedEntry): Match {
  const column = columns.find((one) => one.isPrimaryKey) ?? columns[0]
  const example = column?.example
  return {
    column: column?.name ?? 'id',
    value:
      typeof example === 'string' || typeof example === 'number' || typeof example === 'boolean'
        ? example
        : 1,
  }
}

function valuesOf(columns: readonly DocumentedColumn[]): Values {
  return Object.fromEntries(columns.map(({ name, example }) => [name, example]))
}
