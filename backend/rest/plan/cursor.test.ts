import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { filmsCache } from '#testing/rest-films.ts'
import { sampleCache, sampleConfig, sampleRequest, sampleTable } from '#testing/rest-sample.ts'
import { encodeCursor, isCursor, parseCursor } from '../parse/cursor.ts'
import type { SchemaCache } from '../types.ts'
import { cursorAfter } from './cursor.ts'
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
