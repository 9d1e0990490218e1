import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { NotificationRules } from '#contract/capabilities/billing.ts'
import { ProjectId } from '#contract/capabilities/ids.ts'
import type { Metric } from '#contract/billing/metrics.ts'
import type { Plan } from '#contract/billing/price-book.ts'
import { newNotices, noticesOf, type CapStanding, type Standing } from './forecast-notices.ts'
import { loadPriceBooks } from './price-book.ts'
import { includedQuantity } from './rate.ts'

const { pro, free } = loadPriceBooks().version('2026-11-01').plans
const period = { from: new Date('2026-11-01T00:00:00Z'), to: new Date('2026-12-01T00:00:00Z') }
const rules: NotificationRules = { thresholds: [50, 80, 100], onForecast: true, byMail: true }
const overAt = new Date('2026-11-26T09:00:00Z')

const using = (plan: Plan, metric: Metric, percent: bigint, over: Date | null = null): Standing => {
  const included = includedQuantity(plan.metrics[metric], metric, period)
  const used = ((included ?? 0n) * percent) / 100n
  return {
    plan,
    currency: 'eur',
    metrics: [{ metric, used, included, forecast: { quantity: used, overAt: over } }],
    caps: [],
  }
}
const spending = (spent: bigint, change: Partial<CapStanding> = {}): Standing => ({
  plan: pro,
  currency: 'eur',
  metrics: [],
  caps: [{ projectId: null, name: null, cap: 4_000n, spent, forecast: spent, isReached: false, ...change }],
})
const brief = (standing: Standing, by = rules) =>
  noticesOf(standing, by).map(({ kind, severity, title }) => [kind, severity, title])

describe('quotas', () => {
  test('below the lowest threshold nothing is said', () => {
    expect(noticesOf(using(pro, 'api-requests', 49n), rules)).toEqual([])
  })

  test('of the thresholds the highest is said', () => {
    expect(brief(using(pro, 'api-requests', 50n))).toEqual([
      ['quota-near', 'info', 'API requests: 50 % of the included 5 M are used.'],
    ])
    expect(brief(using(pro, 'egress', 99n))).toEqual([
      ['quota-near', 'warning', 'Data out: 80 % of the included 100 GB are used.'],
    ])
    expect(brief(using(pro, 'egress', 300n))).toEqual([
      ['quota-reached', 'warning', 'Data out: the included 100 GB are used.'],
    ])
    expect(brief(using(free, 'egress', 100n))).toEqual([
      ['quota-reached', 'error', 'Data out: the included 5 GB are used.'],
    ])
  })

  test('a forecast says when, what then happens and what it costs', () => {
    expect(noticesOf(using(pro, 'api-requests', 40n, overAt), rules)).toEqual([
      {
        kind: 'quota-forecast',
        severity: 'warning',
        title: 'API requests will reach the included 5 M on 26 Nov 2026.',
        message: 'Nothing stops: each further 1 M costs €2.00, up to the spend cap.',
        metric: 'api-requests',
        projectId: null,
        key: 'metric:api-requests:pro:forecast',
        covers: ['metric:api-requests:pro:forecast'],
      },
    ])
    expect(noticesOf(using(free, 'egress', 40n, overAt), rules)[0]?.message).toContain(
      'sleep until the next period',
    )
  })

  test('who wants no forecasts gets none, and a hundred percent always', () => {
    const quiet = { thresholds: [], onForecast: false, byMail: false }
    expect(brief(using(pro, 'egress', 99n, overAt), quiet)).toEqual([])
    expect(brief(using(pro, 'egress', 100n, overAt), quiet)).toHaveLength(1)
  })

  test('what has no end or is not included is not told of', () => {
    expect(noticesOf(using(pro, 'api-rows', 0n, overAt), rules)).toEqual([])
    const none: Plan = {
      ...pro,
      metrics: { ...pro.metrics, egress: { ...pro.metrics.egress, included: '0' } },
    }
    expect(noticesOf(using(none, 'egress', 0n, overAt), rules)).toEqual([])
  })

  test('where more is not sold it is refused', () => {
    const closed: Plan = { ...pro, metrics: { ...pro.metrics, egress: { included: '1', tiers: [] } } }
    expect(noticesOf(using(closed, 'egress', 100n), rules)[0]).toMatchObject({
      severity: 'error',
      message: expect.stringContaining('refused'),
    })
  })
})

describe('caps', () => {
  test('at its percents', () => {
    expect(brief(spending(1_999n))).toEqual([])
    expect(brief(spending(2_140n))).toEqual([
      ['cap-near', 'info', 'The spend cap of €40.00 is used to 50 %: €21.40.'],
    ])
    expect(brief(spending(3_200n, { name: 'shop' }))).toEqual([
      ['cap-near', 'warning', 'The spend cap of shop of €40.00 is used to 80 %: €32.00.'],
    ])
  })

  test('on the way to it', () => {
    expect(brief(spending(100n, { forecast: 4_001n }))).toEqual([
      [
        'cap-near',
        'warning',
        'The spend cap of €40.00 will be reached in this period: the forecast is €40.01.',
      ],
    ])
    expect(brief(spending(100n, { forecast: 4_000n }))).toEqual([])
  })

  test('reached says what happens and what to do, and nothing else is said', () => {
    const [notice, ...others] = noticesOf(spending(3_990n, { forecast: 9_000n, isReached: true }), rules)
    expect(others).toEqual([])
    expect(notice).toMatchObject({
      kind: 'cap-reached',
      severity: 'error',
      title: 'The spend cap of €40.00 is reached.',
    })
    expect(notice?.message).toContain('Raise the cap')
  })

  test('without a cap nothing is said', () => {
    expect(noticesOf(spending(9_999n, { cap: null }), rules)).toEqual([])
  })
})

describe('telling', () => {
  test('a jump over several thresholds is told once, at the highest', () => {
    const first = newNotices(noticesOf(using(pro, 'egress', 85n), rules), new Set())
    expect(first.notices.map(({ title }) => title)).toEqual([
      'Data out: 80 % of the included 100 GB are used.',
    ])
    expect(first.told).toEqual(['metric:egress:pro:50', 'metric:egress:pro:80'])
    const again = newNotices(noticesOf(using(pro, 'egress', 60n), rules), new Set(first.told))
    expect(again).toEqual({ notices: [], told: [] })
  })

  test('a cap that was changed, a project and another plan are told for themselves', () => {
    const projectId = ProjectId.parse('01890000-0000-7000-8000-000000000001')
    const keys = [
      spending(2_100n),
      spending(2_600n, { cap: 5_000n }),
      spending(2_600n, { projectId, name: 'shop' }),
      using(pro, 'egress', 50n),
      using({ ...pro, id: 'team' }, 'egress', 50n),
    ].flatMap((standing) => noticesOf(standing, rules).map(({ key }) => key))
    expect(new Set(keys).size).toBe(5)
  })

  test('however use goes up and down, each threshold is told at most once, and the last at once', () => {
    const life = fc.array(fc.record({ percent: fc.bigInt(0n, 150n), isOver: fc.boolean() }), {
      maxLength: 30,
    })
    fc.assert(
      fc.property(life, (moments) => {
        let told: ReadonlySet<string> = new Set()
        const said: string[] = []
        for (const { percent, isOver } of moments) {
          const next = newNotices(
            noticesOf(using(pro, 'egress', percent, isOver ? overAt : null), rules),
            told,
          )
          said.push(...next.notices.map(({ key }) => key))
          told = new Set([...told, ...next.told])
          if (percent >= 100n) expect(said).toContain('metric:egress:pro:100')
        }
        expect(new Set(said).size).toBe(said.length)
        const percents = said
          .filter((key) => !key.endsWith('forecast'))
          .map((key) => Number(key.split(':').at(-1)))
        expect(percents).toEqual(percents.toSorted((a, b) => a - b))
      }),
      { seed: 61 },
    )
  })
})
