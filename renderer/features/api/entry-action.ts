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
        values: valuesOf(written(entry.columns).slice(0, 2)),
      }
    case 'DELETE':
      return { type: 'delete', table, match: matchOf(entry) }
  }
}

/** Columns that a person gives a value: what is required, else the first ones that Postgres does not fill itself. */
function written(columns: readonly DocumentedColumn[]): readonly DocumentedColumn[] {
  const own = columns.filter((column) => column.standard === null && !column.isPrimaryKey)
  const required = own.filter((column) => column.isRequired)
  const chosen = required.length > 0 ? required : own.length > 0 ? own : columns
  return chosen.slice(0, SHOWN_COLUMNS)
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
