// Reads run on a real Postgres: what the golden SQL gives.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { filmsCache, FILMS_SQL } from '#testing/rest-films.ts'
import { createRestReads, type RestReads } from '#testing/rest-reads.ts'
import { key, type SchemaCache } from '../types.ts'

let reads: RestReads

beforeAll(async () => {
  reads = await createRestReads(FILMS_SQL)
})

afterAll(async () => {
  await reads.close()
})

test('the sample that unit tests plan by is what Postgres says of the schema', () => {
  const sample = filmsCache()
  const { cache } = reads
  for (const [name, table] of sample.tables) {
    const loaded = cache.tables.get(name)
    const shape = (one: typeof table | undefined) =>
      [...(one?.columns.values() ?? [])].map((column) => [
        column.name,
        column.type,
        column.nominalType,
        column.isArray,
      ])
    expect(shape(loaded)).toEqual(shape(table))
    expect(loaded?.primaryKey.toSorted()).toEqual(table.primaryKey.toSorted())
    const related = (from: SchemaCache) =>
      (from.relationships.get(name) ?? []).map((one) => JSON.stringify(one)).toSorted()
    expect(related(cache)).toEqual(related(sample))
  }
  expect([...cache.representations.keys()].toSorted()).toEqual([...sample.representations.keys()].toSorted())
  expect(cache.relationships.has(key({ schema: 'api', name: 'showings' }))).toBe(true)
})

describe('columns', () => {
  test.each([
    ['/people?id=eq.1', [{ id: 1, name: 'Lang', born: '1890-12-05' }]],
    ['/people?id=eq.1&select=full:name,id::text', [{ full: 'Lang', id: '1' }]],
    [
      '/people?id=eq.1&select=id::double precision,year:born::timestamp without time zone',
      [{ id: 1, year: '1890-12-05T00:00:00' }],
    ],
    ['/films?id=eq.1&select=label', [{ label: 'Metropolis (1927)' }]],
    [
      '/films?id=eq.1&select=details->by->>studio,tags->0,details->length',
      [{ studio: 'UFA', tags: 'silent', length: 153 }],
    ],
    ['/films?id=eq.1&select=poster', [{ poster: '#ff0000' }]],
    [
      '/films?id=eq.4',
      [
        {
          id: 4,
          title: 'Lost',
          year: null,
          director_id: null,
          writer_id: null,
          tags: [],
          details: { length: null },
          plot: null,
          summary: null,
          poster: null,
        },
      ],
    ],
  ])('%s', async (url, expected) => {
    expect(await reads.rows(url)).toEqual(expected)
  })
})

describe('filters', () => {
  test.each([
    ['year=eq.1927', [1, 2]],
    ['year=neq.1927', [3]],
    ['year=gt.1927', [3]],
    ['year=lte.1927&id=gte.2', [2]],
    ['title=like.M*', [1, 3]],
    ['title=ilike.m', [3]],
    ['title=match.^.$', [3]],
    ['title=imatch.^sun', [2]],
    ['title=like(any).{M*,S*}', [1, 2, 3]],
    ['title=like(all).{M*,*s}', [1]],
    ['id=eq(any).{1,3}', [1, 3]],
    ['id=gt(all).{1,2}', [3, 4]],
    ['title=in.(M,"Lost","a,b")', [3, 4]],
    ['title=not.in.(M,Lost)', [1, 2]],
    ['id=in.()', []],
    ['year=is.null', [4]],
    ['year=not.is.null', [1, 2, 3]],
    ['year=is.not_null', [1, 2, 3]],
    ['year=isdistinct.1927', [3, 4]],
    ['year=not.isdistinct.1927', [1, 2]],
    ['tags=cs.{silent}', [1, 2]],
    ['tags=cd.{silent,late}', [2, 3, 4]],
    ['tags=ov.{future,past}', [1]],
    ['plot=fts.worker', [1]],
    ['plot=plfts(english).hunted murderer', [3]],
    ['summary=wfts(english).city or hunted', [1, 3]],
    ['summary=phfts(english).two humans', [2]],
    ['plot=not.fts.worker', [3]],
    ['label=eq.M (1931)', [3]],
    ['details->by->>studio=eq.UFA', [1]],
    ['details->length=gt.94', [1]],
    ['tags->>0=eq.silent', [1, 2]],
    ['poster=eq.%23ff0000', [1]],
    ['poster=in.(%23ff0000,%230000ff)', [1, 2]],
    ['poster=eq(any).{%23ff0000}', [1]],
    ['poster=lt.%23ff0000', [2]],
    ['or=(id.eq.1,and(year.gt.1927,not.or(title.eq.X,year.is.null)))', [1, 3]],
    ['not.and=(id.gt.1,id.lt.4)', [1, 4]],
  ])('%s', async (filter, ids) => {
    expect(await reads.rows(`/films?select=id&order=id&${filter}`)).toEqual(ids.map((id) => ({ id })))
  })
})

describe('order and ranges', () => {
  test.each([
    ['/films?select=id&order=year.desc.nullslast,title', [3, 1, 2, 4]],
    ['/films?select=id&order=year.nullsfirst,id.desc', [4, 2, 1, 3]],
    ['/films?select=id&order=details->length.desc.nullslast', [1, 2, 4, 3]],
    ['/films?select=id&order=label', [4, 3, 1, 2]],
    ['/films?select=id&order=id&limit=2&offset=1', [2, 3]],
    ['/films?select=id&limit=0', []],
    ['/specs?select=id:film_id,films(title)&order=films(title).desc', [2, 1]],
    ['/specs?select=id:film_id,films()&order=films(summary).desc', [2, 1]],
  ])('%s', async (url, ids) => {
    expect(await reads.rows(url)).toMatchObject(ids.map((id) => ({ id })))
  })
})

describe('embeds', () => {
  test.each<[string, unknown]>([
    [
      '/films?id=eq.1&select=director_id(name),writer:people!films_writer_fkey(name)',
      [{ director_id: { name: 'Lang' }, writer: { name: 'von Harbou' } }],
    ],
    [
      '/films?id=eq.2&select=writer_id(name),specs(camera)',
      [{ writer_id: null, specs: { camera: 'Bell & Howell' } }],
    ],
    [
      '/people?select=name,films!director_id(title)&order=id&films.order=title.desc',
      [
        { name: 'Lang', films: [{ title: 'Metropolis' }, { title: 'M' }] },
        { name: 'Murnau', films: [{ title: 'Sunrise' }] },
        { name: 'von Harbou', films: [] },
        { name: 'Nobody', films: [] },
      ],
    ],
    [
      '/people?select=name,films!director_id!inner(title)&films.year=eq.1927&order=id',
      [
        { name: 'Lang', films: [{ title: 'Metropolis' }] },
        { name: 'Murnau', films: [{ title: 'Sunrise' }] },
      ],
    ],
    [
      '/films?select=title,cinemas(name)&id=lt.3&order=id&cinemas.order=id&cinemas.limit=1',
      [
        { title: 'Metropolis', cinemas: [{ name: 'Palast' }] },
        { title: 'Sunrise', cinemas: [{ name: 'Palast' }] },
      ],
    ],
    [
      '/cinemas?select=name,halls:cinemas(name),parent_id(name)&order=id',
      [
        { name: 'Palast', halls: [{ name: 'Palast, upper hall' }], parent_id: null },
        { name: 'Palast, upper hall', halls: [], parent_id: { name: 'Palast' } },
        { name: 'Marmorhaus', halls: [], parent_id: null },
      ],
    ],
    [
      '/films?id=eq.1&select=sequel(title,peers(title)),peers(title)',
      [{ sequel: { title: 'M', peers: [] }, peers: [{ title: 'Sunrise' }] }],
    ],
    [
      '/people?select=name,films!director_id!inner(awards!inner(name))&order=id&films.awards.order=name',
      [
        { name: 'Lang', films: [{ awards: [{ name: 'Memory' }] }] },
        { name: 'Murnau', films: [{ awards: [{ name: 'Kinema Junpo' }, { name: 'Oscar' }] }] },
      ],
    ],
    ['/films?select=title,awards()&awards=is.null&order=id', [{ title: 'M' }, { title: 'Lost' }]],
    [
      '/films?select=title,specs(camera)&specs=not.is.null&specs.camera=like.D*',
      [{ title: 'Metropolis', specs: { camera: 'Debrie' } }],
    ],
    [
      '/films?select=title,specs(),awards()&or=(specs.is.null,awards.not.is.null)&awards.name=eq.Oscar&order=id',
      [{ title: 'Sunrise' }, { title: 'M' }, { title: 'Lost' }],
    ],
    ['/films?select=title,awards!inner(name)&awards.limit=0', []],
    ['/specs?select=films!inner(title)&films.year=gt.1927', []],
    ['/films?select=awards()&id=eq.1', [{}]],
  ])('%s', async (url, expected) => {
    expect(await reads.rows(url)).toEqual(expected)
  })

  test('rows of a CTE are embedded from as their relation is, computed relationships too', async () => {
    const from = {
      target: { kind: 'rows', name: { schema: 'api', name: 'films' }, source: 'source' },
      source: 'with source as (select * from api.films where id < 3)',
    } as const
    expect(await reads.rows('/films?select=title,director_id(name),peers(title)&order=id', from)).toEqual([
      { title: 'Metropolis', director_id: { name: 'Lang' }, peers: [{ title: 'Sunrise' }] },
      { title: 'Sunrise', director_id: { name: 'Murnau' }, peers: [{ title: 'Metropolis' }] },
    ])
  })
})

describe('spreads', () => {
  test.each<[string, unknown]>([
    [
      '/specs?select=camera,...films(title,released:year)&order=film_id',
      [
        { camera: 'Debrie', title: 'Metropolis', released: 1927 },
        { camera: 'Bell & Howell', title: 'Sunrise', released: 1927 },
      ],
    ],
    [
      '/specs?select=camera,...films(title,...people!director_id(director:name),awards(name))&order=film_id&limit=1',
      [{ camera: 'Debrie', title: 'Metropolis', director: 'Lang', awards: [{ name: 'Memory' }] }],
    ],
    [
      '/films?select=title,...awards(awards:name,prize)&awards.order=name.desc&order=id&limit=2',
      [
        { title: 'Metropolis', awards: ['Memory'], prize: [null] },
        { title: 'Sunrise', awards: ['Oscar', 'Kinema Junpo'], prize: [100, 50] },
      ],
    ],
    [
      '/films?select=title,...cinemas!inner(cinemas:name,...showings(seats))&cinemas.order=id&id=in.(1,4)',
      [{ title: 'Metropolis', cinemas: ['Palast', 'Marmorhaus'], seats: [[200, 80], [50]] }],
    ],
    [
      '/films?select=title,...awards(*)&id=eq.4',
      [{ title: 'Lost', id: [], film_id: [], name: [], prize: [] }],
    ],
    ['/films?select=title,...awards!inner()&order=id', [{ title: 'Metropolis' }, { title: 'Sunrise' }]],
  ])('%s', async (url, expected) => {
    expect(await reads.rows(url)).toEqual(expected)
  })
})

describe('aggregates', () => {
  test.each<[string, unknown]>([
    [
      '/awards?select=prize.sum(),average:prize.avg()::int,most:prize::text.max(),count()',
      [{ sum: 150, average: 75, most: '50', count: 3 }],
    ],
    [
      '/awards?select=film_id,count(),prize.count()::text&order=film_id',
      [
        { film_id: 1, count: '0' },
        { film_id: 2, count: '2' },
      ],
    ],
    ['/films?select=details->by->>studio,id.count()&id=eq.1', [{ studio: 'UFA', count: 1 }]],
    [
      '/films?select=title,awards(prize.sum())&order=id&limit=2',
      [
        { title: 'Metropolis', awards: [{ sum: null }] },
        { title: 'Sunrise', awards: [{ sum: 150 }] },
      ],
    ],
    ['/awards?select=prize.sum(),films(year)', [{ sum: 150, films: { year: 1927 } }]],
    ['/films?select=year,count(),awards(id)&year=eq.1931', [{ year: 1931, count: 1, awards: [] }]],
    [
      '/awards?select=prize.sum(),...films(title)&order=films(title)',
      [
        { sum: null, title: 'Metropolis' },
        { sum: 150, title: 'Sunrise' },
      ],
    ],
    [
      '/showings?select=...films(title.max(),first:title.min(),count())',
      [{ max: 'Sunrise', first: 'M', count: 4 }],
    ],
    [
      '/awards?select=...films(...people!director_id(name,count()))&order=films(name)',
      [
        { name: 'Lang', count: 1 },
        { name: 'Murnau', count: 2 },
      ],
    ],
    [
      '/awards?select=count(),...films(director_id(name))&id=lt.3',
      [{ count: 2, director_id: { name: 'Murnau' } }],
    ],
  ])('%s', async (url, expected) => {
    expect(await reads.rows(url)).toEqual(expected)
  })
})

describe('counts', () => {
  test.each([
    ['/films?limit=1&offset=3', 4],
    ['/films?select=id,awards!inner(id)&limit=1', 2],
    ['/films?select=id,specs()&specs=is.null', 2],
    ['/films?select=id,awards()&or=(awards.not.is.null,year.is.null)', 3],
  ])('%s matches %i rows', async (url, count) => {
    expect(await reads.count(url)).toBe(count)
  })
})

test('what a column is called when it is missing names the relation', async () => {
  await expect(reads.rows('/films?select=nothing')).rejects.toMatchObject({
    message: 'column films.nothing does not exist',
  })
  await expect(reads.rows('/films?select=awards(nothing)')).rejects.toMatchObject({
    message: 'column awards_1.nothing does not exist',
  })
})
