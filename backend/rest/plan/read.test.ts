import { describe, expect, test } from 'vitest'
import { filmsCache } from '#testing/rest-films.ts'
import { sampleCache, sampleConfig, sampleRequest, sampleTable } from '#testing/rest-sample.ts'
import { isRestError } from '../errors.ts'
import type { Relationship, RestConfig, SchemaCache } from '../types.ts'
import { key } from '../types.ts'
import type { ReadTarget } from './read.ts'
import { planRead, returningColumns } from './read.ts'

const films = filmsCache()

function planOf(
  url: string,
  options: { config?: Partial<RestConfig>; cache?: SchemaCache; method?: string; source?: string } = {},
) {
  const config = sampleConfig(options.config)
  const method = options.method ?? 'GET'
  const request = sampleRequest(method, url, { config, body: method === 'GET' ? '' : '{"year":1}' })
  const name = { schema: 'api', name: url.slice(1).split('?')[0] ?? '' }
  const target: ReadTarget =
    options.source === undefined ? { kind: 'relation', name } : { kind: 'rows', name, source: options.source }
  return planRead({ request, cache: options.cache ?? films, config, target })
}

function failure(work: () => unknown) {
  try {
    work()
  } catch (error) {
    if (!isRestError(error)) throw error
    const { code, status, message, details, hint } = error
    return { code, status, message, details, hint }
  }
  throw new Error('It did not fail.')
}

describe('embeds that are not found', () => {
  test.each([
    ['/films?select=award(*)', "'films' and 'award'", "Perhaps you meant 'awards' instead of 'award'."],
    ['/film?select=awards(*)', "'film' and 'awards'", "Perhaps you meant 'films' instead of 'film'."],
    ['/films?select=zzz(*)', "'films' and 'zzz'", null],
    [
      '/people?select=films!director_id(awardz(*))',
      "'films' and 'awardz'",
      "Perhaps you meant 'awards' instead of 'awardz'.",
    ],
  ])('%s', (url, pair, hint) => {
    const [parent, child] = pair.replaceAll("'", '').split(' and ')
    expect(failure(() => planOf(url))).toEqual({
      code: 'PGRST200',
      status: 400,
      message: `Could not find a relationship between '${parent ?? ''}' and '${child ?? ''}' in the schema cache`,
      details: `Searched for a foreign key relationship between '${parent ?? ''}' and '${child ?? ''}' in the schema 'api', but no matches were found.`,
      hint,
    })
  })

  test('between relations that are both there, but unrelated, nothing is suggested', () => {
    const lonely = { schema: 'api', name: 'film' }
    const table = films.tables.get(key({ schema: 'api', name: 'films' }))
    if (table === undefined) throw new Error('The sample changed.')
    const cache = { ...films, tables: new Map([...films.tables, [key(lonely), { ...table, ...lonely }]]) }
    expect(failure(() => planOf('/film?select=awards(*)', { cache })).hint).toBeNull()
  })

  test('a wrong hint is named, and nothing suggested', () => {
    expect(failure(() => planOf('/films?select=awards!no_such(*)'))).toMatchObject({
      details:
        "Searched for a foreign key relationship between 'films' and 'awards' using the hint 'no_such' in the schema 'api', but no matches were found.",
      hint: null,
    })
  })

  test('two relations that nothing joins are both right', () => {
    const cache = sampleCache([sampleTable('a', ['id integer']), sampleTable('b', ['id integer'])])
    expect(failure(() => planOf('/a?select=b(*)', { cache })).hint).toBeNull()
  })
})

describe('embeds that mean several relationships', () => {
  test('the candidates and hints are listed', () => {
    expect(failure(() => planOf('/films?select=people(*)'))).toEqual({
      code: 'PGRST201',
      status: 300,
      message: "Could not embed because more than one relationship was found for 'films' and 'people'",
      details: [
        {
          cardinality: 'many-to-one',
          embedding: 'films with people',
          relationship: 'films_director_fkey using films(director_id) and people(id)',
        },
        {
          cardinality: 'many-to-one',
          embedding: 'films with people',
          relationship: 'films_writer_fkey using films(writer_id) and people(id)',
        },
      ],
      hint: "Try changing 'people' to one of the following: 'people!films_director_fkey', 'people!films_writer_fkey'. Find the desired relationship in the 'details' key.",
    })
  })

  test('a junction beside a foreign key is described by its two constraints', () => {
    const direct = films.relationships.get(key({ schema: 'api', name: 'showings' }))?.[0]
    const through = films.relationships
      .get(key({ schema: 'api', name: 'films' }))
      ?.filter((one) => one.kind === 'foreign-key' && one.cardinality.kind === 'many-to-many')
    if (direct?.kind !== 'foreign-key' || through === undefined) throw new Error('The sample changed.')
    const again: Relationship = {
      ...direct,
      table: { schema: 'api', name: 'films' },
      foreignTable: { schema: 'api', name: 'cinemas' },
    }
    const cache = {
      ...films,
      relationships: new Map([[key({ schema: 'api', name: 'films' }), [...through, again]]]),
    }
    expect(failure(() => planOf('/films?select=cinemas(*)', { cache })).details).toContainEqual({
      cardinality: 'many-to-many',
      embedding: 'films with cinemas',
      relationship: 'showings using showings_film_fkey(film_id) and showings_cinema_fkey(cinema_id)',
    })
    expect(planOf('/films?select=cinemas!showings(*)', { cache }).root.embeds[0]?.junction?.table.name).toBe(
      'showings',
    )
  })

  test('a computed relationship of the same name stands in for foreign keys', () => {
    const computed: Relationship = {
      kind: 'computed',
      function: { schema: 'api', name: 'awards' },
      table: { schema: 'api', name: 'films' },
      foreignTable: { schema: 'api', name: 'awards' },
      isToOne: false,
      isSelf: false,
    }
    const relationships = new Map(films.relationships)
    const films_ = key({ schema: 'api', name: 'films' })
    relationships.set(films_, [...(relationships.get(films_) ?? []), computed])
    const cache = { ...films, relationships }
    expect(planOf('/films?select=awards(*)', { cache }).root.embeds[0]?.node.source.kind).toBe('computed')
  })

  test('relations of other schemas are not found', () => {
    const [first] = films.relationships.get(key({ schema: 'api', name: 'awards' })) ?? []
    if (first?.kind !== 'foreign-key') throw new Error('The sample changed.')
    const foreign: Relationship = { ...first, foreignTable: { schema: 'private', name: 'films' } }
    const cache = { ...films, relationships: new Map([[key({ schema: 'api', name: 'awards' }), [foreign]]]) }
    expect(failure(() => planOf('/awards?select=films(*)', { cache })).code).toBe('PGRST200')
  })
})

describe('relationships by name and hint', () => {
  test.each([
    ['/awards?select=films(*)', 'films', ['film_id', 'id']],
    ['/awards?select=film_id(*)', 'film_id', ['film_id', 'id']],
    ['/awards?select=awards_film_fkey(*)', 'awards_film_fkey', ['film_id', 'id']],
    ['/awards?select=films!film_id(*)', 'films', ['film_id', 'id']],
    ['/awards?select=films!id(*)', 'films', ['film_id', 'id']],
    ['/people?select=films!writer_id(*)', 'films', ['id', 'writer_id']],
    ['/people?select=films!films_writer_fkey(*)', 'films', ['id', 'writer_id']],
    ['/cinemas?select=cinemas(*)', 'cinemas', ['id', 'parent_id']],
    ['/cinemas?select=cinemas!parent_id(*)', 'cinemas', ['id', 'parent_id']],
    ['/cinemas?select=above:parent_id(*)', 'above', ['parent_id', 'id']],
    ['/films?select=cinemas(*)', 'cinemas', ['id', 'film_id']],
  ])('%s', (url, name, on) => {
    expect(planOf(url).root.embeds).toMatchObject([{ name, on: [on] }])
  })
})

describe('parameters of embeds', () => {
  test.each([
    '/films?select=title&awards.name=eq.x',
    '/films?select=title&awards.order=name',
    '/films?select=title&awards.limit=1',
    '/films?select=title&awards.or=(id.eq.1,id.eq.2)',
  ])('%s is refused where the embed is not selected', (url) => {
    expect(failure(() => planOf(url))).toEqual({
      code: 'PGRST108',
      status: 400,
      message: "'awards' is not an embedded resource in this request",
      details: null,
      hint: "Verify that 'awards' is included in the 'select' query parameter.",
    })
  })

  test('an embed with an alias still goes by its target, with a warning each', () => {
    const url = '/films?select=title,prizes:awards(name)&awards.name=eq.x&awards.limit=1'
    expect(planOf(url).legacyNames).toEqual([{ target: 'awards', alias: 'prizes' }])
    expect(planOf('/films?select=prizes:awards(name)&prizes.limit=1').legacyNames).toEqual([])
  })

  test('of several such embeds parents come first, and of siblings the one that a filter names first', () => {
    const select = 'prizes:awards(name,of:films(title)),by:director_id(name)'
    const url = `/films?select=${select}&awards.films.title=eq.x&director_id.name=eq.x&awards.order=name`
    expect(planOf(url).legacyNames).toEqual([
      { target: 'awards', alias: 'prizes' },
      { target: 'films', alias: 'of' },
      { target: 'director_id', alias: 'by' },
    ])
  })

  test('of several that are not selected the last is told', () => {
    expect(failure(() => planOf('/films?select=title&a.x=eq.1&b.x=eq.1'))).toMatchObject({
      message: "'b' is not an embedded resource in this request",
    })
  })

  test('where legacy names are off the alias is asked for', () => {
    const url = '/films?select=title,prizes:awards(name)&awards.name=eq.x'
    expect(failure(() => planOf(url, { config: { useLegacyTargetNames: false } }))).toMatchObject({
      code: 'PGRST108',
      details: 'Target names are not allowed in filters if they have an alias',
      hint: "Change 'awards' to 'prizes' in filters, orders or limits.",
    })
  })

  test('of two embeds of one relation each has its own', () => {
    const { root } = planOf('/films?select=a:awards(name),b:awards(name)&a.limit=1&b.limit=2')
    expect(root.embeds.map(({ node }) => node.range.limit)).toEqual([1, 2])
  })
})

describe('filters by the name of an embed', () => {
  test.each([
    ['is.null', 'embed'],
    ['not.is.null', 'embed'],
    ['is.not_null', 'filter'],
    ['eq.1', 'filter'],
    ['is.true', 'filter'],
  ])('awards=%s is a condition of the kind %s', (value, kind) => {
    const { where, embeds } = planOf(`/films?select=awards(*)&or=(awards.${value})`).root
    expect(embeds).toHaveLength(1)
    expect(where).toMatchObject([{ kind: 'or', children: [{ kind }] }])
  })
})

describe('order by an embed', () => {
  test('of many rows is refused', () => {
    expect(failure(() => planOf('/films?select=prizes:awards(*)&order=prizes(name)'))).toEqual({
      code: 'PGRST118',
      status: 400,
      message: "A related order on 'prizes' is not possible",
      details: "'films' and 'prizes' do not form a many-to-one or one-to-one relationship",
      hint: null,
    })
  })

  test('that is not selected is refused', () => {
    expect(failure(() => planOf('/awards?order=films(title)')).code).toBe('PGRST108')
  })
})

describe('aggregates', () => {
  const off = { config: { aggregatesEnabled: false } }
  test.each([
    '/awards?select=count()',
    '/films?select=awards(prize.sum())',
    '/awards?select=...films(id.max())',
  ])('%s is refused where they are off', (url) => {
    expect(failure(() => planOf(url, off))).toMatchObject({
      code: 'PGRST123',
      status: 400,
      message: 'Use of aggregate functions is not allowed',
    })
  })

  test.each(['/films?select=...awards(prize.sum())', '/films?select=...awards(name,...films(count()))'])(
    '%s is not implemented',
    (url) => {
      expect(failure(() => planOf(url))).toMatchObject({
        code: 'PGRST127',
        status: 400,
        details: 'Aggregates are not implemented for one-to-many or many-to-many spreads.',
      })
    },
  )
})

describe('a write', () => {
  test('keeps filters of its top level for itself, and takes no ranges', () => {
    const { root } = planOf(
      '/films?select=title,awards(name)&id=eq.1&awards.name=eq.x&or=(id.eq.1,id.eq.2)&order=title&limit=1&awards.limit=1',
      { method: 'PATCH', source: 'changed', config: { maxRows: 1 } },
    )
    expect(root.where).toEqual([])
    expect(root.embeds[0]?.node.where).toHaveLength(1)
    expect(root.order).toHaveLength(1)
    expect([root.range, root.embeds[0]?.node.range]).toEqual(Array(2).fill({ offset: 0, limit: null }))
  })

  test.each([
    ['title', ['id', 'title']],
    ['title,writer_id(name)', ['id', 'title', 'writer_id']],
    ['title,awards(name)', ['id', 'title']],
    ['title,cinemas(name)', ['id', 'title']],
    ['title,sequel(title)', ['*']],
    ['label,x:details->a', ['id', 'label', 'details']],
  ])('selecting %s must return %j', (select, columns) => {
    const plan = planOf(`/films?select=${select}`, { method: 'PATCH', source: 'changed' })
    expect(returningColumns(plan, ['id'])).toEqual(columns)
  })

  test('all columns are asked for as such', () => {
    const plan = planOf('/people?select=*,films!director_id(*)', { method: 'PATCH', source: 'changed' })
    expect(returningColumns(plan, ['id'])).toEqual(['*'])
  })

  test('what rows are filtered and ordered by must be returned as well', () => {
    const plan = planOf('/films?select=title,specs()&year=gt.1&or=(label.eq.a,specs.is.null)&order=tags', {
      source: 'result',
    })
    expect(returningColumns(plan, [])).toEqual(['title', 'year', 'label', 'id', 'tags'])
  })
})

describe('the default select', () => {
  test.each([
    ['/people', true],
    ['/people?select=*', true],
    ['/people?select=', true],
    ['/people?select=id', false],
    ['/people?select=*,films!director_id(*)', false],
    ['/films', false],
  ])('%s: %s', (url, expected) => {
    expect(planOf(url).isDefaultSelect).toBe(expected)
  })

  test('rows of unknown columns stay whole', () => {
    expect(planOf('/unknown?select=*', { source: 'result' }).isDefaultSelect).toBe(true)
  })
})

describe('a table without columns', () => {
  const bare = sampleCache([sampleTable('bare', [])])

  test('is read as rows, which a handler of its own may take', () => {
    expect(planOf('/bare', { cache: bare }).root.select).toMatchObject([{ field: { name: '*' } }])
  })

  test('has nothing to give back of a write', () => {
    expect(planOf('/bare', { cache: bare, source: 'written' }).root.select).toEqual([])
  })
})
