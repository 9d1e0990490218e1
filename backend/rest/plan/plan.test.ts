import { describe, expect, test } from 'vitest'
import { filmsCache } from '#testing/rest-films.ts'
import {
  sampleCache,
  sampleColumn,
  sampleConfig,
  sampleIdentity,
  sampleRequest,
  sampleRoutine,
  sampleTable,
} from '#testing/rest-sample.ts'
import type { RestConfig, SchemaCache } from '../types.ts'
import { plan } from './index.ts'

const film = sampleTable('film', [
  'id integer',
  sampleColumn('title text', { default: "''::text" }),
  sampleColumn('colour public.colour', { default: "'red'::public.colour" }),
])
const rental = sampleTable('rental', ['film_id integer', 'customer_id integer', 'day date'], {
  primaryKey: ['film_id', 'customer_id'],
})
const log = sampleTable('log', ['line text'])
const cache = sampleCache(
  [film, rental, log],
  [
    sampleRoutine('bump', ['id integer'], {
      returns: { kind: 'composite', type: { schema: 'api', name: 'film' }, isAlias: false, isSetOf: true },
      isolation: 'serializable',
      settings: [
        ['statement_timeout', '1s'],
        ['work_mem', '1GB'],
      ],
    }),
    sampleRoutine('peek', [], { volatility: 'stable' }),
    sampleRoutine('quiet', [], { returns: { kind: 'void', isSetOf: false } }),
    sampleRoutine('root', [], { returns: { kind: 'scalar', type: 'json', isSetOf: false } }),
  ],
  {
    representations: new Map([
      [
        'json public.colour',
        { source: 'json', target: 'public.colour', function: { schema: 'public', name: 'colour_from_json' } },
      ],
    ]),
    roleSettings: new Map([
      ['web', { isolation: 'repeatable read', settings: [['statement_timeout', '5s']] }],
    ]),
  },
)

function planned(
  method: string,
  url: string,
  options: {
    readonly prefer?: string
    readonly accept?: string
    readonly body?: string
    readonly config?: Partial<RestConfig>
    readonly cache?: SchemaCache
  } = {},
) {
  const config = sampleConfig(options.config)
  const headers = {
    ...(options.prefer === undefined ? {} : { prefer: options.prefer }),
    ...(options.accept === undefined ? {} : { accept: options.accept }),
  }
  const request = sampleRequest(method, url, {
    headers,
    config,
    ...(options.body === undefined ? {} : { body: options.body }),
  })
  return plan(request, { cache: options.cache ?? cache, config, identity: sampleIdentity })
}

describe('inserts', () => {
  test('the payload has the types of its columns', () => {
    expect(planned('POST', '/film', { body: '{"id":1,"title":"a"}' })).toMatchObject({
      kind: 'mutate',
      mutation: 'create',
      returned: 'minimal',
      mutate: {
        kind: 'insert',
        rows: {
          json: '{"id":1,"title":"a"}',
          isArray: false,
          columns: [
            { name: 'id', type: 'integer', parser: null, default: null },
            { name: 'title', type: 'text', parser: null, default: null },
          ],
        },
        conflict: null,
        returning: [],
        locationKey: [],
      },
      response: { handler: { kind: 'none' } },
      transaction: { isReadOnly: false },
    })
  })

  test('a domain with a cast from json is read as json', () => {
    expect(
      planned('POST', '/film', { body: '[{"colour":"#fff"}]', prefer: 'missing=default' }),
    ).toMatchObject({
      mutate: {
        rows: {
          isArray: true,
          columns: [
            {
              name: 'colour',
              type: 'json',
              parser: { schema: 'public', name: 'colour_from_json' },
              default: { expression: "'red'::public.colour", type: 'public.colour' },
            },
          ],
        },
      },
    })
  })

  test('only the columns of columns= are written, and must be there', () => {
    expect(planned('POST', '/film?columns=id', { body: '{"id":1,"junk":2}' })).toMatchObject({
      mutate: { rows: { columns: [{ name: 'id' }] } },
    })
    expect(() => planned('POST', '/film', { body: '{"titel":"a"}' })).toThrow(
      expect.objectContaining({
        code: 'PGRST204',
        message: "Could not find the 'titel' column of 'film' in the schema cache",
      }),
    )
  })

  test.each([
    ['resolution=merge-duplicates', '', ['film_id', 'customer_id']],
    ['resolution=ignore-duplicates', '?on_conflict=day', ['day']],
  ])('%s%s', (prefer, query, columns) => {
    expect(planned('POST', `/rental${query}`, { body: '{"film_id":1}', prefer })).toMatchObject({
      mutate: { conflict: { resolution: prefer.replace('resolution=', ''), columns } },
    })
  })

  test('without a key there can be no conflict', () => {
    expect(
      planned('POST', '/log', { body: '{"line":"a"}', prefer: 'resolution=merge-duplicates' }),
    ).toMatchObject({ mutate: { conflict: null } })
  })

  test('headers-only wants what is selected and the key for Location, representation what is selected', () => {
    expect(planned('POST', '/film', { body: '{}', prefer: 'return=headers-only' })).toMatchObject({
      mutate: { returning: ['*'], locationKey: ['id'] },
      response: { handler: { kind: 'none' } },
    })
    expect(
      planned('POST', '/film?select=title', { body: '{}', prefer: 'return=headers-only' }),
    ).toMatchObject({ mutate: { returning: ['id', 'title'] } })
    expect(
      planned('POST', '/film?select=title', { body: '{}', prefer: 'return=representation' }),
    ).toMatchObject({
      mutate: { returning: ['title'], locationKey: [] },
      response: { handler: { kind: 'json-array' } },
    })
  })
})

describe('PUT', () => {
  test('writes the row that it names by its key', () => {
    expect(
      planned('PUT', '/rental?film_id=eq.1&customer_id=eq.2', { body: '{"film_id":1,"customer_id":2}' }),
    ).toMatchObject({
      mutation: 'upsert-one',
      mutate: {
        kind: 'insert',
        conflict: { resolution: 'merge-duplicates', columns: ['film_id', 'customer_id'] },
        where: [{ kind: 'filter' }, { kind: 'filter' }],
      },
      transaction: { require: { kind: 'put-one-row' } },
    })
  })

  test.each([
    '/rental?film_id=eq.1',
    '/rental?film_id=eq.1&customer_id=gt.2',
    '/rental?film_id=eq.1&customer_id=not.eq.2',
    '/rental?film_id=eq.1&customer_id=eq(any).{2}',
    '/rental?film_id=eq.1&customer_id=eq.2&day=eq.today',
    '/rental?film_id=eq.1&customer_id=eq.2&or=(day.is.null,day.eq.today)',
    '/rental',
    '/log?line=eq.a',
  ])('%s does not name one', (url) => {
    expect(() => planned('PUT', url, { body: '{"film_id":1}' })).toThrow(
      expect.objectContaining({ code: 'PGRST105', status: 405 }),
    )
  })
})

test.each(['awards.or=(id.eq.1,id.eq.2)', 'awards.id=eq.1'])(
  'a PUT names its row by its key and nothing else, not even of embeds: %s',
  (parameter) => {
    const url = `/films?id=eq.1&select=*,awards(*)&${parameter}`
    const request = sampleRequest('PUT', url, { body: '{"id":1}', config: sampleConfig() })
    expect(() =>
      plan(request, { cache: filmsCache(), config: sampleConfig(), identity: sampleIdentity }),
    ).toThrow(expect.objectContaining({ code: 'PGRST105', status: 405 }))
  },
)

describe('updates and deletes', () => {
  test('without a key nothing is updated', () => {
    for (const body of ['{}', '[]', '[{}]'])
      expect(planned('PATCH', '/film?id=eq.1', { body })).toMatchObject({
        mutate: { kind: 'update', rows: null },
      })
  })

  test('filters choose the rows, not what is given back of them', () => {
    expect(planned('DELETE', '/film?id=eq.1&or=(title.eq.a,title.eq.b)')).toMatchObject({
      mutate: { kind: 'delete', where: [{ kind: 'filter' }, { kind: 'or' }] },
      read: { root: { where: [] } },
    })
  })

  test('unknown preferences are refused when they must be honoured, but not before unknown names', () => {
    const strict = { prefer: 'handling=strict, x, y=z', body: '{}' }
    const refused = expect.objectContaining({
      code: 'PGRST122',
      status: 400,
      details: 'Invalid preferences: x, y=z',
    })
    for (const [method, url] of [
      ['GET', '/film'],
      ['PATCH', '/film'],
      ['POST', '/rpc/quiet'],
    ] as const) {
      expect(() => planned(method, url, strict)).toThrow(refused)
      expect(() => planned(method, `${url}x`, strict)).toThrow(expect.objectContaining({ status: 404 }))
      expect(planned(method, url, { ...strict, prefer: 'x' }).kind).not.toBe('info')
    }
  })

  test('max-affected counts when preferences must be honoured', () => {
    const strict = { prefer: 'handling=strict, max-affected=3' }
    expect(planned('DELETE', '/film', strict)).toMatchObject({
      transaction: { require: { kind: 'max-affected', rows: 3 } },
    })
    expect(planned('DELETE', '/film', { prefer: 'max-affected=3' })).toMatchObject({
      transaction: { require: null },
    })
    expect(planned('POST', '/film', { ...strict, body: '{}' })).toMatchObject({
      transaction: { require: null },
    })
  })

  test('one object wants one row, whatever is given back', () => {
    expect(
      planned('PATCH', '/film', { body: '{"id":1}', accept: 'application/vnd.pgrst.object+json' }),
    ).toMatchObject({
      response: { isSingular: true, handler: { kind: 'none' } },
      transaction: { require: { kind: 'single-row', maxAffected: null } },
    })
  })

  test('one object may not be more than max-affected either', () => {
    const headers = {
      accept: 'application/vnd.pgrst.object+json',
      prefer: 'handling=strict, max-affected=0',
    }
    expect(planned('DELETE', '/film?id=eq.1', headers)).toMatchObject({
      transaction: { require: { kind: 'single-row', maxAffected: 0 } },
    })
  })
})

describe('calls', () => {
  test('hoisted settings and the isolation of the function hold for the transaction', () => {
    expect(planned('POST', '/rpc/bump', { body: '{"id":1}' })).toMatchObject({
      kind: 'call',
      transaction: {
        isReadOnly: false,
        isolation: 'serializable',
        settings: [['statement_timeout', '1s']],
      },
    })
  })

  test.each([
    ['GET', '/rpc/bump?id=1', true],
    ['HEAD', '/rpc/bump?id=1', true],
    ['POST', '/rpc/bump', false],
    ['POST', '/rpc/peek', true],
  ])('%s %s is read only: %s', (method, url, isReadOnly) => {
    const body = method === 'POST' && url.endsWith('bump') ? '{"id":1}' : ''
    expect(planned(method, url, { body })).toMatchObject({ transaction: { isReadOnly } })
  })

  test('the isolation is the role’s where the function says nothing', () => {
    expect(planned('GET', '/rpc/peek')).toMatchObject({ transaction: { isolation: 'repeatable read' } })
  })

  test('rows of a relation are looked at as that relation', () => {
    expect(planned('POST', '/rpc/bump?select=title', { body: '{"id":1}' })).toMatchObject({
      call: { returning: ['title'] },
      read: { root: { select: [{ field: { name: 'title' } }] } },
    })
  })

  test('max-affected needs rows to count', () => {
    const strict = { prefer: 'handling=strict, max-affected=3' }
    expect(() => planned('POST', '/rpc/quiet', strict)).toThrow(expect.objectContaining({ code: 'PGRST128' }))
    expect(planned('POST', '/rpc/bump', { ...strict, body: '{"id":1}' })).toMatchObject({
      transaction: { require: { kind: 'max-affected', rows: 3 } },
    })
  })

  test.each([
    ['HEAD', '/rpc/peek'],
    ['POST', '/rpc/quiet'],
  ])('%s %s has no body', (method, url) => {
    expect(planned(method, url)).toMatchObject({ response: { handler: { kind: 'none' } } })
  })
})

describe('the transaction', () => {
  test.each([
    ['commit', undefined, 'commit'],
    ['commit', 'tx=rollback', 'commit'],
    ['commit-allow-override', undefined, 'commit'],
    ['commit-allow-override', 'tx=rollback', 'rollback'],
    ['rollback', 'tx=commit', 'rollback'],
    ['rollback-allow-override', undefined, 'rollback'],
    ['rollback-allow-override', 'tx=commit', 'commit'],
  ] as const)('db-tx-end=%s with %s ends by %s', (txEnd, prefer, end) => {
    expect(
      planned('DELETE', '/film', { config: { txEnd }, ...(prefer === undefined ? {} : { prefer }) }),
    ).toMatchObject({ transaction: { end } })
  })

  test('the time zone is the one asked for, where it may be', () => {
    const options = { prefer: 'timezone=Europe/Rome' }
    expect(planned('GET', '/film', options)).toMatchObject({ transaction: { timezone: 'Europe/Rome' } })
    expect(planned('GET', '/film', { ...options, config: { timezoneEnabled: false } })).toMatchObject({
      transaction: { timezone: null },
    })
  })
})

describe('what needs no rows', () => {
  test('the root is a document, or the function of db-root-spec', () => {
    expect(planned('GET', '/')).toMatchObject({ kind: 'inspect', headersOnly: false })
    const config = { rootSpec: { schema: 'api', name: 'root' } }
    expect(planned('HEAD', '/', { config })).toMatchObject({ kind: 'call', invocation: 'head' })
    expect(planned('POST', '/', { config })).toMatchObject({ kind: 'call', invocation: 'post' })
    expect(planned('OPTIONS', '/', { config })).toMatchObject({ kind: 'info', of: { kind: 'routine' } })
    expect(() => planned('PUT', '/', { config })).toThrow(expect.objectContaining({ code: 'PGRST101' }))
  })

  test('OPTIONS tells of a relation, a function or the root', () => {
    expect(planned('OPTIONS', '/film')).toMatchObject({ kind: 'info', of: { kind: 'relation', table: film } })
    expect(planned('OPTIONS', '/rpc/peek')).toMatchObject({ kind: 'info', of: { kind: 'routine' } })
    expect(planned('OPTIONS', '/')).toMatchObject({ kind: 'info', of: { kind: 'schema' } })
  })

  test('a relation that is not there is not found', () => {
    for (const method of ['GET', 'DELETE', 'OPTIONS'])
      expect(() => planned(method, '/films')).toThrow(
        expect.objectContaining({
          code: 'PGRST205',
          status: 404,
          hint: "Perhaps you meant the table 'api.film'",
        }),
      )
  })
})
