import { expect, test } from 'vitest'
import { importFiles, importText } from '../import.ts'

const REQUEST = `meta {
  name: Send
  type: http
  seq: 2
  tags: [
    smoke
    slow
  ]
}

post {
  url: {{host}}/send/:id?a=1
  body: json
  auth: bearer
}

params:query {
  a: 1
  ~b: 2
}

params:path {
  id: 7
}

headers {
  @description('''why
  so''')
  x-a: b: c
  ~"x:off": 1
}

auth:bearer {
  token: {{token}}
}

auth:basic {
  username: me
}

body:json {
  {
    "a": {
      "b": "}"
    }
  }
}

body:text {
  other
}

vars:pre-request {
  @number
  n: 5
  long: '''
    one
      two
  '''
}

vars:post-response {
  token: $res.body.token
  ~off: res.body.id
}

assert {
  res.status: eq 200
  res.body.a: isDefined
  ~$res.body.b: 5
}

script:pre-request {
  bru.setVar("a", 1)
}

tests {
  test("x", function () {
    expect(1).to.equal(1)
  })
}

settings {
  encodeUrl: false
  timeout: 500
}

example {
  name: Found
  request: {
    url: {{host}}/send
    method: POST
    mode: none
  }
  response: {
    headers: {
      Content-Type: application/json
    }
    status: {
      code: 201
      text: Created
    }
    body: {
      type: json
      content: '''
        {"a": 1}
      '''
    }
  }
}

odd:block {
  x: 1
}
`

test('a request in a .bru file is kept whole, and the rest is reported', () => {
  const { format, tree, problems } = importText(REQUEST, { name: 'send.bru' })
  expect(format).toBe('bruno')
  expect(tree.items).toMatchObject([
    {
      request: {
        name: 'Send',
        sequence: 2,
        tags: ['smoke', 'slow'],
        method: 'POST',
        url: '{{host}}/send/:id',
        parameters: [
          { place: 'query', name: 'a', value: '1', isEnabled: true },
          { place: 'query', name: 'b', isEnabled: false },
          { place: 'path', name: 'id', value: '7' },
        ],
        headers: [
          { name: 'x-a', value: 'b: c', isEnabled: true, description: 'why\nso' },
          { name: 'x:off', value: '1', isEnabled: false },
        ],
        auth: { type: 'bearer', token: '{{token}}' },
        body: { type: 'json', text: '{\n  "a": {\n    "b": "}"\n  }\n}' },
        variables: [
          { name: 'n', value: '5', type: 'number' },
          { name: 'long', value: 'one\n  two', type: 'string' },
        ],
        scripts: {
          beforeRequest: 'bru.setVar("a", 1)',
          afterResponse: 'bru.setVar("token", res.body.token)',
          tests: expect.stringContaining('expect(1)'),
        },
        assertions: [
          { expression: 'res.status', operator: 'eq', value: '200', isEnabled: true },
          { expression: 'res.body.a', operator: 'isDefined', value: '' },
          { expression: 'res.body.b', operator: 'eq', value: '5', isEnabled: false },
        ],
        settings: { encodesUrl: false, timeoutMs: 500, followsRedirects: null },
        examples: [
          {
            name: 'Found',
            response: { status: 201, statusText: 'Created', body: { type: 'json', text: '{"a": 1}' } },
          },
        ],
      },
    },
  ])
  expect(problems.map((one) => one.part).toSorted()).toEqual([
    'auth:basic',
    'block odd:block',
    'body:text',
    'variable off',
    'vars:post-response',
  ])
})

test('notes may stand before their pair on one line', () => {
  const text =
    'meta {\n  name: A\n}\n\nget {\n  url: /\n}\n\nvars:pre-request {\n    @description("in C:\\Users\\File") key:value\n    @description("2\' ") other: x\n}\n'
  expect(importText(text, { name: 'a.bru' }).tree.items).toMatchObject([
    {
      request: {
        variables: [
          { name: 'key', value: 'value', description: 'in C:\\Users\\File' },
          { name: 'other', value: 'x' },
        ],
      },
    },
  ])
})

test('a folder of files is a collection with its folders in order, its environments and its defaults', () => {
  const request = (name: string, seq: number): string =>
    `meta {\n  name: ${name}\n  seq: ${seq}\n}\n\nget {\n  url: {{host}}/\n  auth: inherit\n}\n`
  const { tree, secrets, problems } = importFiles(
    [
      {
        path: 'api/bruno.json',
        text: '{"version":"1","name":"Api","type":"collection","proxy":{"enabled":true,"protocol":"http","hostname":"p.test","port":3128},"clientCertificates":{"certs":[{"domain":"a.test","type":"cert","certFilePath":"c.pem","keyFilePath":"k.pem"}]}}',
      },
      {
        path: 'api/collection.bru',
        text: 'headers {\n  x: 1\n}\n\nauth {\n  mode: basic\n}\n\nauth:basic {\n  username: {{u}}\n  password: {{p}}\n}\n\ndocs {\n  # Api\n}\n',
      },
      {
        path: 'api/environments/Local.bru',
        text: 'vars {\n  host: http://localhost\n  ~off: 1\n}\nvars:secret [\n  u,\n  ~p\n]\n',
      },
      { path: 'api/Users/folder.bru', text: 'meta {\n  name: All users\n  seq: 1\n}\n' },
      { path: 'api/Users/b.bru', text: request('B', 2) },
      { path: 'api/Users/Deep/c.bru', text: request('C', 1) },
      { path: 'api/Users/a.bru', text: request('A', 1) },
      { path: 'api/top.bru', text: request('Top', 2) },
      { path: 'api/readme.md', text: '# x' },
    ],
    { name: 'api' },
  )
  expect(tree.collection).toMatchObject({
    name: 'Api',
    docs: '# Api',
    defaults: { auth: { type: 'basic', username: '{{u}}' }, headers: [{ name: 'x' }] },
    proxy: { mode: 'on', host: 'p.test', port: 3128 },
    clientCertificates: [{ type: 'pem', certificatePath: 'c.pem' }],
  })
  const names = (items: typeof tree.items): unknown[] =>
    items.map((one) => (one.type === 'folder' ? [one.folder.name, names(one.items)] : one.request.name))
  expect(names(tree.items)).toEqual([['All users', ['A', 'B', ['Deep', ['C']]]], 'Top'])
  expect(tree.environments).toMatchObject([
    {
      name: 'Local',
      variables: [
        { name: 'host', value: 'http://localhost' },
        { name: 'off', isEnabled: false },
        { name: 'u', isSecret: true, value: '' },
        { name: 'p', isSecret: true, isEnabled: false },
      ],
    },
  ])
  expect(secrets).toEqual([])
  expect(problems).toMatchObject([{ item: 'readme.md', severity: 'note' }])
})

test("Bruno's export in one file is read as its files are", () => {
  const { tree, problems } = importText(
    JSON.stringify({
      name: 'Api',
      version: '1',
      items: [
        {
          type: 'folder',
          name: 'F',
          root: {
            request: {
              auth: { mode: 'apikey', apikey: { key: 'k', value: 'v', placement: 'queryparams' } },
              headers: [{ name: 'x', value: '1', enabled: true }],
            },
          },
          items: [
            {
              type: 'http',
              name: 'Up',
              request: {
                url: 'https://a.test',
                method: 'PUT',
                auth: {
                  mode: 'oauth2',
                  oauth2: {
                    grantType: 'client_credentials',
                    accessTokenUrl: 'https://t.test',
                    clientId: 'c',
                    clientSecret: '{{s}}',
                    scope: 'a',
                  },
                },
                body: {
                  mode: 'multipartForm',
                  multipartForm: [
                    { type: 'file', name: 'f', value: ['a.png'], enabled: true, contentType: 'image/png' },
                  ],
                },
              },
            },
            {
              type: 'graphql',
              name: 'G',
              request: {
                url: '/g',
                method: 'POST',
                body: { mode: 'graphql', graphql: { query: '{ a }', variables: '{}' } },
              },
            },
            { type: 'grpc-request', name: 'R', request: {} },
          ],
        },
      ],
      environments: [{ name: 'E', variables: [{ name: 'a', value: 's3', enabled: true, secret: true }] }],
    }),
    { name: '' },
  )
  expect(tree.items).toMatchObject([
    {
      folder: { defaults: { auth: { type: 'apiKey', placement: 'query' }, headers: [{ name: 'x' }] } },
      items: [
        {
          request: {
            auth: { type: 'oauth2', flow: 'client_credentials', clientSecret: '{{s}}' },
            body: { fields: [{ type: 'file', paths: ['a.png'], contentType: 'image/png' }] },
          },
        },
        { request: { kind: 'graphql', query: '{ a }' } },
      ],
    },
  ])
  expect(tree.environments).toMatchObject([{ variables: [{ name: 'a', value: '', isSecret: true }] }])
  expect(problems.map((one) => one.part)).toContain('grpc')
})
