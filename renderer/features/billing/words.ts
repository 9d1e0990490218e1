// What the billing pages say of plans, usage, states and days: pure functions from the service's answers to words.
import { METRICS, type Metric } from '#contract/billing/metrics.ts'
import type { Currency } from '#contract/billing/money.ts'
import type { Plan, Tier } from '#contract/billing/price-book.ts'
import type { Invoice, SubscriptionStatus } from '#contract/capabilities/billing.ts'
import type { MetricUsage, Period } from '#contract/capabilities/usage.ts'
import type { BadgeTone } from '../../components/badge.tsx'
import { formatMoney } from './money.ts'
import { describeQuota, formatQuantity, periodSeconds } from './quantity.ts'

/** `1 Dec`, `1 Dec 2026` with the year; in UTC, as periods are. */
export function formatDay(moment: string, hasYear = false): string {
  return new Date(moment).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
    ...(hasYear ? { year: 'numeric' } : {}),
  })
}

/** The last moment of a period is not in it: its last day is the one before. */
export function lastDayOf(period: Period): string {
  return formatDay(new Date(Date.parse(period.to) - 1).toISOString())
}

/** `November 2026` for a month of the calendar, else `18 Nov to 17 Dec 2026`. */
export function periodTitle(period: Period): string {
  const from = new Date(period.from)
  const isMonth =
    from.getUTCDate() === 1 &&
    Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 1) === Date.parse(period.to) &&
    from.getTime() === Date.UTC(from.getUTCFullYear(), from.getUTCMonth(), 1)
  if (isMonth) return from.toLocaleDateString('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' })
  return `${formatDay(period.from)} to ${formatDay(new Date(Date.parse(period.to) - 1).toISOString(), true)}`
}

/** Plans say these first. */
const TOLD: readonly Metric[] = ['compute', 'storage', 'egress', 'api-requests']

/** What a plan includes, one item each: `100 compute hours`, `10 GB of storage`, …, `7 days of restore`. */
export function planItems(plan: Plan): readonly string[] {
  const quotas = TOLD.flatMap((metric) => {
    const included = plan.metrics[metric].included
    return included === null ? [] : [describeQuota(metric, included)]
  })
  const days = plan.limits['restore-days']
  const restore = days === null || days === 0 ? [] : [`${days} ${days === 1 ? 'day' : 'days'} of restore`]
  return [...quotas, ...restore]
}

/** What a plan's counted limits are: `2 projects`, `unlimited members`. */
export function planLimits(plan: Plan): readonly string[] {
  return (['projects', 'members'] as const).map((limit) => {
    const most = plan.limits[limit]
    if (most === null) return `unlimited ${limit}`
    return `${most} ${most === 1 ? limit.slice(0, -1) : limit}`
  })
}

/** `€19.00 per month`, `By agreement`. */
export function planPrice(plan: Plan, currency: Currency): string {
  if (plan.monthlyPrice === null) return 'By agreement'
  return `${formatMoney(plan.monthlyPrice, currency)} per month`
}

/** `€2.00 for each further 1 M requests`; of several tiers the first. */
export function tierWords(metric: Metric, tier: Tier, currency: Currency): string {
  return `${formatMoney(tier.amount, currency)} for each further ${describeQuota(metric, tier.per)}`
}

/** What happens at the end of a plan's quotas, in a sentence. */
export function atQuotaWords(plan: Plan): string {
  return plan.atQuota === 'stop'
    ? 'At a quota projects sleep until the period ends. Data stays.'
    : 'Beyond the quotas usage is charged, up to the spend cap.'
}

export type UsageTone = 'rest' | 'near' | 'charged' | 'stopped'

export interface UsageWords {
  readonly tone: UsageTone
  /** `Over on 26 Nov, forecast 5.86 M` */
  readonly note: string
  /** `4.30 M`, `118 peak` */
  readonly used: string
  /** `of 5 M`; empty where there is no end. */
  readonly included: string
}

/** What a row of the usage table says. */
export function usageWords(
  usage: MetricUsage,
  plan: { readonly period: Period; readonly atQuota: Plan['atQuota'] },
): UsageWords {
  const { metric } = usage
  const seconds = periodSeconds(plan.period)
  const say = (quantity: bigint | string): string => formatQuantity(metric, quantity, seconds)
  const isPeak = METRICS[metric].aggregation === 'peak'
  const used = isPeak ? `${say(usage.used)} peak` : say(usage.used)
  const forecast = `forecast ${say(usage.forecast)}`
  const included = usage.included === null ? '' : `of ${say(usage.included)}`
  const quota = usage.included === null ? undefined : BigInt(usage.included)
  if (quota !== undefined && BigInt(usage.used) > quota) {
    return {
      tone: plan.atQuota === 'stop' ? 'stopped' : 'charged',
      note: `${say(BigInt(usage.used) - quota)} over, ${forecast}`,
      used,
      included,
    }
  }
  if (quota !== undefined && usage.overAt !== null)
    return { tone: 'near', note: `Over on ${formatDay(usage.overAt)}, ${forecast}`, used, included }
  if (isPeak && usage.peakAt !== null)
    return {
      tone: 'rest',
      note: `Peak on ${formatDay(usage.peakAt)}, ${timeOf(usage.peakAt)}`,
      used,
      included,
    }
  return { tone: 'rest', note: `F${forecast.slice(1)}`, used, included }
}

function timeOf(moment: string): string {
  return new Date(moment).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
}

const STATUS: Readonly<Record<SubscriptionStatus, { readonly word: string; readonly tone: BadgeTone }>> = {
  none: { word: 'No subscription', tone: 'neutral' },
  trialing: { word: 'Trial', tone: 'info' },
  active: { word: 'Monthly', tone: 'neutral' },
  'past-due': { word: 'Payment failed', tone: 'warning' },
  restricted: { word: 'Restricted', tone: 'danger' },
  suspended: { word: 'Suspended', tone: 'danger' },
  cancelled: { word: 'Cancelled', tone: 'neutral' },
}

/** The state of a subscription in a word. */
export function statusWord(status: SubscriptionStatus): { readonly word: string; readonly tone: BadgeTone } {
  return STATUS[status]
}

/** An invoice's state in a word; a credit note says that it is one. */
export function invoiceWord(invoice: Pick<Invoice, 'kind' | 'status'>): {
  readonly word: string
  readonly tone: BadgeTone
} {
  if (invoice.kind === 'credit-note') return { word: 'Credit note', tone: 'info' }
  switch (invoice.status) {
    case 'open':
      return { word: 'Open', tone: 'warning' }
    case 'paid':
      return { word: 'Paid', tone: 'success' }
    case 'failed':
      return { word: 'Failed', tone: 'danger' }
    case 'void':
      return { word: 'Void', tone: 'neutral' }
    case 'refunded':
      return { word: 'Refunded', tone: 'info' }
  }
}

const BRANDS: Readonly<Record<string, string>> = {
  visa: 'Visa',
  mastercard: 'Mastercard',
  amex: 'American Express',
  sepa_debit: 'SEPA debit',
  paypal: 'PayPal',
  link: 'Link',
}

/** `Visa`; a brand that is not known is shown with spaces. */
export function brandName(brand: string): string {
  const known = BRANDS[brand]
  if (known !== undefined) return known
  const words = brand.replaceAll('_', ' ')
  return words === '' ? 'Card' : words.charAt(0).toUpperCase() + words.slice(1)
}

/** `DE ••• ••• 557`: the country and the last three characters of a tax id. */
export function maskTaxId(value: string): string {
  const bare = value.replace(/\s/g, '')
  return bare.length < 6 ? '•'.repeat(bare.length) : `${bare.slice(0, 2)} ••• ••• ${bare.slice(-3)}`
}
