// What the settings page shows of a subscription, and what stands in everybody's banner.
import type { BillingNotice, BillingOverview } from '#contract/capabilities/billing.ts'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import { deletionAt } from './dunning.ts'
import { formatDay, planLines } from './rate-plan.ts'
import { toLine, toPeriod } from './service-lines.ts'
import type { CapState, Limits, Standing } from './service-limits.ts'
import type { Terms } from './service-terms.ts'
import { findRules } from './store.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** How long before its end a trial is told. */
const TRIAL_TOLD_MS = 3 * DAY_MS

export interface OverviewDependencies {
  readonly db: Database
  readonly clock: Clock
  readonly limits: Limits
}

/** Everything at once; the caller has checked who asks. */
export async function readOverview(
  { db, clock, limits }: OverviewDependencies,
  organisationId: OrganisationId,
): Promise<BillingOverview> {
  const standing = await limits.standing(organisationId)
  const { terms, costs, caps } = standing
  const { subscription, plan, period } = terms
  const [own, ...others] = caps
  return {
    mode: terms.mode,
    status: terms.status,
    plan,
    priceVersion: terms.priceVersion,
    currency: terms.currency,
    period: toPeriod(period),
    trialEndsAt: subscription?.trialEndsAt?.toISOString() ?? null,
    cancelsAt: subscription?.cancelsAt?.toISOString() ?? null,
    scheduledPlan: subscription?.scheduledPlan ?? null,
    nextInvoice: nextInvoice(standing),
    spendCap: toCap(own),
    projectCaps: others.flatMap((cap) =>
      cap.projectId === null ? [] : [{ ...toCap(cap), projectId: cap.projectId, name: cap.name ?? '' }],
    ),
    rules: await findRules(db, organisationId),
    notices: noticesOf(standing, clock.now()),
    asOf: costs.asOf.toISOString(),
  }
}

/** What members need to know, whoever pays: the gravest first. */
export function noticesOf({ terms, notices }: Standing, now: Date): BillingNotice[] {
  const rank = { error: 0, warning: 1, info: 2 } as const
  const all = [
    ...subscriptionNotices(terms, now),
    ...notices.map(({ kind, severity, title, message, metric, projectId }) => ({
      kind,
      severity,
      title,
      message,
      metric,
      projectId,
    })),
  ]
  return all.toSorted((a, b) => rank[a.severity] - rank[b.severity])
}

/** The invoice at the period's end: the plan for the period that follows and what was used above the quotas. In a trial nothing of it is due yet. */
function nextInvoice({ terms, costs, atEnd, caps }: Standing): BillingOverview['nextInvoice'] {
  const { subscription, plan, period, priceVersion } = terms
  const isSold = subscription !== undefined && subscription.providerId !== null
  const isTrial = terms.status === 'trialing'
  const goesOn = isSold && subscription.cancelsAt === null
  const following = { from: period.to, to: new Date(2 * period.to.getTime() - period.from.getTime()) }
  const planned =
    goesOn && terms.mode === 'stripe' ? planLines({ plan, priceVersion, period: following }) : []
  const used = costs.charges.flatMap(({ metric, lines }) => {
    // The forecast of a metric is told with its last line: what is over stays.
    const before = lines.slice(0, -1).reduce((sum, { amount }) => sum + amount, 0n)
    const end = metricCost(costs, metric, atEnd) - before
    return lines.map((line, at) =>
      toLine(
        { ...line, kind: 'usage', metric, period },
        at === lines.length - 1 && end > line.amount ? end : line.amount,
      ),
    )
  })
  const lines = [
    ...planned.map((line) => toLine(isTrial ? { ...line, amount: 0n } : line, line.amount)),
    ...used,
  ]
  const soFar = lines.reduce((sum, { amount }) => sum + BigInt(amount), 0n)
  const usage = caps[0].forecast - costs.plan
  const plans = planned.reduce((sum, { amount }) => sum + amount, 0n)
  return {
    lines,
    soFar: String(soFar),
    forecast: String(isSold ? plans + usage : 0n),
    dueAt: (subscription?.trialEndsAt ?? subscription?.period?.to ?? period.to).toISOString(),
  }
}

/** What a metric alone costs by the end. */
function metricCost(
  { costOf }: Standing['costs'],
  metric: Standing['metrics'][number]['metric'],
  atEnd: Standing['atEnd'],
): bigint {
  const only = new Map([[metric, atEnd.get(metric) ?? 0n]])
  return costOf(only) - costOf(new Map())
}

function toCap({ cap, spent, forecast, reachedAt }: CapState): BillingOverview['spendCap'] {
  return {
    amount: cap === null ? null : String(cap),
    spent: String(spent),
    forecast: String(forecast),
    reachedAt: cap === null ? null : (reachedAt?.toISOString() ?? null),
  }
}

const PAY = 'Pay the open invoice in Plan and billing.'

function subscriptionNotices({ subscription, status, plan }: Terms, now: Date): BillingNotice[] {
  if (subscription === undefined) return []
  const base = { metric: null, projectId: null }
  const { dunning, trialEndsAt, cancelsAt } = subscription
  const notices: BillingNotice[] = []
  if (status === 'past-due')
    notices.push({
      ...base,
      kind: 'past-due',
      severity: 'warning',
      title: 'A payment failed.',
      message: `Everything goes on for now. ${PAY}`,
    })
  if (status === 'restricted')
    notices.push({
      ...base,
      kind: 'restricted',
      severity: 'error',
      title: 'An invoice is unpaid: nothing new can be made.',
      message: `What runs goes on. ${PAY}`,
    })
  if (status === 'suspended') {
    const deletion = deletionAt(dunning)
    notices.push({
      ...base,
      kind: 'suspended',
      severity: 'error',
      title: 'An invoice is unpaid: compute is off.',
      message: `Data and backups stay${deletion === null ? '' : ` until ${formatDay(deletion)} at least`}. ${PAY}`,
    })
  }
  if (trialEndsAt !== null && trialEndsAt.getTime() - now.getTime() <= TRIAL_TOLD_MS)
    notices.push({
      ...base,
      kind: 'trial-ends',
      severity: 'info',
      title: `The trial of ${plan.name} ends on ${formatDay(trialEndsAt)}.`,
      message:
        'The plan then goes on and is paid by the payment method that is set. Cancel to end with the trial.',
    })
  if (cancelsAt !== null)
    notices.push({
      ...base,
      kind: 'cancelled',
      severity: 'info',
      title: `${plan.name} ends on ${formatDay(cancelsAt)}.`,
      message:
        'The organisation then is on the free plan; what does not fit sleeps. Resume the plan to go on.',
    })
  return notices
}
