import { expect, test } from 'vitest'
import { filmsCache } from '#testing/rest-films.ts'
import { sampleRequest } from '#testing/rest-sample.ts'
import { planFilters } from './filter.ts'

const cache = filmsCache()

function filtersOf(url: string) {
  const request = sampleRequest('PATCH', url, { body: '{"year":1}' })
  return planFilters({ request, cache, relation: { schema: 'api', name: 'films' } })
}

test('a write is filtered by what stands at its top level', () => {
  const url =
    '/films?select=awards(name)&id=eq.1&awards.name=eq.x&or=(year.gt.1,summary.fts.a)&awards.or=(id.eq.1,id.eq.2)'
  expect(filtersOf(url)).toMatchObject([
    { kind: 'filter', field: { name: 'id' }, operation: { kind: 'quantified', value: '1' } },
    {
      kind: 'or',
      isNegated: false,
      children: [
        { kind: 'filter', field: { name: 'year' } },
        { kind: 'filter', field: { name: 'summary' }, operation: { kind: 'fts', isConverted: true } },
      ],
    },
  ])
})

test('its values are parsed as those of the columns are', () => {
  expect(filtersOf('/films?poster=eq.x&details->a=eq.1')).toMatchObject([
    { field: { representation: { name: 'colour_from_text' } } },
    { field: { representation: null, isJson: true } },
  ])
})

test('an embed that is filtered for null does not count as one: writes have none', () => {
  expect(filtersOf('/films?select=specs(*)&specs=is.null')).toMatchObject([
    { kind: 'filter', field: { name: 'specs' } },
  ])
})

test('nothing is filtered by nothing', () => {
  expect(filtersOf('/films')).toEqual([])
})
