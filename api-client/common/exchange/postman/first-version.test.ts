import { expect, test } from 'vitest'
import { importText } from '../import.ts'

const FIRST = {
  id: 'c',
  name: 'Shop',
  description: 'All of it',
  order: ['r2'],
  folders_order: ['f1'],
  folders: [
    { id: 'f2', name: 'Inner', order: ['r3'] },
    { id: 'f1', name: 'Outer', order: ['r1', 'r1'], folders_order: ['f2', 'f1'] },
  ],
  variables: [{ key: 'base', value: 'https://a.test' }],
  events: [{ listen: 'prerequest', script: { exec: ['a()'] } }],
  requests: [
    {
      id: 'r1',
      name: 'Make',
      method: 'POST',
      url: '{{base}}/orders/:id?x=1',
      headers: 'A: b\n//Off: c\n',
      pathVariables: { id: '7' },
      dataMode: 'raw',
      data: [],
      rawModeData: '{"a":1}',
      preRequestScript: 'before()',
      tests: 'tests.ok = true',
      currentHelper: 'basicAuth',
      helperAttributes: { id: 'basic', username: 'me', password: 'pw' },
      responses: [
        {
          name: 'Good',
          responseCode: { code: 201, name: 'Created' },
          headers: [{ key: 'X', value: 'y' }],
          text: '{}',
          language: 'json',
        },
      ],
    },
    {
      id: 'r2',
      name: 'Form',
      method: 'POST',
      url: '/f',
      dataMode: 'urlencoded',
      data: [{ key: 'a', value: 'b' }],
    },
    { id: 'r3', name: 'Parts', method: 'GET', url: '/p', dataMode: 'params', data: [] },
    { id: 'r4', name: 'Lost', method: 'PUT', url: '/l', dataMode: 'binary', rawModeData: 'a.bin' },
  ],
}

test('a collection of the first version keeps its tree, what no order names too', () => {
  const { format, tree } = importText(JSON.stringify(FIRST), { name: 'x.json' })
  expect(format).toBe('postman-1.0')
  expect(tree.collection).toMatchObject({
    name: 'Shop',
    docs: 'All of it',
    defaults: { variables: [{ name: 'base' }], scripts: { beforeRequest: 'a()' } },
  })
  expect(tree.items).toMatchObject([
    {
      folder: { name: 'Outer' },
      items: [
        { folder: { name: 'Inner' }, items: [{ request: { name: 'Parts', body: { type: 'none' } } }] },
        { request: { name: 'Make' } },
      ],
    },
    { request: { name: 'Form', body: { type: 'form', fields: [{ name: 'a', value: 'b' }] } } },
    { request: { name: 'Lost', body: { type: 'file', path: 'a.bin' } } },
  ])
  const [outer] = tree.items
  expect(outer?.type === 'folder' && outer.items[1]).toMatchObject({
    request: {
      method: 'POST',
      url: '{{base}}/orders/:id',
      parameters: [
        { name: 'x', value: '1' },
        { name: 'id', value: '7', place: 'path' },
      ],
      headers: [
        { name: 'A', value: 'b', isEnabled: true },
        { name: 'Off', value: 'c', isEnabled: false },
      ],
      body: { type: 'text', text: '{"a":1}' },
      auth: { type: 'basic', username: 'me', password: 'pw' },
      scripts: { beforeRequest: 'before()', tests: 'tests.ok = true' },
      examples: [{ name: 'Good', response: { status: 201, body: { type: 'json', text: '{}' } } }],
    },
  })
})

test.each(['formdata', 'urlencoded'])('an empty list of %s is no body, as Postman sends none', (mode) => {
  const document = {
    info: { name: 'C', schema: 'https://schema.getpostman.com/json/collection/v2.0.0/collection.json' },
    item: [
      {
        name: 'R',
        request: { method: 'GET', url: 'https://a.test', body: { mode, [mode]: [] } },
        protocolProfileBehavior: { disabledSystemHeaders: {} },
      },
    ],
  }
  const { tree, problems } = importText(JSON.stringify(document), { name: 'x.json' })
  expect(tree.items).toMatchObject([{ request: { body: { type: 'none' } } }])
  expect(problems).toEqual([])
})
