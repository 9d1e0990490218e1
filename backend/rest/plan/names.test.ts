// The names of a plan: what a request needs rights for.
import { expect, test } from 'vitest'
import { filmsCache } from '#testing/rest-films.ts'
import { sampleConfig, sampleIdentity, sampleRequest } from '#testing/rest-sample.ts'
import { plan } from './index.ts'
import { namesOf } from './names.ts'

/** `command schema.table (columns)` of each relation. */
function named(method: string, url: string, options: Parameters<typeof sampleRequest>[2] = {}): string[] {
  const planned = plan(sampleRequest(method, url, options), {
    cache: filmsCache(),
    config: sampleConfig(),
    identity: sampleIdentity,
  })
  return namesOf(planned).relations.map(
    ({ command, schema, name, columns }) =>
      `${command} ${schema}.${name} (${[...columns].sort().join(', ')})`,
  )
}
const returning = { prefer: 'return=representation' }
const upsert = { prefer: 'resolution=merge-duplicates' }

test.each<[string, string, Parameters<typeof sampleRequest>[2], string[]]>([
  ['GET', '/films?select=id,title&year=gt.1990&order=tags', {}, ['select api.films (id, tags, title, year)']],
  ['GET', '/cinemas', {}, ['select api.cinemas (*)']],
  [
    'GET',
    '/awards?select=name,films(title)&films.id=eq.1',
    {},
    ['select api.awards (film_id, name)', 'select api.films (id, title)'],
  ],
  ['POST', '/people', { body: '{"id":1,"name":"a"}' }, ['insert api.people (id, name)']],
  [
    'POST',
    '/people?select=id',
    { body: '{"id":1,"name":"a"}', headers: returning },
    ['insert api.people (id, name)', 'select api.people (id)'],
  ],
  [
    'POST',
    '/people',
    { body: '{"id":1,"name":"a"}', headers: upsert },
    ['insert api.people (id, name)', 'update api.people (id, name)', 'select api.people (id, name)'],
  ],
  [
    'PATCH',
    '/people?id=eq.1',
    { body: '{"name":"a"}' },
    ['update api.people (name)', 'select api.people (id)'],
  ],
  [
    'DELETE',
    '/people?or=(id.eq.1,born.is.null)',
    {},
    ['delete api.people ()', 'select api.people (born, id)'],
  ],
  ['OPTIONS', '/people', {}, []],
])('%s %s %j', (method, url, options, expected) => {
  expect(named(method, url, options)).toEqual(expected)
})
