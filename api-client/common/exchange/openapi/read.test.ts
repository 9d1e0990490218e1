import { expect, test } from 'vitest'
import type { HttpRequest } from '#contract/requests/request.ts'
import { importText, importFiles } from '../import.ts'
import { ImportError } from '../types.ts'

const YAML = `openapi: 3.0.3
info: { title: Pets, version: 1.2.0, description: About, contact: { email: a@b.test } }
servers:
  - url: https://{region}.pets.test/v1/
    description: Production
    variables: { region: { default: eu, enum: [eu, us] } }
  - url: http://localhost
tags: [{ name: pets, description: All pets }]
security: [{ oauth: [read] }, { key: [] }]
paths:
  /pets/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: integer, example: 9007199254740993 } }]
    get:
      tags: [pets, other]
      summary: Get pet
      deprecated: true
      security: [{ key: [] }]
      parameters:
        - { name: fields, in: query, schema: { type: array, items: { type: string } }, example: [a, b] }
        - { name: ids, in: query, style: form, explode: false, required: true, schema: { type: array }, example: [1, 2] }
        - { name: filter, in: query, style: deepObject, schema: { type: object }, example: { a: 1 } }
        - { name: X-Trace, in: header, schema: { type: string, format: uuid } }
        - { name: session, in: cookie, required: true, example: s1, schema: { type: string } }
      responses:
        '200':
          description: ok
          headers: { X-Rate: { schema: { type: integer, example: 5 } } }
          content:
            application/json:
              schema: { $ref: '#/components/schemas/Pet' }
              examples: { cat: { summary: A cat, value: { name: Tom } }, dog: { value: { name: Rex } } }
        default: { description: bad, content: { application/json: { schema: { $ref: 'other.yaml#/Error' } } } }
    post:
      tags: [pets]
      operationId: makePet
      security: []
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } }
      responses: { '201': { description: made } }
  /files/{name}.{ext}:
    put:
      requestBody: { content: { multipart/form-data: { schema: { type: object, properties: { file: { type: string, format: binary }, note: { type: string, example: n } } } } } }
      responses: {}
  /xml:
    post:
      requestBody: { content: { application/xml: { schema: { $ref: '#/components/schemas/Pet' } } } }
      responses: {}
components:
  securitySchemes:
    oauth: { type: oauth2, flows: { clientCredentials: { tokenUrl: https://t.test, scopes: { read: '' } } } }
    key: { type: apiKey, in: query, name: api_key }
  schemas:
    Pet:
      type: object
      required: [name]
      properties:
        id: { type: integer, readOnly: true }
        name: { type: string, nullable: true, minLength: 8 }
        born: { type: string, format: date }
        parent: { $ref: '#/components/schemas/Pet' }
        tags: { type: array, items: { allOf: [{ type: object, properties: { a: { type: integer, minimum: 3 } } }, { properties: { b: { enum: [x, y] } } }] } }
        kind: { oneOf: [{ type: 'null' }, { type: string, enum: [cat] }] }
        extra: { type: object, additionalProperties: { type: boolean } }
`

function requestsOf(text: string): Map<string, HttpRequest> {
  const found = new Map<string, HttpRequest>()
  const walk = (items: ReturnType<typeof importText>['tree']['items']): void => {
    for (const one of items)
      if (one.type === 'folder') walk(one.items)
      else if (one.request.kind === 'http') found.set(one.request.name, one.request)
  }
  walk(importText(text, { name: '' }).tree.items)
  return found
}

test('OpenAPI in YAML: servers, tags, parameters, bodies, responses and who asks', () => {
  const { format, tree, problems } = importText(YAML, { name: '' })
  expect(format).toBe('openapi-3.0')
  expect(tree.environments).toMatchObject([
    {
      name: 'Production',
      variables: [
        { name: 'baseUrl', value: 'https://{{region}}.pets.test/v1' },
        { name: 'region', value: 'eu', description: 'One of: eu, us.' },
      ],
    },
    { variables: [{ name: 'baseUrl', value: 'http://localhost' }] },
  ])
  expect(tree.collection).toMatchObject({
    name: 'Pets',
    version: '1.2.0',
    defaults: {
      auth: {
        type: 'oauth2',
        flow: 'client_credentials',
        scope: 'read',
        clientSecret: '{{oauth_client_secret}}',
      },
    },
  })
  expect(
    tree.collection.defaults.variables
      .filter((one) => one.isSecret)
      .map((one) => one.name)
      .toSorted(),
  ).toEqual(['key_key', 'oauth_client_secret'])
  const requests = requestsOf(YAML)
  expect(requests.get('Get pet')).toMatchObject({
    url: '{{baseUrl}}/pets/:id',
    tags: ['other', 'deprecated'],
    auth: { type: 'apiKey', key: 'api_key', placement: 'query', value: '{{key_key}}' },
    parameters: [
      { place: 'path', name: 'id', value: '9007199254740993' },
      { name: 'fields', value: 'a', isEnabled: false },
      { name: 'fields', value: 'b' },
      { name: 'ids', value: '1,2', isEnabled: true },
      { name: 'filter[a]', value: '1' },
    ],
    headers: [
      { name: 'Accept' },
      { name: 'X-Trace', isEnabled: false },
      { name: 'Cookie', value: 'session=s1' },
    ],
    assertions: [
      { expression: 'res.status', operator: 'eq', value: '200' },
      { operator: 'matchesSchema', value: expect.stringContaining('"$ref":"#/$defs/Pet"') },
    ],
    examples: [
      {
        name: '200 A cat',
        response: {
          status: 200,
          headers: [{ name: 'X-Rate', value: '5' }, { name: 'Content-Type' }],
          body: { type: 'json', text: '{\n  "name": "Tom"\n}' },
        },
      },
      { name: '200 dog' },
      { response: { status: 500 } },
    ],
  })
  const made = requests.get('makePet')!
  expect(made.auth).toEqual({ type: 'none' })
  expect(made.body.type === 'json' ? JSON.parse(made.body.text) : null).toEqual({
    name: 'string..',
    born: '2026-01-31',
    parent: {},
    tags: [{ a: 3, b: 'x' }],
    kind: 'cat',
    extra: { key: true },
  })
  expect(requests.get('PUT /files/{name}.{ext}')).toMatchObject({
    url: '{{baseUrl}}/files/{{name}}.{{ext}}',
    body: {
      type: 'multipart',
      fields: [
        { type: 'file', name: 'file' },
        { type: 'text', name: 'note', value: 'n' },
      ],
    },
  })
  expect(requests.get('POST /xml')).toMatchObject({
    body: { type: 'xml', text: expect.stringContaining('<Pet>\n  <name>string..</name>') },
  })
  expect(problems).toContainEqual(
    expect.objectContaining({ part: '$ref other.yaml#/Error', severity: 'lost' }),
  )
})

test('Swagger 2 says the same in other words', () => {
  const { format, tree } = importText(
    JSON.stringify({
      swagger: '2.0',
      info: { title: 'Old', version: '1' },
      host: 'a.test',
      basePath: '/v1',
      schemes: ['http', 'https'],
      consumes: ['application/json'],
      securityDefinitions: { basic: { type: 'basic' } },
      security: [{ basic: [] }],
      paths: {
        '/x': {
          post: {
            parameters: [
              { in: 'body', name: 'b', schema: { $ref: '#/definitions/X' } },
              {
                in: 'query',
                name: 'q',
                type: 'array',
                collectionFormat: 'multi',
                items: { type: 'string' },
                'x-example': ['1', '2'],
                required: true,
              },
            ],
            responses: {
              200: { description: 'ok', schema: { type: 'array', items: { $ref: '#/definitions/X' } } },
            },
          },
          put: {
            consumes: ['multipart/form-data'],
            parameters: [
              { in: 'formData', name: 'f', type: 'file' },
              { in: 'formData', name: 't', type: 'string', default: 'd' },
            ],
            responses: {},
          },
        },
      },
      definitions: { X: { type: 'object', properties: { a: { type: 'integer', default: 4 } } } },
    }),
    { name: '' },
  )
  expect(format).toBe('swagger-2.0')
  expect(tree.collection.defaults).toMatchObject({
    auth: { type: 'basic' },
    variables: expect.arrayContaining([
      expect.objectContaining({ name: 'baseUrl', value: 'https://a.test/v1' }),
    ]),
  })
  expect(tree.items).toMatchObject(
    [
      {
        request: {
          method: 'PUT',
          body: {
            type: 'multipart',
            fields: [
              { type: 'file', name: 'f' },
              { type: 'text', name: 't', value: 'd' },
            ],
          },
        },
      },
      {
        request: {
          parameters: [{ value: '1' }, { value: '2' }],
          body: { type: 'json', text: '{\n  "a": 4\n}' },
          examples: [{ response: { body: { text: '[\n  {\n    "a": 4\n  }\n]' } } }],
        },
      },
    ].toReversed(),
  )
})

test('references in a circle, wide schemas and wrong types end, and are reported', () => {
  const wide = Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => [`p${index}`, { $ref: '#/components/schemas/A' }]),
  )
  const document = {
    openapi: '3.1.0',
    info: null,
    servers: 'x',
    tags: [5],
    paths: {
      '/a': {
        get: {
          parameters: 'no',
          responses: {
            200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/A' } } } },
            xyz: 5,
          },
        },
        post: 7,
        put: { requestBody: { $ref: '#/components/schemas/Loop' }, tags: {}, security: 'x', responses: [] },
      },
      '/b': null,
      __proto__: 1,
    },
    components: {
      schemas: {
        A: { type: 'object', properties: wide, allOf: [{ $ref: '#/components/schemas/A' }] },
        Loop: { $ref: '#/components/schemas/Loop' },
      },
    },
  }
  const { tree, problems } = importText(JSON.stringify(document), { name: 'x' })
  expect(tree.items).toHaveLength(2)
  expect(problems.length).toBeGreaterThan(4)
})

test('a text in no format is refused in words', () => {
  for (const text of ['', 'hello', '{"a": 1}', '[1]', '5', '{'.repeat(100_000), '- &a [*a, *a]'])
    expect(() => importText(text, { name: 'x.json' }), text.slice(0, 20)).toThrow(ImportError)
})

test('several documents in a folder are a folder each', () => {
  const { tree, problems } = importFiles(
    [
      { path: 'a.yaml', text: YAML },
      { path: 'b.sh', text: 'curl https://a.test' },
      { path: 'c.md', text: 'x' },
    ],
    { name: 'All' },
  )
  expect(tree.items).toMatchObject([{ folder: { name: 'Pets' } }, { folder: { name: 'b' } }])
  expect(problems).toContainEqual(expect.objectContaining({ item: 'c.md', severity: 'note' }))
})
