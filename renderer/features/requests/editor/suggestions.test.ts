// What is offered while a body, a script or a query is typed.
import { buildSchema, introspectionFromSchema } from 'graphql'
import { expect, test } from 'vitest'
import { convertBody } from './body-editor.tsx'
import { operationNames, readSchema, suggestGraphql } from './graphql-schema.ts'
import { headerNames, headerValues } from './header-names.ts'
import { suggestJson } from './json-suggestions.ts'
import { looksLikeCurl, requestOfCurl } from './paste-curl.ts'
import { suggestScript } from './script-names.ts'

const known = [
  { name: 'status', type: 'rental_status', docs: '', values: ['open', 'closed'] },
  { name: 'due_at', type: 'timestamptz', docs: '', values: [] },
]
const json = (text: string) =>
  suggestJson({
    text: text.replace('|', ''),
    offset: text.indexOf('|'),
    known,
    variables: ['today'],
  }).items.map(({ insertText }) => insertText)

test.each([
  ['{|}', ['"status": ', '"due_at": ']],
  ['{"|', ['status": ', 'due_at": ']],
  ['{"|"', ['status', 'due_at']],
  ['{"status": "|"', ['open', 'closed']],
  ['{"status": |', ['"open"', '"closed"']],
  ['{"x": "{{|"', ['today}}']],
  ['{"x": {{to|}}', ['today']],
  ['[1, 2]|', []],
])('JSON %s', (text, offered) => {
  expect(json(text)).toEqual(offered)
})

const schema = readSchema({
  ...introspectionFromSchema(
    buildSchema(`
      enum Status { OPEN CLOSED }
      type Film { id: ID! title: String }
      type Query { films(status: Status): [Film] }
      type Mutation { remove(id: ID!): Boolean }
    `),
  ),
})
const graphql = (text: string) =>
  suggestGraphql(schema, text.replace('|', ''), text.indexOf('|')).items.map(({ label }) => label)

test.each([
  ['{ | }', ['films', '__typename']],
  ['query A { films { | } }', ['id', 'title', '__typename']],
  ['{ films(|) }', ['status', 'OPEN', 'CLOSED']],
  ['mutation { | }', ['remove', '__typename']],
  ['fragment f on Film { | }', ['id', 'title', '__typename']],
  ['|', ['query', 'mutation', 'subscription', 'fragment']],
])('GraphQL %s', (text, offered) => {
  expect(graphql(text)).toEqual(offered)
})

test('what is no schema completes keywords only', () => {
  expect(readSchema({ nothing: true })).toBeNull()
  expect(operationNames('query A { x }\nmutation B { y }')).toEqual(['A', 'B'])
})

test.each([
  ['pm.|', 'expect'],
  ['pm.environment.|', 'unset'],
  ['pm.response.to.have.|', 'jsonSchema'],
  ['|', 'pm'],
])('a script %s', (text, offered) => {
  const labels = suggestScript(text.replace('|', ''), text.indexOf('|')).items.map(({ label }) => label)
  expect(labels).toContain(offered)
})

test('headers are offered by their beginning first', () => {
  expect(headerNames('content-t')[0]).toBe('Content-Type')
  expect(headerValues('Prefer', 'count')).toEqual(['count=exact', 'count=planned', 'count=estimated'])
})

test('a pasted command of curl is a request', async () => {
  expect(looksLikeCurl('  $ curl https://a.b')).toBe(true)
  expect(looksLikeCurl('https://curl.se')).toBe(false)
  expect(await requestOfCurl(`$ curl -X PUT https://a.b/c -H 'X-A: 1' -d 'x=1'`)).toMatchObject({
    method: 'PUT',
    url: 'https://a.b/c',
    headers: [{ name: 'X-A', value: '1' }, ...[]],
  })
})

test('a body of another kind keeps what it can hold', () => {
  const fields = [{ name: 'a', value: '1', isEnabled: true, description: '' }]
  expect(convertBody({ type: 'form', fields }, 'json')).toEqual({ type: 'json', text: '{\n  "a": "1"\n}' })
  expect(convertBody({ type: 'json', text: '{}' }, 'text')).toEqual({ type: 'text', text: '{}' })
  expect(convertBody({ type: 'form', fields }, 'multipart')).toMatchObject({
    fields: [{ type: 'text', value: '1' }],
  })
})
