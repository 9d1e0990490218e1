import { expect, test } from 'vitest'
import { createAliases } from './aliases.ts'

const bytes = (text: string) => new TextEncoder().encode(text).length

test('aliases speak of the relations behind them', () => {
  const aliases = createAliases('films')
  expect([
    aliases.row('people', 1),
    aliases.join('films', 'director', 1),
    aliases.junction('roles', 1),
  ]).toEqual(['people_1', 'films_director_1', 'roles_1_via'])
})

test('a join is never called as another one, or as the top level', () => {
  const aliases = createAliases('films_awards_1')
  const joins = [1, 2, 3].map(() => aliases.join('films', 'awards', 1))
  expect(new Set([...joins, 'films_awards_1']).size).toBe(4)
})

test('rows of an embed are not called as the top level', () => {
  expect(createAliases('people_1').row('people', 1)).toBe('people__1')
})

test('carriers are never called the same', () => {
  const aliases = createAliases('films')
  expect([aliases.carrier(), aliases.carrier()]).toEqual(['#1', '#2'])
})

test('names are cut to what Postgres holds, and stay different', () => {
  const aliases = createAliases('films')
  const joins = ['a', 'b'].map((end) => aliases.join('ü'.repeat(40), end, 1))
  expect(joins.map(bytes).every((length) => length <= 63)).toBe(true)
  expect(joins[0]).not.toBe(joins[1])
  expect(joins[0]?.endsWith('_1')).toBe(true)
  expect(aliases.row('x'.repeat(60), 1)).toBe(`${'x'.repeat(60)}_1`)
  expect(aliases.row('🐘'.repeat(20), 1)).toBe(`${'🐘'.repeat(15)}_1`)
})
