import { Validator } from '@seriousme/openapi-schema-validator'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Auth } from '#contract/requests/auth.ts'
import type { Body } from '#contract/requests/parts.ts'
import type { CollectionTree, TreeItem } from '../collection-tree.ts'
import { newCollection, newDefaults, newFolder, newGraphqlRequest, newHttpRequest } from '../new-request.ts'
import { exportTree } from './export.ts'
import { importText } from './import.ts'

const name = fc.string({ minLength: 1, maxLength: 20 }).filter((one) => one.trim() !== '')
const text = fc.string({ unit: 'grapheme', maxLength: 40 })
const pair = fc.record({ name, value: text, isEnabled: fc.boolean(), description: text })
const auth: fc.Arbitrary<Auth> = fc.oneof(
  fc.constant<Auth>({ type: 'inherit' }),
  fc.constant<Auth>({ type: 'none' }),
  fc.record({ type: fc.constantFrom('basic' as const, 'digest' as const), username: text, password: text }),
  fc.record({ type: fc.constant('bearer' as const), token: text }),
  fc.record({
    type: fc.constant('apiKey' as const),
    key: name,
    value: text,
    placement: fc.constantFrom('header' as const, 'query' as const),
  }),
  fc.record({
    type: fc.constant('awsV4' as const),
    accessKeyId: text,
    secretAccessKey: text,
    sessionToken: text,
    service: text,
    region: text,
  }),
)
const body: fc.Arbitrary<Body> = fc.oneof(
  fc.constant<Body>({ type: 'none' }),
  fc.record({
    type: fc.constantFrom('json' as const, 'xml' as const, 'text' as const),
    text: text.filter((one) => one !== ''),
  }),
  fc.record({ type: fc.constant('form' as const), fields: fc.array(pair, { minLength: 1, maxLength: 3 }) }),
  fc.record({ type: fc.constant('file' as const), path: name, contentType: fc.constant(null) }),
  fc.record({
    type: fc.constant('multipart' as const),
    fields: fc.array(
      fc.oneof(
        pair.map((one) => ({ type: 'text' as const, ...one, contentType: null })),
        fc.record({
          type: fc.constant('file' as const),
          name,
          paths: fc.array(name, { maxLength: 2 }),
          contentType: fc.constant(null),
          isEnabled: fc.boolean(),
          description: text,
        }),
      ),
      { minLength: 1, maxLength: 3 },
    ),
  }),
)
const scripts = fc.record({ beforeRequest: name, afterResponse: fc.constant(''), tests: name })
const variable = fc.record({
  name,
  value: text,
  type: fc.constant('string' as const),
  isSecret: fc.constant(false),
  isEnabled: fc.boolean(),
  description: text,
})
const queryName = fc.stringMatching(/^[a-z]{1,8}$/)
const request: fc.Arbitrary<TreeItem> = fc.oneof(
  fc
    .record({
      name,
      method: fc.constantFrom('GET', 'POST', 'PURGE'),
      docs: text,
      headers: fc
        .array(pair, { maxLength: 3 })
        .map((list) => list.filter((one) => !/^content-type$/i.test(one.name))),
      parameters: fc.array(
        fc.record({
          name: queryName,
          value: text,
          isEnabled: fc.boolean(),
          description: text,
          place: fc.constant('query' as const),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      auth,
      body,
      scripts,
      variables: fc.array(variable, { maxLength: 2 }),
    })
    .map((fields) => ({
      type: 'request' as const,
      request: newHttpRequest(fields.name, { url: '{{base}}/a/b', ...fields }),
    })),
  fc.record({ name, query: name, graphqlVariables: text, operationName: text }).map((fields) => ({
    type: 'request' as const,
    request: newGraphqlRequest(fields.name, { url: 'https://a.test/graphql', ...fields }),
  })),
)
const folder: fc.Arbitrary<TreeItem> = fc
  .record({ name, docs: text, auth, items: fc.array(request, { maxLength: 3 }) })
  .map((one) => ({
    type: 'folder' as const,
    folder: newFolder(one.name, { docs: one.docs, defaults: newDefaults({ auth: one.auth }) }),
    items: one.items,
  }))
const tree: fc.Arbitrary<CollectionTree> = fc
  .record({
    name,
    docs: text,
    items: fc.array(fc.oneof(request, folder), { maxLength: 4 }),
    variables: fc.array(variable, { maxLength: 3 }),
    scripts,
  })
  .map((one) => ({
    collection: newCollection(one.name, {
      docs: one.docs,
      defaults: newDefaults({ auth: { type: 'none' }, variables: one.variables, scripts: one.scripts }),
    }),
    environments: [],
    items: one.items,
  }))

const runs = Number(process.env['EXCHANGE_RUNS'] ?? 200)

test('a tree that Postman can hold comes back as it was, and nothing is reported lost', () => {
  fc.assert(
    fc.property(tree, (given) => {
      const { text: written, problems } = exportTree(given, 'postman-2.1')
      const read = importText(written, { name: '' })
      expect(read.tree).toEqual(given)
      expect(problems).toEqual([])
      expect(read.problems.filter((one) => one.severity !== 'note')).toEqual([])
    }),
    { seed: 7, numRuns: runs },
  )
})

const PostmanItem: z.ZodType = z.object({
  name: z.string(),
  event: z
    .array(
      z.object({
        listen: z.enum(['prerequest', 'test']),
        script: z.object({ type: z.string(), exec: z.array(z.string()) }),
      }),
    )
    .optional(),
  get item() {
    return z.array(PostmanItem).optional()
  },
  request: z
    .object({
      method: z.string(),
      header: z.array(
        z.object({
          key: z.string(),
          value: z.string(),
          disabled: z.boolean().optional(),
          description: z.string().optional(),
        }),
      ),
      url: z.object({
        raw: z.string(),
        host: z.array(z.string()).optional(),
        path: z.array(z.string()).optional(),
        query: z.array(z.object({ key: z.string().nullable(), value: z.string().nullable() })).optional(),
      }),
      body: z
        .object({ mode: z.enum(['raw', 'urlencoded', 'formdata', 'file', 'graphql']) })
        .loose()
        .optional(),
      auth: z
        .object({ type: z.enum(['noauth', 'basic', 'bearer', 'apikey', 'digest', 'oauth2', 'jwt', 'awsv4']) })
        .loose()
        .optional(),
      description: z.string().optional(),
    })
    .strict()
    .optional(),
  response: z
    .array(
      z
        .object({
          name: z.string(),
          status: z.string(),
          code: z.number().int(),
          header: z.array(z.object({ key: z.string(), value: z.string() })),
          body: z.string(),
        })
        .loose(),
    )
    .optional(),
})
const PostmanDocument = z.object({
  info: z
    .object({
      name: z.string(),
      schema: z.literal('https://schema.getpostman.com/json/collection/v2.1.0/collection.json'),
    })
    .loose(),
  item: z.array(PostmanItem),
  variable: z
    .array(
      z
        .object({
          key: z.string(),
          value: z.string(),
          type: z.enum(['string', 'boolean', 'any', 'number', 'secret']),
        })
        .loose(),
    )
    .optional(),
})

test('what is written has the shape of Postman v2.1, and is valid OpenAPI 3.1', async () => {
  const samples = fc.sample(tree, { seed: 8, numRuns: 25 })
  for (const given of samples) {
    PostmanDocument.parse(JSON.parse(exportTree(given, 'postman-2.1').text))
    const result = await new Validator().validate(JSON.parse(exportTree(given, 'openapi-3.1').text))
    expect(result).toMatchObject({ valid: true })
  }
})

const SHOP = {
  openapi: '3.0.3',
  info: { title: 'Shop', version: '2' },
  servers: [{ url: 'https://shop.test/v1' }],
  tags: [{ name: 'orders', description: 'All orders' }],
  paths: {
    '/orders/{id}': {
      get: {
        tags: ['orders'],
        summary: 'Get order',
        parameters: [
          { name: 'id', in: 'path', required: true, schema: { type: 'string' }, example: '7' },
          { name: 'full', in: 'query', schema: { type: 'string', default: '1' } },
        ],
        responses: {
          200: { description: 'Found', content: { 'application/json': { example: { id: 7, note: null } } } },
        },
      },
      put: {
        tags: ['orders'],
        summary: 'Put order',
        requestBody: {
          content: {
            'application/json': { example: { id: 7, lines: [{ sku: 'a' }, { sku: 'b', n: 1.5 }] } },
          },
        },
        responses: { 204: { description: 'Done' } },
      },
    },
  },
}

test('OpenAPI comes back from OpenAPI with its paths, parameters, bodies and examples', async () => {
  const first = importText(JSON.stringify(SHOP), { name: '' }).tree
  const { text: written, problems } = exportTree(first, 'openapi-3.1')
  expect(await new Validator().validate(JSON.parse(written))).toMatchObject({ valid: true })
  const second = importText(written, { name: '' }).tree
  const shape = (one: CollectionTree): unknown =>
    one.items.map((item) =>
      item.type === 'folder'
        ? [
            item.folder.name,
            item.folder.docs,
            item.items.map((inner) =>
              inner.type === 'request' && inner.request.kind === 'http'
                ? [
                    inner.request.name,
                    inner.request.method,
                    inner.request.url,
                    inner.request.parameters.map((p) => [p.place, p.name, p.value]),
                    inner.request.body,
                    inner.request.examples.map((e) => [e.response.status, e.response.body]),
                  ]
                : null,
            ),
          ]
        : item.request.name,
    )
  expect(shape(second)).toEqual(shape(first))
  expect(problems.map((one) => one.part)).toContain('assertions')
  expect(JSON.parse(written)).toMatchObject({
    paths: {
      '/orders/{id}': {
        put: {
          requestBody: {
            content: {
              'application/json': {
                schema: {
                  properties: {
                    lines: { items: { properties: { n: { type: 'number' } }, required: ['sku'] } },
                  },
                },
              },
            },
          },
        },
      },
    },
  })
})
