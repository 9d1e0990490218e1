// Plans what is written: columns looked up, the payload's types chosen, the rows to change named.
import type { ApiRequest, Mutation } from '../parse/api-request.ts'
import type { RestConfig, SchemaCache, Table } from '../types.ts'
import { putFiltersInvalid } from '../parse/errors.ts'
import { columnNotFound, limitWithoutKey } from './errors.ts'
import { planFilters } from './filter.ts'
import type { MutatePlan, WriteLimit, WrittenColumn, WrittenRows } from './mutate-plan.ts'
import type { ReadPlan } from './read-plan.ts'
import { returningColumns } from './read.ts'

interface MutationInput {
  readonly request: ApiRequest
  readonly mutation: Mutation
  readonly table: Table
  /** What is given back. */
  readonly read: ReadPlan
  readonly cache: SchemaCache
  readonly config: RestConfig
}

/** Throws PGRST105 and PGRST204, and what planFilters throws. */
export function planMutation(input: MutationInput): MutatePlan {
  const { request, mutation, table } = input
  const base = { table: { schema: table.schema, name: table.name }, returning: returningOf(input) }
  switch (mutation) {
    case 'create':
      return {
        ...base,
        kind: 'insert',
        rows: writtenRows(input, request.preferences.missing === 'default'),
        conflict: conflictOf(request, table),
        where: [],
        locationKey: request.preferences.return === 'headers-only' ? table.primaryKey : [],
      }
    case 'upsert-one':
      checkPut(request, table)
      return {
        ...base,
        kind: 'insert',
        rows: writtenRows(input, false),
        conflict: { resolution: 'merge-duplicates', columns: table.primaryKey },
        where: conditions(input),
        locationKey: [],
      }
    case 'update': {
      const rows = writtenRows(input, request.preferences.missing === 'default')
      return {
        ...base,
        kind: 'update',
        rows: rows.columns.length === 0 ? null : rows,
        where: conditions(input),
        limit: limitOf(input),
      }
    }
    case 'delete':
      return { ...base, kind: 'delete', where: conditions(input), limit: limitOf(input) }
  }
}

/** Nothing comes back unless it was asked for; Location needs the key, and names it in the order in which the columns come back. */
function returningOf({ request, read, table }: MutationInput): readonly string[] {
  switch (request.preferences.return) {
    case 'representation':
      return returningColumns(read, [])
    case 'headers-only':
      return [...returningColumns(read, table.primaryKey)].sort()
    case 'minimal':
    case null:
      return []
  }
}

function conditions({ request, table, cache }: MutationInput) {
  return planFilters({ request, cache, relation: { schema: table.schema, name: table.name } })
}

/**
 * PostgREST limited writes up to version 12, where both `limit` and `order` were given, and has ignored `limit` since. With both we limit: no rows are
 * written that the request left out. `limit` alone is a client's `select().limit(1)` behind a write, and stays ignored. Throws PGRST109 where no key names the rows.
 */
function limitOf({ request, read, table }: MutationInput): WriteLimit | null {
  const range = request.topRange
  const order = read.root.order.filter(({ join }) => join === null)
  if (order.length === 0 || (range.limit === null && range.offset === 0)) return null
  if (table.primaryKey.length === 0) throw limitWithoutKey(table.name)
  return { order, range, key: table.primaryKey }
}

function conflictOf({ preferences, parameters }: ApiRequest, table: Table) {
  const columns = parameters.onConflict ?? table.primaryKey
  return preferences.resolution === null || columns.length === 0
    ? null
    : { resolution: preferences.resolution, columns }
}

/** PUT writes the one row that its query string names by the primary key. */
function checkPut({ parameters }: ApiRequest, { primaryKey }: Table): void {
  const isByKey =
    primaryKey.length > 0 &&
    parameters.logic.length === 0 &&
    parameters.filterFields.size === primaryKey.length &&
    primaryKey.every((column) => parameters.filterFields.has(column)) &&
    parameters.filters.every(
      ({ path, value: { operation } }) =>
        path.length > 0 ||
        (operation.kind === 'quantified' &&
          operation.operator === 'eq' &&
          operation.quantifier === null &&
          !operation.isNegated),
    )
  if (!isByKey) throw putFiltersInvalid()
}

function writtenRows({ request, table, cache }: MutationInput, usesDefaults: boolean): WrittenRows {
  const { payload } = request
  // the payload of a write is JSON, whatever it was sent as
  const { text, isArray, keys } =
    payload?.kind === 'json' ? payload : { text: '{}', isArray: false, keys: [] }
  const columns = keys.map((name) => writtenColumn(name, { table, cache, usesDefaults }))
  return { columns, json: text, isArray }
}

function writtenColumn(
  name: string,
  {
    table,
    cache,
    usesDefaults,
  }: { readonly table: Table; readonly cache: SchemaCache; readonly usesDefaults: boolean },
): WrittenColumn {
  const column = table.columns.get(name)
  if (column === undefined) throw columnNotFound(table.name, name)
  const parser = cache.representations.get(`json ${column.nominalType}`)?.function ?? null
  return {
    name,
    type: parser === null ? column.nominalType : 'json',
    parser,
    default:
      usesDefaults && column.default !== null
        ? { expression: column.default, type: column.nominalType }
        : null,
  }
}
