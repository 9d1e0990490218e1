import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSuggester, NEAR, VERY_NEAR } from './suggest.ts'

describe('suggest', () => {
  const films = createSuggester(['films', 'film_copies', 'Directors', 'a', 'äpfel'])
  test.each([
    ['film', NEAR, 'films', 0.8],
    ['flims', NEAR, 'films', 0.6],
    ['directors', NEAR, 'Directors', 1],
    ['film_copy', VERY_NEAR, null, null],
    ['film_copie', VERY_NEAR, 'film_copies', 1 - 1 / 11],
    ['apfel', NEAR, 'äpfel', 0.8],
    ['zzz', NEAR, null, null],
    ['', NEAR, null, null],
    ['***', NEAR, null, null],
  ])('%j within %d is %j', (name, minimum, expected, score) => {
    const found = films.suggest(name, minimum)
    expect(found?.name ?? null).toBe(expected)
    if (score === null) expect(found).toBeNull()
    else expect(found?.score).toBeCloseTo(score)
  })

  test('nothing is suggested from nothing', () => {
    expect(createSuggester([]).suggest('films', 0)).toBeNull()
  })

  test('a name that no candidate could be near to is not compared with them', () => {
    const names = createSuggester(Array.from({ length: 500 }, (_, number) => `some_table_name_${number}`))
    const start = performance.now()
    expect(names.suggest('some_table_name_'.repeat(4_000), VERY_NEAR)).toBeNull()
    expect(performance.now() - start).toBeLessThan(1_000)
  })

  test('scores are between 0 and 1, and any text may be asked for', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 6 }), fc.string({ unit: 'binary' }), (names, name) => {
        const found = createSuggester(names).suggest(name, 0)
        if (found !== null) {
          expect(names).toContain(found.name)
          expect(found.score).toBeGreaterThanOrEqual(0)
          expect(found.score).toBeLessThanOrEqual(1)
        }
      }),
    )
  })
})
