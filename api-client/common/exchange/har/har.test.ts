import { expect, test } from 'vitest'
import { newCollection, newHttpRequest } from '../../new-request.ts'
import type { HttpRequest } from '#contract/requests/request.ts'
import { exportTree } from '../export.ts'
import { importText } from '../import.ts'

function imported(document: object) {
  const { tree, problems, format } = importText(JSON.stringify(document), { name: 'x.har' })
  return {
    format,
    problems,
    requests: tree.items.flatMap((one): HttpRequest[] =>
      one.type === 'request' && one.request.kind === 'http' ? [one.request] : [],
    ),
  }
}

test('a single request is one of a recording', () => {
  const { format, requests } = imported({
    method: 'POST',
    url: 'https://a.test/x?y=1',
    postData: {
      params: [
        { name: 'f', fileName: '/home/me/a.txt' },
        { name: 'g', value: 'h', fileName: null },
      ],
    },
  })
  expect(format).toBe('har')
  expect(requests).toMatchObject([
    {
      method: 'POST',
      url: 'https://a.test/x',
      parameters: [{ name: 'y', value: '1' }],
      body: {
        type: 'multipart',
        fields: [
          { type: 'file', name: 'f', paths: ['/home/me/a.txt'] },
          { type: 'text', name: 'g', value: 'h' },
        ],
      },
    },
  ])
})

test('params without a media type are a form, and what was recorded twice is told', () => {
  const request = {
    method: 'POST',
    url: 'https://a.test/',
    postData: { params: [{ name: 'a', value: 'b' }] },
  }
  const { requests, problems } = imported({ log: { entries: [{ request }, { request }] } })
  expect(requests).toMatchObject([{ body: { type: 'form', fields: [{ name: 'a', value: 'b' }] } }])
  expect(problems.map(({ part, severity }) => [part, severity])).toEqual([
    ['body', 'changed'],
    ['request', 'note'],
  ])
})

test('requests of one address stay apart by their names, and one that differs from its examples is written too', () => {
  const request = newHttpRequest('First', {
    url: 'https://a.test/x',
    method: 'POST',
    body: { type: 'json', text: '{"a":1}' },
    examples: [
      {
        name: 'Bad',
        description: '',
        request: { method: 'POST', url: 'https://a.test/x', headers: [], body: { type: 'json', text: '{}' } },
        response: { status: 400, statusText: '', headers: [], body: { type: 'text', text: '' } },
      },
    ],
  })
  const tree = {
    collection: newCollection('C'),
    environments: [],
    items: [
      request,
      newHttpRequest('Second', { url: 'https://a.test/y' }),
      newHttpRequest('Third', { url: 'https://a.test/y' }),
    ].map((one) => ({ type: 'request' as const, request: one })),
  }
  const { requests } = imported(JSON.parse(exportTree(tree, 'har').text))
  expect(requests.map(({ name, body }) => [name, body.type === 'json' ? body.text : ''])).toEqual([
    ['First', '{"a":1}'],
    ['First', '{}'],
    ['Second', ''],
    ['Third', ''],
  ])
})
