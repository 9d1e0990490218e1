import { expect, test } from 'vitest'
import { sampleConfig } from '#testing/rest-sample.ts'
import { corsHeaders, preflight } from './cors.ts'

const origin = 'https://app.example'
const ask = (headers: Record<string, string>, method = 'OPTIONS') => ({
  method,
  path: '/films',
  query: '',
  headers,
  body: new Uint8Array(),
})
const get = (headers: Record<string, string>) => ask(headers, 'GET')
const question = {
  origin,
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'Foo, Accept',
}

test('a preflight allows everybody what they ask for', () => {
  expect(Object.fromEntries(preflight(ask(question), sampleConfig())?.headers ?? [])).toEqual({
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Methods': 'GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD',
    'Access-Control-Allow-Headers': 'Authorization, Foo, Accept, Accept-Language, Content-Language',
    'Access-Control-Max-Age': '86400',
  })
})

test('a preflight names no headers where none are asked for', () => {
  const { 'access-control-request-headers': _, ...bare } = question
  const headers = preflight(ask(bare), sampleConfig())?.headers.map(([name]) => name)
  expect(headers).toEqual([
    'Access-Control-Allow-Origin',
    'Access-Control-Allow-Methods',
    'Access-Control-Max-Age',
  ])
})

test('with a list of origins those on it are named, with credentials, and others get nothing', () => {
  const config = sampleConfig({ corsAllowedOrigins: [origin] })
  expect(Object.fromEntries(preflight(ask(question), config)?.headers ?? [])).toMatchObject({
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Credentials': 'true',
  })
  expect(corsHeaders(get({ origin }), config).slice(0, 2)).toEqual([
    ['Access-Control-Allow-Origin', origin],
    ['Access-Control-Allow-Credentials', 'true'],
  ])
  const stranger = { ...question, origin: 'https://evil.example' }
  expect(preflight(ask(stranger), config)).toBeUndefined()
  expect(corsHeaders(get(stranger), config)).toEqual([])
})

test('what is no preflight goes on to the engine', () => {
  const config = sampleConfig()
  expect(preflight(ask({ origin }), config)).toBeUndefined()
  expect(preflight(ask(question, 'POST'), config)).toBeUndefined()
  expect(preflight(ask({ 'access-control-request-method': 'POST' }), config)).toBeUndefined()
})

test.each([
  { ...question, 'access-control-request-method': 'TRACE' },
  { ...question, 'access-control-request-headers': 'a b' },
])('what cannot be allowed goes on to the engine, as OPTIONS without CORS: %j', (headers) => {
  expect(preflight(ask(headers), sampleConfig())).toBeUndefined()
  expect(corsHeaders(ask(headers), sampleConfig())).toEqual([])
})

test('answers to other origins show their headers; others carry nothing', () => {
  expect(corsHeaders(get({}), sampleConfig())).toEqual([])
  expect(Object.fromEntries(corsHeaders(get({ origin }), sampleConfig()))).toEqual({
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers':
      'Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Server, Transfer-Encoding, Range-Unit',
  })
})

// REST-C2
test('the headers of a page by cursor are shown where it has them', () => {
  expect(corsHeaders(get({ origin }), sampleConfig(), ['Link', 'Next-Cursor', 'X-Own'])[1]?.[1]).toMatch(
    /, Range-Unit, Link, Next-Cursor$/,
  )
})

test('limits are shown where a service sets them', () => {
  expect(corsHeaders(get({ origin }), sampleConfig(), ['ratelimit-limit'])[1]?.[1]).toMatch(
    /, Range-Unit, RateLimit-Limit$/,
  )
})
