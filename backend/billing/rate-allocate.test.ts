import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Metric } from '#contract/billing/metrics.ts'
import { ProjectId } from '#contract/capabilities/ids.ts'
import { allocate, projectCosts } from './rate-allocate.ts'

test('the rest goes to the largest remainders, equal ones by key', () => {
  expect(
    allocate(
      100n,
      new Map([
        ['c', 1n],
        ['a', 1n],
        ['b', 1n],
      ]),
    ),
  ).toEqual(
    new Map([
      ['c', 33n],
      ['a', 34n],
      ['b', 33n],
    ]),
  )
  expect(
    allocate(
      10n,
      new Map([
        ['a', 1n],
        ['b', 5n],
        ['c', 0n],
      ]),
    ),
  ).toEqual(
    new Map([
      ['a', 2n],
      ['b', 8n],
      ['c', 0n],
    ]),
  )
})

test('nobody has a part without weights, and nothing is negative', () => {
  expect(allocate(10n, new Map([['a', 0n]]))).toEqual(new Map())
  expect(() => allocate(-1n, new Map([['a', 1n]]))).toThrow(RangeError)
  expect(() =>
    allocate(
      1n,
      new Map([
        ['a', 2n],
        ['b', -1n],
      ]),
    ),
  ).toThrow(RangeError)
})

test('parts add up to the amount, and each is within one unit of its share', () => {
  const weights = fc.array(fc.bigInt(0n, 10n ** 15n), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(fc.bigInt(0n, 10n ** 9n), weights, (amount, all) => {
      const sum = all.reduce((total, weight) => total + weight, 0n)
      fc.pre(sum > 0n)
      const parts = allocate(amount, new Map(all.map((weight, at) => [String(at), weight])))
      expect([...parts.values()].reduce((total, part) => total + part, 0n)).toBe(amount)
      for (const [key, part] of parts) {
        const difference = part * sum - amount * (all[Number(key)] ?? 0n)
        expect(difference < sum && difference > -sum).toBe(true)
      }
    }),
    { seed: 61 },
  )
})

test('lines are parted by the use of their metric, and plan lines by nobody', () => {
  const [shop, blog] = [
    ProjectId.parse('01890000-0000-7000-8000-000000000001'),
    ProjectId.parse('01890000-0000-7000-8000-000000000002'),
  ]
  const byProject = new Map<ProjectId, ReadonlyMap<Metric, bigint>>([
    [shop, new Map([[Metric.enum.egress, 300n]])],
    [
      blog,
      new Map([
        [Metric.enum.egress, 100n],
        [Metric.enum.compute, 5n],
      ]),
    ],
  ])
  const lines = [
    { metric: null, amount: 1_900n },
    { metric: Metric.enum.egress, amount: 41n },
    { metric: Metric.enum.egress, amount: 60n },
    { metric: Metric.enum.compute, amount: 7n },
  ]
  expect(projectCosts(lines, byProject)).toEqual(
    new Map([
      [shop, 76n],
      [blog, 32n],
    ]),
  )
})
