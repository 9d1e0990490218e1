// Ranking of "Go to anything".
import { describe, expect, it } from 'vitest'
import { addRecent, rankItems, rankTitle, readRecent } from './palette-rank.ts'

const titles = (query: string, all: readonly string[], recent: readonly string[] = []): readonly string[] =>
  rankItems(
    query,
    all.map((title) => ({ id: title, title })),
    recent,
  ).map(({ item }) => item.title)

describe('ranking', () => {
  it('puts exact first, then prefixes, then word starts, then the inside of words', () => {
    expect(titles('late', ['translate', 'charge_late_fee', 'late_fee', 'late', 'rental'])).toEqual([
      'late',
      'late_fee',
      'charge_late_fee',
      'translate',
    ])
  })
  it('takes a space for any separator', () => {
    expect(titles('late fee', ['late_fee', 'late-fees', 'late_returns'])).toEqual(['late_fee', 'late-fees'])
  })
  it('finds words in any order by their beginnings', () => {
    expect(titles('sta rev', ['revenue by staff', 'staff'])).toEqual(['revenue by staff'])
  })
  it('puts what was used lately first among equals, and never above a better match', () => {
    expect(titles('r', ['rental', 'returns', 'film'], ['returns'])).toEqual(['returns', 'rental'])
    expect(titles('rental', ['rental', 'rental_archive'], ['rental_archive'])).toEqual([
      'rental',
      'rental_archive',
    ])
  })
  it('marks what matched', () => {
    expect(rankTitle('fee', 'late_fee')?.matches).toEqual([[5, 8]])
    expect(rankTitle('rev sta', 'revenue by staff')?.matches).toEqual([
      [0, 3],
      [11, 14],
    ])
  })
  it('finds by other words, last', () => {
    expect(rankTitle('theme', 'Appearance', ['theme'])?.tier).toBe(5)
    expect(rankTitle('nothing', 'Appearance', ['theme'])).toBeUndefined()
  })
})

describe('recent use', () => {
  const now = new Date('2026-11-22T12:00:00Z')
  it('remembers the latest first, once each', () => {
    const kept = addRecent(addRecent(addRecent('', 'a', now), 'b', now), 'a', now)
    expect(readRecent(kept, now)).toEqual(['a', 'b'])
  })
  it('forgets after 14 days', () => {
    const kept = addRecent('', 'a', new Date('2026-11-01T12:00:00Z'))
    expect(readRecent(kept, now)).toEqual([])
  })
  it('stays within 1000 characters', () => {
    let kept = ''
    for (let index = 0; index < 100; index += 1)
      kept = addRecent(kept, `connection:${index}-${'x'.repeat(30)}`, now)
    expect(kept.length).toBeLessThanOrEqual(1000)
    expect(readRecent(kept, now)[0]).toContain('connection:99-')
  })
})
