// Requests, configurations and schema caches for tests of the REST engine that need no database.
import { parseRequest } from '../backend/rest/parse/index.ts'
import type { ApiRequest } from '../backend/rest/parse/api-request.ts'
import {
  key,
  type Column,
  type Identity,
  type RestConfig,
  type Routine,
  type RoutineParameter,
  type SchemaCache,
  type Table,
} from '../backend/rest/types.ts'

export const sampleIdentity: Identity = { role: 'web', claims: '{"role":"web"}', isAnonymous: true }

/** A configuration with the defaults of a hosted project, but for `changes`. */
export function sampleConfig(changes: Partial<RestConfig> = {}): RestConfig {
  return {
    schemas: ['api'],
    extraSearchPath: ['public'],
    anonRole: 'web',
    maxRows: null,
    aggregatesEnabled: true,
    planEnabled: true,
    preRequest: null,
    rootSpec: null,
    txEnd: 'commit-allow-override',
    hoistedTxSettings: ['statement_timeout'],
    preparedStatements: true,
    timezoneEnabled: true,
    openApiMode: 'follow-privileges',
    openApiSecurityActive: false,
    openApiServerProxyUri: null,
    corsAllowedOrigins: [],
    serverTimingEnabled: false,
    traceHeader: null,
    errorVerbosity: 'verbose',
    useLegacyTargetNames: true,
    appSettings: {},
    maxBodyBytes: null,
    maxPlanCost: null,
    ...changes,
  }
}

/** A request as it comes in: `url` is a path with its query string. Header names in lower case. */
export function sampleRequest(
  method: string,
  url: string,
  options: {
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: string
    readonly config?: RestConfig
  } = {},
): ApiRequest {
  const [path = '/', query = ''] = url.split('?')
  const body = new TextEncoder().encode(options.body ?? '')
  return parseRequest(
    { method, path, query, headers: options.headers ?? {}, body },
    options.config ?? sampleConfig(),
  )
}

/** A table of schema `api`. Columns are written as in SQL: `id integer`; those of `primaryKey` are its key. */
export function sampleTable(
  name: string,
  columns: readonly (string | Column)[],
  more: Partial<Table> = {},
): Table {
  const all = columns.map((column) => (typeof column === 'string' ? sampleColumn(column) : column))
  return {
    schema: 'api',
    name,
    oid: 1,
    kind: 'table',
    description: null,
    isInsertable: true,
    isUpdatable: true,
    isDeletable: true,
    primaryKey: all.flatMap((column) => (column.name === 'id' ? ['id'] : [])),
    columns: new Map(all.map((column) => [column.name, column])),
    ...more,
  }
}

/** A column as in SQL: `title text`. */
export function sampleColumn(definition: string, more: Partial<Column> = {}): Column {
  const [name = '', ...type] = definition.split(' ')
  return {
    name,
    description: null,
    isNullable: true,
    type: type.join(' '),
    nominalType: type.join(' '),
    maxLength: null,
    default: null,
    enumValues: [],
    isArray: false,
    isComposite: false,
    isGenerated: false,
    identity: null,
    ...more,
  }
}

/** A function of schema `api`. Parameters are written as in SQL: `a integer`, `b text default`, `variadic c integer[]`, ` json`. */
export function sampleRoutine(
  name: string,
  parameters: readonly string[],
  more: Partial<Routine> = {},
): Routine {
  const all = parameters.map(sampleParameter)
  return {
    schema: 'api',
    name,
    oid: 1,
    description: null,
    parameters: all,
    returns: { kind: 'scalar', type: 'integer', isSetOf: false },
    volatility: 'volatile',
    hasVariadic: all.some(({ isVariadic }) => isVariadic),
    isolation: null,
    settings: [],
    ...more,
  }
}

function sampleParameter(definition: string): RoutineParameter {
  const isVariadic = definition.startsWith('variadic ')
  const isRequired = !definition.endsWith(' default') && !isVariadic
  const [name = '', ...type] = definition
    .replace(/^variadic /, '')
    .replace(/ default$/, '')
    .split(' ')
  return { name, type: type.join(' '), isRequired, isVariadic }
}

/** A snapshot of these tables and functions. */
export function sampleCache(
  tables: readonly Table[],
  routines: readonly Routine[] = [],
  more: Partial<SchemaCache> = {},
): SchemaCache {
  const overloads = new Map<string, Routine[]>()
  for (const routine of routines) {
    overloads.set(key(routine), [...(overloads.get(key(routine)) ?? []), routine])
  }
  return {
    version: 1,
    loadedAt: new Date(0),
    serverVersion: 180000,
    tables: new Map(tables.map((table) => [key(table), table])),
    relationships: new Map(),
    routines: overloads,
    representations: new Map(),
    handlers: [],
    timezones: new Set(['utc']),
    schemaDescriptions: new Map(),
    roleSettings: new Map(),
    ...more,
  }
}
