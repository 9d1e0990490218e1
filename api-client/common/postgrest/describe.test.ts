import { describe, expect, test } from 'vitest'
import { OPENAPI_INPUT } from '#testing/openapi-sample.ts'
import { openApi31, swagger } from '../../../backend/rest/respond/openapi/index.ts'
import { newHttpRequest } from '../new-request.ts'
import { describeApi, mergeDescriptions } from './describe.ts'
import { schemaDrift } from './drift.ts'
import { generateCollection } from './generate.ts'

const BASE = 'https://films.example/rest/v1'
const ours = describeApi(openApi31(OPENAPI_INPUT), { baseUrl: `${BASE}/` })
const theirs = describeApi(swagger(OPENAPI_INPUT), { baseUrl: BASE, schema: 'api' })

describe.each([
  ['OpenAPI 3.1', ours],
  ['Swagger 2', theirs],
])('%s', (_, api) => {
  const films = api.tables.find(({ name }) => name === 'films')

  test('names the address, the schema and each endpoint', () => {
    expect(api).toMatchObject({ baseUrl: BASE, schemas: ['api'] })
    expect(api.tables.map(({ name }) => name)).toContain('odd / ~ name {x}')
    expect(films?.methods).toEqual(expect.arrayContaining(['GET', 'POST', 'PATCH', 'PUT', 'DELETE']))
    expect(api.tables.find(({ name }) => name === 'counts')?.methods).toEqual(['GET'])
  })

  test('columns have their types, keys, lengths, values and comments', () => {
    const column = (name: string) => films?.columns.find((one) => one.name === name)
    expect(column('id')).toMatchObject({ type: 'integer', isPrimaryKey: true, isNullable: false })
    expect(column('title')).toMatchObject({ maxLength: 20, docs: 'As shown', type: 'character varying' })
    expect(column('mood')).toMatchObject({ values: ['low', 'high'], type: 'api.mood', isNullable: true })
    expect(column('tags')?.type).toBe('text[]')
    expect(column('director')).toMatchObject({
      type: 'bigint',
      docs: 'Who made it',
      references: { table: 'directors', column: 'id' },
    })
  })

  test('relations go both ways', () => {
    expect(films?.relations).toContainEqual({
      name: 'directors',
      target: 'directors',
      cardinality: 'one',
      columns: ['director'],
      targetColumns: ['id'],
    })
  })

  test('functions that write nothing are called by GET; variadic and unnamed parameters are told', () => {
    const call = (name: string) => api.functions.find((one) => one.name === name)
    expect(call('find')).toMatchObject({
      methods: expect.arrayContaining(['GET', 'POST']),
      parameters: [
        { name: 'word', type: 'text', isRequired: true },
        { name: 'mood', isRequired: false },
        { name: 'ids', type: 'integer[]' },
        { name: 'data', type: 'json' },
      ],
    })
    expect(call('go')?.methods).toEqual(['POST'])
    expect(call('many')?.parameters).toMatchObject([{ name: 'v', isVariadic: true }])
    expect(call('whole')?.parameters[0]?.name).toBe('')
  })
})

test('what Swagger cannot say is known from our own', () => {
  const columns = ours.tables.find(({ name }) => name === 'films')?.columns ?? []
  expect(columns.filter(({ isGenerated }) => isGenerated).map(({ name }) => name)).toEqual(['double'])
  expect(columns.filter(({ hasDefault }) => hasDefault).map(({ name }) => name)).toEqual(['id', 'title'])
  expect(ours.tables.find(({ name }) => name === 'counts')?.kind).toBe('view')
  expect(ours.functions.find(({ name }) => name === 'find')?.returns).toMatchObject({
    type: 'films',
    isSet: true,
  })
})

test.each([[null], [42], [{}], [{ openapi: '2' }]])('%j is no description', (document) => {
  expect(() => describeApi(document, { baseUrl: BASE })).toThrow('no description of an API')
})

test.each([
  [{ openapi: '3.1.0', paths: { '/a': 1, '/b': { get: 'x' }, '/rpc/c': { post: { requestBody: [] } } } }],
  [
    {
      swagger: '2.0',
      paths: { '/a': { get: { parameters: [{ $ref: '#/no' }, 7] } } },
      definitions: { a: { properties: { x: 1 } } },
    },
  ],
  [
    {
      openapi: '3.0.0',
      paths: { '/a': { get: { responses: { 200: { $ref: '#/loop' } } } } },
      loop: { $ref: '#/loop' },
    },
  ],
])('a wrong part costs only itself', (document) => {
  expect(() => describeApi(document, { baseUrl: BASE })).not.toThrow()
})

test('several schemas are one description', () => {
  const other = { ...ours, schemas: ['other'], functions: [] }
  expect(mergeDescriptions(ours, [other])).toMatchObject({ schemas: ['api', 'other'] })
  expect(mergeDescriptions(ours, [other]).tables).toHaveLength(ours.tables.length * 2)
})

describe('drift', () => {
  const tree = generateCollection(ours, { name: 'films' })

  test('there is none at first', () => {
    expect(schemaDrift(ours, tree)).toEqual([])
  })

  test('what is gone, what is another type and what is new is named with its request', () => {
    const changed = {
      ...ours,
      functions: [],
      tables: ours.tables
        .filter(({ name }) => name !== 'counts')
        .map((table) =>
          table.name === 'films'
            ? {
                ...table,
                columns: table.columns
                  .map((one) => (one.name === 'tags' ? { ...one, type: 'text' } : one))
                  .filter(({ name }) => name !== 'title'),
              }
            : table,
        )
        .concat(ours.tables.slice(0, 1).map((table) => ({ ...table, name: 'fresh' }))),
    }
    const drift = schemaDrift(changed, tree, { pathOf: ({ name }) => `${name}.yml` })
    expect(drift).toContainEqual({
      path: 'List counts.yml',
      kind: 'missing-table',
      message: 'List counts: there is no table or view counts any more.',
    })
    expect(drift).toContainEqual({ path: null, kind: 'new-endpoint', message: 'No request calls /fresh.' })
    expect(drift.filter(({ path }) => path === 'List films.yml').map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['missing-column', 'changed-type']),
    )
    expect(drift.filter(({ kind }) => kind === 'missing-function').length).toBe(ours.functions.length)
  })

  test('a column that a filter or an embed names is looked for in its own table', () => {
    const request = newHttpRequest('Mine', {
      url: `${BASE}/films`,
      parameters: [
        { name: 'select', value: 'id,directors(id,gone)', isEnabled: true, description: '', place: 'query' },
        { name: 'lost', value: 'eq.1', isEnabled: true, description: '', place: 'query' },
      ],
    })
    const found = schemaDrift(ours, { ...tree, items: [{ type: 'request', request }] })
    expect(found.filter(({ kind }) => kind !== 'new-endpoint').map(({ message }) => message)).toEqual([
      'Mine: films has no column lost any more.',
      'Mine: directors has no column gone any more.',
    ])
  })
})
