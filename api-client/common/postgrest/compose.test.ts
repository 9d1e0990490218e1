// What a form cannot show of a request stays in it when the form is composed again.
import { expect, test } from 'vitest'
import type { HttpRequest } from '#contract/requests/request.ts'
import { newHttpRequest } from '../new-request.ts'
import { compose } from './compose.ts'
import { readBack } from './read-back.ts'

const API = {
  title: '',
  docs: '',
  version: '1',
  baseUrl: 'https://host/rest/v1',
  schemas: ['public'],
  tables: [],
  functions: [],
}
const field = { name: 'a', value: '1', isEnabled: true, description: '' }

test.each<readonly [name: string, body: HttpRequest['body']]>([
  ['a form', { type: 'form', fields: [field] }],
  ['a file', { type: 'file', path: 'a.bin', contentType: null }],
  ['XML', { type: 'xml', text: '<a/>' }],
])('%s as the body of a request stays until another is written', (_, body) => {
  const request = newHttpRequest('Upload', { method: 'POST', url: 'https://host/rest/v1/film', body })
  const form = readBack(API, request)
  if (form === null) throw new Error('The request is none of the API.')
  expect(compose(API, form, request).body).toEqual(body)
  expect(compose(API, { ...form, body: '{}' }, request).body).toEqual({ type: 'json', text: '{}' })
})

test('JSON that is emptied in the form is gone', () => {
  const body = { type: 'json' as const, text: '{}' }
  const request = newHttpRequest('Add', { method: 'POST', url: 'https://host/rest/v1/film', body })
  const form = readBack(API, request)
  if (form === null) throw new Error('The request is none of the API.')
  expect(compose(API, { ...form, body: '' }, request).body).toEqual({ type: 'none' })
})
