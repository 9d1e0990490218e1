import { describe, expect, test } from 'vitest'
import { filmsCache } from '#testing/rest-films.ts'
import { sampleConfig, sampleIdentity, sampleRequest } from '#testing/rest-sample.ts'
import { cursorAfter } from '../plan/cursor.ts'
import { plan } from '../plan/index.ts'
import { planRead } from '../plan/read.ts'
import { toTransaction } from './index.ts'

const films = filmsCache()
const config = sampleConfig()
const headers = { prefer: 'pagination=cursor' }

function cursorOf(url: string, key: readonly (string | null)[]): string {
  const name = { schema: 'api', name: url.slice(1).split('?')[0] ?? '' }
  const request = sampleRequest('GET', url, { headers, config })
  const { cursor } = planRead({ request, cache: films, config, target: { kind: 'relation', name } })
  if (cursor === null) throw new Error('It has no cursor.')
  return cursorAfter(cursor, JSON.stringify(key))
}

// REST-C4
describe('SQL', () => {
  function sqlOf(url: string, key: readonly (string | null)[] | null): readonly string[] {
    const cursor = key === null ? '' : `&cursor=${cursorOf(url, key)}`
    const request = sampleRequest('GET', `${url}${cursor}`, { headers, config })
    const planned = plan(request, { cache: films, config, identity: sampleIdentity })
    if (planned.kind !== 'read') throw new Error('It is a read.')
    const { main } = toTransaction(planned, { request, cache: films, config, identity: sampleIdentity })
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
