import { describe, expect, test } from 'vitest'
import { filmsCache } from '#testing/rest-films.ts'
import { sampleConfig, sampleRequest } from '#testing/rest-sample.ts'
import { cursorAfter } from '../plan/cursor.ts'
import { planRead } from '../plan/read.ts'
import { nextPageHeaders } from './cursor.ts'

const config = sampleConfig()
const { cursor } = planRead({
  request: sampleRequest('GET', '/people?order=name', { headers: { prefer: 'pagination=cursor' }, config }),
  cache: filmsCache(),
  config,
  target: { kind: 'relation', name: { schema: 'api', name: 'people' } },
})

function cursorOf(key: string): string {
  if (cursor === null) throw new Error('It has no cursor.')
  return cursorAfter(cursor, key)
}

// REST-C2
describe('headers of a page', () => {
  test('the next page is linked to with the parameters of this one', () => {
    const old = cursorOf('["A", "0"]')
    const headers = nextPageHeaders(cursor, '["Lang", "1"]', `cursor=${old}&limit=2&order=name`)
    const next = cursorOf('["Lang", "1"]')
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
