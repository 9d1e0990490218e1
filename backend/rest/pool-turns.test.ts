import { describe, expect, test } from 'vitest'
import { createTurns, shareOfOne, type Turns } from './pool-turns.ts'

function lines(turns: Turns<string>, all: Readonly<Record<string, string>>): void {
  for (const [caller, names] of Object.entries(all)) for (const name of names) turns.wait(caller, name)
}

function served(turns: Turns<string>): string {
  let names = ''
  for (let one = turns.next(); one !== undefined; one = turns.next()) names += one
  return names
}

describe('turns', () => {
  test('callers take them in a round, each its own requests in order', () => {
    const turns = createTurns<string>(9)
    lines(turns, { a: '1234', b: '56', c: '7' })
    expect(turns.waiting).toBe(7)
    expect(served(turns)).toBe('1572634')
    expect(turns.waiting).toBe(0)
  })

  test('a caller that comes later gets its turn after those of the round, not after all of them', () => {
    const turns = createTurns<string>(9)
    lines(turns, { a: '123' })
    expect(turns.next()).toBe('1')
    lines(turns, { b: '4' })
    expect(served(turns)).toBe('243')
  })

  test('who has its share waits, others do not', () => {
    const turns = createTurns<string>(2)
    expect([turns.take('a'), turns.take('a'), turns.take('a')]).toEqual([true, true, false])
    expect(turns.take('b')).toBe(true)
    lines(turns, { a: '12', b: '3' })
    expect(served(turns)).toBe('3')
    turns.giveBack('a')
    expect(served(turns)).toBe('1')
  })

  test('nobody goes before those who wait', () => {
    const turns = createTurns<string>(2)
    lines(turns, { a: '1' })
    expect(turns.take('b')).toBe(false)
    expect(served(turns)).toBe('1')
    expect(turns.take('b')).toBe(true)
  })

  test('those who are due leave every line', () => {
    const turns = createTurns<string>(9)
    lines(turns, { a: '13', b: '24' })
    expect(turns.heads()).toEqual(['1', '2'])
    expect(turns.takeDue((one) => one < '3')).toEqual(['1', '2'])
    expect(turns.waiting).toBe(2)
    expect(served(turns)).toBe('34')
  })

  test.each([
    [1, 1],
    [4, 4],
    [5, 4],
    [8, 7],
    [10, 8],
    [20, 16],
  ])('of %i connections one caller gets %i', (size, share) => {
    expect(shareOfOne(size)).toBe(share)
  })
})
