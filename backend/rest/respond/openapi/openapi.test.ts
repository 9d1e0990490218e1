import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, test } from 'vitest'
import { column, OPENAPI_CACHE, OPENAPI_INPUT, parameter, routine, table } from '#testing/openapi-sample.ts'
import { key } from '../../types.ts'
import { openApi31, readPrivileges, serverUrl, swagger, type DocumentInput } from './index.ts'
import { splitComment } from './input.ts'
import { rowComponent } from './json.ts'

/** Names that stand in the documents themselves, in JavaScript's objects, or look like another's. */
const UNLUCKY_NAMES = [
  'error',
  'x',
  'x.insert',
  'insert.x',
  'row.x',
  'rpc/x',
  'rpc',
  'functions',
  'constructor',
  '__proto__',
  '__PROTO__',
  'a b',
  'a_x20_b',
  'read_x',
]
const UNLUCKY_ROUTINES = [
  [
    routine('x', 101),
    routine('x', 102, { parameters: [parameter('a', 'text'), parameter('second', 'integer')] }),
  ],
  [routine('error', 103, { volatility: 'stable', parameters: [parameter('select', 'constructor')] })],
  [routine('constructor', 104)],
]
const UNLUCKY: DocumentInput = {
  ...OPENAPI_INPUT,
  cache: {
    ...OPENAPI_CACHE,
    tables: new Map(
      UNLUCKY_NAMES.map((name, index) => [
        key({ schema: 'api', name }),
        table(name, 50 + index, [
          column(`of ${name}`, 'text'),
          column('error', 'constructor'),
          column('__proto__', 'integer', { isNullable: false }),
          column('b.c', 'text'),
        ]),
      ]),
    ),
    routines: new Map(
      UNLUCKY_ROUTINES.map((list) => [key({ schema: 'api', name: list[0]?.name ?? '' }), list]),
    ),
  },
}

describe('both documents', () => {
  test.each([
    ['Swagger 2.0', swagger(OPENAPI_INPUT), '2.0'],
    ['Swagger 2.0 with security', swagger({ ...OPENAPI_INPUT, hasSecurity: true }), '2.0'],
    ['Swagger 2.0 of unlucky names', swagger(UNLUCKY), '2.0'],
    ['OpenAPI 3.1', openApi31(OPENAPI_INPUT), '3.1'],
    ['OpenAPI 3.1 of unlucky names', openApi31(UNLUCKY), '3.1'],
  ])('%s is valid', async (_, document, version) => {
    const validator = new Validator()
    const result = await validator.validate(structuredClone({ ...document }))
    expect(result.errors ?? []).toEqual([])
    expect(result.valid).toBe(true)
    expect(validator.version).toBe(version)
  })

  test.each([
    ['Swagger 2.0', swagger(OPENAPI_INPUT)],
    ['Swagger 2.0 of unlucky names', swagger(UNLUCKY)],
    ['OpenAPI 3.1', openApi31(OPENAPI_INPUT)],
    ['OpenAPI 3.1 of unlucky names', openApi31(UNLUCKY)],
  ])('every reference of %s leads somewhere', (_, document) => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/((?:[^"\\]|\\.)*)"/g)]
    expect(references.length).toBeGreaterThan(10)
    for (const [, path = ''] of references) {
      const steps = decodeURI(JSON.parse(`"${path}"`)).split('/')
      let at: unknown = document
      for (const step of steps) {
        const name = step.replaceAll('~1', '/').replaceAll('~0', '~')
        at =
          typeof at === 'object' && at !== null && Object.hasOwn(at, name) ? Reflect.get(at, name) : undefined
      }
      expect(at, path).toBeDefined()
    }
  })

  test('each table has components, paths and operations of its own, whatever it is named', () => {
    const { components, paths } = openApi31(UNLUCKY)
    const schemas: unknown = Reflect.get(Object(components), 'schemas')
    expect(Object.keys(Object(schemas))).toHaveLength(1 + 3 * UNLUCKY_NAMES.length)
    expect(schemas).toMatchObject({ error: { required: ['code', 'message'] } })
    const functions = Object.keys(Object(paths)).filter((path) => path.startsWith('/rpc/'))
    expect(functions.sort()).toEqual(['/rpc/constructor', '/rpc/error', '/rpc/x'])
    expect(Object.keys(Object(paths))).toHaveLength(functions.length + UNLUCKY_NAMES.length)
    const operations = [...JSON.stringify(paths).matchAll(/"operationId":("(?:[^"\\]|\\.)*")/g)]
    expect(new Set(operations.map(([, id]) => id)).size).toBe(operations.length)
    for (const name of UNLUCKY_NAMES)
      expect(schemas).toHaveProperty([rowComponent('row', name), 'properties', `of ${name}`])
  })

  test('of overloads the longest is described', () => {
    for (const { paths } of [swagger(UNLUCKY), openApi31(UNLUCKY)])
      expect(JSON.stringify(Reflect.get(Object(paths), '/rpc/x'))).toContain('"second"')
  })

  test('what the role has no privilege on is not there', () => {
    const privileges = readPrivileges(
      '{"relations": [[1, true, false, true, false], [3, true, false, false, false]], "routines": [10]}',
    )
    const shown = (document: object): string[] => Object.keys(Reflect.get(document, 'paths')).sort()
    expect(shown(swagger({ ...OPENAPI_INPUT, privileges }))).toEqual(['/', '/counts', '/films', '/rpc/find'])
    const document = openApi31({ ...OPENAPI_INPUT, privileges })
    expect(shown(document)).toEqual(['/counts', '/films', '/rpc/find'])
    expect(document).toMatchObject({ paths: { '/films': { get: {}, patch: {} } } })
    expect(document).not.toHaveProperty(['paths', '/films', 'post'])
    expect(document).not.toHaveProperty(['paths', '/films', 'delete'])
  })
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
  ['https://films.example/v1', 'ignored:1', 'https://films.example/v1'],
  [null, 'localhost:3000', 'http://localhost:3000/'],
  [null, undefined, 'http://localhost/'],
  [null, 'not a host/{}', 'http://localhost/'],
])('configured as %j and asked at %j the API is at %s', (configured, host, url) => {
  expect(serverUrl(configured, host).href).toBe(url)
})
