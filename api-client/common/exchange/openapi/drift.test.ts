import { expect, test } from 'vitest'
import { importText } from '../import.ts'
import { driftOf } from './drift.ts'

const film = {
  type: 'object',
  required: ['title'],
  properties: {
    id: { type: 'integer', readOnly: true },
    title: { type: 'string', example: 'A' },
    year: { type: 'integer', example: 1 },
  },
}

function document(paths: object, base = 'https://a.test/v1'): object {
  return {
    openapi: '3.1.0',
    info: { title: 'A', version: '1' },
    servers: [{ url: base }],
    paths,
    components: { schemas: { film } },
  }
}

const before = document({
  '/film/{id}': {
    get: {
      summary: 'One',
      parameters: [
        { name: 'id', in: 'path', required: true, schema: {} },
        { name: 'select', in: 'query', required: true, schema: { type: 'string', default: '*' } },
      ],
      responses: { 200: { description: '' } },
    },
    delete: { summary: 'Drop', responses: { 204: { description: '' } } },
  },
  '/film': {
    post: {
      summary: 'Make',
      requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/film' } } } },
      responses: {},
    },
  },
  '/gone': { get: { summary: 'Gone', responses: {} } },
})

const tree = importText(JSON.stringify(before), { name: '' }).tree

test('a collection and the document it was made from do not differ', () => {
  expect(driftOf(tree, before)).toEqual([])
})

test('each difference is named with its request', () => {
  const after = document({
    '/film/{film_id}': {
      get: {
        summary: 'One',
        parameters: [{ name: 'columns', in: 'query', required: true, schema: {} }],
        responses: {},
      },
    },
    '/film': {
      post: {
        summary: 'Make',
        requestBody: {
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['length'],
                properties: { title: { type: 'integer' }, length: { type: 'integer' } },
              },
            },
          },
        },
        responses: {},
      },
    },
    '/new': { get: { summary: 'New', responses: {} } },
  })
  const found = driftOf(tree, after, { pathOf: (request) => `${request.name}.yml` })
  expect(found.map(({ path, kind }) => [path, kind])).toEqual([
    ['One.yml', 'missing-parameter'],
    ['One.yml', 'new-required-parameter'],
    ['Drop.yml', 'missing-operation'],
    ['Make.yml', 'changed-type'],
    ['Make.yml', 'missing-field'],
    ['Make.yml', 'new-required-field'],
    ['Gone.yml', 'missing-endpoint'],
    [null, 'new-endpoint'],
  ])
})
