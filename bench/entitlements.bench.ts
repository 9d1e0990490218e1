// How long it takes to ask whether an organisation may do something, with 100,000 organisations in memory; and to decide on a spend cap. The minimum to hold
// the first against: looking the organisation up in a Map.
import { randomUUID } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { decideCap } from '../backend/billing/caps.ts'
import {
  createEntitlements,
  type Entitlement,
  type EntitlementFacts,
} from '../backend/billing/entitlements.ts'
import { loadPriceBooks } from '../backend/billing/price-book.ts'
import { rate, totalOf } from '../backend/billing/rate.ts'
import { OrganisationId } from '../contract/capabilities/ids.ts'
import { Metric } from '../contract/billing/metrics.ts'
import { describeMachine, percentile, report } from './report.ts'

const ORGANISATIONS = 100_000
const QUESTIONS = 1_000_000
/** Questions that are timed one by one: the clock's own cost is in them. */
const SINGLE = 100_000
const GOAL_P99_MS = 0.1

const machine = describeMachine()
const { plans } = loadPriceBooks().version('2026-11-01')
const period = { from: new Date('2026-11-01T00:00:00Z'), to: new Date('2026-12-01T00:00:00Z') }
const totals = new Map(Metric.options.map((metric, at) => [metric, 10n ** BigInt(at + 6)]))
const now = new Date('2026-11-23T12:00:00Z')

const ids = Array.from({ length: ORGANISATIONS }, () => OrganisationId.parse(randomUUID()))
const facts = ids.map((organisationId, at): EntitlementFacts => {
  const plan = at % 3 === 0 ? plans.free : plans.pro
  return {
    organisationId,
    plan,
    status: 'active',
    period,
    totals,
    asOf: now,
    capSafeUntil: plan.atQuota === 'stop' ? null : new Date(now.getTime() + 60_000),
    isCapReached: false,
    projectsAtCap: new Set(),
  }
})
const questions: readonly Entitlement[] = [
  { feature: 'branches' },
  { limit: 'projects', count: 2 },
  { metric: 'api-requests', quantity: 1n },
  { metric: 'storage', quantity: 0n },
]

const entitlements = createEntitlements({ clock: { now: () => now }, load: () => Promise.resolve(facts) })
for (const id of ids) entitlements.can(id, { feature: 'sso' })
const refreshed = performance.now()
await entitlements.refresh()
const refreshMs = performance.now() - refreshed

/** The mean of one call in microseconds. */
function meanUs(call: (id: OrganisationId, question: Entitlement) => unknown): number {
  let seen = 0
  const begin = performance.now()
  for (let n = 0; n < QUESTIONS; n += 1) {
    const id = ids[(n * 7_919) % ORGANISATIONS]
    const question = questions[n % questions.length]
    if (id !== undefined && question !== undefined && call(id, question) !== undefined) seen += 1
  }
  if (seen !== QUESTIONS) throw new Error('A question had no answer.')
  return ((performance.now() - begin) * 1_000) / QUESTIONS
}

const byId = new Map(facts.map((one) => [one.organisationId, one]))
meanUs((id, question) => entitlements.can(id, question))
meanUs((id) => byId.get(id))
const canUs = meanUs((id, question) => entitlements.can(id, question))
const lookUpUs = meanUs((id) => byId.get(id))

const single: number[] = []
for (let n = 0; n < SINGLE; n += 1) {
  const [id, question] = [ids[(n * 7_919) % ORGANISATIONS], questions[n % questions.length]]
  if (id === undefined || question === undefined) continue
  const begin = performance.now()
  entitlements.can(id, question)
  single.push(performance.now() - begin)
}

const decisions: number[] = []
const burn = {
  most: new Map(Metric.options.map((metric) => [metric, 1_000n])),
  held: new Map([[Metric.enum.storage, 5_000_000_000n]]),
}
const costOf = (used: ReadonlyMap<Metric, bigint>): bigint =>
  totalOf(rate({ plan: plans.pro, priceVersion: '2026-11-01', currency: 'eur', totals: used, period }))
for (let n = 0; n < 2_000; n += 1) {
  const begin = performance.now()
  decideCap({ cap: 10n ** 15n, costOf, totals, asOf: now, burn, period, now, reactionMs: 2_000 })
  decisions.push(performance.now() - begin)
}

const canP99Ms = percentile(single, 0.99)
report({
  name: 'entitlements',
  machine,
  metrics: {
    organisations: ORGANISATIONS,
    refreshMs,
    canMeanUs: canUs,
    lookUpMeanUs: lookUpUs,
    canP50Us: percentile(single, 0.5) * 1_000,
    canP99Us: canP99Ms * 1_000,
    canP9999Us: percentile(single, 0.9999) * 1_000,
    decideCapP50Ms: percentile(decisions, 0.5),
    decideCapP99Ms: percentile(decisions, 0.99),
  },
  ratios: { canToLookUp: canUs / lookUpUs },
})
if (canP99Ms > GOAL_P99_MS) {
  console.error(`A question took ${canP99Ms.toFixed(3)} ms at p99, the goal is ${String(GOAL_P99_MS)} ms.`)
  process.exitCode = 1
}
