import { expect, test } from 'vitest'
import { importText } from './import.ts'

const TEXT = `opencollection: 1.0.0
info: { name: Api, version: 2 }
config:
  environments:
    - name: Dev
      variables: [{ name: host, value: http://localhost }, { name: key, secret: true }, { name: n, value: { type: number, data: 5 } }]
  proxy: { disabled: true }
request:
  headers: [{ name: x, value: '1', disabled: true }]
  auth: { type: bearer, token: '{{t}}' }
  scripts: [{ type: before-request, code: 'a()' }]
docs: { content: '# Api', type: text/markdown }
items:
  - info: { name: F, type: folder, seq: 2 }
    request: { auth: inherit }
    items:
      - info: { name: R, type: http, seq: 1, tags: [a] }
        http:
          method: POST
          url: '{{host}}/x?q=1'
          params: [{ name: q, value: '1', type: query }, { name: off, value: '', type: query, disabled: true }]
          headers: [{ name: h, value: v, description: d }]
          body: { type: form-urlencoded, data: [{ name: a, value: b, disabled: true }] }
          auth: inherit
        runtime:
          variables: [{ name: v, value: '1' }]
          scripts: [{ type: tests, code: 't()' }]
          assertions: [{ expression: res.status, operator: eq, value: '200' }]
        settings: { timeout: 500, followRedirects: false }
        docs: About
      - info: { name: G, type: graphql }
        graphql: { url: /g, method: POST, body: { query: '{ a }', variables: '{}' } }
`

test('OpenCollection in one file is kept', () => {
  const { format, tree, problems } = importText(TEXT, { name: '' })
  expect(format).toBe('opencollection')
  expect(tree.collection).toMatchObject({
    name: 'Api',
    version: '2',
    docs: '# Api',
    defaults: {
      headers: [{ name: 'x', isEnabled: false }],
      auth: { type: 'bearer', token: '{{t}}' },
      scripts: { beforeRequest: 'a()' },
    },
  })
  expect(tree.environments).toMatchObject([
    {
      name: 'Dev',
      variables: [
        { name: 'host', value: 'http://localhost' },
        { name: 'key', isSecret: true },
        { name: 'n', value: '5' },
      ],
    },
  ])
  expect(tree.items).toMatchObject([
    {
      folder: { name: 'F', sequence: 2, defaults: { auth: { type: 'inherit' } } },
      items: [
        {
          request: {
            name: 'R',
            method: 'POST',
            url: '{{host}}/x',
            tags: ['a'],
            docs: 'About',
            parameters: [
              { name: 'q', isEnabled: true },
              { name: 'off', isEnabled: false },
            ],
            headers: [{ name: 'h', description: 'd' }],
            body: { type: 'form', fields: [{ name: 'a', isEnabled: false }] },
            auth: { type: 'inherit' },
            variables: [{ name: 'v', value: '1' }],
            scripts: { tests: 't()' },
            assertions: [{ expression: 'res.status', operator: 'eq', value: '200' }],
            settings: { timeoutMs: 500, followsRedirects: false },
          },
        },
        { request: { kind: 'graphql', query: '{ a }', auth: { type: 'inherit' } } },
      ],
    },
  ])
  expect(problems.map((one) => one.part)).toContain('config proxy')
})
