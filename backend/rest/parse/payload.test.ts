import { expect, test } from 'vitest'
import type { Action, Payload } from './api-request.ts'
import { parseMediaType } from './media-type.ts'
import { parsePayload } from './payload.ts'
import { runAtOnce } from './steps.ts'

const create: Action = { kind: 'mutate', target: 'films', mutation: 'create' }
const call: Action = { kind: 'call', target: 'f', invocation: 'post' }
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

function payload(
  body: string | Uint8Array,
  { type = 'application/json', action = create, columns = null }: Options = {},
): Payload | null {
  const sent = typeof body === 'string' ? bytes(body) : body
  return runAtOnce(parsePayload(action, parseMediaType(type), sent, columns))
}

interface Options {
  readonly type?: string
  readonly action?: Action
  readonly columns?: readonly string[] | null
}

const json = (text: string, keys: readonly string[], isArray: boolean, isEmpty = false): Payload => ({
  kind: 'json',
  text,
  isArray,
  isEmpty,
  keys,
})

test.each<[string, Payload]>([
  ['{"b":1,"a":2}', json('{"b":1,"a":2}', ['a', 'b'], false)],
  ['{}', json('{}', [], false)],
  [' [ {"a":1}, {"a":2} ] ', json(' [ {"a":1}, {"a":2} ] ', ['a'], true)],
  ['[{"a":1,"b":2},{"b":3,"a":4}]', json('[{"a":1,"b":2},{"b":3,"a":4}]', ['a', 'b'], true)],
  ['[]', json('[]', [], true, true)],
  ['5', json('[]', [], true, true)],
  ['null', json('[]', [], true, true)],
  ['"text"', json('[]', [], true, true)],
  ['{"n":123456789012345678901234567890}', json('{"n":123456789012345678901234567890}', ['n'], false)],
  ['{"__proto__":1}', json('{"__proto__":1}', ['__proto__'], false)],
])('the JSON body %s', (body, expected) => {
  expect(payload(body)).toEqual(expected)
})

test.each([
  ['[{"a":1},{"b":1}]', 'All object keys must match'],
  ['[{"a":1},{"a":1,"b":1}]', 'All object keys must match'],
  ['[{"a":1},5]', 'All object keys must match'],
  ['[5]', 'All object keys must match'],
  ['[{"a":1},[]]', 'All object keys must match'],
  ['', 'Empty or invalid json'],
  ['{', 'Empty or invalid json'],
])('the JSON body %s is refused', (body, message) => {
  expect(() => payload(body)).toThrow(message)
})

test('bytes that are no UTF-8 are no JSON', () => {
  expect(() => payload(new Uint8Array([0x22, 0xff, 0x22]))).toThrow('Empty or invalid json')
})

test('with columns the body is handed on unread', () => {
  const columns = ['a']
  expect(payload('[{"a":1},{"b":2}]', { columns })).toEqual(json('[{"a":1},{"b":2}]', ['a'], true))
  expect(payload('{"a":', { columns })).toEqual(json('{"a":', ['a'], false))
  expect(payload(' [ ] ', { columns })).toEqual(json(' [ ] ', ['a'], true, true))
  expect(payload('5', { columns: ['b', 'a', 'b'] })).toEqual(json('5', ['a', 'b'], true))
})

test('columns are for JSON: of a form and of CSV the keys count', () => {
  const columns = ['a']
  const form = 'application/x-www-form-urlencoded'
  expect(payload('a=1&b=2', { type: form, columns })).toMatchObject({ keys: ['a', 'b'] })
  expect(payload('a,b\n1,2', { type: 'text/csv', columns })).toMatchObject({ keys: ['a', 'b'] })
})

test.each<[string, string, readonly string[]]>([
  ['a,b\n1,x\n', '[{"a":"1","b":"x"}]', ['a', 'b']],
  ['a,b\r\n1,x\r\n2,y', '[{"a":"1","b":"x"},{"a":"2","b":"y"}]', ['a', 'b']],
  ['a\n"x,""y""\nz"\n', '[{"a":"x,\\"y\\"\\nz"}]', ['a']],
  ['a,b\nNULL,\n', '[{"a":null,"b":""}]', ['a', 'b']],
  ['a,b\n1,2,3\n\n4,5\n', '[{"a":"1","b":"2"},{"a":"4","b":"5"}]', ['a', 'b']],
  ['a,a\n1,2\n', '[{"a":"2"}]', ['a']],
  ['a,b\n', '[]', []],
  ['a,b\n1\n2\n', '[{"a":"1"},{"a":"2"}]', ['a']],
])('the CSV body %j', (body, text, keys) => {
  expect(payload(body, { type: 'text/csv' })).toEqual(json(text, keys, true, text === '[]'))
})

test.each([
  ['a,b\n1,2\n1\n', 'All lines must have same number of fields'],
  ['a,b\n1\n1,2\n', 'All lines must have same number of fields'],
  ['a\n"x\n', 'parse error'],
  ['a\nx"y\n', 'parse error'],
  ['', 'not enough input'],
])('the CSV body %j is refused', (body, message) => {
  expect(() => payload(body, { type: 'text/csv' })).toThrow(message)
})

test('a form is an object of text for tables and arguments for functions', () => {
  const type = 'application/x-www-form-urlencoded; charset=utf-8'
  expect(payload('b=1+2&a=%C3%A9&b=3&c', { type })).toEqual(
    json('{"b":"3","a":"é","c":""}', ['a', 'b', 'c'], false),
  )
  expect(payload('b=1&a=2&b=3', { type, action: call })).toEqual({
    kind: 'form',
    values: [
      ['b', '1'],
      ['a', '2'],
      ['b', '3'],
    ],
  })
})

test('functions take text, XML and bytes as they are, and nothing as no arguments', () => {
  expect(payload('hä', { type: 'text/plain', action: call })).toEqual({ kind: 'raw', value: 'hä' })
  expect(payload('<a/>', { type: 'text/xml', action: call })).toEqual({ kind: 'raw', value: '<a/>' })
  const body = new Uint8Array([0, 255])
  expect(payload(body, { type: 'application/octet-stream', action: call })).toEqual({
    kind: 'raw',
    value: body,
  })
  expect(payload('', { action: call })).toEqual(json('{}', [], false))
})

test('text that Postgres cannot hold is refused', () => {
  expect(() => payload('a\0b', { type: 'text/plain', action: call })).toThrow('0x00')
  expect(() => payload(new Uint8Array([255]), { type: 'text/plain', action: call })).toThrow('not UTF-8')
})

test.each(['text/plain', 'application/octet-stream', 'image/png; x=1', ''])(
  'tables do not take %j',
  (type) => {
    const shown = type === 'image/png; x=1' ? 'image/png;x=1' : type
    expect(() => payload('x', { type })).toThrow(`Content-Type not acceptable: ${shown}`)
  },
)

test('other requests have no body', () => {
  const others: readonly Action[] = [
    { kind: 'mutate', target: 'films', mutation: 'delete' },
    { kind: 'read', target: 'films', headersOnly: false },
    { kind: 'call', target: 'f', invocation: 'get' },
  ]
  for (const action of others) expect(payload('{', { action })).toBeNull()
})
