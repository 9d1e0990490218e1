import { expect, test } from 'vitest'
import { importText } from '../import.ts'

const COLLECTION = {
  info: {
    name: 'Shop',
    description: { content: '# Shop', type: 'text/markdown' },
    schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
  },
  auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{token}}', type: 'string' }] },
  event: [{ listen: 'prerequest', script: { exec: ['pm.variables.set("a", 1)', '// b'] } }],
  variable: [
    { key: 'base', value: 'https://shop.test', type: 'string' },
    { key: 'limit', value: 5, type: 'any' },
    { key: 'secret', value: 's3cret', type: 'secret' },
  ],
  item: [
    {
      name: 'Orders',
      auth: {
        type: 'apikey',
        apikey: [
          { key: 'key', value: 'X-Key' },
          { key: 'value', value: '{{k}}' },
          { key: 'in', value: 'query' },
        ],
      },
      item: [
        {
          name: 'Get order',
          event: [
            { listen: 'test', script: { exec: 'pm.test("ok", () => pm.response.to.have.status(200))' } },
          ],
          protocolProfileBehavior: { followRedirects: false, strictSSL: false, tlsPreferServerCiphers: true },
          request: {
            method: 'GET',
            header: [{ key: 'Accept', value: 'application/json', disabled: true, description: 'why' }],
            url: {
              raw: '{{base}}/orders/:id?full=1',
              host: ['{{base}}'],
              path: ['orders', ':id'],
              query: [
                { key: 'full', value: '1' },
                { key: 'off', value: 'x', disabled: true },
              ],
              variable: [{ key: 'id', value: '7', description: 'of the order' }],
            },
          },
          response: [
            {
              name: 'Found',
              originalRequest: { method: 'GET', url: '{{base}}/orders/7' },
              status: 'OK',
              code: 200,
              header: [{ key: 'Content-Type', value: 'application/json' }],
              body: '{"id": 7}',
            },
          ],
        },
      ],
    },
    {
      name: 'Create',
      request: {
        method: 'POST',
        auth: { type: 'noauth' },
        url: 'https://shop.test/orders#top',
        header: 'A: b\nC: d',
        body: { mode: 'raw', raw: '{"a": {{n}}}', options: { raw: { language: 'json' } } },
      },
    },
    {
      name: 'Query',
      request: {
        method: 'POST',
        url: '/graphql',
        body: { mode: 'graphql', graphql: { query: '{ a }', variables: '{"b":1}' } },
      },
    },
    {
      name: 'Upload',
      request: {
        method: 'POST',
        url: '/up',
        body: {
          mode: 'formdata',
          formdata: [
            { key: 'f', type: 'file', src: ['a.png', 'b.png'] },
            { key: 't', value: 'x', type: 'text', contentType: 'text/plain', disabled: true },
          ],
        },
      },
    },
    { name: 'Ntlm', request: { method: 'GET', url: '/', auth: { type: 'ntlm', ntlm: [] } } },
  ],
}

test('a collection of v2.1 is kept with its folders, scripts, variables and examples', () => {
  const { format, tree, secrets, problems } = importText(JSON.stringify(COLLECTION), { name: '' })
  expect(format).toBe('postman-2.1')
  expect(tree.collection).toMatchObject({
    name: 'Shop',
    docs: '# Shop',
    defaults: {
      auth: { type: 'bearer', token: '{{token}}' },
      scripts: { beforeRequest: 'pm.variables.set("a", 1)\n// b' },
      variables: [
        { name: 'base', value: 'https://shop.test', type: 'string' },
        { name: 'limit', value: '5', type: 'number' },
        { name: 'secret', value: '', isSecret: true },
      ],
    },
  })
  expect(secrets).toEqual([{ environment: null, name: 'secret', value: 's3cret' }])
  const [orders, create, query, upload, ntlm] = tree.items
  expect(orders).toMatchObject({
    type: 'folder',
    folder: {
      name: 'Orders',
      defaults: { auth: { type: 'apiKey', key: 'X-Key', value: '{{k}}', placement: 'query' } },
    },
    items: [
      {
        request: {
          url: '{{base}}/orders/:id',
          auth: { type: 'inherit' },
          parameters: [
            { place: 'query', name: 'full', value: '1', isEnabled: true },
            { place: 'query', name: 'off', isEnabled: false },
            { place: 'path', name: 'id', value: '7', description: 'of the order' },
          ],
          headers: [{ name: 'Accept', isEnabled: false, description: 'why' }],
          scripts: { tests: expect.stringContaining('pm.test') },
          settings: { followsRedirects: false, verifiesCertificates: false, maxRedirects: null },
          examples: [{ name: 'Found', response: { status: 200, body: { type: 'json', text: '{"id": 7}' } } }],
        },
      },
    ],
  })
  expect(create).toMatchObject({
    request: {
      auth: { type: 'none' },
      url: 'https://shop.test/orders',
      headers: [
        { name: 'A', value: 'b' },
        { name: 'C', value: 'd' },
      ],
      body: { type: 'json', text: '{"a": {{n}}}' },
    },
  })
  expect(query).toMatchObject({ request: { kind: 'graphql', query: '{ a }', graphqlVariables: '{"b":1}' } })
  expect(upload).toMatchObject({
    request: {
      body: {
        type: 'multipart',
        fields: [
          { type: 'file', name: 'f', paths: ['a.png', 'b.png'] },
          { type: 'text', name: 't', contentType: 'text/plain', isEnabled: false },
        ],
      },
    },
  })
  expect(ntlm).toMatchObject({ request: { auth: { type: 'unsupported', name: 'ntlm' } } })
  expect(problems.map(({ item, part, severity }) => [item, part, severity])).toEqual([
    ['Create', 'url', 'changed'],
    ['Ntlm', 'auth ntlm', 'lost'],
    ['Get order', 'setting tlsPreferServerCiphers', 'lost'],
  ])
})

test('fields of wrong types are reported, and the rest is kept', () => {
  const document = {
    info: { name: ['x'], schema: 'https://schema.getpostman.com/json/collection/v2.0.0/' },
    variable: 'no',
    event: {},
    item: [
      5,
      null,
      { name: 7, request: { method: {}, header: 5, url: { query: 'x', host: 3 }, body: 9 } },
      { name: 'x'.repeat(600), request: null, item: 4 },
    ],
  }
  const { format, tree, problems } = importText(JSON.stringify(document), { name: 'a.json' })
  expect(format).toBe('postman-2.0')
  expect(tree.items).toHaveLength(2)
  expect(problems.length).toBeGreaterThan(5)
})

test('a key named __proto__ and folders 50,000 deep do no harm', () => {
  const deep = `${'{"name":"f","item":['.repeat(50_000)}{"name":"r","request":"http://a.test"}${']}'.repeat(50_000)}`
  const text = `{"info":{"name":"Deep"},"__proto__":{"polluted":1},"item":[${deep}]}`
  const { tree } = importText(text, { name: '' })
  expect(JSON.stringify(tree)).toContain('http://a.test')
  expect(Reflect.get({}, 'polluted')).toBeUndefined()
})
