import { expect, test } from 'vitest'
import { z } from 'zod'
import type { CollectionTree } from '../collection-tree.ts'
import { newCollection, newDefaults, newFolder, newHttpRequest } from '../new-request.ts'
import { exportTree } from './export.ts'
import { importText } from './import.ts'

test('HAR comes back from HAR with its requests and responses', () => {
  const har = {
    log: {
      version: '1.2',
      entries: [
        {
          request: {
            method: 'POST',
            url: 'https://a.test/x?q=%20a',
            headers: [
              { name: 'Content-Type', value: 'application/json' },
              { name: ':method', value: 'POST' },
              { name: 'Host', value: 'a.test' },
            ],
            cookies: [{ name: 's', value: '1' }],
            queryString: [{ name: 'q', value: ' a' }],
            postData: { mimeType: 'application/json', text: '{"a":1}' },
          },
          response: {
            status: 201,
            statusText: 'Created',
            headers: [{ name: 'Content-Type', value: 'text/plain' }],
            content: { mimeType: 'text/plain', text: 'w6k=', encoding: 'base64' },
          },
        },
        {
          request: {
            method: 'POST',
            url: 'https://a.test/f',
            postData: {
              mimeType: 'multipart/form-data; boundary=x',
              params: [
                { name: 'a', value: '1' },
                { name: 'f', fileName: 'a.png', contentType: 'image/png' },
              ],
            },
          },
          response: { status: 0 },
        },
      ],
    },
  }
  const first = importText(JSON.stringify(har), { name: 'x.har' })
  expect(first.tree.items).toMatchObject([
    {
      request: {
        url: 'https://a.test/x',
        parameters: [{ name: 'q', value: '%20a' }],
        headers: [{ name: 'Content-Type' }, { name: 'Cookie', value: 's=1' }],
        body: { type: 'json', text: '{"a":1}' },
        examples: [{ response: { status: 201, body: { type: 'text', text: 'é' } } }],
      },
    },
    {
      request: {
        body: {
          type: 'multipart',
          fields: [
            { type: 'text', value: '1' },
            { type: 'file', paths: ['a.png'], contentType: 'image/png' },
          ],
        },
      },
    },
  ])
  const second = importText(exportTree(first.tree, 'har').text, { name: '' })
  expect(second.tree.items).toEqual(first.tree.items)
})

test('curl has a command per request with what its folders give it', () => {
  const given: CollectionTree = {
    collection: newCollection('A', {
      defaults: newDefaults({
        auth: { type: 'bearer', token: '{{t}}' },
        headers: [{ name: 'X', value: '1', isEnabled: true, description: '' }],
      }),
    }),
    environments: [],
    items: [
      {
        type: 'folder',
        folder: newFolder('F', {
          defaults: newDefaults({ headers: [{ name: 'x', value: '2', isEnabled: true, description: '' }] }),
        }),
        items: [
          {
            type: 'request',
            request: newHttpRequest('R', {
              url: 'https://a.test/:id',
              parameters: [{ place: 'path', name: 'id', value: '7', isEnabled: true, description: '' }],
            }),
          },
        ],
      },
    ],
  }
  expect(exportTree(given, 'curl').text).toBe(
    "curl https://a.test/7 \\\n  --header 'x: 2' \\\n  --header 'Authorization: Bearer {{t}}'\n",
  )
})

test('no export says a secret that only the keychain knows', () => {
  const given: CollectionTree = {
    collection: newCollection('A', {
      defaults: newDefaults({
        auth: { type: 'none' },
        variables: [
          { name: 's', value: '', type: 'string', isSecret: true, isEnabled: true, description: '' },
        ],
      }),
    }),
    environments: [],
    items: [],
  }
  const { text: written, problems } = exportTree(given, 'postman-2.1')
  expect(JSON.parse(written)).toMatchObject({ variable: [{ key: 's', value: '', type: 'secret' }] })
  expect(problems).toMatchObject([{ part: 'variables', severity: 'note' }])
})

test('a header that a request switches off is inherited all the same, as when it is sent', () => {
  const header = (value: string, isEnabled = true) => ({ name: 'X-Kind', value, isEnabled, description: '' })
  const { text } = exportTree(
    {
      collection: newCollection('Films', { defaults: newDefaults({ headers: [header('all')] }) }),
      environments: [],
      items: [
        {
          type: 'request',
          request: newHttpRequest('Off', {
            url: 'https://films.example/off',
            headers: [header('own', false)],
          }),
        },
        {
          type: 'request',
          request: newHttpRequest('On', { url: 'https://films.example/on', headers: [header('own')] }),
        },
      ],
    },
    'har',
  )
  const { log } = z
    .object({
      log: z.object({ entries: z.array(z.object({ request: z.object({ headers: z.unknown() }) })) }),
    })
    .parse(JSON.parse(text))
  expect(log.entries.map((entry) => entry.request.headers)).toEqual([
    [{ name: 'X-Kind', value: 'all' }],
    [{ name: 'X-Kind', value: 'own' }],
  ])
})
