import { expect, test } from 'vitest'
import { filmsCache } from '#testing/rest-films.ts'
import { key } from '../types.ts'
import { checkName, needsTsvector, pathAlias, planFilteredField, planSelectedField } from './field.ts'

const cache = filmsCache()
const films = cache.tables.get(key({ schema: 'api', name: 'films' }))

test('a name ends at a zero byte, as Postgres holds it', () => {
  expect(checkName('a\0b')).toBe('a')
})

test.each(['', '\0a'])('the name %j is refused as Postgres refuses ""', (name) => {
  expect(() => checkName(name)).toThrow(expect.objectContaining({ code: '42601', status: 400 }))
})

test.each([
  ['a', [['->', 'key', 'b']], 'b'],
  [
    'a',
    [
      ['->', 'key', 'b'],
      ['->', 'index', '0'],
    ],
    'b',
  ],
  [
    'a',
    [
      ['->', 'index', '0'],
      ['->>', 'index', '1'],
    ],
    'a',
  ],
] as const)('the path from %s by %j is called %s', (name, path, expected) => {
  const operations = path.map(
    ([arrow, kind, operand]) =>
      ({ arrow, operand: kind === 'key' ? { kind, name: operand } : { kind, index: operand } }) as const,
  )
  expect(pathAlias(name, operations)).toBe(expected)
})

test('representations apply to the whole value of a domain only', () => {
  const path = [{ arrow: '->', operand: { kind: 'index', index: '0' } } as const]
  expect(planSelectedField({ name: 'poster', jsonPath: [] }, films, cache).representation?.name).toBe(
    'colour_to_json',
  )
  expect(planFilteredField({ name: 'poster', jsonPath: [] }, films, cache).representation?.name).toBe(
    'colour_from_text',
  )
  expect(planSelectedField({ name: 'poster', jsonPath: path }, films, cache).representation).toBeNull()
  expect(planFilteredField({ name: 'poster', jsonPath: path }, films, cache).representation).toBeNull()
  expect(planSelectedField({ name: 'title', jsonPath: [] }, films, cache).representation).toBeNull()
})

test('only columns that are known to be no tsvector are converted for search', () => {
  expect(['summary', 'plot', 'label'].map((name) => needsTsvector(name, films))).toEqual([true, false, false])
})
