import { describe, expect, test } from 'vitest'
import {
  sampleCache,
  sampleConfig,
  sampleIdentity,
  sampleRequest,
  sampleRoutine,
  sampleTable,
} from '#testing/rest-sample.ts'
import { plan } from '../plan/index.ts'
import type { RestConfig, RestResponse, ResultSet } from '../types.ts'
import { respond, respondInfo, serverTiming } from './index.ts'

const cache = sampleCache(
  [
    sampleTable('films', ['id integer', 'title text']),
    sampleTable('log', ['line text'], { isUpdatable: false, isDeletable: false }),
  ],
  [
    sampleRoutine('add', ['a integer', 'b integer'], { volatility: 'immutable' }),
    sampleRoutine('touch', [], { returns: { kind: 'void', isSetOf: false } }),
    sampleRoutine('numbers', [], {
      returns: { kind: 'scalar', type: 'integer', isSetOf: true },
      volatility: 'stable',
    }),
  ],
)

interface Ask {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly config?: Partial<RestConfig>
  readonly result?: Partial<ResultSet>
}

const BODY = new TextEncoder().encode('[]')
const RESULT: ResultSet = {
  total: null,
  pageTotal: 2,
  inserted: null,
  location: null,
  headers: null,
  status: null,
  body: { kind: 'bytes', bytes: BODY },
}

function answer(call: string, ask: Ask = {}): RestResponse {
  const [method = '', url = ''] = call.split(' ')
  const config = sampleConfig(ask.config)
  const request = sampleRequest(method, url, {
    headers: ask.headers ?? {},
    ...(ask.body === undefined ? {} : { body: ask.body }),
    config,
  })
  const planned = plan(request, { cache, config, identity: sampleIdentity })
  if (planned.kind === 'info') return respondInfo(planned)
  if (planned.kind === 'inspect') throw new Error('It has no rows.')
  return respond({ plan: planned, request, result: { ...RESULT, ...ask.result }, config, cache })
}

function headersOf(response: RestResponse): Record<string, string> {
  return Object.fromEntries(response.headers)
}

function textOf({ body }: RestResponse): string | null {
  if (body === null) return null
  if (body.kind === 'stream') throw new Error('It is on its way.')
  return new TextDecoder().decode(body.bytes)
}

describe('reading', () => {
  test('names what was read and how many', () => {
    const response = answer('GET /films?select=title&id=gt.1')
    expect([response.status, textOf(response)]).toEqual([200, '[]'])
    expect(headersOf(response)).toEqual({
      'Content-Range': '0-1/*',
      'Content-Location': '/films?id=gt.1&select=title',
      'Content-Type': 'application/json; charset=utf-8',
      Vary: 'Accept, Prefer, Range',
    })
  })

  test('HEAD has no body', () => {
    expect(textOf(answer('HEAD /films'))).toBeNull()
  })

  test.each([
    [{ total: 2 }, 200, '0-1/2'],
    [{ total: 9 }, 206, '0-1/9'],
    [{ total: 0, pageTotal: 0 }, 200, '*/0'],
    [{ pageTotal: 0 }, 200, '*/*'],
  ])('a count of %j', (result, status, range) => {
    const response = answer('GET /films', { headers: { prefer: 'count=exact' }, result })
    expect([response.status, headersOf(response)['Content-Range']]).toEqual([status, range])
    expect(headersOf(response)['Preference-Applied']).toBe('count=exact')
  })

  test('a page behind the last row is out of range', () => {
    const response = answer('GET /films?offset=5', {
      headers: { prefer: 'count=exact' },
      result: { total: 4, pageTotal: 0 },
    })
    expect(response.status).toBe(416)
    expect(headersOf(response)).toMatchObject({
      'Content-Range': '*/4',
      'Proxy-Status': 'PostgREST; error=PGRST103',
    })
    expect(textOf(response)).toContain('An offset of 5 was requested, but there are only 4 rows.')
  })

  test('the schema is named where there was a choice', () => {
    const config = { schemas: ['api', 'other'] as const }
    expect(headersOf(answer('GET /films', { config }))['Content-Profile']).toBe('api')
  })

  test('embeds that were called by their target carry one warning', () => {
    const legacyNames = [
      { target: 'films', alias: 'movies' },
      { target: 'people', alias: 'cast' },
    ]
    const config = sampleConfig()
    const request = sampleRequest('GET', '/films', { config })
    const planned = plan(request, { cache, config, identity: sampleIdentity })
    if (planned.kind !== 'read') throw new Error('It does not read.')
    const response = respond({
      plan: { ...planned, read: { ...planned.read, legacyNames } },
      request,
      result: RESULT,
      config,
      cache,
    })
    expect(response.headers.filter(([name]) => name === 'Warning')).toEqual([
      [
        'Warning',
        expect.stringMatching(/^299 PostgRESTv16\.2 ".*Update `films` to `movies`, `people` to `cast` in/),
      ],
    ])
  })
})

describe('writing', () => {
  const body = '{"id":1,"title":"x"}'

  test.each([
    ['minimal', 201, '', undefined],
    ['headers-only', 201, '', undefined],
    ['representation', 201, '[]', 'application/json; charset=utf-8'],
  ])('POST with return=%s', (returned, status, text, type) => {
    const response = answer('POST /films', {
      body,
      headers: { prefer: `return=${returned}` },
      result: { location: '[["id","eq.a b/c"],["title","is.null"]]' },
    })
    expect([response.status, textOf(response)]).toEqual([status, text])
    expect(headersOf(response)).toMatchObject({
      Location: '/films?id=eq.a+b%2Fc&title=is.null',
      'Content-Range': '*/*',
      'Preference-Applied': `return=${returned}`,
    })
    expect(headersOf(response)['Content-Type']).toBe(type)
  })

  test.each([
    [0, 200],
    [2, 201],
  ])('POST of %i rows to a table where nothing can be merged is %i', (pageTotal, status) => {
    const headers = { prefer: 'resolution=merge-duplicates' }
    expect(answer('POST /films', { body, headers, result: { inserted: null, pageTotal } }).status).toBe(
      status,
    )
  })

  test.each([
    ['merge-duplicates', 0, 200],
    ['merge-duplicates', 1, 201],
    ['ignore-duplicates', 0, 201],
  ])('POST with resolution=%s that inserted %i rows is %i', (resolution, inserted, status) => {
    const response = answer('POST /films', {
      body,
      headers: { prefer: `missing=default,resolution=${resolution}` },
      result: { inserted },
    })
    expect(response.status).toBe(status)
    expect(headersOf(response)['Preference-Applied']).toBe(`resolution=${resolution}, missing=default`)
  })

  test('a resolution without a key is not honoured', () => {
    const response = answer('POST /log', {
      body: '{"line":"x"}',
      headers: { prefer: 'resolution=merge-duplicates' },
    })
    expect(headersOf(response)['Preference-Applied']).toBeUndefined()
  })

  test.each([
    ['PATCH /films?id=eq.1', '', 204, '0-1/*'],
    ['PATCH /films?id=eq.1', 'return=representation,count=exact', 200, '0-1/2'],
    ['DELETE /films?id=eq.1', '', 204, '*/*'],
    ['DELETE /films?id=eq.1', 'return=representation,count=estimated', 200, '*/2'],
  ])('%s with %j', (call, prefer, status, range) => {
    const response = answer(call, { body: '{"title":"x"}', headers: prefer === '' ? {} : { prefer } })
    expect([response.status, headersOf(response)['Content-Range']]).toEqual([status, range])
    expect(textOf(response)).toBe(status === 204 ? null : '[]')
    expect('Content-Type' in headersOf(response)).toBe(status === 200)
  })

  test.each([
    ['', 1, 204],
    ['return=representation', 1, 201],
    ['return=representation', 0, 200],
  ])('PUT with %j that inserted %i is %i', (prefer, inserted, status) => {
    const response = answer('PUT /films?id=eq.1', {
      body,
      headers: prefer === '' ? {} : { prefer },
      result: { inserted, pageTotal: 1 },
    })
    expect(response.status).toBe(status)
  })

  test('preferences are echoed in one order, and max-affected only when it is strict', () => {
    const ask = (prefer: string) =>
      headersOf(answer('DELETE /films?id=eq.1', { headers: { prefer } }))['Preference-Applied']
    expect(ask('max-affected=3,timezone=utc,handling=strict,tx=rollback,count=exact,return=minimal')).toBe(
      'return=minimal, count=exact, tx=rollback, handling=strict, timezone=utc, max-affected=3',
    )
    expect(ask('max-affected=3,handling=lenient')).toBe('handling=lenient')
    expect(
      headersOf(
        answer('DELETE /films?id=eq.1', { headers: { prefer: 'tx=rollback' }, config: { txEnd: 'commit' } }),
      )['Preference-Applied'],
    ).toBeUndefined()
  })
})

describe('calling', () => {
  test('gives the result; nothing for void and HEAD', () => {
    const response = answer('GET /rpc/add?a=1&b=2', { result: { pageTotal: 1 } })
    expect([response.status, headersOf(response)['Content-Range'], textOf(response)]).toEqual([
      200,
      '0-0/*',
      '[]',
    ])
    expect('Content-Location' in headersOf(response)).toBe(false)
    expect(textOf(answer('HEAD /rpc/numbers'))).toBeNull()
    const touched = answer('POST /rpc/touch', { result: { pageTotal: 1 } })
    expect([touched.status, textOf(touched)]).toEqual([204, null])
    expect('Content-Type' in headersOf(touched)).toBe(false)
  })

  test('a page behind the last row is out of range', () => {
    const response = answer('GET /rpc/numbers?offset=9', {
      headers: { prefer: 'count=exact' },
      result: { total: 4, pageTotal: 0 },
    })
    expect([response.status, headersOf(response)['Content-Range']]).toEqual([416, '*/4'])
  })
})

describe('what the database wishes', () => {
  test('replaces the status, and headers of the same name whatever their case', () => {
    const response = answer('GET /films', {
      result: {
        status: '299',
        headers: '[{"vary":"Accept"},{"Set-Cookie":"a=1"},{"Set-Cookie":"b=2"},{"content-type":"text/x"}]',
      },
    })
    expect(response.status).toBe(299)
    expect(response.headers).toEqual([
      ['Content-Range', '0-1/*'],
      ['Content-Location', '/films'],
      ['vary', 'Accept'],
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
      ['content-type', 'text/x'],
    ])
  })

  test('a status without a body has none', () => {
    expect(textOf(answer('GET /films', { result: { status: '204' } }))).toBeNull()
  })

  test.each([
    '{}',
    '[1]',
    '[{"a":1}]',
    '[{"a":"x","b":"y"}]',
    '[{}]',
    'x',
    '[{"a b":"x"}]',
    '[{"a\\n":"x"}]',
  ])('headers of another shape are an error: %s', (headers) => {
    expect(() => answer('GET /films', { result: { headers } })).toThrow(
      expect.objectContaining({ code: 'PGRST111', status: 500 }),
    )
  })

  test.each(['x', '-1', '99', '101', '1000'])('a status that is none is an error: %s', (status) => {
    expect(() => answer('GET /films', { result: { status } })).toThrow(
      expect.objectContaining({ code: 'PGRST112', status: 500 }),
    )
  })
})

test('a plan is given as it is, with its own media type', () => {
  const response = answer('GET /films', {
    headers: { accept: 'application/vnd.pgrst.plan+json; options=analyze|verbose', prefer: 'count=exact' },
  })
  expect([response.status, headersOf(response)['Content-Type'], textOf(response)]).toEqual([
    200,
    'application/vnd.pgrst.plan+json; for="application/json"; options=analyze|verbose; charset=utf-8',
    '[]',
  ])
})

test.each([
  ['/films', 'OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE'],
  ['/log', 'OPTIONS,GET,HEAD,POST'],
  ['/rpc/numbers', 'OPTIONS,GET,HEAD,POST'],
  ['/rpc/touch', 'OPTIONS,POST'],
  ['/', 'OPTIONS,GET,HEAD'],
])('OPTIONS %s allows %s', (path, allow) => {
  const response = answer(`OPTIONS ${path}`)
  expect([response.status, textOf(response)]).toEqual([200, ''])
  expect(headersOf(response)).toMatchObject({ Allow: allow, 'Access-Control-Allow-Origin': '*' })
})

test('stages are timed in milliseconds', () => {
  expect(
    serverTiming([
      ['jwt', 0.04],
      ['parse', 12],
    ]),
  ).toEqual(['Server-Timing', 'jwt;dur=0.0, parse;dur=12.0'])
})
