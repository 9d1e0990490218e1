// The URL and the table of its parameters say the same, typed in either.
import { describe, expect, test } from 'vitest'
import { composeUrl } from '#api-client/common/resolve/compose-url.ts'
import { createResolver } from '#api-client/common/resolve/resolve-text.ts'
import { createLookup } from '#api-client/common/resolve/scopes.ts'
import type { Parameter } from '#contract/requests/parts.ts'
import { paramsOfUrl, pathNames, shownUrl, urlOfParams } from './url-params.ts'

const query = (name: string, value: string, isEnabled = true): Parameter => ({
  name,
  value,
  isEnabled,
  description: '',
  place: 'query',
})

describe('the URL is read into the table', () => {
  test.each([
    ['https://a.b/c?x=1&y=2', ['x=1', 'y=2']],
    ['https://a.b/c?x=1&x=2', ['x=1', 'x=2']],
    ['{{api}}/c?x={{a&b=c}}&y', ['x={{a&b=c}}', 'y=']],
    ['https://a.b/c?q=a%26b#part?no=1', ['q=a&b']],
    ['https://a.b/c', []],
    ['https://a.b/c?', []],
  ])('%s', (url, pairs) => {
    expect(paramsOfUrl(url, []).map((one) => `${one.name}=${one.value}`)).toEqual(pairs)
  })

  test('what is switched off stays where it is, with descriptions', () => {
    const before = [query('a', '1'), query('off', 'x', false), { ...query('b', '2'), description: 'second' }]
    expect(paramsOfUrl('/c?a=9&b=3&d=4', before)).toEqual([
      query('a', '9'),
      query('off', 'x', false),
      { ...query('b', '3'), description: 'second' },
      query('d', '4'),
    ])
  })

  test('names of the path keep their values', () => {
    const before: Parameter[] = [{ ...query('id', '7'), place: 'path' }]
    expect(paramsOfUrl('https://a.b:80/film/:id/{part}?x=1', before)).toEqual([
      query('x', '1'),
      { ...query('id', '7'), place: 'path' },
      { ...query('part', ''), place: 'path' },
    ])
  })
})

test.each([
  ['https://a.b:8080/x/:id', ['id']],
  ['{{api}}/x/{id}/:part', ['id', 'part']],
  ['https://a.b/x/{{id}}', []],
  ['https://a.b/x?y=/:no', []],
])('the names of the path of %s', (url, names) => {
  expect(pathNames(url)).toEqual(names)
})

describe('the table is written into the URL', () => {
  test('only what is switched on, in order, the rest of the URL as it was', () => {
    const url = urlOfParams('{{api}}/c?old=1#part', [
      query('a', '1'),
      query('b', '2', false),
      query('a', '3'),
    ])
    expect(url).toBe('{{api}}/c?a=1&a=3#part')
  })

  test.each([
    ['a&b', '/c?x=a%26b'],
    ['{{a&b}}', '/c?x={{a&b}}'],
    ['50%', '/c?x=50%'],
    ['50%25', '/c?x=50%25'],
    ['%2526', '/c?x=%2526'],
    ['a=b', '/c?x=a=b'],
  ])('a value of %s is read back as it was', (value, url) => {
    expect(urlOfParams('/c', [query('x', value)])).toBe(url)
    expect(paramsOfUrl(url, [])).toEqual([query('x', value)])
  })
})

test('a URL without its query is shown with it, so that typing in it loses no parameter', () => {
  const parameters = [query('limit', '5'), query('order', 'id', false)]
  expect(shownUrl('{{api}}/film', parameters)).toBe('{{api}}/film?limit=5')
  expect(shownUrl('{{api}}/film?limit=5', parameters)).toBe('{{api}}/film?limit=5')
})

describe('what is typed into the URL is sent once, encoded once', () => {
  const sent = (url: string): string =>
    composeUrl({
      url,
      parameters: paramsOfUrl(url, []),
      resolver: createResolver({ lookup: createLookup([]), dynamic: null }),
      encodes: true,
      isSocket: false,
    }).url

  test.each([
    ['x=50%25', 'x=50%25'],
    ['x=50%', 'x=50%25'],
    ['x=%2526', 'x=%2526'],
    ['x=a%26b&y=%23', 'x=a%26b&y=%23'],
    ['x=a%2bb', 'x=a%2bb'],
    ['x%3dy=1', 'x%3Dy=1'],
    ['x=1%3D2', 'x=1=2'],
    ['x=a b&x=a b', 'x=a%20b&x=a%20b'],
    ['x=%C3%A9', 'x=%C3%A9'],
    ['x=é', 'x=%C3%A9'],
  ])('%s', (typed, query) => {
    expect(sent(`https://a.b/c?${typed}`)).toBe(`https://a.b/c?${query}`)
  })
})
