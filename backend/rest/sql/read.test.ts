// The SQL of reads, feature by feature, against the files in golden/: they are read and approved by people (`vitest -u` writes them anew).
import { describe, expect, test } from 'vitest'
import { filmsCache } from '#testing/rest-films.ts'
import { sampleConfig, sampleRequest } from '#testing/rest-sample.ts'
import { planRead } from '../plan/read.ts'
import type { RestConfig } from '../types.ts'
import { matchingRowsSql, readSql } from './read.ts'

const cache = filmsCache()

function planOf(url: string, changes: Partial<RestConfig> = {}) {
  const config = sampleConfig(changes)
  const request = sampleRequest('GET', url, { config })
  const name = url.slice(1).split('?')[0] ?? ''
  return planRead({ request, cache, config, target: { kind: 'relation', name: { schema: 'api', name } } })
}

/** The statements of `urls`, their values below. Names of the sample need no quotes, which are left out. */
function golden(urls: readonly string[], sqlOf: (url: string) => ReturnType<typeof readSql>): string {
  return urls
    .map((url) => {
      const { text, values } = sqlOf(url)
      const lines = [`-- ${url}`, `${text.replaceAll('"', '')};`]
      if (values.length > 0) lines.push(`-- ${values.map((value) => JSON.stringify(value)).join(', ')}`)
      return lines.join('\n')
    })
    .join('\n\n')
    .concat('\n')
}

describe('golden SQL', () => {
  test.each([
    [
      'columns',
      [
        '/people',
        '/people?id=eq.1',
        '/people?select=',
        '/people?select=id,full:name,born::text,name::character varying,id::INTEGER,id::mytype',
        '/films?select=label,title',
        '/films?select=details->by->>studio,tags->0,length:details->length,details->0->by->>-1',
        '/films',
        '/films?select=id,colour:poster,poster::text',
      ],
    ],
    [
      'filters',
      [
        '/films?year=neq.1&id=gt.1&id=gte.1&id=lt.1&id=lte.1',
        '/films?title=like.*a*&title=ilike.M&title=match.^M&title=imatch.m',
        '/films?title=not.like.A*&title=not.in.(a,"b,c","d\\"e\\\\f")',
        '/films?id=in.()&title=in.("")',
        '/films?year=is.null&year=not.is.null&year=is.not_null&label=is.unknown',
        '/films?year=isdistinct.1927&year=not.isdistinct.1',
        '/films?tags=cs.{a}&tags=cd.{a}&tags=ov.{a}&tags=sl.{a}&tags=sr.{a}&tags=nxr.{a}&tags=nxl.{a}&tags=adj.{a}',
        '/films?id=eq(any).{1,2}&title=like(all).{M*,*s}&id=not.gt(any).{1}',
        '/films?plot=fts.city&plot=not.plfts(english).city&summary=phfts.a city&summary=wfts(german).city&label=fts.m',
        '/films?details->by->>studio=eq.UFA&tags->0=eq.1&summary->>x=fts.a',
        '/films?poster=eq.%23ff0000&poster=in.(%23ff0000,%2300ff00)&poster=neq.%230000ff&poster=gt(any).{%23000000}&poster=like.1*',
        '/films?or=(id.eq.1,and(year.gt.1926,not.or(title.eq.M,year.is.null)))&not.and=(id.eq.1,id.eq.2)',
      ],
    ],
    [
      'order and ranges',
      [
        '/films?select=id&order=year.desc.nullslast,title,id.asc.nullsfirst',
        '/films?select=id&order=details->length.desc,tags->0,label',
        '/films?select=id&limit=2&offset=4',
        '/films?select=id&offset=4',
        '/films?select=id&limit=0',
        '/specs?select=camera,films(title)&order=films(title).desc',
        '/specs?select=camera,films()&order=films(year)',
      ],
    ],
    [
      'embeds',
      [
        '/films?select=title,director:people!films_director_fkey(name)',
        '/films?select=title,director_id(name),writer_id(name)',
        '/people?select=name,films!director_id(title)',
        '/films?select=title,specs(*),awards(name)',
        '/films?select=title,cinemas(name)',
        '/films?select=title,awards!inner(name)&awards.name=eq.Oscar',
        '/specs?select=camera,films!inner(title)&films.year=gt.1927',
        '/cinemas?select=name,halls:cinemas(name),parent_id(name)',
        '/films?select=title,sequel(title),peers(title)&peers.order=title',
        '/people?select=name,films!films_director_fkey(title,awards(name,prize))&films.awards.limit=1&films.order=year&films.limit=2&films.offset=1',
        '/people?select=name,films!films_director_fkey!inner(title,awards!inner(name))',
        '/films?select=title,awards()',
        '/films?select=title,awards!inner()',
        '/films?select=title,specs()&specs=is.null',
        '/films?select=title,specs(camera)&specs=not.is.null',
        '/films?select=title,specs(),awards()&or=(specs.not.is.null,awards.is.null)&awards.name=eq.Oscar&awards.offset=1',
        '/cinemas?select=name,films!inner(title)&films.limit=0',
        '/films?select=awards(),specs()',
      ],
    ],
    [
      'spreads',
      [
        '/specs?select=camera,...films(title,released:year)',
        '/specs?select=camera,...films(*)',
        '/specs?select=camera,...films(title,...people!films_director_fkey(director:name))',
        '/films?select=title,...awards(name,prizes:prize)&awards.order=name',
        '/films?select=title,...awards(*)',
        '/people?select=name,...films!films_director_fkey(title,...awards(award:name),...specs(camera),showings(seats))',
        '/films?select=title,...cinemas!inner(cinemas:name)',
        '/films?select=title,...awards()',
        '/films?select=title,...awards!inner()',
      ],
    ],
    [
      'aggregates',
      [
        '/awards?select=prize.sum(),total:prize.avg()::int,prize::text.max(),count()',
        '/awards?select=film_id,prize.sum()',
        '/awards?select=*,count()',
        '/films?select=details->by->>studio,id.count()',
        '/films?select=title,awards(prize.sum())',
        '/awards?select=prize.sum(),films(year)',
        '/films?select=year,count(),awards(name)',
        '/awards?select=prize.sum(),...films(year)',
        '/awards?select=name,...films(year.max(),year.min(),newest:year.max()::text,count())',
        '/awards?select=...films(title,...specs(count()),showings(seats))',
        '/films?select=...awards(name),count()',
      ],
    ],
  ] as const)('%s', async (name, urls) => {
    const text = golden(urls, (url) => readSql(planOf(url)))
    await expect(text).toMatchFileSnapshot(`golden/read-${name.replaceAll(' ', '-')}.sql`)
  })

  test('max-rows caps every level', async () => {
    const urls = [
      '/people',
      '/people?select=id,films!director_id(id,awards(id))&limit=5&films.limit=50&films.awards.limit=0',
    ]
    const text = golden(urls, (url) => readSql(planOf(url, { maxRows: 10 })))
    await expect(text).toMatchFileSnapshot('golden/read-max-rows.sql')
  })

  test('counts look at filters alone', async () => {
    const urls = [
      '/people?limit=1&order=name&offset=2',
      '/films?select=title,specs!inner(camera),awards(name)&year=gt.1920&awards.name=eq.Oscar&limit=1',
      '/films?select=title,specs(camera)&specs=is.null',
    ]
    const text = golden(urls, (url) => matchingRowsSql(planOf(url)))
    await expect(text).toMatchFileSnapshot('golden/read-counts.sql')
  })

  test('rows of a CTE go by the name of their relation', async () => {
    const text = golden(['/films?select=title,director_id(name),sequel(title)&order=year'], (url) => {
      const config = sampleConfig()
      const target = { kind: 'rows', name: { schema: 'api', name: 'films' }, source: 'changed' } as const
      const request = sampleRequest('PATCH', url, { body: '{"year":1}', config })
      return readSql(planRead({ request, cache, config, target }))
    })
    await expect(text).toMatchFileSnapshot('golden/read-rows.sql')
  })
})

test('every name is quoted', () => {
  expect(readSql(planOf('/people?select=id,%22Odd%20name%22&order=%22a%5C%22b%22')).text).toBe(
    'select "api"."people"."id", "api"."people"."Odd name" from "api"."people" order by "api"."people"."a""b"',
  )
})

test('the same shape of request gives the same text, so that its prepared statement is used again', () => {
  const texts = ['/films?id=in.(1,2,3)&title=like.a*&limit=5', '/films?id=in.()&title=like.b&limit=9'].map(
    (url) => readSql(planOf(url)).text,
  )
  expect(texts[0]).toBe(texts[1])
})
