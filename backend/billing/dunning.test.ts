import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  advanceDunning,
  deletionAt,
  type DunningEffect,
  type DunningState,
  KEPT_DAYS,
  NO_DEBT,
  noteDebt,
} from './dunning.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const START = Date.UTC(2026, 10, 23)
const day = (days: number): Date => new Date(START + days * DAY_MS)

/** Runs the daily step on each of these days after a payment failed on day 0. */
function live(days: readonly number[], from: DunningState = noteDebt(NO_DEBT, day(0)).state) {
  const told: [number, DunningEffect][] = []
  let state = from
  for (const at of days) {
    const step = advanceDunning(state, day(at))
    state = step.state
    for (const effect of step.effects) told.push([at, effect])
  }
  return { state, told }
}
const everyDay = (count: number): number[] => Array.from({ length: count }, (_, at) => at)

test('a debt that nobody pays ends in deletion after two notices and thirty days without compute', () => {
  const { state, told } = live(everyDay(90))
  expect(told).toEqual([
    [7, 'mail-restricted'],
    [21, 'suspend'],
    [37, 'mail-deletion-notice'],
    [44, 'mail-deletion-notice'],
    [51, 'delete'],
  ])
  expect(state.stage).toBe('deleted')
})

test('where the daily run was away for months each stage is still told, and the days count from the suspension', () => {
  const { told } = live([100, 101, 102, 117, 118, 125, 131, 132])
  expect(told).toEqual([
    [100, 'mail-restricted'],
    [101, 'suspend'],
    [117, 'mail-deletion-notice'],
    [125, 'mail-deletion-notice'],
    [132, 'delete'],
  ])
})

test('a payment ends it at every stage, wakes what was suspended, and is told once', () => {
  for (const [days, effects] of [
    [3, ['mail-recovered']],
    [10, ['mail-recovered']],
    [40, ['release', 'mail-recovered']],
  ] as const) {
    const { state } = live(everyDay(days))
    expect(noteDebt(state, null)).toEqual({ state: NO_DEBT, effects })
    expect(noteDebt(NO_DEBT, null).effects).toEqual([])
  }
})

test('what was deleted does not come back by a payment', () => {
  const { state } = live(everyDay(60))
  expect(noteDebt(state, null)).toEqual({ state, effects: [] })
})

test('the same debt said again changes nothing and mails nothing', () => {
  const { state } = noteDebt(NO_DEBT, day(0))
  expect(noteDebt(state, day(0))).toEqual({ state, effects: [] })
})

test('the moment of deletion that people are told is the one at which it happens', () => {
  expect(deletionAt(NO_DEBT)).toBeNull()
  for (const until of [22, 38, 45]) expect(deletionAt(live(everyDay(until)).state)).toEqual(day(51))
})

test('whatever days the run comes on: two notices a week apart, thirty days of data, every stage in its order', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { maxLength: 60 }), (days) => {
      const sorted = [...days].sort((a, b) => a - b)
      const { told } = live(sorted)
      const order = ['mail-restricted', 'suspend', 'mail-deletion-notice', 'mail-deletion-notice', 'delete']
      expect(told.map(([, effect]) => effect)).toEqual(order.slice(0, told.length))
      const [, suspend, first, second, deleted] = told.map(([at]) => at)
      if (deleted === undefined || suspend === undefined || first === undefined || second === undefined)
        return
      expect(deleted - suspend).toBeGreaterThanOrEqual(KEPT_DAYS)
      expect(second - first).toBeGreaterThanOrEqual(7)
      expect(deleted - second).toBeGreaterThanOrEqual(7)
    }),
    { seed: 63, numRuns: 300 },
  )
})
