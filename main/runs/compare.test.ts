import { describe, expect, test } from 'vitest'
import { compareRuns, type ComparedResult } from './compare.ts'

const one = (fields: Partial<ComparedResult>): ComparedResult => ({
  path: 'a.yml',
  name: 'a',
  method: 'GET',
  iteration: 0,
  outcome: 'passed',
  durationMs: 10,
  ...fields,
})

describe('two runs', () => {
  test.each<[string, Partial<ComparedResult>, Partial<ComparedResult>, string[]]>([
    ['alike', {}, {}, []],
    ['that fails newly', {}, { outcome: 'failed' }, ['newlyFailed 1']],
    ['that has no answer any more', {}, { outcome: 'error' }, ['newlyFailed 1']],
    ['that fails as before, in another way', { outcome: 'failed' }, { outcome: 'error' }, []],
    ['that passes again', { outcome: 'error' }, {}, ['newlyPassed 1']],
    ['that is half as slow again, and noticeably', { durationMs: 100 }, { durationMs: 150 }, ['slower 1']],
    ['that is a little slower', { durationMs: 100 }, { durationMs: 149 }, []],
    ['that is many times as slow, of nearly nothing', { durationMs: 1 }, { durationMs: 20 }, []],
    ['that was skipped', { outcome: 'skipped' }, { outcome: 'failed' }, []],
    ['that is another one', { path: 'b.yml' }, { outcome: 'failed' }, []],
    ['of another iteration', { iteration: 1 }, { outcome: 'failed' }, []],
    ['that fails late', { durationMs: 10 }, { outcome: 'failed', durationMs: 900 }, ['newlyFailed 1']],
  ])('of a request %s', (_, before, after, expected) => {
    const changes = compareRuns([one(before)], [one(after)])
    expect(changes.map(({ kind, iterations }) => `${kind} ${iterations}`)).toEqual(expected)
  })

  test('count iterations, compare medians, and tell failures first', () => {
    const before = [0, 1, 2].map((iteration) => one({ iteration, durationMs: 10 }))
    const after = [
      ...[30, 90, 500].map((durationMs, iteration) => one({ iteration, durationMs })),
      one({ path: 'b.yml', outcome: 'failed' }),
      one({ path: 'b.yml', outcome: 'failed', iteration: 1 }),
    ]
    const other = [one({ path: 'b.yml' }), one({ path: 'b.yml', iteration: 1 })]
    expect(compareRuns([...before, ...other], after)).toMatchObject([
      { kind: 'newlyFailed', path: 'b.yml', iterations: 2 },
      { kind: 'slower', path: 'a.yml', iterations: 3, beforeMs: 10, afterMs: 90 },
    ])
  })

  test('take a request that ran several times in an iteration by its last time', () => {
    expect(compareRuns([one({})], [one({ outcome: 'failed' }), one({})])).toEqual([])
  })
})
