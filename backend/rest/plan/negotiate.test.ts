import { describe, expect, test } from 'vitest'
import { sampleCache, sampleConfig, sampleRequest } from '#testing/rest-sample.ts'
import type { CustomHandler } from '../types.ts'
import type { MediaType } from '../parse/api-request.ts'
import { negotiate, negotiateOpenApi } from './negotiate.ts'

const film = { schema: 'api', name: 'film' }

function aggregate(mediaType: string, target: CustomHandler['target']): CustomHandler {
  return { kind: 'aggregate', mediaType, target, function: { schema: 'api', name: `to ${mediaType}` } }
}

function shown({ type, subtype, parameters }: MediaType): string {
  return `${type}/${subtype}${parameters.map(([name, value]) => `;${name}=${value}`).join('')}`
}

function choose(
  accept: string | undefined,
  options: {
    readonly handlers?: readonly CustomHandler[]
    readonly isDefaultSelect?: boolean
    readonly name?: { readonly schema: string; readonly name: string }
    readonly planEnabled?: boolean
  } = {},
) {
  const request = sampleRequest('GET', '/film', accept === undefined ? {} : { headers: { accept } })
  const chosen = negotiate(
    request.accept,
    { name: options.name ?? film, isDefaultSelect: options.isDefaultSelect ?? true },
    {
      cache: sampleCache([], [], { handlers: options.handlers ?? [] }),
      config: sampleConfig({ planEnabled: options.planEnabled ?? true }),
    },
  )
  const { handler, explain, isSingular } = chosen
  const name =
    handler.kind === 'custom'
      ? handler.handler.function.name
      : 'stripNulls' in handler && handler.stripNulls
        ? `${handler.kind} without nulls`
        : handler.kind
  return [shown(chosen.mediaType), name, isSingular, explain?.options ?? null] as const
}

describe('built in', () => {
  test.each([
    [undefined, 'application/json', 'json-array', false],
    ['*/*', 'application/json', 'json-array', false],
    ['application/json', 'application/json', 'json-array', false],
    ['application/vnd.pgrst.array+json', 'application/json', 'json-array', false],
    ['text/csv', 'text/csv', 'csv', false],
    ['application/geo+json', 'application/geo+json', 'geojson', false],
    ['application/vnd.pgrst.object', 'application/vnd.pgrst.object+json', 'json-object', true],
    [
      'application/vnd.pgrst.object+json;nulls=stripped',
      'application/vnd.pgrst.object+json;nulls=stripped',
      'json-object without nulls',
      true,
    ],
    [
      'application/vnd.pgrst.array+json;nulls=stripped',
      'application/vnd.pgrst.array+json;nulls=stripped',
      'json-array without nulls',
      false,
    ],
    ['text/html, application/xml;q=0.9, */*;q=0.8', 'application/json', 'json-array', false],
  ])('%s is answered as %s', (accept, mediaType, handler, isSingular) => {
    expect(choose(accept)).toEqual([mediaType, handler, isSingular, null])
  })

  test('the best by quality is answered', () => {
    expect(choose('application/json;q=0.5, text/csv')[1]).toBe('csv')
  })

  test('what cannot be given is refused', () => {
    for (const accept of ['text/html', 'image/*', 'application/octet-stream'])
      expect(() => choose(accept)).toThrow(
        expect.objectContaining({
          code: 'PGRST107',
          status: 406,
          message: `None of these media types are available: ${accept}`,
        }),
      )
  })
})

describe('the plan', () => {
  test.each([
    ['application/vnd.pgrst.plan', 'application/vnd.pgrst.plan+text;for=application/json', 'json-array', []],
    [
      'application/vnd.pgrst.plan+json; for="text/csv"; options=buffers|analyze|nonsense',
      'application/vnd.pgrst.plan+json;for=text/csv;options=analyze|buffers',
      'csv',
      ['analyze', 'buffers'],
    ],
    [
      'application/vnd.pgrst.plan+text; for="application/vnd.pgrst.object"',
      'application/vnd.pgrst.plan+text;for=application/vnd.pgrst.object+json',
      'json-object',
      [],
    ],
  ])('%s', (accept, mediaType, handler, options) => {
    expect(choose(accept)).toEqual([`${mediaType}`, handler, false, options])
  })

  test('is refused where it is off, and for what cannot be given', () => {
    expect(() => choose('application/vnd.pgrst.plan; options=wal|verbose', { planEnabled: false })).toThrow(
      expect.objectContaining({
        code: 'PGRST107',
        message:
          'None of these media types are available: application/vnd.pgrst.plan+text; for="application/json"; options=verbose|wal',
      }),
    )
    expect(() => choose('application/vnd.pgrst.plan; for="text/html"')).toThrow(
      expect.objectContaining({ code: 'PGRST107' }),
    )
    expect(() => choose('application/vnd.pgrst.plan; for="application/vnd.pgrst.plan"')).toThrow(
      expect.objectContaining({ code: 'PGRST107' }),
    )
  })
})

describe('handlers of the database', () => {
  const handlers = [
    aggregate('text/html', film),
    aggregate('text/html', 'anyelement'),
    aggregate('application/json', { schema: 'api', name: 'actor' }),
    aggregate('text/csv', 'anyelement'),
  ]

  test('a handler of the relation comes before one for any row, and that before ours', () => {
    expect(choose('text/html', { handlers })).toEqual(['text/html', 'to text/html', false, null])
    expect(choose('text/csv', { handlers })[1]).toBe('to text/csv')
    expect(choose('application/json', { handlers })[1]).toBe('json-array')
    expect(choose('application/json', { handlers, name: { schema: 'api', name: 'actor' } })[1]).toBe(
      'to application/json',
    )
  })

  test('a handler of the relation needs all of its columns', () => {
    const own = [aggregate('text/html', film)]
    expect(choose('text/html', { handlers: own })[1]).toBe('to text/html')
    expect(() => choose('text/html', { handlers: own, isDefaultSelect: false })).toThrow(
      expect.objectContaining({ code: 'PGRST107' }),
    )
    expect(choose('text/csv', { handlers, isDefaultSelect: false })[1]).toBe('to text/csv')
  })

  test('a handler for every media type takes them all, and is bytes until it says otherwise', () => {
    const any = [aggregate('*/*', film), aggregate('text/html', film)]
    for (const accept of ['*/*', 'text/html', 'application/json', 'nobody/knows'])
      expect(choose(accept, { handlers: any })).toEqual(['application/octet-stream', 'to */*', false, null])
  })

  test('the media types of ours with parameters cannot be taken over', () => {
    const any = [aggregate('*/*', film)]
    expect(choose('application/vnd.pgrst.object+json', { handlers: any })[1]).toBe('json-object')
  })

  test('a function that returns a media type is its own handler', () => {
    const page: CustomHandler = {
      kind: 'routine',
      mediaType: 'text/html',
      target: 'anyelement',
      function: { schema: 'api', name: 'page' },
    }
    const name = { schema: 'api', name: 'page' }
    expect(choose('text/html', { handlers: [page], name })).toEqual(['text/html', 'page', false, null])
    expect(() => choose('text/html', { handlers: [page] })).toThrow(
      expect.objectContaining({ code: 'PGRST107' }),
    )
  })
})

describe('the root', () => {
  test.each(['*/*', 'application/json', 'application/openapi+json', 'text/html, */*;q=0.1'])(
    '%s is answered as OpenAPI',
    (accept) => {
      const { accept: sorted } = sampleRequest('GET', '/', { headers: { accept } })
      expect(shown(negotiateOpenApi(sorted))).toBe('application/openapi+json')
    },
  )

  test('nothing else is', () => {
    const { accept } = sampleRequest('GET', '/', { headers: { accept: 'text/csv' } })
    expect(() => negotiateOpenApi(accept)).toThrow(expect.objectContaining({ code: 'PGRST107' }))
  })
})
