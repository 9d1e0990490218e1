// Columns of a request, looked up: their type decides how JSON paths, full-text search and domain representations apply.
// A name that the table does not have may still be a computed column (a function of the row): Postgres decides.
import type { Field, JsonOperation } from '../parse/api-request.ts'
import type { Column, QualifiedName, SchemaCache, Table } from '../types.ts'
import { emptyName } from './errors.ts'
import type { PlannedField } from './read-plan.ts'

/** The field where it is selected: domains with a cast to json are shown through it. Throws 42601 for a name of no characters. */
export function planSelectedField(
  { name, jsonPath }: Field,
  table: Table | undefined,
  cache: SchemaCache,
): PlannedField {
  const column = table?.columns.get(name)
  return {
    name: checkName(name),
    jsonPath,
    isJson: isJson(column),
    isFullRow: false,
    representation:
      column === undefined || jsonPath.length > 0 ? null : representation(cache, column.nominalType, 'json'),
  }
}

/** The field where its value is compared with text: domains with a cast from text compare by it. Throws 42601 as above. */
export function planFilteredField(
  { name, jsonPath }: Field,
  table: Table | undefined,
  cache: SchemaCache,
): PlannedField {
  const column = table?.columns.get(name)
  return {
    name: checkName(name),
    jsonPath,
    isJson: isJson(column),
    isFullRow: false,
    representation:
      column === undefined || jsonPath.length > 0 ? null : representation(cache, 'text', column.nominalType),
  }
}

/** The field where it orders: as it is stored. Throws 42601 as above. */
export function planOrderedField({ name, jsonPath }: Field, table: Table | undefined): PlannedField {
  return {
    name: checkName(name),
    jsonPath,
    isJson: isJson(table?.columns.get(name)),
    isFullRow: false,
    representation: null,
  }
}

/** Whether full-text search must make a tsvector of the column first. Of unknown columns nothing is assumed. */
export function needsTsvector(name: string, table: Table | undefined): boolean {
  const column = table?.columns.get(name)
  return column !== undefined && column.type !== 'tsvector'
}

/** Whether some column of `table` looks different to clients, so that `*` must name them all. */
export function hasRepresentations(table: Table | undefined, cache: SchemaCache): boolean {
  if (table === undefined || cache.representations.size === 0) return false
  const sources = jsonSources(cache.representations)
  for (const column of table.columns.values()) if (sources.has(column.nominalType)) return true
  return false
}

/**
 * The key of a selected JSON path: its last name. Of `a->b->0` it is `b`, of `a->0` the column.
 */
export function pathAlias(name: string, jsonPath: readonly JsonOperation[]): string {
  for (let at = jsonPath.length - 1; at >= 0; at -= 1) {
    const operand = jsonPath[at]?.operand
    if (operand?.kind === 'key') return checkName(operand.name)
  }
  return name
}

/** `name` as Postgres can hold it: names end at a zero byte. Throws 42601 when nothing is left. */
export function checkName(name: string): string {
  const end = name.indexOf('\0')
  const held = end === -1 ? name : name.slice(0, end)
  if (held === '') throw emptyName()
  return held
}

function isJson(column: Column | undefined): boolean {
  return column !== undefined && (column.type === 'jsonb' || column.type === 'json')
}

function representation(cache: SchemaCache, source: string, target: string): QualifiedName | null {
  if (cache.representations.size === 0) return null
  return cache.representations.get(`${source} ${target}`)?.function ?? null
}

const sourcesByMap = new WeakMap<SchemaCache['representations'], ReadonlySet<string>>()

function jsonSources(representations: SchemaCache['representations']): ReadonlySet<string> {
  let sources = sourcesByMap.get(representations)
  if (sources === undefined) {
    sources = new Set(
      [...representations.values()].filter(({ target }) => target === 'json').map(({ source }) => source),
    )
    sourcesByMap.set(representations, sources)
  }
  return sources
}
