import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, test } from 'vitest'
import {
  key,
  type Column,
  type Relationship,
  type Routine,
  type SchemaCache,
  type Table,
} from '../../types.ts'
import { openApi31, readPrivileges, serverUrl, swagger, type DocumentInput } from './index.ts'
import { splitComment } from './input.ts'
import { rowComponent } from './json.ts'
import { parseDefault } from './swagger-types.ts'

function column(name: string, type: string, more: Partial<Column> = {}): [string, Column] {
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

function table(name: string, oid: number, columns: [string, Column][], more: Partial<Table> = {}): Table {
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

function routine(name: string, oid: number, more: Partial<Routine> = {}): Routine {
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

function parameter(name: string, type: string, isRequired = true, isVariadic = false) {
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

const CACHE: SchemaCache = {
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
const INPUT: DocumentInput = {
  cache: CACHE,
  schema: 'api',
  extraSearchPath: [],
  privileges: null,
  serverUrl: new URL('https://films.example/rest/v1'),
  hasSecurity: false,
}

describe('both documents', () => {
  test.each([
    ['Swagger 2.0', swagger(INPUT), '2.0'],
    ['Swagger 2.0 with security', swagger({ ...INPUT, hasSecurity: true }), '2.0'],
    ['OpenAPI 3.1', openApi31(INPUT), '3.1'],
  ])('%s is valid', async (_, document, version) => {
    const validator = new Validator()
    const result = await validator.validate(structuredClone({ ...document }))
    expect(result.errors ?? []).toEqual([])
    expect(result.valid).toBe(true)
    expect(validator.version).toBe(version)
  })

  test.each([
    ['Swagger 2.0', swagger],
    ['OpenAPI 3.1', openApi31],
  ])('every reference of %s leads somewhere', (_, describeApi) => {
    const document = describeApi(INPUT)
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/((?:[^"\\]|\\.)*)"/g)]
    expect(references.length).toBeGreaterThan(10)
    for (const [, path = ''] of references) {
      const steps = decodeURI(JSON.parse(`"${path}"`)).split('/')
      let at: unknown = document
      for (const step of steps) {
        const name = step.replaceAll('~1', '/').replaceAll('~0', '~')
        at = typeof at === 'object' && at !== null && name in at ? Reflect.get(at, name) : undefined
      }
      expect(at, path).toBeDefined()
    }
  })

  test('what the role has no privilege on is not there', () => {
    const privileges = readPrivileges(
      '{"relations": [[1, true, false, true, false], [3, true, false, false, false]], "routines": [10]}',
    )
    const shown = (document: object): string[] => Object.keys(Reflect.get(document, 'paths')).sort()
    expect(shown(swagger({ ...INPUT, privileges }))).toEqual(['/', '/counts', '/films', '/rpc/find'])
    const document = openApi31({ ...INPUT, privileges })
    expect(shown(document)).toEqual(['/counts', '/films', '/rpc/find'])
    expect(document).toMatchObject({ paths: { '/films': { get: {}, patch: {} } } })
    expect(document).not.toHaveProperty(['paths', '/films', 'post'])
    expect(document).not.toHaveProperty(['paths', '/films', 'delete'])
  })
})

describe('Swagger', () => {
  const document = swagger(INPUT)

  test('says where the API is and what it is called', () => {
    expect(document).toMatchObject({
      swagger: '2.0',
      info: { title: 'Film archive', description: 'What we have\nin stock' },
      host: 'films.example:443',
      basePath: '/rest/v1',
      schemes: ['https'],
    })
    expect(document).not.toHaveProperty('security')
    expect(swagger({ ...INPUT, hasSecurity: true })).toMatchObject({ security: [{ JWT: [] }] })
    const described = (comments: [string, string][]): unknown =>
      swagger({ ...INPUT, cache: { ...CACHE, schemaDescriptions: new Map(comments) } })['info']
    expect(described([['api', 'A title alone']])).toMatchObject({ title: 'A title alone', description: '' })
    expect(described([])).toMatchObject({
      title: 'PostgREST API',
      description: 'This is a dynamic API generated by PostgREST',
    })
  })

  test('describes rows with keys, types, enums and defaults', () => {
    expect(document['definitions']).toMatchObject({
      films: {
        description: 'Films\n\nAll of them',
        required: ['id', 'title'],
        type: 'object',
        properties: {
          id: { type: 'integer', format: 'int32', description: 'Note:\nThis is a Primary Key.<pk/>' },
          title: {
            type: 'string',
            format: 'character varying',
            maxLength: 20,
            default: 'none',
            description: 'As shown',
          },
          director: {
            type: 'integer',
            format: 'int64',
            description:
              "Who made it\n\nNote:\nThis is a Foreign Key to `directors.id`.<fk table='directors' column='id'/>",
          },
          mood: { type: 'string', format: 'api.mood', enum: ['low', 'high'] },
          tags: { type: 'array', format: 'text[]', items: { type: 'string' } },
          data: { format: 'jsonb' },
        },
      },
    })
    expect(document).not.toHaveProperty('definitions.films.properties.id.default')
    expect(document).not.toHaveProperty('definitions.films.properties.data.type')
  })

  test('paths have a summary, and methods by what can be written', () => {
    expect(document).toMatchObject({
      paths: { '/films': { get: { summary: 'Films', description: 'All of them', tags: ['films'] } } },
    })
    const methods = (path: string): string[] => {
      const item: unknown = Reflect.get(Object(document['paths']), path)
      return Object.keys(Object(item)).sort()
    }
    expect(methods('/films')).toEqual(['delete', 'get', 'patch', 'post'])
    expect(methods('/counts')).toEqual(['get'])
    expect(methods('/rpc/find')).toEqual(['get', 'post'])
    expect(methods('/rpc/go')).toEqual(['post'])
  })

  test('arguments of functions; of overloads those of the longest', () => {
    expect(document).toMatchObject({
      paths: {
        '/rpc/find': {
          get: {
            summary: 'Finds films',
            description: 'by word',
            parameters: [
              { name: 'word', in: 'query', required: true, type: 'string', format: 'text' },
              { name: 'mood', required: false, type: 'string', format: 'api.mood' },
              { name: 'ids', type: 'string', format: 'integer[]' },
              { name: 'data', type: 'string', format: 'json' },
            ],
          },
        },
        '/rpc/many': {
          get: {
            parameters: [
              { type: 'array', items: { type: 'string', format: 'text' }, collectionFormat: 'multi' },
            ],
          },
        },
        '/rpc/go': { post: { parameters: [{ schema: { required: ['a'] } }, {}] } },
      },
    })
  })

  test('by privileges types of the schema are printed without it', () => {
    const privileges = { relations: new Map(), routines: new Set([10]) }
    expect(swagger({ ...INPUT, privileges })).toMatchObject({
      paths: { '/rpc/find': { get: { parameters: [{}, { format: 'mood' }, {}, {}] } } },
    })
  })
})

describe('OpenAPI 3.1', () => {
  const document = openApi31(INPUT)

  test('has security schemes, servers and errors', () => {
    expect(document).toMatchObject({
      openapi: '3.1.0',
      servers: [{ url: 'https://films.example/rest/v1' }],
      components: {
        securitySchemes: { apiKey: { name: 'apikey', in: 'header' }, bearer: { scheme: 'bearer' } },
        schemas: { error: { required: ['code', 'message'] } },
      },
    })
    expect(openApi31({ ...INPUT, title: 'Mine' })).toMatchObject({ info: { title: 'Mine' } })
  })

  test('rows as they are read and as they are written', () => {
    expect(document).toMatchObject({
      components: {
        schemas: {
          'row.films': {
            properties: {
              mood: { enum: ['low', 'high', null], type: ['string', 'null'] },
              director: { description: 'Who made it\n\nRefers to directors.id.' },
              double: { readOnly: true },
            },
            example: { id: 1, mood: 'low', tags: ['text'] },
          },
        },
      },
    })
    expect(document).toHaveProperty(
      ['components', 'schemas', 'row.films', 'properties', 'title', 'default'],
      'none',
    )
    expect(document).not.toHaveProperty(['components', 'schemas', 'row.films', 'properties', 'id', 'default'])
    expect(document).not.toHaveProperty(['components', 'schemas', 'insert.films', 'properties', 'double'])
    expect(document).not.toHaveProperty(['components', 'schemas', 'insert.directors', 'required'])
    expect(document).not.toHaveProperty(['components', 'schemas', 'insert.counts'])
  })

  test('columns that are named as words of the query are no filters', () => {
    const clash = table('clash', 20, [column('select', 'text'), column('b', 'text')])
    const { paths } = openApi31({ ...INPUT, cache: { ...CACHE, tables: new Map([[key(clash), clash]]) } })
    const named = [...JSON.stringify(paths).matchAll(/"name":"(\w+)","in":"query"/g)].map(([, name]) => name)
    expect(new Set(named)).toEqual(new Set(['b', 'word', 'mood', 'ids', 'data', 'v']))
  })

  test('results of a table that may not be seen are not described', () => {
    const privileges = { relations: new Map(), routines: new Set([10]) }
    expect(JSON.stringify(openApi31({ ...INPUT, privileges }))).not.toContain('row.films')
  })

  test('results refer to the rows of their table', () => {
    expect(document).toMatchObject({
      paths: {
        '/rpc/find': {
          get: {
            responses: {
              200: {
                content: {
                  'application/json': {
                    schema: { type: 'array', items: { $ref: '#/components/schemas/row.films' } },
                  },
                },
              },
            },
          },
        },
      },
    })
  })
})

test.each([
  ['films', 'row.films'],
  ['a b', 'row.a_x20_b'],
  ['a_x20_b', 'row.a_x5f_x20_b'],
  ['снег', 'row._x441__x43d__x435__x433_'],
  ['_', 'row._'],
])('the table %s has the component %s', (table, component) => {
  expect(rowComponent('row', table)).toBe(component)
})

test.each([
  [null, undefined, undefined],
  ['one line', 'one line', undefined],
  ['first\n\n\nrest\nof it', 'first', 'rest\nof it'],
  ['first\n', 'first', undefined],
])('the comment %j is split', (comment, summary, description) => {
  expect(splitComment(comment)).toEqual({ summary, description })
})

test.each([
  ['text', "'a'::text", 'a'],
  ['date', "'1900-01-01'::date", '1900-01-01'],
  ['timestamp with time zone', 'now()', 'now()'],
  ['integer', '42', 42],
  ['integer', "nextval('s'::regclass)", undefined],
  ['boolean', 'false', false],
  ['text', String.raw`'a"b'::text`, undefined],
])('the default of a %s, %s, is %j', (type, expression, value) => {
  expect(parseDefault(type, expression)).toBe(value)
})

test.each([
  ['https://films.example/v1', 'ignored:1', 'https://films.example/v1'],
  [null, 'localhost:3000', 'http://localhost:3000/'],
  [null, undefined, 'http://localhost/'],
  [null, 'not a host/{}', 'http://localhost/'],
])('configured as %j and asked at %j the API is at %s', (configured, host, url) => {
  expect(serverUrl(configured, host).href).toBe(url)
})
