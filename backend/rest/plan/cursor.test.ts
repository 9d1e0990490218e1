import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { filmsCache } from '#testing/rest-films.ts'
import { sampleCache, sampleConfig, sampleRequest, sampleTable } from '#testing/rest-sample.ts'
import { encodeCursor, isCursor, parseCursor } from '../parse/cursor.ts'
import { nextPageHeaders } from '../respond/cursor.ts'
import { toTransaction } from '../sql/index.ts'
import type { SchemaCache } from '../types.ts'
import { cursorAfter } from './cursor.ts'
import { plan } from './index.ts'
import { planRead } from './read.ts'

const films = filmsCache()
const config = sampleConfig()
const CURSOR = { prefer: 'pagination=cursor' }

function planOf(url: string, headers: Readonly<Record<string, string>> = CURSOR, cache: SchemaCache = films) {
  const request = sampleRequest('GET', url, { headers, config })
  const name = { schema: 'api', name: url.slice(1).split('?')[0] ?? '' }
  return planRead({ request, cache, config, target: { kind: 'relation', name } })
}

function cursorOf(url: string, key: readonly (string | null)[]): string {
  const { cursor } = planOf(url)
  if (cursor === null) throw new Error('It has no cursor.')
  return cursorAfter(cursor, JSON.stringify(key))
}

// REST-C1
describe('a page by cursor', () => {
  test('is asked for by a preference or by a cursor', () => {
    const cursor = cursorOf('/people?order=name', ['Lang', '1'])
    expect(planOf('/people?order=name', {}).cursor).toBeNull()
    expect(planOf('/people?order=name').cursor?.after).toBeNull()
    expect(planOf(`/people?order=name&cursor=${cursor}`, {}).cursor?.after).toEqual(['Lang', '1'])
  })

  test('is for reads of relations: elsewhere `cursor` is a filter or an argument', () => {
    const read = (method: string, url: string) =>
      sampleRequest(method, url, { headers: CURSOR, config, body: method === 'GET' ? '' : '{}' })
    const cursor = cursorOf('/people', ['1'])
    expect(read('GET', `/rpc/f?cursor=${cursor}`)).toMatchObject({
      cursor: null,
      parameters: { arguments: [['cursor', cursor]] },
    })
    expect(read('GET', '/people?cursor=eq.1').parameters.filters).toHaveLength(1)
    expect(() => read('PATCH', `/people?cursor=${cursor}`)).toThrow(
      expect.objectContaining({ code: 'PGRST100' }),
    )
    expect(read('POST', '/people').cursor).toBeNull()
  })
})

// REST-C2
describe('headers of a page', () => {
  const { cursor } = planOf('/people?order=name')
  test('the next page is linked to with the parameters of this one', () => {
    const old = cursorOf('/people?order=name', ['A', '0'])
    const headers = nextPageHeaders(cursor, '["Lang", "1"]', `cursor=${old}&limit=2&order=name`)
    const next = cursorOf('/people?order=name', ['Lang', '1'])
    expect(headers).toEqual([
      ['Link', `<?limit=2&order=name&cursor=${next}>; rel="next"`],
      ['Next-Cursor', next],
    ])
    expect(nextPageHeaders(cursor, '["Lang", "1"]', '')[0]?.[1]).toBe(`<?cursor=${next}>; rel="next"`)
  })

  test('a filter on a column called cursor stays in the link', () => {
    expect(nextPageHeaders(cursor, '["a", "1"]', 'cursor=eq.1')[0]?.[1]).toMatch(
      /^<\?cursor=eq\.1&cursor=after\./,
    )
  })

  test('the last page has none, nor has a page by range', () => {
    expect(nextPageHeaders(cursor, null, 'limit=2')).toEqual([])
    expect(nextPageHeaders(null, '["a"]', 'limit=2')).toEqual([])
  })
})

// REST-C3
describe('the order of pages', () => {
  test.each([
    ['/people', ['id']],
    ['/people?order=name', ['name', 'id']],
    ['/people?order=id.desc,name', ['id', 'name']],
    ['/showings?order=seats,cinema_id.desc', ['seats', 'cinema_id', 'film_id']],
    ['/films?order=details->id', ['details', 'id']],
  ])('%s is by %j', (url, names) => {
    expect(planOf(url).root.order.map(({ field }) => field.name)).toEqual(names)
  })

  test('a relation without a primary key is refused', () => {
    const cache = sampleCache([sampleTable('log', ['at timestamp'])])
    expect(() => planOf('/log', CURSOR, cache)).toThrow(
      expect.objectContaining({ code: 'NDB101', status: 400 }),
    )
  })
})

// REST-C5
describe('a cursor', () => {
  test('fits its order and relation only', () => {
    const cursor = cursorOf('/people?order=name', ['Lang', '1'])
    for (const url of [
      '/people?order=name.desc',
      '/people?order=born',
      '/people',
      '/awards?order=name',
      '/people?order=name->a',
    ]) {
      const separator = url.includes('?') ? '&' : '?'
      expect(() => planOf(`${url}${separator}cursor=${cursor}`)).toThrow(
        expect.objectContaining({ code: 'NDB100', status: 400 }),
      )
    }
  })

  test('that was changed in any letter is refused', () => {
    const cursor = cursorOf('/people?order=name', ['Lang', '1'])
    for (let at = 'after.'.length; at < cursor.length; at += 1) {
      const other = cursor[at] === 'A' ? 'B' : 'A'
      const changed = cursor.slice(0, at) + other + cursor.slice(at + 1)
      // The last letter may hold bits that mean nothing.
      if (at < cursor.length - 1 || parseable(changed) !== parseable(cursor)) {
        expect(() => planOf(`/people?order=name&cursor=${changed}`)).toThrow(
          expect.objectContaining({ code: 'NDB100' }),
        )
      }
    }
    expect(() => planOf(`/people?order=name&cursor=${cursor.slice(0, -3)}`)).toThrow(
      expect.objectContaining({ code: 'NDB100' }),
    )
  })

  test.each([
    'after.',
    'after.%',
    'after.e30',
    'after.bnVsbA',
    'after.WzFd',
    'after.WyJhIiwxXQ',
    'after._w',
    'after.\u00fc',
  ])('%s is none', (text) => {
    expect(() => parseCursor(text)).toThrow(expect.objectContaining({ code: 'NDB100' }))
  })

  test('holds any text that Postgres prints', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.option(fc.string({ unit: 'grapheme' }))), (check, values) => {
        const text = encodeCursor({ check, values })
        expect(text).toMatch(/^after\.[\w-]*$/)
        expect(isCursor('cursor', text)).toBe(true)
        expect(parseCursor(text)).toEqual({ check, values })
      }),
    )
  })
})

function parseable(cursor: string): string | null {
  try {
    return JSON.stringify(parseCursor(cursor))
  } catch {
    return null
  }
}

// REST-C6
test.each([
  ['/people?offset=1', 'an offset'],
  ['/people?select=count()', 'aggregates'],
  ['/awards?select=...films(id.max())', 'aggregates'],
])('%s cannot be paged by cursor', (url, what) => {
  expect(() => planOf(url)).toThrow(
    expect.objectContaining({ code: 'NDB102', message: `Cursor pagination cannot be combined with ${what}` }),
  )
})

// REST-C4
describe('SQL', () => {
  function sqlOf(url: string, key: readonly (string | null)[] | null): readonly string[] {
    const cursor = key === null ? '' : `&cursor=${cursorOf(url, key)}`
    const request = sampleRequest('GET', `${url}${cursor}`, { headers: CURSOR, config })
    const identity = { role: 'web', claims: '{}', isAnonymous: true }
    const planned = plan(request, { cache: films, config, identity })
    if (planned.kind !== 'read') throw new Error('It is a read.')
    const { main } = toTransaction(planned, { request, cache: films, config, identity })
    return [main?.text.replaceAll('"', '') ?? '', ...(main?.values ?? []).map(String)]
  }

  test('a page keeps its rows and their keys apart', () => {
    expect(sqlOf('/people?select=id,name,again:id&limit=2', null)).toEqual([
      "with nebuladb_cursor_page(1, 2, 3, key) as (select api.people.id, api.people.name, api.people.id as again, json_build_array(cast(api.people.id as text))::text from api.people order by api.people.id limit $1) select null::bigint as total, count(*) as page_total, null::bigint as inserted, (select key from nebuladb_cursor_page offset $2) as location, nullif(current_setting('response.headers', true), '') as headers, nullif(current_setting('response.status', true), '') as status, coalesce(json_agg(nebuladb_rows), '[]') as body from (select 1 as id, 2 as name, 3 as again from nebuladb_cursor_page) as nebuladb_rows",
      '2',
      '1',
    ])
  })

  test('without a limit there is no next page', () => {
    expect(sqlOf('/people?select=id', ['3'])[0]).not.toContain('nebuladb_cursor_page')
  })

  test.each([
    ['/showings?order=film_id', ['1', '2'], '(api.showings.film_id, api.showings.cinema_id) > ($1, $2)'],
    [
      '/showings?order=film_id.desc,cinema_id.desc',
      ['1', '2'],
      '(api.showings.film_id, api.showings.cinema_id) < ($1, $2)',
    ],
    ['/people?select=id', ['1'], 'api.people.id > $1'],
    [
      '/showings?order=film_id.desc',
      ['1', '2'],
      '(api.showings.film_id < $1 or (api.showings.film_id = $2 and (api.showings.cinema_id > $3)))',
    ],
    [
      '/films?select=id&order=year',
      ['1927', '1'],
      '(api.films.year > $1 or api.films.year is null or (api.films.year = $2 and (api.films.id > $3)))',
    ],
    ['/films?select=id&order=year', [null, '4'], '((api.films.year is null and (api.films.id > $1)))'],
    [
      '/films?select=id&order=year.desc',
      ['1927', '1'],
      '(api.films.year < $1 or (api.films.year = $2 and (api.films.id > $3)))',
    ],
    [
      '/films?select=id&order=year.nullsfirst',
      [null, '4'],
      '(api.films.year is not null or (api.films.year is null and (api.films.id > $1)))',
    ],
  ])('%s after %j', (url, key, condition) => {
    expect(sqlOf(url, key)[0]).toContain(` where ${condition} order by`)
  })
})
