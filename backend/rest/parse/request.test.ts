// Whole requests: routes, methods, profiles, cookies, and which of several errors is told.
import { expect, test } from 'vitest'
import { sampleConfig } from '#testing/rest-sample.ts'
import { RestError } from '../errors.ts'
import { parseRequest } from './index.ts'
import type { ApiRequest, HttpRequest } from './api-request.ts'
import type { RestConfig } from '../types.ts'

const config = sampleConfig({ txEnd: 'commit', maxRows: null, extraSearchPath: [] })

type Given = Partial<Omit<HttpRequest, 'body'>> & { readonly body?: string }

function parse(given: Given, more: Partial<RestConfig> = {}): ApiRequest {
  const body = new TextEncoder().encode(given.body ?? '')
  return parseRequest(
    { method: 'GET', path: '/films', query: '', headers: {}, ...given, body },
    { ...config, ...more },
  )
}

function failure(given: Given, more: Partial<RestConfig> = {}): RestError {
  try {
    parse(given, more)
  } catch (error) {
    if (error instanceof RestError) return error
    throw error
  }
  throw new Error('the request was read')
}

test.each<[string, string, unknown]>([
  ['GET', '/films', { kind: 'read', target: 'films', headersOnly: false }],
  ['HEAD', '/films', { kind: 'read', target: 'films', headersOnly: true }],
  ['POST', '/films', { kind: 'mutate', target: 'films', mutation: 'create' }],
  ['PATCH', '/films', { kind: 'mutate', target: 'films', mutation: 'update' }],
  ['PUT', '/films', { kind: 'mutate', target: 'films', mutation: 'upsert-one' }],
  ['DELETE', '/films', { kind: 'mutate', target: 'films', mutation: 'delete' }],
  ['OPTIONS', '/films', { kind: 'info', of: 'relation', target: 'films' }],
  ['GET', '/%C3%A4%20b%2Fc', { kind: 'read', target: 'ä b/c', headersOnly: false }],
  ['GET', '/rpc', { kind: 'read', target: 'rpc', headersOnly: false }],
  ['GET', '/rpc/f', { kind: 'call', target: 'f', invocation: 'get' }],
  ['HEAD', '/rpc/f', { kind: 'call', target: 'f', invocation: 'head' }],
  ['POST', '/rpc/f', { kind: 'call', target: 'f', invocation: 'post' }],
  ['OPTIONS', '/rpc/f', { kind: 'info', of: 'routine', target: 'f' }],
  ['GET', '/', { kind: 'inspect', headersOnly: false }],
  ['HEAD', '', { kind: 'inspect', headersOnly: true }],
  ['OPTIONS', '/', { kind: 'info', of: 'schema', target: '' }],
])('%s %s', (method, path, action) => {
  expect(parse({ method, path, body: '{}' }).action).toEqual(action)
})

test.each([
  ['GET', '/films/1', 'PGRST125', 404],
  ['GET', '/films/', 'PGRST125', 404],
  ['GET', '/rpc/f/g', 'PGRST125', 404],
  ['TRACE', '/films', 'PGRST117', 405],
  ['POST', '/', 'PGRST117', 405],
  ['DELETE', '/rpc/f', 'PGRST101', 405],
  ['BREW', '/rpc/f', 'PGRST101', 405],
  ['GET', '/a%00b', '22021', 400],
])('%s %s is refused', (method, path, code, status) => {
  expect(failure({ method, path })).toMatchObject({ code, status })
})

test('a disabled root is not there', () => {
  expect(failure({ path: '/' }, { openApiMode: 'disabled' })).toMatchObject({ code: 'PGRST126', status: 404 })
})

test.each([
  ['GET', { 'accept-profile': 'b' }, 'b'],
  ['GET', { 'content-profile': 'b' }, 'a'],
  ['POST', { 'content-profile': 'b' }, 'b'],
  ['DELETE', { 'accept-profile': 'b' }, 'a'],
  ['OPTIONS', { 'accept-profile': 'b' }, 'b'],
])('%s with %j reads schema %3$s', (method, headers, schema) => {
  const found = parse({ method, headers, body: '{}' }, { schemas: ['a', 'b'] })
  expect(found).toMatchObject({ schema, negotiatedByProfile: true })
})

test('a single schema is no choice, unless it is asked for', () => {
  expect(parse({}).negotiatedByProfile).toBe(false)
  expect(parse({ headers: { 'accept-profile': 'api' } }).negotiatedByProfile).toBe(true)
  expect(failure({ headers: { 'accept-profile': 'x' } }, { schemas: ['a', 'b'] })).toMatchObject({
    code: 'PGRST106',
    status: 406,
    message: 'Invalid schema: x',
    hint: 'Only the following schemas are exposed: a, b',
  })
})

test('parameters are told apart by name', () => {
  const { parameters, payload } = parse({
    method: 'POST',
    query:
      'select=id&id=eq.1&films.x=gt.2&order=id&films.order=x&limit=2&films.offset=1&or=(a.eq.1)&on_conflict=a,b&columns=b,a,b',
    body: '{}',
  })
  expect(parameters.filters.map(({ path, value }) => [...path, value.field.name].join('.'))).toEqual([
    'id',
    'films.x',
  ])
  expect([...parameters.filterFields]).toEqual(['id', 'films.x'])
  expect(parameters.order.map(({ path }) => path)).toEqual([[], ['films']])
  expect(parameters.logic).toHaveLength(1)
  expect(parameters.onConflict).toEqual(['a', 'b'])
  expect(payload).toMatchObject({ keys: ['a', 'b'] })
  expect(parameters.ranges.get('films')).toEqual({ offset: 1, limit: null })
  expect(parameters.ranges.get('')).toEqual({ offset: 0, limit: 2 })
})

test('a call by GET keeps arguments and filters apart', () => {
  const { parameters } = parse({ path: '/rpc/f', query: 'a=1&b=eq.2&a=3&select=id&limit=1&valueless' })
  expect(parameters.arguments).toEqual([
    ['a', '1'],
    ['a', '3'],
  ])
  expect(parameters.filters.map(({ value }) => value.field.name)).toEqual(['b'])
  expect(failure({ method: 'POST', path: '/rpc/f', query: 'a=1' }).code).toBe('PGRST100')
})

test.each([
  ['a=eq.1&', 'a=eq.1'],
  ['&a=eq.1', '=&a=eq.1'],
  ['a=eq.1&&', '=&a=eq.1'],
])('the parameters of %j are %j', (query, canonical) => {
  expect(parse({ query }).parameters.canonical).toBe(canonical)
})

test('the canonical query is sorted and encoded, repeated names joined', () => {
  expect(parse({ query: 'id=lt.5&a=eq.%C3%A4+b&id=gt.1&z;select=*' }).parameters.canonical).toBe(
    'a=eq.%C3%A4%20b&id=lt.5,gt.1&select=%2A&z=',
  )
})

test('escapes that are none stay as they are', () => {
  expect(
    parse({ query: 'a=eq.100%&b=eq.%FF%41' }).parameters.filters.map(({ value }) => value.operation),
  ).toMatchObject([{ value: '100%' }, { value: '\ufffdA' }])
  expect(parse({ query: 'a=eq.\ud83d&order=id' }).parameters.canonical).toBe('a=eq.%EF%BF%BD&order=id')
  expect(failure({ query: 'a=eq.%00' })).toMatchObject({ code: '22021', status: 400 })
})

test('the Range header counts for GET only', () => {
  const headers = { range: '0-4' }
  expect(parse({ headers }).topRange).toEqual({ offset: 0, limit: 5 })
  expect(parse({ headers, method: 'HEAD' }).topRange).toEqual({ offset: 0, limit: null })
  expect(failure({ method: 'PUT', query: 'limit=1', body: '{}' }).code).toBe('PGRST114')
})

test('headers and cookies are kept for the settings of the request', () => {
  const { http } = parse({ headers: { cookie: 'a=1; b=x=y;c', 'x-y': 'z' }, path: '/films' })
  expect(http).toEqual({
    method: 'GET',
    path: '/films',
    headers: { 'x-y': 'z' },
    cookies: { a: '1', b: 'x=y', c: '' },
  })
})

test('unknown preferences are kept, for the plan to refuse them', () => {
  const headers = { prefer: 'handling=strict, x, y=z' }
  expect(parse({ headers }).preferences).toMatchObject({ handling: 'strict', invalid: ['x', 'y=z'] })
})

test('the first error in the order of the pipeline is told', () => {
  const everything = { method: 'TRACE', path: '/a/b', query: 'x=y', headers: { 'accept-profile': 'x' } }
  expect(failure(everything).code).toBe('PGRST125')
  expect(failure({ ...everything, path: '/a' }).code).toBe('PGRST106')
  expect(failure({ ...everything, path: '/a', headers: {} }).code).toBe('PGRST117')
  expect(failure({ method: 'POST', query: 'x=y', body: '{' }).code).toBe('PGRST100')
  expect(failure({ method: 'POST', query: 'limit=-1', body: '{' }).code).toBe('PGRST103')
  expect(failure({ method: 'POST', body: '{', headers: { prefer: 'handling=strict,x' } }).code).toBe(
    'PGRST102',
  )
})
