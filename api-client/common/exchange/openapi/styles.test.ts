// How values are written: the examples of the specification's table of styles, and what bodies of forms make of them.
import { expect, test } from 'vitest'
import type { HttpRequest } from '#contract/requests/request.ts'
import { importText } from '../import.ts'
import { pathText, queryPairs } from './styles.ts'

const LIST = ['blue', 'black']
const OBJECT = { R: 100, G: 200 }

test.each<[string, boolean, unknown, string]>([
  ['simple', false, LIST, 'blue,black'],
  ['simple', false, OBJECT, 'R,100,G,200'],
  ['simple', true, OBJECT, 'R=100,G=200'],
  ['label', false, 'blue', '.blue'],
  ['label', false, LIST, '.blue,black'],
  ['label', true, LIST, '.blue.black'],
  ['label', true, OBJECT, '.R=100.G=200'],
  ['matrix', false, 'blue', ';color=blue'],
  ['matrix', false, LIST, ';color=blue,black'],
  ['matrix', true, LIST, ';color=blue;color=black'],
  ['matrix', false, OBJECT, ';color=R,100,G,200'],
  ['matrix', true, OBJECT, ';R=100;G=200'],
])('%s, exploded %s: %j is %s in the path', (style, isExploded, value, wanted) => {
  expect(pathText('color', value, { style, isExploded })).toBe(wanted)
})

test.each<[string, boolean, unknown, string]>([
  ['form', true, LIST, 'color=blue&color=black'],
  ['form', false, LIST, 'color=blue,black'],
  ['form', true, OBJECT, 'R=100&G=200'],
  ['form', false, OBJECT, 'color=R,100,G,200'],
  ['form', true, [], 'color='],
  ['spaceDelimited', false, LIST, 'color=blue%20black'],
  ['pipeDelimited', false, LIST, 'color=blue|black'],
  ['deepObject', true, { R: 1, in: { G: [2, 3] } }, 'color[R]=1&color[in][G][]=2&color[in][G][]=3'],
])('%s, exploded %s: %j is %s in the query', (style, isExploded, value, wanted) => {
  const pairs = queryPairs('color', value, { style, isExploded })
  expect(pairs.map((one) => `${one.name}=${one.value}`).join('&')).toBe(wanted)
})

function imported(operation: object, rest: object = { openapi: '3.1.0' }) {
  const document = { ...rest, info: { title: 'T', version: '1' }, paths: { '/x/{id}': { post: operation } } }
  const { tree, problems } = importText(JSON.stringify(document), { name: '' })
  const requests = tree.items.flatMap((one): HttpRequest[] =>
    one.type === 'request' && one.request.kind === 'http' ? [one.request] : [],
  )
  return { request: requests[0], problems }
}

test('parameters are written in their styles; cookies that need not be sent are switched off', () => {
  const { request } = imported({
    parameters: [
      { name: 'id', in: 'path', style: 'matrix', explode: true, example: [3, 4] },
      { name: 'must', in: 'cookie', required: true, example: 'a' },
      { name: 'may', in: 'cookie', example: 'b' },
      {
        name: 'all',
        in: 'querystring',
        content: { 'application/x-www-form-urlencoded': { example: 'p=1&q=2' } },
      },
      { name: 'X-Map', in: 'header', explode: true, example: { a: 1, b: 2 } },
    ],
  })
  expect(request).toMatchObject({
    parameters: [
      { name: 'id', value: ';id=3;id=4', place: 'path' },
      { name: 'p', value: '1', place: 'query' },
      { name: 'q', value: '2' },
    ],
    headers: [
      { name: 'X-Map', value: 'a=1,b=2' },
      { name: 'Cookie', value: 'must=a', isEnabled: true },
      { name: 'Cookie', value: 'may=b', isEnabled: false },
    ],
  })
})

test('a form is written as its encoding says', () => {
  const { request } = imported({
    requestBody: {
      content: {
        'application/x-www-form-urlencoded': {
          encoding: { deep: { style: 'deepObject' }, flat: { explode: false } },
          example: { deep: { a: { b: 1 } }, flat: [1, 2], many: ['x', 'y'], json: { c: 3 } },
        },
      },
    },
  })
  expect(request?.body).toMatchObject({
    fields: [
      { name: 'deep[a][b]', value: '1' },
      { name: 'flat', value: '1,2' },
      { name: 'many', value: 'x' },
      { name: 'many', value: 'y' },
      { name: 'json', value: '{"c":3}' },
    ],
  })
})

test('parts of a body are one for each item, with the properties of all that a schema is made of', () => {
  const { request } = imported({
    requestBody: {
      content: {
        'multipart/form-data': {
          schema: {
            allOf: [
              { properties: { tags: { type: 'array', items: { type: 'string' }, example: ['a', 'b'] } } },
              { properties: { file: { type: 'string', format: 'binary' } } },
            ],
            properties: { meta: { example: { n: 1 } }, id: { type: 'string', readOnly: true } },
          },
          encoding: { file: { contentType: 'image/png' } },
        },
      },
    },
  })
  expect(request?.body).toMatchObject({
    fields: [
      { name: 'tags', value: 'a', contentType: null },
      { name: 'tags', value: 'b' },
      { type: 'file', name: 'file', contentType: 'image/png' },
      { name: 'meta', contentType: 'application/json' },
    ],
  })
  expect(request?.body).toHaveProperty('fields.length', 4)
})

test('lists in a form of Swagger 2 are written as collectionFormat says', () => {
  const list = { in: 'formData', type: 'array', items: { type: 'string' } }
  const { request } = imported(
    {
      consumes: ['application/x-www-form-urlencoded'],
      parameters: [
        { ...list, name: 'plain', default: ['a', 'b'] },
        { ...list, name: 'multi', collectionFormat: 'multi', default: ['a', 'b'] },
        { ...list, name: 'pipes', collectionFormat: 'pipes', default: ['a', 'b'] },
      ],
    },
    { swagger: '2.0' },
  )
  expect(request?.body).toMatchObject({
    fields: [
      { name: 'plain', value: 'a,b' },
      { name: 'multi', value: 'a' },
      { name: 'multi', value: 'b' },
      { name: 'pipes', value: 'a|b' },
    ],
  })
})

test('an example in another file is told, one of data is kept', () => {
  const { request, problems } = imported(
    {
      requestBody: {
        content: {
          'application/json': {
            examples: { far: { externalValue: 'https://a.test/e.json' }, near: { dataValue: { a: 1 } } },
          },
        },
      },
    },
    { openapi: '3.2.0' },
  )
  expect(request?.body).toMatchObject({ type: 'json', text: '{\n  "a": 1\n}' })
  expect(problems.map((one) => one.part)).toContain('example far')
})
