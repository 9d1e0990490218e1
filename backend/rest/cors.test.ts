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

test('with a list of origins those on it are named, with credentials, and others get nothing', () => {
  const config = sampleConfig({ corsAllowedOrigins: [origin] })
  expect(Object.fromEntries(preflight(ask(question), config)?.headers ?? [])).toMatchObject({
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Credentials': 'true',
  })
  expect(corsHeaders({ origin }, config).slice(0, 2)).toEqual([
    ['Access-Control-Allow-Origin', origin],
    ['Access-Control-Allow-Credentials', 'true'],
  ])
  const stranger = { ...question, origin: 'https://evil.example' }
  expect(preflight(ask(stranger), config)).toBeUndefined()
  expect(corsHeaders(stranger, config)).toEqual([])
})

test('what is no preflight goes on to the engine', () => {
  const config = sampleConfig()
  expect(preflight(ask({ origin }), config)).toBeUndefined()
  expect(preflight(ask(question, 'POST'), config)).toBeUndefined()
  expect(preflight(ask({ 'access-control-request-method': 'POST' }), config)).toBeUndefined()
})

test('answers to other origins show their headers; others carry nothing', () => {
  expect(corsHeaders({}, sampleConfig())).toEqual([])
  expect(Object.fromEntries(corsHeaders({ origin }, sampleConfig()))).toEqual({
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers':
      'Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Server, Transfer-Encoding, Range-Unit',
  })
})

// REST-C2
test('the headers of a page by cursor are shown where it has them', () => {
  const answered = [
    ['Link', '<?cursor=after.x>; rel="next"'],
    ['Next-Cursor', 'after.x'],
  ] as const
  expect(corsHeaders({ origin }, sampleConfig(), answered)[1]?.[1]).toMatch(
    /, Range-Unit, Link, Next-Cursor$/,
  )
})
