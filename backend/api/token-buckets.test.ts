import { expect, test } from 'vitest'
import { createTokenBuckets } from './token-buckets.ts'

function fixture() {
  const state = { now: 5000 }
  return { state, buckets: createTokenBuckets(() => state.now) }
}

test('a burst of one second is allowed, then as many as the rate gives', () => {
  const { state, buckets } = fixture()
  const allowed = (count: number) =>
    Array.from({ length: count }, () => buckets.take('a', 10).isAllowed).filter(Boolean).length
  expect(allowed(15)).toBe(10)
  state.now += 100
  expect(allowed(5)).toBe(1)
  state.now += 350
  expect(allowed(5)).toBe(3)
  state.now += 60_000
  expect(allowed(15)).toBe(10)
})

test('over ten seconds no more pass than the rate and one burst', () => {
  const { state, buckets } = fixture()
  let passed = 0
  for (let step = 0; step < 10_000; step += 1) {
    state.now += 1
    if (buckets.take('a', 50).isAllowed) passed += 1
  }
  expect(passed).toBeGreaterThanOrEqual(549)
  expect(passed).toBeLessThanOrEqual(550)
})

test('the verdict says what is left and when to come again', () => {
  const { state, buckets } = fixture()
  expect(buckets.take('a', 4)).toEqual({
    isAllowed: true,
    limit: 4,
    remaining: 3,
    resetSeconds: 1,
    retrySeconds: 0,
  })
  for (let count = 0; count < 3; count += 1) buckets.take('a', 4)
  expect(buckets.take('a', 4)).toMatchObject({ isAllowed: false, remaining: 0, retrySeconds: 0.25 })
  state.now += 125
  expect(buckets.take('a', 4)).toMatchObject({ isAllowed: false, retrySeconds: 0.125 })
})

test('several are taken together or not at all', () => {
  const { state, buckets } = fixture()
  expect(buckets.take('a', 10, 4)).toMatchObject({ isAllowed: true, remaining: 6 })
  expect(buckets.take('a', 10, 7)).toMatchObject({ isAllowed: false, remaining: 6, retrySeconds: 0.1 })
  expect(buckets.take('a', 10, 6)).toMatchObject({ isAllowed: true, remaining: 0 })
  state.now += 700
  expect(buckets.take('a', 10, 7).isAllowed).toBe(true)
})

test('buckets do not share tokens, and a changed rate counts at once', () => {
  const { buckets } = fixture()
  expect(buckets.take('a', 1).isAllowed).toBe(true)
  expect(buckets.take('a', 1).isAllowed).toBe(false)
  expect(buckets.take('b', 1).isAllowed).toBe(true)
  expect(buckets.take('c', 100).remaining).toBe(99)
  expect(buckets.take('c', 2).remaining).toBe(1)
})

test('buckets that are full again are forgotten', () => {
  const { state, buckets } = fixture()
  for (let count = 0; count < 5000; count += 1) buckets.take(`address ${count}`, 10)
  expect(buckets.size()).toBe(5000)
  state.now += 1000
  buckets.take('a', 10)
  expect(buckets.size()).toBe(1)
})
