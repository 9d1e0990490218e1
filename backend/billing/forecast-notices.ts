// What people are told of quotas and caps: at percents of them and when the forecast passes them. Pure; each thing is told once per period, by its key.
import type { BillingNotice, NotificationRules } from '#contract/capabilities/billing.ts'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { METRICS, type Metric } from '#contract/billing/metrics.ts'
import type { Currency } from '#contract/billing/money.ts'
import type { Plan } from '#contract/billing/price-book.ts'
import type { Forecast } from './forecast.ts'
import { formatDay } from './rate-plan.ts'
import { formatDisplay, formatMoney } from './rate-words.ts'

/** How an organisation stands in a period. */
export interface Standing {
  readonly plan: Plan
  readonly currency: Currency
  readonly metrics: readonly MetricStanding[]
  readonly caps: readonly CapStanding[]
}

export interface MetricStanding {
  readonly metric: Metric
  readonly used: bigint
  /** Base units of the period; null: no end, nothing is told. */
  readonly included: bigint | null
  readonly forecast: Forecast
}

/** Minor units. */
export interface CapStanding {
  /** Null: the organisation's. */
  readonly projectId: ProjectId | null
  /** Of the project; null for the organisation. */
  readonly name: string | null
  /** Null: none, nothing is told. */
  readonly cap: bigint | null
  readonly spent: bigint
  readonly forecast: bigint
  /** Decided (decideCap), before all of it is spent. */
  readonly isReached: boolean
}

export interface Notice extends BillingNotice {
  /** Names it within the period. */
  readonly key: string
  /** The keys that need not be told any more when this was: its own and those of lower thresholds. */
  readonly covers: readonly string[]
}

/** At a hundred percent people are told, whatever they chose. */
const ALWAYS = 100

/** Everything that holds now, quotas in their order and then caps: of thresholds the highest that is reached, and what the forecast says. */
export function noticesOf(standing: Standing, rules: NotificationRules): Notice[] {
  const thresholds = [...new Set([...rules.thresholds, ALWAYS])].toSorted((a, b) => a - b)
  return [
    ...standing.metrics.flatMap((one) => ofMetric(standing, one, { thresholds, rules })),
    ...standing.caps.flatMap((one) => ofCap(standing, one, { thresholds, rules })),
  ]
}

/** Those that were not told in the period yet, and the keys to remember with it. */
export function newNotices(
  notices: readonly Notice[],
  told: ReadonlySet<string>,
): { readonly notices: Notice[]; readonly told: string[] } {
  const untold = notices.filter(({ key }) => !told.has(key))
  const keys = new Set(untold.flatMap(({ covers }) => covers).filter((key) => !told.has(key)))
  return { notices: untold, told: [...keys] }
}

interface Telling {
  /** Ascending. */
  readonly thresholds: readonly number[]
  readonly rules: NotificationRules
}

function ofMetric(
  { plan, currency }: Standing,
  one: MetricStanding,
  { thresholds, rules }: Telling,
): Notice[] {
  const { metric, used, included, forecast } = one
  if (included === null) return []
  const { title } = METRICS[metric]
  const quota = formatDisplay(metric, plan.metrics[metric].included ?? '0')
  const message = afterQuota(plan, metric, currency)
  const isSold = plan.atQuota === 'charge' && plan.metrics[metric].tiers.length > 0
  // A plan that includes nothing of it has no quota to come near to.
  const reached =
    included === 0n ? [] : thresholds.filter((percent) => used * 100n >= included * BigInt(percent))
  const at = `metric:${metric}:${plan.id}`
  const percent = reached.at(-1)
  const notices: Notice[] = []
  const base = { metric, projectId: null, message }
  if (percent !== undefined)
    notices.push({
      ...base,
      kind: percent >= ALWAYS ? 'quota-reached' : 'quota-near',
      severity: percent >= ALWAYS && !isSold ? 'error' : percent >= 80 ? 'warning' : 'info',
      title:
        percent >= ALWAYS
          ? `${title}: the included ${quota} are used.`
          : `${title}: ${String(percent)} % of the included ${quota} are used.`,
      key: `${at}:${String(percent)}`,
      covers: [
        ...reached.map((lower) => `${at}:${String(lower)}`),
        ...(percent >= ALWAYS ? [`${at}:forecast`] : []),
      ],
    })
  if (rules.onForecast && included > 0n && used < included && forecast.overAt !== null)
    notices.push({
      ...base,
      kind: 'quota-forecast',
      severity: 'warning',
      title: `${title} will reach the included ${quota} on ${formatDay(forecast.overAt)}.`,
      key: `${at}:forecast`,
      covers: [`${at}:forecast`],
    })
  return notices
}

/** What happens above the quota, and what to do. */
function afterQuota(plan: Plan, metric: Metric, currency: Currency): string {
  const [tier] = plan.metrics[metric].tiers
  if (plan.atQuota === 'stop')
    return 'Projects then sleep until the next period; no data is lost. Change the plan to go on.'
  if (tier === undefined) return 'More of it is refused until the next period. Change the plan to go on.'
  const amount = formatMoney(BigInt(tier.amount), currency)
  return `Nothing stops: each further ${tier.per === '1' ? METRICS[metric].displayUnit : formatDisplay(metric, tier.per)} costs ${amount}, up to the spend cap.`
}

function ofCap({ currency }: Standing, one: CapStanding, { thresholds, rules }: Telling): Notice[] {
  const { projectId, name, cap, spent, forecast, isReached } = one
  if (cap === null) return []
  const [money, subject] = [
    formatMoney(cap, currency),
    name === null ? 'The spend cap' : `The spend cap of ${name}`,
  ]
  // A cap that is changed is another one: its thresholds are told again.
  const at = `cap:${projectId ?? 'organisation'}:${String(cap)}`
  const base = { metric: null, projectId }
  const spentWords = formatMoney(spent, currency)
  const every = thresholds.map((percent) => `${at}:${String(percent)}`)
  if (isReached)
    return [
      {
        ...base,
        kind: 'cap-reached',
        severity: 'error',
        title: `${subject} of ${money} is reached.`,
        message: `${name === null ? 'Projects sleep' : 'The project sleeps'} until the next period, and data APIs answer 402. Data and backups stay. Raise the cap to go on.`,
        key: `${at}:reached`,
        covers: [...every, `${at}:reached`, `${at}:forecast`],
      },
    ]
  const reached = cap === 0n ? [] : thresholds.filter((percent) => spent * 100n >= cap * BigInt(percent))
  const percent = reached.at(-1)
  const notices: Notice[] = []
  const message =
    'At the cap compute sleeps and data APIs answer 402. Data and backups stay. Raise the cap to prevent that.'
  if (percent !== undefined)
    notices.push({
      ...base,
      kind: 'cap-near',
      severity: percent >= 80 ? 'warning' : 'info',
      title: `${subject} of ${money} is used to ${String(percent)} %: ${spentWords}.`,
      message,
      key: `${at}:${String(percent)}`,
      covers: reached.map((lower) => `${at}:${String(lower)}`),
    })
  if (rules.onForecast && forecast > cap)
    notices.push({
      ...base,
      kind: 'cap-near',
      severity: 'warning',
      title: `${subject} of ${money} will be reached in this period: the forecast is ${formatMoney(forecast, currency)}.`,
      message,
      key: `${at}:forecast`,
      covers: [`${at}:forecast`],
    })
  return notices
}
