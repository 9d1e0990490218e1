// What the tests of the API's descriptions describe: a schema of films with odd names and types.
import type { DocumentInput } from '../backend/rest/respond/openapi/input.ts'
import {
  key,
  type Column,
  type Relationship,
  type Routine,
  type RoutineParameter,
  type SchemaCache,
  type Table,
} from '../backend/rest/types.ts'

/** A column that may be null, unless told otherwise. */
export function column(name: string, type: string, more: Partial<Column> = {}): [string, Column] {
  return [
    name,
    {
      name,
      description: null,
      isNullable: true,
      type,
      nominalType: type,
      maxLength: null,
      default: null,
      enumValues: [],
      isArray: type.endsWith('[]'),
      isComposite: false,
      isGenerated: false,
      identity: null,
      ...more,
    },
  ]
}

/** A table that may be written to, unless told otherwise. */
export function table(
  name: string,
  oid: number,
  columns: [string, Column][],
  more: Partial<Table> = {},
): Table {
  return {
    schema: 'api',
    name,
    oid,
    kind: 'table',
    description: null,
    isInsertable: true,
    isUpdatable: true,
    isDeletable: true,
    primaryKey: [],
    columns: new Map(columns),
    ...more,
  }
}

/** A volatile function without parameters that gives an integer, unless told otherwise. */
export function routine(name: string, oid: number, more: Partial<Routine> = {}): Routine {
  return {
    schema: 'api',
    name,
    oid,
    description: null,
    parameters: [],
    returns: { kind: 'scalar', isSetOf: false, type: 'integer' },
    volatility: 'volatile',
    hasVariadic: false,
    isolation: null,
    settings: [],
    ...more,
  }
}

/** A parameter of a function. */
export function parameter(
  name: string,
  type: string,
  isRequired = true,
  isVariadic = false,
): RoutineParameter {
  return { name, type, isRequired, isVariadic }
}

const FILMS = table(
  'films',
  1,
  [
    column('id', 'integer', { isNullable: false, default: "nextval('api.films_id_seq'::regclass)" }),
    column('title', 'character varying', {
      isNullable: false,
      maxLength: 20,
      description: 'As shown',
      default: "'none'::character varying",
    }),
    column('director', 'bigint', { description: 'Who made it' }),
    column('mood', 'api.mood', { enumValues: ['low', 'high'] }),
    column('tags', 'text[]'),
    column('data', 'jsonb'),
    column('double', 'integer', { isGenerated: true }),
  ],
  { primaryKey: ['id'], description: 'Films\n\nAll of them' },
)
const DIRECTORS = table('directors', 2, [column('id', 'bigint', { isNullable: false, identity: 'always' })])
const COUNTS = table('counts', 3, [column('n', 'bigint')], {
  kind: 'view',
  isInsertable: false,
  isUpdatable: false,
  isDeletable: false,
})
const ODD = table('odd / ~ name {x}', 4, [column('a "b" {c}', 'real')])
const OTHER = table('other', 5, [column('id', 'integer')], { schema: 'hidden' })
const DIRECTOR_KEY: Relationship = {
  kind: 'foreign-key',
  table: { schema: 'api', name: 'films' },
  foreignTable: { schema: 'api', name: 'directors' },
  isSelf: false,
  cardinality: { kind: 'many-to-one', constraint: 'made_by', columns: [['director', 'id']] },
  isTableView: false,
  isForeignTableView: false,
}
const DIRECTOR_VIEW: Relationship = {
  ...DIRECTOR_KEY,
  foreignTable: { schema: 'api', name: 'a_view' },
  isForeignTableView: true,
}
const FIND = routine('find', 10, {
  description: 'Finds films\nby word',
  volatility: 'stable',
  parameters: [
    parameter('word', 'text'),
    parameter('mood', 'api.mood', false),
    parameter('ids', 'integer[]', false),
    parameter('data', 'json', false),
  ],
  returns: { kind: 'composite', isSetOf: true, type: { schema: 'api', name: 'films' }, isAlias: false },
})
const OVERLOADS = [routine('go', 11), routine('go', 12, { parameters: [parameter('a', 'integer')] })]
const MANY = routine('many', 13, {
  volatility: 'immutable',
  parameters: [parameter('v', 'text[]', false, true)],
})
const WHOLE = routine('whole', 14, {
  parameters: [parameter('', 'json')],
  returns: { kind: 'void', isSetOf: false },
})

/** One of each kind of what is described. */
export const OPENAPI_CACHE: SchemaCache = {
  version: 7,
  loadedAt: new Date(0),
  serverVersion: 180_000,
  tables: new Map([FILMS, DIRECTORS, COUNTS, ODD, OTHER].map((one) => [key(one), one])),
  relationships: new Map([[key(FILMS), [DIRECTOR_VIEW, DIRECTOR_KEY]]]),
  routines: new Map([[FIND], OVERLOADS, [MANY], [WHOLE]].map((list) => [key(list[0] ?? FIND), list])),
  representations: new Map(),
  handlers: [],
  timezones: new Set(),
  schemaDescriptions: new Map([['api', 'Film archive\n\nWhat we have\nin stock']]),
  roleSettings: new Map(),
}
/** All of it, for everybody. */
export const OPENAPI_INPUT: DocumentInput = {
  cache: OPENAPI_CACHE,
  schema: 'api',
  extraSearchPath: [],
  privileges: null,
  serverUrl: new URL('https://films.example/rest/v1'),
  hasSecurity: false,
}
