import { expect, test } from 'vitest'
import { importText } from '../import.ts'

test('an export of version 1 keeps its folders, requests, bodies and accounts', () => {
  const { tree, problems } = importText(
    JSON.stringify({
      _type: 'export',
      __export_format: 1,
      items: [
        {
          _type: 'request_group',
          name: 'Users',
          environments: { base: { host: 'https://a.test' }, dev: { host: 'http://b.test' } },
          requests: [
            {
              _type: 'request',
              name: 'Make',
              method: 'POST',
              url: '{{ host }}/users',
              params: [{ name: 'q', value: '1' }],
              headers: [{ name: 'Content-TYPE', value: 'application/json' }],
              body: '{"a":1}',
              authentication: { username: 'me', password: '' },
            },
            { _type: 'request', name: 'Form', __insomnia: { format: 'form' }, body: 'a=1&b=x%20y' },
          ],
        },
      ],
    }),
    { name: 'x.json' },
  )
  expect(tree.items).toMatchObject([
    {
      folder: { name: 'Users', defaults: { variables: [{ name: 'host', value: 'https://a.test' }] } },
      items: [
        {
          request: {
            method: 'POST',
            url: '{{host}}/users',
            parameters: [{ name: 'q', value: '1' }],
            body: { type: 'json', text: '{"a":1}' },
            auth: { type: 'basic', username: 'me' },
          },
        },
        {
          request: {
            body: {
              type: 'form',
              fields: [
                { name: 'a', value: '1' },
                { name: 'b', value: 'x y' },
              ],
            },
          },
        },
      ],
    },
  ])
  expect(problems).toMatchObject([{ part: 'environment dev' }])
})

test('bodies of version 2 that are text, and forms that are text only, are kept', () => {
  const { tree } = importText(
    JSON.stringify({
      _type: 'export',
      __export_format: 2,
      resources: [
        { _id: 'a', _type: 'request', name: 'Text', url: '/', method: 'POST', body: 'Hello' },
        {
          _id: 'b',
          _type: 'request',
          name: 'Form',
          url: '/',
          method: 'POST',
          body: { mimeType: 'application/x-www-form-urlencoded', text: 'a=1' },
        },
      ],
    }),
    { name: 'x.json' },
  )
  expect(tree.items).toMatchObject([
    { request: { body: { type: 'text', text: 'Hello' } } },
    { request: { body: { type: 'form', fields: [{ name: 'a', value: '1' }] } } },
  ])
})
