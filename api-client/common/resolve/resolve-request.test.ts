import { describe, expect, it } from 'vitest'
import type { Body, Pair, Parameter, Variable } from '#contract/requests/parts.ts'
import { HttpRequest } from '#contract/requests/request.ts'
import { newDefaults, newGraphqlRequest, newHttpRequest, newWebSocketRequest } from '../new-request.ts'
import { DEFAULT_SETTINGS, effectiveRequest } from './effective.ts'
import { createMask } from './mask.ts'
import { resolveRequest, type ResolveInput } from './resolve-request.ts'
import { createLookup } from './scopes.ts'

const VALUES: Record<string, string> = {
  host: 'localhost:3000',
  base: 'https://api.test/v1?key=1',
  a: '1',
  odd: 'a b&c=d#e+f%',
  path: 'x/y?z',
  token: 's3cret',
}
const lookup = createLookup([
  {
    scope: 'environment',
    from: 'Local',
    variables: Object.entries(VALUES).map(([name, value]): Variable => ({
      name,
      value,
      type: 'string',
      isSecret: name === 'token',
      isEnabled: true,
      description: '',
    })),
  },
])
const pair = (name: string, value: string, isEnabled = true): Pair => ({
  name,
  value,
  isEnabled,
  description: '',
})
const query = (name: string, value: string, isEnabled = true): Parameter => ({
  ...pair(name, value, isEnabled),
  place: 'query',
})
const path = (name: string, value: string): Parameter => ({ ...pair(name, value), place: 'path' })
const level = (name: string, fields: Parameters<typeof newDefaults>[0]) => ({
  path: name,
  name,
  defaults: newDefaults(fields),
})
const resolve = (fields: Partial<ReturnType<typeof newHttpRequest>>, rest: Partial<ResolveInput> = {}) =>
  resolveRequest({
    request: newHttpRequest('R', fields),
    inherited: [],
    lookup,
    dynamic: null,
    directory: null,
    ...rest,
  })

describe('the address', () => {
  it.each<[string, Parameter[], string]>([
    ['https://a.test', [], 'https://a.test/'],
    ['a.test/x', [], 'https://a.test/x'],
    ['localhost/x', [], 'http://localhost/x'],
    ['{{host}}/x', [], 'http://localhost:3000/x'],
    ['127.0.0.1:80', [], 'http://127.0.0.1:80/'],
    ['[::1]:3000/x', [], 'http://[::1]:3000/x'],
    ['db:5000/x', [], 'http://db:5000/x'],
    ['my.localhost/x', [], 'http://my.localhost/x'],
    ['//a.test/x', [], 'https://a.test/x'],
    ['HTTPS://a.test/x', [], 'https://a.test/x'],
    ['https://a.test/x#part', [], 'https://a.test/x'],
    ['{{base}}', [query('a', '1')], 'https://api.test/v1?key=1&a=1'],
    ['https://a.test/x?b=2&a=1&b=3&flag', [query('c', '')], 'https://a.test/x?b=2&a=1&b=3&flag&c='],
    ['https://a.test/x?a=1', [query('a', '1'), query('b', '2')], 'https://a.test/x?a=1&b=2'],
    [
      'https://a.test/x',
      [query('a', '1', false), query('', 'x'), query('b', '{{a}}')],
      'https://a.test/x?b=1',
    ],
    [
      'https://a.test/x',
      [query('q', '{{odd}}'), query('n=m&o', 'é"')],
      'https://a.test/x?q=a%20b%26c=d%23e+f%25&n%3Dm%26o=%C3%A9%22',
    ],
    [
      'https://a.test/x',
      [query('select', 'id,title.as(x)'), query('id', 'eq.1')],
      'https://a.test/x?select=id,title.as(x)&id=eq.1',
    ],
    ['https://a.test/x', [query('done', 'a%20b')], 'https://a.test/x?done=a%20b'],
    [
      'https://a.test/:id/{name}/:id',
      [path('id', '{{a}}'), path('name', 'ü ?')],
      'https://a.test/1/%C3%BC%20%3F/1',
    ],
    ['https://a.test/:path', [path('path', '{{path}}')], 'https://a.test/x/y%3Fz'],
    ['https://a.test:8080/:other/x:verb', [path('id', '1')], 'https://a.test:8080/:other/x:verb'],
    ['https://a.test/:id', [path('id', '\\{{a}}')], 'https://a.test/%7B%7Ba%7D%7D'],
    ['https://a.test/a b/"c"/ü', [], 'https://a.test/a%20b/%22c%22/%C3%BC'],
    [' https://a.test/x ', [], 'https://a.test/x'],
    ['https://a.test?x=1', [], 'https://a.test/?x=1'],
  ])('%s', (url, parameters, expected) => {
    expect(resolve({ url, parameters }).url).toBe(expected)
  })

  it('is sent as written where it is not to be encoded', () => {
    const settings = { ...DEFAULT_SETTINGS, encodesUrl: false }
    const { url } = resolve(
      { url: 'https://a.test/{x}|%', parameters: [query('q', '"a&b"'), query('s', 'a b')] },
      { settings },
    )
    expect(url).toBe('https://a.test/{x}|%?q="a&b"&s=a%20b')
  })

  it.each<[string, RegExp]>([
    ['', /no address/],
    ['{{none}}/x', /\{\{none\}\}, which has no value/],
    ['ftp://a.test', /ftp:/],
    ['https:///x', /host cannot be read/],
    ['https://a b/x', /host cannot be read/],
    ['https://a.test:99999999/x', /host cannot be read/],
  ])('%j is refused with words', (url, words) => {
    expect(() => resolve({ url })).toThrow(words)
  })

  it('a user in the address becomes basic auth, unless somebody says who asks', () => {
    const url = 'https://ann:p%40ss@a.test/x'
    expect(resolve({ url, auth: { type: 'none' } })).toMatchObject({
      url: 'https://a.test/x',
      auth: { type: 'basic', username: 'ann', password: 'p@ss' },
    })
    expect(resolve({ url, headers: [pair('authorization', 'x')] }).auth).toEqual({ type: 'none' })
  })

  it('of a WebSocket is ws', () => {
    const socket = (url: string) =>
      resolveRequest({
        request: newWebSocketRequest('S', { url }),
        inherited: [],
        lookup,
        dynamic: null,
        directory: null,
      }).url
    expect(['localhost/x', 'a.test/x', 'http://a.test', 'wss://a.test/y'].map(socket)).toEqual([
      'ws://localhost/x',
      'wss://a.test/x',
      'ws://a.test/',
      'wss://a.test/y',
    ])
    expect(() => socket('ftp://a.test')).toThrow('cannot be sent to ftp:')
  })
})

describe('what is inherited', () => {
  const inherited = [
    level('', {
      headers: [pair('A', 'collection'), pair('B', 'collection'), pair('C', 'collection')],
      auth: { type: 'bearer', token: '{{token}}' },
      scripts: { beforeRequest: 'c1', afterResponse: 'c2', tests: '' },
      settings: { ...newDefaults().settings, timeoutMs: 1, maxRedirects: 1 },
    }),
    level('Folder', {
      headers: [pair('b', 'folder'), pair('C', 'off', false)],
      scripts: { beforeRequest: ' ', afterResponse: 'f2', tests: 'f3' },
      settings: { ...newDefaults().settings, timeoutMs: 2, followsRedirects: false },
    }),
  ]
  const request = newHttpRequest('R', {
    headers: [pair('a', 'one'), pair('A', 'two'), pair(' ', 'x'), pair('D', 'off', false)],
    scripts: { beforeRequest: 'r1', afterResponse: 'r2', tests: 'r3' },
    settings: { ...newDefaults().settings, timeoutMs: 3 },
  })

  it('headers of the nearest level count, all of them; what is off hides nothing', () => {
    const { headers } = effectiveRequest(request, inherited)
    expect(headers.map(({ header, from }) => [header.name, header.value, from?.path ?? null])).toEqual([
      ['C', 'collection', ''],
      ['b', 'folder', 'Folder'],
      ['a', 'one', null],
      ['A', 'two', null],
    ])
  })

  it('auth is the nearest one that decides; nobody asks where nobody decided', () => {
    expect(effectiveRequest(request, inherited)).toMatchObject({
      auth: { type: 'bearer' },
      authFrom: { path: '' },
    })
    expect(effectiveRequest(newHttpRequest('R', { auth: { type: 'none' } }), inherited)).toMatchObject({
      auth: { type: 'none' },
      authFrom: null,
    })
    expect(effectiveRequest(request, [level('', {})]).auth).toEqual({ type: 'none' })
    const resolved = resolveRequest({
      request: { ...request, url: 'a.test' },
      inherited,
      lookup,
      dynamic: null,
      directory: null,
    })
    expect([resolved.auth, resolved.secrets]).toEqual([{ type: 'bearer', token: 's3cret' }, ['s3cret']])
  })

  it('settings and scripts come from the outside in', () => {
    const { settings, scripts } = effectiveRequest(request, inherited)
    expect(settings).toMatchObject({
      timeoutMs: 3,
      maxRedirects: 1,
      followsRedirects: false,
      verifiesCertificates: true,
    })
    expect(scripts.beforeRequest.map(({ code, from }) => `${from}:${code}`)).toEqual([':c1', 'R:r1'])
    expect(scripts.afterResponse.map(({ code }) => code)).toEqual(['c2', 'f2', 'r2'])
    expect(scripts.tests.map(({ code }) => code)).toEqual(['f3', 'r3'])
  })
})

describe('the body', () => {
  it.each<[string, Body, unknown]>([
    ['none', { type: 'none' }, { type: 'none' }],
    [
      'json',
      { type: 'json', text: '{"n":{{a}}}' },
      { type: 'text', text: '{"n":1}', contentType: 'application/json' },
    ],
    [
      'text',
      { type: 'text', text: '{{odd}}' },
      { type: 'text', text: VALUES['odd'], contentType: 'text/plain' },
    ],
    [
      'xml',
      { type: 'xml', text: '<a>{{a}}</a>' },
      { type: 'text', text: '<a>1</a>', contentType: 'application/xml' },
    ],
    [
      'form',
      { type: 'form', fields: [pair('x', '{{a}}'), pair('y', '2', false)] },
      { type: 'form', fields: [{ name: 'x', value: '1' }] },
    ],
    [
      'file',
      { type: 'file', path: '{{a}}.bin', contentType: null },
      { type: 'file', path: '1.bin', contentType: null },
    ],
    [
      'multipart',
      {
        type: 'multipart',
        fields: [
          { type: 'text', ...pair('t', '{{a}}'), contentType: 'text/csv' },
          { type: 'file', name: 'f', paths: ['a', 'b'], contentType: null, isEnabled: true, description: '' },
          { type: 'text', ...pair('off', '', false), contentType: null },
        ],
      },
      {
        type: 'multipart',
        parts: [
          { type: 'text', name: 't', value: '1', contentType: 'text/csv' },
          { type: 'file', name: 'f', path: 'a', contentType: null },
          { type: 'file', name: 'f', path: 'b', contentType: null },
        ],
      },
    ],
  ])('%s', (_, body, expected) => {
    expect(resolve({ url: 'a.test', body }).body).toEqual(expected)
  })

  it('has no type of its own where a header says one', () => {
    expect(
      resolve({ url: 'a.test', headers: [pair('content-type', 'x/y')], body: { type: 'json', text: '1' } })
        .body,
    ).toEqual({ type: 'text', text: '1', contentType: null })
  })

  it('of GraphQL is JSON, or a query for GET', () => {
    const graphql = (fields: Parameters<typeof newGraphqlRequest>[1]) =>
      resolveRequest({
        request: newGraphqlRequest('Q', { url: 'a.test', query: '{ f }', ...fields }),
        inherited: [],
        lookup,
        dynamic: null,
        directory: null,
      })
    expect(graphql({ graphqlVariables: '{"n":{{a}}}', operationName: 'F' }).body).toMatchObject({
      text: '{"query":"{ f }","variables":{"n":1},"operationName":"F"}',
    })
    expect(graphql({ method: 'GET', graphqlVariables: '{"n":1}' })).toMatchObject({
      body: { type: 'none' },
      url: 'https://a.test/?query=%7B%20f%20%7D&variables=%7B%22n%22:1%7D',
    })
    expect(() => graphql({ graphqlVariables: '{' })).toThrow('GraphQL variables are no valid JSON')
  })

  it('of 20 MB is resolved in well under a second', () => {
    const text = `{"a":"${'x'.repeat(20_000_000)}{{a}}"}`
    const started = performance.now()
    expect(resolve({ url: 'a.test', body: { type: 'json', text } }).body).toMatchObject({ type: 'text' })
    expect(performance.now() - started).toBeLessThan(2_000)
  })
})

it('a request as it is read from a file resolves to all that is missing, too', () => {
  const request = HttpRequest.parse({
    ...newHttpRequest('R'),
    url: '{{host}}/{{none}}',
    headers: [pair('{{a}}', '{{other}}')],
    auth: { type: 'jwt', secret: '{{token}}', payload: '{"sub": {{a}}, "n": "{{odd}}"}', header: '' },
  })
  const resolved = resolveRequest({ request, inherited: [], lookup, dynamic: null, directory: '/x' })
  expect(resolved).toMatchObject({
    headers: [{ name: '1', value: '{{other}}' }],
    unresolved: ['other', 'none'],
    auth: { secret: 's3cret', payload: '{"sub": 1, "n": "a b&c=d#e+f%"}' },
  })
})

describe('a mask', () => {
  const secret = 'pä$$ w/"ord"'
  const mask = createMask([secret, 'other-one', 'ab', ''])
  it.each([
    secret,
    encodeURIComponent(secret),
    encodeURIComponent(secret).toLowerCase().replaceAll('p%', 'p%'),
    encodeURIComponent(secret).replaceAll('%20', '+'),
    // As addresses have it: some signs encoded, others not.
    'p%C3%A4$$%20w/%22ord%22',
    String.raw`p\u00e4$$ w\/\"ord\"`,
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('hex'),
    ...['', 'a', 'ab', 'user:'].map((before) => Buffer.from(`${before}${secret}`).toString('base64url')),
    ...['', 'a', 'ab', 'user:'].map((before) => Buffer.from(`${before}${secret}zz`).toString('base64')),
  ])('hides %s', (form) => {
    const masked = mask.text(`x ${form} y`)
    expect(masked).toContain('••••••')
    // What is left are signs that depend on what stands beside the secret.
    expect(masked.length).toBeLessThan(22 + 8)
  })

  it('leaves other text, and texts of two characters', () => {
    expect(mask.text('nothing of it: ab')).toBe('nothing of it: ab')
    expect(createMask([]).text('x')).toBe('x')
  })

  it('goes into values and names', () => {
    expect(mask.deep({ 'other-one': ['x other-one', 1, null, { a: 'other-one' }] })).toEqual({
      '••••••': ['x ••••••', 1, null, { a: '••••••' }],
    })
  })
})
