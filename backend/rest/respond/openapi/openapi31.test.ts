import { describe, expect, test } from 'vitest'
import { column, OPENAPI_CACHE, OPENAPI_INPUT, table } from '#testing/openapi-sample.ts'
import { key } from '../../types.ts'
import { rowComponent } from './json.ts'
import { openApi31 } from './openapi31.ts'

describe('OpenAPI 3.1', () => {
  const document = openApi31(OPENAPI_INPUT)

  test('has security schemes, servers and errors', () => {
    expect(document).toMatchObject({
      openapi: '3.1.0',
      servers: [{ url: 'https://films.example/rest/v1' }],
      components: {
        securitySchemes: { apiKey: { name: 'apikey', in: 'header' }, bearer: { scheme: 'bearer' } },
        schemas: { error: { required: ['code', 'message'] } },
      },
    })
    expect(openApi31({ ...OPENAPI_INPUT, title: 'Mine' })).toMatchObject({ info: { title: 'Mine' } })
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
    const { paths } = openApi31({
      ...OPENAPI_INPUT,
      cache: { ...OPENAPI_CACHE, tables: new Map([[key(clash), clash]]) },
    })
    const named = [...JSON.stringify(paths).matchAll(/"name":"(\w+)","in":"query"/g)].map(([, name]) => name)
    expect(new Set(named)).toEqual(new Set(['b', 'word', 'mood', 'ids', 'data', 'v']))
  })

  test('results of a table that may not be seen are not described', () => {
    const privileges = { relations: new Map(), routines: new Set([10]) }
    expect(JSON.stringify(openApi31({ ...OPENAPI_INPUT, privileges }))).not.toContain('row.films')
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
