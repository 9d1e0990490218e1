import { describe, expect, it } from 'vitest'
import { rowAnswerer } from './rows.ts'
import type { MockRequest } from './types.ts'

const COLUMNS = [
  { name: 'id', type: 'integer' },
  { name: 'title', type: 'text' },
  { name: 'rate', type: 'numeric(4,2)' },
  { name: 'is_new', type: 'boolean' },
  { name: 'seen_at', type: 'timestamp with time zone' },
  { name: 'data', type: 'jsonb' },
  { name: 'size', type: 'bigint' },
]

const ROWS = [
  {
    ...{ id: 1, title: 'Academy Dinosaur', rate: 0.99, is_new: true, seen_at: '2026-01-01T00:00:00+00:00' },
    ...{ data: { tags: ['a', 'b'], n: 1 }, size: 9_007_199_254_740_993n },
  },
  {
    ...{ id: 2, title: 'Ace 100%', rate: '10.5', is_new: false, seen_at: '2026-01-01T01:00:00+02:00' },
    ...{ data: { tags: [] }, size: 9_007_199_254_740_992n },
  },
  { id: 3, title: 'adaptation', rate: null, is_new: null, seen_at: null, data: null, size: 5 },
]

function films() {
  const answerer = rowAnswerer([
    { name: 'film', columns: COLUMNS, primaryKey: ['id'], rows: ROWS },
    {
      name: 'tag',
      columns: [
        { name: 'key', type: 'text' },
        { name: 'film', type: 'integer' },
      ],
      primaryKey: ['key', 'film'],
      rows: [],
    },
    { name: 'seen', columns: [{ name: 'n', type: 'integer' }], primaryKey: [], rows: [{ n: 1 }, { n: 1 }] },
  ])
  return (method: string, target: string, fields: Partial<MockRequest> = {}) => {
    const [path = '', query = ''] = target.split('?')
    const answer = answerer.answer({ method, path, query, headers: {}, body: '', ...fields })
    const headers = new Headers(answer.headers.map(([name, value]): [string, string] => [name, value]))
    const body = typeof answer.body === 'string' ? answer.body : ''
    return { status: answer.status, headers, text: body, json: body === '' ? null : read(body) }
  }
}

function read(text: string): unknown {
  return JSON.parse(text)
}

const body = (value: unknown) => ({ body: JSON.stringify(value) })
const representation = { headers: { prefer: 'return=representation' } }

describe('rows are read', () => {
  it.each([
    ['', [1, 2, 3]],
    ['id=eq.2', [2]],
    ['id=neq.2', [1, 3]],
    ['id=gt.1&id=lte.3', [2, 3]],
    ['id=gte.2', [2, 3]],
    ['id=lt.2', [1]],
    ['id=in.(1,3)', [1, 3]],
    ['title=in.("Ace 100%25",adaptation)', [2, 3]],
    ['id=not.in.(1,3)', [2]],
    ['title=like.A*', [1, 2]],
    ['title=ilike.a%25', [1, 2, 3]],
    ['title=like.*e_y*', [1]],
    ['title=like.*100\\%25', [2]],
    ['title=not.ilike.*a', [1, 2, 3]],
    ['rate=gt.2', [2]],
    ['rate=lt.2', [1]],
    ['rate=not.lt.2', [2]],
    ['rate=is.null', [3]],
    ['rate=not.is.null', [1, 2]],
    ['is_new=is.true', [1]],
    ['is_new=eq.f', [2]],
    ['is_new=is.unknown', [3]],
    ['is_new=isdistinct.true', [2, 3]],
    ['seen_at=lt.2026-01-01', [2]],
    ['seen_at=eq.2025-12-31T23:00:00Z', [2]],
    ['size=eq.9007199254740993', [1]],
    ['size=gt.9007199254740992', [1]],
    ['data->>n=eq.1', [1]],
    ['data->tags->>0=eq.a', [1]],
    ['or=(id.eq.1,title.eq.adaptation)', [1, 3]],
    ['not.or=(id.eq.1,title.eq.adaptation)', [2]],
    ['and=(id.gt.1,or(rate.is.null,rate.gt.100))', [3]],
    ['order=id.desc', [3, 2, 1]],
    ['order=rate.desc', [3, 2, 1]],
    ['order=rate', [1, 2, 3]],
    ['order=rate.nullsfirst', [3, 1, 2]],
    ['order=seen_at,id', [2, 1, 3]],
    ['order=size.desc', [1, 2, 3]],
    ['limit=1&offset=1', [2]],
    ['offset=2', [3]],
    ['limit=0', []],
  ])('by %s', (query, ids) => {
    const { status, json } = films()('GET', `/film?select=id&${query}`)
    expect(status).toBe(200)
    expect(json).toEqual(ids.map((id) => ({ id })))
  })

  it('with the columns that were asked for, and large integers exact', () => {
    const ask = films()
    expect(ask('GET', '/film?id=eq.1&select=name:title,first:data->tags->>0,data->n,size').text).toBe(
      '[{"name":"Academy Dinosaur","first":"a","n":1,"size":9007199254740993}]',
    )
    expect(Object.keys(ROWS[0] ?? {})).toEqual(COLUMNS.map(({ name }) => name))
    expect(ask('GET', '/film?id=eq.3').json).toEqual([{ ...ROWS[2] }])
  })

  it('below the path of a project too', () => {
    for (const path of ['/rest/v1/film', '/ref/rest/v1/film', '/film/'])
      expect(films()('GET', path).json, path).toHaveLength(3)
  })

  it.each<[string, Record<string, string>, number, string]>([
    ['', {}, 200, '0-2/*'],
    ['', { prefer: 'count=exact' }, 200, '0-2/3'],
    ['limit=2', { prefer: 'count=exact' }, 206, '0-1/3'],
    ['limit=2', {}, 200, '0-1/*'],
    ['', { range: '1-1' }, 200, '1-1/*'],
    ['limit=1', { range: '1-2' }, 200, '*/*'],
    ['', { range: '0-1', prefer: 'count=exact' }, 206, '0-1/3'],
    ['id=eq.9', { prefer: 'count=exact' }, 200, '*/0'],
    ['offset=7', {}, 200, '*/*'],
    ['offset=7', { prefer: 'count=exact' }, 416, '*/3'],
  ])('in ranges: %s %j', (query, headers, status, range) => {
    const answer = films()('GET', `/film?${query}`, { headers })
    expect([answer.status, answer.headers.get('content-range')]).toEqual([status, range])
  })

  it('as one object, when it is one', () => {
    const ask = films()
    const headers = { accept: 'application/vnd.pgrst.object+json' }
    expect(ask('GET', '/film?id=eq.1&select=id', { headers }).json).toEqual({ id: 1 })
    expect(ask('GET', '/film', { headers })).toMatchObject({
      status: 406,
      json: { code: 'PGRST116', details: 'The result contains 3 rows' },
    })
  })
})

describe('what cannot be answered is said as PostgREST says it', () => {
  it.each<[string, string, number, string]>([
    ['GET', '/nothing', 404, 'PGRST205'],
    ['POST', '/rpc/add', 404, 'PGRST202'],
    ['GET', '/film?none=eq.1', 400, '42703'],
    ['GET', '/film?select=none', 400, '42703'],
    ['GET', '/film?order=none', 400, '42703'],
    ['GET', '/film?or=(none.eq.1)', 400, '42703'],
    ['GET', '/film?id=eq.one', 400, '22P02'],
    ['GET', '/film?is_new=eq.maybe', 400, '22P02'],
    ['GET', '/film?id=nope.1', 400, 'PGRST100'],
    ['GET', '/film?limit=-1', 416, 'PGRST103'],
    ['GET', '/film?select=actor(name)', 400, 'MOCK'],
    ['GET', '/film?select=id::text', 400, 'MOCK'],
    ['GET', '/film?title=fts.cat', 400, 'MOCK'],
    ['PUT', '/film?id=eq.1', 405, 'PGRST117'],
  ])('%s %s', (method, target, status, code) => {
    expect(films()(method, target)).toMatchObject({ status, json: { code } })
  })

  it('an answer that is no JSON', () => {
    expect(films()('GET', '/film', { headers: { accept: 'text/csv' } })).toMatchObject({
      status: 406,
      json: { code: 'PGRST107' },
    })
  })
})

describe('rows are written', () => {
  it('inserted, with a key of their own and nulls where nothing was given', () => {
    const ask = films()
    const made = ask('POST', '/film?select=id,title,rate', { ...body({ title: 'New' }), ...representation })
    expect(made).toMatchObject({ status: 201, json: [{ id: 4, title: 'New', rate: null }] })
    expect(made.headers.get('preference-applied')).toBe('return=representation')
    expect(ask('POST', '/film', body([{ title: 'a' }, { title: 'b' }])).text).toBe('')
    expect(ask('GET', '/film?select=id&id=gt.3').json).toEqual([{ id: 4 }, { id: 5 }, { id: 6 }])
    const headers = { prefer: 'return=headers-only' }
    expect(ask('POST', '/film', { ...body({ id: 9 }), headers }).headers.get('location')).toBe(
      '/film?id=eq.9',
    )
    expect(ROWS).toHaveLength(3)
  })

  it.each<[string, unknown, number, string]>([
    ['POST /film', { id: 1 }, 409, '23505'],
    ['POST /film', [{ id: 8 }, { id: 8 }], 409, '23505'],
    ['POST /film', { id: null }, 400, '23502'],
    ['POST /film', { none: 1 }, 400, 'PGRST204'],
    ['POST /film', 'text', 400, 'PGRST102'],
    ['POST /tag', { film: 1 }, 400, '23502'],
    ['PATCH /film?id=eq.1', { id: 2 }, 409, '23505'],
    ['PATCH /film?id=eq.1', { none: 2 }, 400, 'PGRST204'],
  ])('%s %j is refused, and nothing changes', (line, value, status, code) => {
    const ask = films()
    const [method = '', target = ''] = line.split(' ')
    expect(ask(method, target, body(value))).toMatchObject({ status, json: { code } })
    expect(ask('GET', '/film?select=id').json).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }])
  })

  it('a body that is no JSON is refused', () => {
    expect(films()('POST', '/film', { body: '{' }).json).toMatchObject({ code: 'PGRST102' })
    expect(films()('POST', '/film', { body: 'a', headers: { 'content-type': 'text/csv' } }).status).toBe(415)
  })

  it('upserted by their key', () => {
    const ask = films()
    const upsert = (resolution: string) =>
      ask('POST', '/film?select=id,title,rate', {
        ...body([{ id: 1, title: 'Other' }]),
        headers: { prefer: `resolution=${resolution}, return=representation` },
      }).json
    expect(upsert('ignore-duplicates')).toEqual([])
    expect(upsert('merge-duplicates')).toEqual([{ id: 1, title: 'Other', rate: 0.99 }])
  })

  it('changed and deleted where they fit', () => {
    const ask = films()
    expect(ask('PATCH', '/film?id=gt.1', body({ title: 'x' })).status).toBe(204)
    expect(ask('GET', '/film?select=id&title=eq.x').json).toHaveLength(2)
    const gone = ask('DELETE', '/film?id=eq.1&select=id', representation)
    expect(gone).toMatchObject({ status: 200, json: [{ id: 1 }] })
    expect(ask('GET', '/film?id=eq.1').json).toEqual([])
    const one = { headers: { accept: 'application/vnd.pgrst.object+json' } }
    expect(ask('DELETE', '/film?id=eq.77', one).status).toBe(406)
    expect(ask('DELETE', '/seen').status).toBe(204)
    expect(ask('GET', '/seen').json).toEqual([])
  })
})
