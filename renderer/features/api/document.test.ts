// Reading OpenAPI: tables and functions with their columns, whatever way the document says it; and searching it.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readDocument, searchEntries } from './document.ts'
import { actionOf } from './entry-action.ts'

const DOCUMENT = {
  openapi: '3.1.0',
  info: { title: 'reelhouse', description: ' ' },
  paths: {
    '/': { get: { summary: 'This document' } },
    '/film': {
      get: {
        tags: ['film'],
        summary: 'Read rows of film',
        description: 'Every film',
        parameters: [
          { $ref: '#/components/parameters/select' },
          { name: 'film_id', in: 'query', schema: { type: 'string' } },
        ],
        responses: {
          '200': {
            content: {
              'text/csv': { schema: { type: 'string' } },
              'application/json': { schema: { type: 'array', items: { $ref: '#/components/schemas/film' } } },
            },
          },
        },
      },
      post: { requestBody: { $ref: '#/components/requestBodies/film' }, responses: { '201': {} } },
      patch: { responses: {} },
      delete: { responses: {} },
    },
    '/a%2Fb': {
      get: {
        summary: 'Read rows of a/b',
        responses: {
          '200': {
            content: { 'application/json': { schema: { items: { $ref: '#/components/schemas/a~1b' } } } },
          },
        },
      },
    },
    '/rpc/charge': {
      post: {
        description: 'Charges a fee.',
        requestBody: {
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['rental'],
                properties: { rental: { type: 'integer' }, note: { type: 'string' } },
              },
            },
          },
        },
      },
    },
    '/rpc/search': {
      get: {
        parameters: [
          { name: 'words', in: 'query', required: true, schema: { type: 'string', format: 'text' } },
          { name: 'limit', in: 'query' },
          { name: 'Range', in: 'header' },
        ],
      },
    },
    '/deeper/than/that': { get: {} },
  },
  components: {
    parameters: { select: { name: 'select', in: 'query', description: 'Columns' } },
    requestBodies: {
      film: {
        content: {
          'application/json': {
            schema: { anyOf: [{ $ref: '#/components/schemas/film.insert' }, { type: 'array' }] },
          },
        },
      },
    },
    schemas: {
      film: {
        properties: {
          film_id: {
            type: 'integer',
            format: 'int32',
            description: 'Primary key.',
            'x-postgres-type': 'integer',
          },
          title: {
            type: 'string',
            description: 'As on the box.',
            'x-postgres-type': 'character varying(200)',
          },
          language_id: {
            type: ['integer', 'null'],
            description: 'Spoken.\n\nAt first.\n\nRefers to language.id.',
          },
          rating: { type: 'string', enum: ['G', 'PG', null], default: 'G' },
          tags: { type: 'array', items: { type: 'string' } },
          seen: { type: 'boolean', example: false },
          added: { type: 'string', format: 'date-time', default: 'now()' },
          search: { type: 'string', readOnly: true },
        },
        example: { title: 'Solaris' },
      },
      'film.insert': { required: ['film_id', 'title'], properties: { film_id: {}, title: {} } },
      'a/b': { properties: { x: { type: 'number' } } },
    },
  },
}

describe('a document', () => {
  const { entries, comment } = readDocument(DOCUMENT)

  test('has its tables, then its functions, by name; other paths are left out', () => {
    expect(entries.map(({ id }) => id)).toEqual([
      'table a/b',
      'table film',
      'function charge',
      'function search',
    ])
    expect(comment).toBeNull()
  })

  test('gives the columns with type, keys, default, values and comment', () => {
    const film = entries.find(({ name }) => name === 'film')
    expect(film).toMatchObject({ comment: 'Every film', path: '/film' })
    expect(film?.columns).toEqual([
      {
        name: 'film_id',
        type: 'integer',
        comment: null,
        isRequired: true,
        isPrimaryKey: true,
        isReadOnly: false,
        refersTo: null,
        values: [],
        standard: null,
        example: 1,
      },
      expect.objectContaining({
        name: 'title',
        type: 'character varying(200)',
        comment: 'As on the box.',
        example: 'Solaris',
      }),
      expect.objectContaining({
        name: 'language_id',
        comment: 'Spoken.\n\nAt first.',
        refersTo: 'language.id',
      }),
      expect.objectContaining({ name: 'rating', values: ['G', 'PG'], standard: 'G', example: 'G' }),
      expect.objectContaining({ name: 'tags', type: 'string[]', example: [] }),
      expect.objectContaining({ name: 'seen', example: false, isRequired: false }),
      expect.objectContaining({ name: 'added', standard: 'now()', example: '2026-01-31T12:00:00Z' }),
      expect.objectContaining({ name: 'search', isReadOnly: true }),
    ])
  })

  test('names what can be done, with the parameters of each', () => {
    const film = entries.find(({ name }) => name === 'film')
    expect(film?.operations.map(({ method, title }) => `${method} ${title}`)).toEqual([
      'GET Read rows',
      'POST Insert rows',
      'PATCH Update rows',
      'DELETE Delete rows',
    ])
    expect(film?.operations[0]?.parameters.map(({ name, comment: text }) => [name, text])).toEqual([
      ['select', 'Columns'],
      ['film_id', null],
    ])
  })

  test('finds the columns of a table whose name is encoded', () => {
    expect(entries.find(({ name }) => name === 'a/b')).toMatchObject({
      comment: null,
      columns: [{ name: 'x', type: 'number' }],
    })
  })

  test('takes the arguments of a function from its body, else from its query', () => {
    expect(entries.find(({ name }) => name === 'charge')?.columns).toMatchObject([
      { name: 'rental', isRequired: true },
      { name: 'note', isRequired: false },
    ])
    expect(entries.find(({ name }) => name === 'search')?.columns).toMatchObject([
      { name: 'words', type: 'text', isRequired: true },
    ])
  })

  test.each([
    ['film', ['film']],
    ['FEE', ['charge']],
    ['box title', ['film']],
    ['nothing at all', []],
    ['', ['a/b', 'film', 'charge', 'search']],
  ])('is searched for %j in names, comments and columns', (words, names) => {
    expect(searchEntries(entries, words).map(({ name }) => name)).toEqual(names)
  })

  test('has an example for each operation', () => {
    const film = entries.find(({ name }) => name === 'film')
    const charge = entries.find(({ name }) => name === 'charge')
    if (film === undefined || charge === undefined) throw new Error('They are in the document.')
    expect(actionOf(film, 'GET')).toMatchObject({ type: 'read', table: 'film', limit: 10 })
    expect(actionOf(film, 'POST')).toEqual({
      type: 'insert',
      table: 'film',
      values: { film_id: 1, title: 'Solaris' },
    })
    expect(actionOf(film, 'PATCH')).toEqual({
      type: 'update',
      table: 'film',
      match: { column: 'film_id', value: 1 },
      values: { title: 'Solaris' },
    })
    expect(actionOf(film, 'PUT')).toMatchObject({ type: 'upsert', values: { film_id: 1, title: 'Solaris' } })
    expect(actionOf(film, 'DELETE')).toMatchObject({ match: { column: 'film_id', value: 1 } })
    expect(actionOf(charge, 'POST')).toEqual({
      type: 'call',
      function: 'charge',
      arguments: { rental: 1, note: 'text' },
      method: 'POST',
    })
  })
})

test('a schema that refers to itself ends', () => {
  const { entries } = readDocument({
    paths: { '/loop': { get: {} }, '/round': { get: {} } },
    components: {
      schemas: {
        loop: { $ref: '#/components/schemas/loop' },
        round: { items: { $ref: '#/components/schemas/round' } },
      },
    },
  })
  expect(entries.map(({ columns }) => columns)).toEqual([[], []])
})

test('no JSON object makes it throw', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (document) => {
      readDocument(document)
      readDocument({ paths: { '/x': document, '/rpc/y': { get: document, post: document } } })
    }),
  )
})
