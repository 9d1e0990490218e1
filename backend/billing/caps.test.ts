import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ProjectId } from '#contract/capabilities/ids.ts'
import { Metric, METRICS } from '#contract/billing/metrics.ts'
import type { Plan } from '#contract/billing/price-book.ts'
import { randomPlan } from '#testing/random-billing.ts'
import {
  decideCap,
  decideEffects,
  MOST_SAFE_MS,
  projectCost,
  worstTotals,
  type Burn,
  type CapInput,
} from './caps.ts'
import { loadPriceBooks } from './price-book.ts'
import { rate, totalOf, usageAmount } from './rate.ts'

const RUNS = Number(process.env['NEBULADB_CAP_RUNS'] ?? 150)
const { pro } = loadPriceBooks().version('2026-11-01').plans
const period = { from: new Date('2026-11-01T00:00:00Z'), to: new Date('2026-12-01T00:00:00Z') }
const now = new Date('2026-11-23T12:00:00Z')
const REST = BigInt((period.to.getTime() - now.getTime()) / 1000)
const GB = 1_000_000_000n

const costOf =
  (plan: Plan) =>
  (totals: ReadonlyMap<Metric, bigint>): bigint =>
    BigInt(plan.monthlyPrice ?? '0') +
    totalOf(rate({ plan, priceVersion: '2026-11-01', currency: 'eur', totals, period }))
const burnOf = (most: [Metric, bigint][], held: [Metric, bigint][] = []): Burn => ({
  most: new Map(most),
  held: new Map(held),
})
const input = (change: Partial<CapInput>): CapInput => ({
  cap: 4_000n,
  costOf: costOf(pro),
  totals: new Map(),
  asOf: now,
  burn: burnOf([]),
  period,
  now,
  reactionMs: 2_000,
  ...change,
})

describe('the worst case', () => {
  test('grows by what can be used since the last word and until a stop has its effect', () => {
    const worst = worstTotals(
      input({
        totals: new Map([['egress', 7n]]),
        asOf: new Date(now.getTime() - 58_500),
        burn: burnOf([['egress', 1_000n]]),
      }),
      2_000,
    )
    expect(worst.get('egress')).toBe(7n + 60_500n)
  })

  test('contains what is held until the end of the period, and by how much that can rise', () => {
    const burn = burnOf([['storage', 1_000n]], [['storage', 5n * GB]])
    expect(worstTotals(input({ burn }), 0).get('storage')).toBe(5n * GB * REST)
    expect(worstTotals(input({ burn }), 3_000).get('storage')).toBe((5n * GB + 3_000n) * REST)
  })

  test('a peak is the highest there can be', () => {
    const worst = (used: bigint) =>
      worstTotals(
        input({
          totals: new Map([['realtime-connections', used]]),
          burn: burnOf([['realtime-connections', 600n]]),
        }),
        0,
      )
    expect(worst(5n).get('realtime-connections')).toBe(600n)
    expect(worst(700n).get('realtime-connections')).toBe(700n)
  })

  test('ends with the period', () => {
    const late = new Date(period.to.getTime() - 1_000)
    expect(
      worstTotals(input({ asOf: late, now: late, burn: burnOf([['egress', 5n]]) }), 60_000).get('egress'),
    ).toBe(5n)
    const after = new Date(period.to.getTime() + 1_000)
    expect(worstTotals(input({ asOf: after, now: after, burn: burnOf([['egress', 5n]]) }), 60_000)).toEqual(
      new Map(),
    )
  })
})

describe('a decision', () => {
  // €0.10 a second.
  const burn = burnOf([['egress', GB]])
  const used = (gigabytes: bigint) => new Map([['egress', gigabytes * GB]] as const)

  test('far from the cap says until when it holds', () => {
    // 19.00 + 20.50 spent: 0.50 are left, 5 s at most, of which 2 are for the stop.
    expect(decideCap(input({ totals: used(305n), burn }))).toEqual({
      isReached: false,
      spent: 3_950n,
      worst: 3_970n,
      checkAgainAt: new Date(now.getTime() + 3_049),
    })
    expect(decideCap(input({ burn })).checkAgainAt).toEqual(new Date(now.getTime() + 308_049))
    expect(decideCap(input({})).checkAgainAt).toEqual(new Date(now.getTime() + MOST_SAFE_MS))
  })

  test('comes before the cap is passed, and counts how old the word of metering is', () => {
    expect(decideCap(input({ totals: used(308n), burn })).isReached).toBe(false)
    expect(decideCap(input({ totals: used(309n), burn }))).toEqual({
      isReached: true,
      spent: 3_990n,
      worst: 4_010n,
      checkAgainAt: now,
    })
    const asOf = new Date(now.getTime() - 10_000)
    expect(decideCap(input({ totals: used(305n), burn, asOf })).isReached).toBe(true)
  })

  test('without a cap nothing is reached', () => {
    expect(decideCap(input({ cap: null, totals: used(9_000n), burn }))).toMatchObject({ isReached: false })
  })
})

test('a project pays in proportion, rounded up', () => {
  const amountOf = (metric: Metric, quantity: bigint): bigint => usageAmount(pro, metric, quantity, period)
  const own = new Map([
    ['egress', 50n * GB],
    ['compute', 0n],
  ] as const)
  expect(projectCost(amountOf, new Map([['egress', 100n * GB]]), own)).toBe(167n)
  expect(projectCost(amountOf, new Map(), own)).toBe(0n)
})

describe('for any plan, burn and behaviour', () => {
  const perMetric = (most: number) =>
    fc.array(
      fc.nat(most).map((exponent) => (exponent === 0 ? 0n : 2n ** BigInt(exponent))),
      { minLength: Metric.options.length, maxLength: Metric.options.length },
    )
  const behaviour = fc.record({
    plan: randomPlan(),
    /** Of each metric in a second. */
    most: perMetric(20),
    held: perMetric(24),
    room: fc.nat(24).map((exponent) => 2n ** BigInt(exponent)),
    draw: fc.infiniteStream(fc.bigInt(0n, 100n)),
  })

  test('the cost never passes the cap: the overshoot is 0', () => {
    let stops = 0
    fc.assert(
      fc.property(behaviour, ({ plan, most, held, room, draw }) => {
        const percent = (): bigint => {
          const { value } = draw.next()
          return typeof value === 'bigint' ? value : 0n
        }
        const cap = BigInt(plan.monthlyPrice ?? '0') + room
        const cost = costOf(plan)
        const totals = new Map<Metric, bigint>()
        const level = new Map(Metric.options.map((metric, at) => [metric, held[at] ?? 0n]))
        const speed = new Map(Metric.options.map((metric, at) => [metric, most[at] ?? 0n]))
        let [time, isRunning] = [now.getTime() - 3_600_000, true]
        // The next word of metering takes 500 ms, a stop 1,500 ms.
        const reactionMs = 2_000
        // Before anything runs a decision allows it.
        const begin = new Date(time)
        const first = decideCap({
          cap,
          costOf: cost,
          totals,
          asOf: begin,
          burn: { most: speed, held: level },
          period,
          now: begin,
          reactionMs,
        })
        fc.pre(!first.isReached)
        const pass = (ms: number): void => {
          for (const metric of Metric.options) {
            const fast = isRunning ? ((speed.get(metric) ?? 0n) * percent()) / 100n : 0n
            const before = totals.get(metric) ?? 0n
            const { aggregation } = METRICS[metric]
            if (aggregation === 'sum') totals.set(metric, before + (fast * BigInt(ms)) / 1_000n)
            else if (aggregation === 'peak') totals.set(metric, fast > before ? fast : before)
            else {
              // The level jumps at the worst moment: at once.
              level.set(metric, (level.get(metric) ?? 0n) + (fast * BigInt(ms)) / 1_000n)
              totals.set(metric, before + ((level.get(metric) ?? 0n) * BigInt(ms)) / 1_000n)
            }
          }
          time += ms
        }
        for (let step = 0; step < 12 && isRunning; step += 1) {
          const seen = new Map(totals)
          const asOf = new Date(time)
          const burn = { most: speed, held: new Map(level) }
          // Metering's word is some time on its way.
          pass(500)
          const decision = decideCap({
            cap,
            costOf: cost,
            totals: seen,
            asOf,
            burn,
            period,
            now: new Date(time),
            reactionMs,
          })
          if (decision.isReached) {
            pass(1_500)
            isRunning = false
            stops += 1
          } else pass(Math.max(0, decision.checkAgainAt.getTime() - time - Number(percent())))
        }
        pass(Math.max(0, period.to.getTime() - time))
        if (isRunning) return
        expect(cost(totals) <= cap).toBe(true)
      }),
      { seed: 61, numRuns: RUNS },
    )
    expect(stops).toBeGreaterThan(RUNS / 20)
  })
})

describe('effects', () => {
  const ids = [1, 2, 3].map((n) => ProjectId.parse(`01890000-0000-7000-8000-00000000000${String(n)}`))
  const base = {
    projects: ids.map((projectId) => ({ projectId, hold: null })),
    isSuspended: false,
    isCapReached: false,
    isQuotaReached: false,
    projectsAtCap: new Set<ProjectId>(),
  }
  const holds = (change: Partial<typeof base>) =>
    decideEffects({ ...base, ...change }).map(({ hold }) => hold)

  test('nothing changes where nothing is reached', () => {
    expect(decideEffects(base)).toEqual([])
  })

  test('the weightiest reason holds all projects', () => {
    expect(holds({ isQuotaReached: true })).toEqual(['quota', 'quota', 'quota'])
    expect(holds({ isQuotaReached: true, isCapReached: true })).toEqual(['cap', 'cap', 'cap'])
    expect(holds({ isSuspended: true, isCapReached: true })).toEqual(['suspended', 'suspended', 'suspended'])
  })

  test('a project at its own cap sleeps alone', () => {
    const [first] = ids
    if (first === undefined) throw new Error('There are three.')
    expect(decideEffects({ ...base, projectsAtCap: new Set([first]) })).toEqual([
      { projectId: first, hold: 'cap' },
    ])
  })

  test('what is as it should be is left out, and what is over is let go', () => {
    const held = ids.map((projectId, at) => ({
      projectId,
      hold: (['cap', 'quota', null] as const)[at] ?? null,
    }))
    expect(decideEffects({ ...base, projects: held, isCapReached: true })).toEqual([
      { projectId: ids[1], hold: 'cap' },
      { projectId: ids[2], hold: 'cap' },
    ])
    expect(decideEffects({ ...base, projects: held })).toEqual([
      { projectId: ids[0], hold: null },
      { projectId: ids[1], hold: null },
    ])
  })
})
