import { describe, expect, test } from 'vitest'
import { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import type { Plan } from '#contract/billing/price-book.ts'
import { OperatorLimits } from '#contract/billing/operator-limits.ts'
import { selfHostedPlan } from './entitlements-self-hosted.ts'
import {
  CAP_GRACE_MS,
  createEntitlements,
  FRESH_MS,
  STALE_MS,
  type Entitlement,
  type EntitlementFacts,
} from './entitlements.ts'
import { loadPriceBooks } from './price-book.ts'

const { pro, free } = loadPriceBooks().version('2026-11-01').plans
const acme = OrganisationId.parse('01890000-0000-7000-8000-00000000000a')
const other = OrganisationId.parse('01890000-0000-7000-8000-00000000000b')
const shop = ProjectId.parse('01890000-0000-7000-8000-000000000001')
const GB = 1_000_000_000n
const START = Date.parse('2026-11-23T12:00:00Z')

const factsOf = (plan: Plan, change: Partial<EntitlementFacts> = {}): EntitlementFacts => ({
  organisationId: acme,
  plan,
  status: 'active',
  period: { from: new Date('2026-11-01T00:00:00Z'), to: new Date('2026-12-01T00:00:00Z') },
  totals: new Map(),
  asOf: new Date(START),
  capSafeUntil: new Date(START + 60_000),
  isCapReached: false,
  projectsAtCap: new Set(),
  ...change,
})

/** Entitlements over facts that a test changes, at a time that it sets. */
function rig(facts: EntitlementFacts | null) {
  const state = { now: START, facts, loads: 0, fails: false }
  const entitlements = createEntitlements({
    clock: { now: () => new Date(state.now) },
    load: (ids) => {
      state.loads += 1
      if (state.fails) return Promise.reject(new Error('The database is away.'))
      return Promise.resolve(ids.includes(acme) && state.facts !== null ? [state.facts] : [])
    },
  })
  return {
    state,
    entitlements,
    ask: (what: Entitlement) => {
      const answer = entitlements.can(acme, what)
      return answer.allowed ? 'allowed' : answer.reason
    },
  }
}

async function answers(facts: EntitlementFacts, ...all: readonly Entitlement[]): Promise<string[]> {
  const { entitlements, ask } = rig(facts)
  await entitlements.ensure(acme)
  return all.map(ask)
}

describe('by plan', () => {
  test('features are those of the plan', async () => {
    expect(await answers(factsOf(pro), { feature: 'branches' }, { feature: 'sso' })).toEqual([
      'allowed',
      'not-in-plan',
    ])
  })

  test('limits count what there would be', async () => {
    const projects = (count: number) => ({ limit: 'projects', count }) as const
    expect(await answers(factsOf(free), projects(2), projects(3))).toEqual(['allowed', 'limit-reached'])
    const bytes = { limit: 'storage-bytes-per-project', count: 10 ** 15 } as const
    expect(await answers(factsOf(pro), bytes)).toEqual(['allowed'])
  })

  test('a plan that stops ends at its quota, to the unit', async () => {
    const facts = factsOf(free, { totals: new Map([['egress', 4n * GB]]), capSafeUntil: null })
    const egress = (quantity: bigint) => ({ metric: 'egress', quantity }) as const
    expect(await answers(facts, egress(0n), egress(GB), egress(GB + 1n))).toEqual([
      'allowed',
      'allowed',
      'quota-reached',
    ])
    const full = factsOf(free, { totals: new Map([['egress', 5n * GB]]), capSafeUntil: null })
    expect(await answers(full, egress(0n), egress(1n))).toEqual(['quota-reached', 'quota-reached'])
  })

  test('a peak may be as high as the quota', async () => {
    const facts = factsOf(free, { totals: new Map([['realtime-connections', 50n]]) })
    const connections = (quantity: bigint) => ({ metric: 'realtime-connections', quantity }) as const
    expect(await answers(facts, connections(0n), connections(50n), connections(51n))).toEqual([
      'allowed',
      'allowed',
      'quota-reached',
    ])
  })

  test('a plan that charges goes on above its quota, except where more is not sold', async () => {
    const totals = new Map([
      ['egress', 900n * GB],
      ['compute', 10n ** 15n],
    ] as const)
    const closed: Plan = { ...pro, metrics: { ...pro.metrics, compute: { included: '1', tiers: [] } } }
    expect(
      await answers(
        factsOf(closed, { totals }),
        { metric: 'egress', quantity: GB },
        { metric: 'compute', quantity: 1n },
        { metric: 'api-rows', quantity: GB },
      ),
    ).toEqual(['allowed', 'quota-reached', 'allowed'])
  })
})

describe('caps and debts', () => {
  const use = { metric: 'egress', quantity: 1n } as const

  test('a cap ends the use, of the organisation or of its project', async () => {
    expect(await answers(factsOf(pro, { isCapReached: true }), use, { feature: 'branches' })).toEqual([
      'cap-reached',
      'allowed',
    ])
    const facts = factsOf(pro, { projectsAtCap: new Set([shop]) })
    expect(await answers(facts, use, { ...use, projectId: shop })).toEqual(['allowed', 'cap-reached'])
  })

  test('at a cap nothing is made that costs, members may join', async () => {
    const facts = factsOf(pro, { isCapReached: true })
    expect(await answers(facts, { limit: 'projects', count: 1 }, { limit: 'members', count: 2 })).toEqual([
      'cap-reached',
      'allowed',
    ])
  })

  test('what is restricted makes nothing new, what is suspended uses nothing', async () => {
    const one = { limit: 'projects', count: 1 } as const
    expect(await answers(factsOf(pro, { status: 'restricted' }), one, use)).toEqual(['restricted', 'allowed'])
    expect(await answers(factsOf(pro, { status: 'suspended' }), one, use)).toEqual(['suspended', 'suspended'])
    expect(await answers(factsOf(pro, { status: 'past-due' }), one, use)).toEqual(['allowed', 'allowed'])
  })

  test('a denial says what happened and what to do', async () => {
    const { entitlements } = rig(factsOf(free, { totals: new Map([['egress', 5n * GB]]) }))
    await entitlements.ensure(acme)
    expect(entitlements.can(acme, use)).toEqual({
      allowed: false,
      reason: 'quota-reached',
      message: 'Data out: the included 5 GB of this period are used.',
      hint: 'Change the plan, or wait for the next period on 1 Dec 2026.',
    })
  })
})

describe('what is known, and for how long', () => {
  const use = { metric: 'egress', quantity: 1n } as const
  const one = { limit: 'projects', count: 1 } as const
  const feature = { feature: 'branches' } as const

  test('nobody is allowed anything before they are known; asking makes the next refresh load them', async () => {
    const { entitlements, ask } = rig(factsOf(pro))
    expect(ask(feature)).toBe('unknown-organisation')
    await entitlements.refresh()
    expect(ask(feature)).toBe('allowed')
  })

  test('an organisation that there is not stays unknown', async () => {
    const { entitlements } = rig(factsOf(pro))
    await entitlements.ensure(other)
    expect(entitlements.can(other, feature)).toMatchObject({ allowed: false, reason: 'unknown-organisation' })
  })

  test('facts are loaded once as long as they are fresh, and anew after a change was told', async () => {
    const { entitlements, state, ask } = rig(factsOf(free))
    await entitlements.ensure(acme)
    state.now += FRESH_MS
    await entitlements.ensure(acme)
    expect(state.loads).toBe(1)
    state.facts = factsOf(pro)
    expect(ask(feature)).toBe('not-in-plan')
    entitlements.forget(acme)
    await entitlements.ensure(acme)
    expect([ask(feature), state.loads]).toEqual(['allowed', 2])
    state.now += FRESH_MS + 1
    await entitlements.ensure(acme)
    expect(state.loads).toBe(3)
  })

  test('when facts cannot be read, what cannot cost goes on and the rest ends', async () => {
    const { entitlements, state, ask } = rig(factsOf(pro, { capSafeUntil: new Date(START + 2 * STALE_MS) }))
    await entitlements.ensure(acme)
    state.fails = true
    state.now += STALE_MS
    await expect(entitlements.refresh()).rejects.toThrow('away')
    const rows = { metric: 'api-rows', quantity: 1n } as const
    expect([feature, rows, use, one].map(ask)).toEqual(['allowed', 'allowed', 'allowed', 'allowed'])
    state.now += 1
    expect([feature, rows, use, one].map(ask)).toEqual(['allowed', 'allowed', 'allowed', 'usage-unknown'])
    state.now = START + 2 * STALE_MS + CAP_GRACE_MS + 1
    expect([feature, rows, use].map(ask)).toEqual(['allowed', 'usage-unknown', 'usage-unknown'])
    state.fails = false
    state.facts = factsOf(pro, { capSafeUntil: new Date(state.now + 60_000) })
    await entitlements.refresh()
    expect([feature, use, one].map(ask)).toEqual(['allowed', 'allowed', 'allowed'])
  })

  test.each([
    ['a plan that stops', free],
    ['a plan that sells without a cap', pro],
  ])('%s ends with stale facts, even below its quota', async (_, plan) => {
    const { entitlements, state, ask } = rig(factsOf(plan, { capSafeUntil: null }))
    await entitlements.ensure(acme)
    state.now += STALE_MS
    expect(ask(use)).toBe('allowed')
    state.now += 1
    expect(ask(use)).toBe('usage-unknown')
  })

  test('a slow load does not put back what a later one brought', async () => {
    const finish: ((facts: EntitlementFacts[]) => void)[] = []
    let now = START
    const entitlements = createEntitlements({
      clock: { now: () => new Date(now) },
      load: () => new Promise((resolve) => void finish.push(resolve)),
    })
    const slow = entitlements.ensure(acme)
    now += 1
    const quick = entitlements.ensure(acme)
    finish[1]?.([factsOf(pro)])
    await quick
    finish[0]?.([factsOf(free)])
    await slow
    expect(entitlements.can(acme, feature)).toEqual({ allowed: true })
  })

  test('who is not asked for in an hour is dropped', async () => {
    const { entitlements, state, ask } = rig(factsOf(pro))
    await entitlements.ensure(acme)
    state.now += 60 * 60_000 + 1
    await entitlements.refresh()
    expect(state.loads).toBe(1)
    expect(ask(feature)).toBe('unknown-organisation')
  })
})

describe('self-hosted', () => {
  test('nothing is limited but what the operator limits', async () => {
    const plan = selfHostedPlan(OperatorLimits.parse({ limits: { projects: 3 }, quotas: { egress: '10' } }))
    const facts = factsOf(plan, { status: 'none', capSafeUntil: null })
    const projects = (count: number) => ({ limit: 'projects', count }) as const
    const egress = (quantity: bigint) => ({ metric: 'egress', quantity }) as const
    expect(
      await answers(
        facts,
        { feature: 'sso' },
        projects(3),
        projects(4),
        egress(10n * GB),
        egress(10n * GB + 1n),
        { limit: 'members', count: 10_000 },
        {
          metric: 'compute',
          quantity: 10n ** 18n,
        },
      ),
    ).toEqual(['allowed', 'allowed', 'limit-reached', 'allowed', 'quota-reached', 'allowed', 'allowed'])
  })

  test('limits with a misspelt name are refused', () => {
    expect(() => OperatorLimits.parse({ limit: { projects: 3 } })).toThrow()
    expect(() => OperatorLimits.parse({ limits: { project: 3 } })).toThrow()
    expect(OperatorLimits.parse({})).toEqual({ limits: {}, quotas: {} })
  })
})
