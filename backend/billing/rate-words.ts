// The words and numbers of lines and notices: quantities in display units, money with its sign. Pure text from whole numbers, nothing goes through a float.
import { METRICS, type Metric } from '#contract/billing/metrics.ts'
import type { Currency } from '#contract/billing/money.ts'

/** The part of the use that lies in one tier: `units / size` display units at `amount` for `per` of them. */
export interface TierPart {
  readonly units: bigint
  readonly size: bigint
  readonly amount: bigint
  readonly per: bigint
}

const SYMBOLS: Readonly<Record<Currency, string>> = { eur: '€', usd: '$' }

/** `€19.00`, `−€4.20`: minor units of a currency with two decimals. */
export function formatMoney(amount: bigint, currency: Currency): string {
  const size = amount < 0n ? -amount : amount
  const [whole, rest] = [size / 100n, size % 100n]
  return `${amount < 0n ? '−' : ''}${SYMBOLS[currency]}${grouped(whole)}.${String(rest).padStart(2, '0')}`
}

/** `Data out over 100 GB`; without a quota only what it is. */
export function describeUsage(metric: Metric, included: string | null): string {
  const { title } = METRICS[metric]
  return included === null || included === '0' ? title : `${title} over ${formatDisplay(metric, included)}`
}

/** `100 GB`, `5 M`, `100 compute hours`: whole display units, as plans state them. */
export function formatDisplay(metric: Metric, units: string): string {
  return withUnit(metric, formatCount(BigInt(units)), BigInt(units) === 1n)
}

/** `69 GB at €0.10`, `860,000 at €2.00 per 1 M`: one for each tier, what is smaller than a thousandth of a unit rounded. */
export function describeSteps(metric: Metric, parts: readonly TierPart[], currency: Currency): string[] {
  return parts.map(({ units, size, amount, per }) => {
    const price = per === 1n ? '' : ` per ${formatDisplay(metric, String(per))}`
    return `${withUnit(metric, decimals(units, size), units === size)} at ${formatMoney(amount, currency)}${price}`
  })
}

/** What is counted one by one has no unit behind the number, the metric's name says it. */
function withUnit(metric: Metric, number: string, isOne: boolean): string {
  const { displayUnit, basePerDisplay, aggregation } = METRICS[metric]
  if (basePerDisplay === 1n && aggregation !== 'average') return number
  return displayUnit === 'GB' || isOne ? `${number} ${displayUnit}` : `${number} ${plural(displayUnit)}`
}

const plural = (word: string): string => (word.endsWith('ch') ? `${word}es` : `${word}s`)

/** Millions where they are whole or have one digit behind the point. */
function formatCount(count: bigint): string {
  if (count < 1_000_000n || count % 100_000n !== 0n) return grouped(count)
  const tenths = (count % 1_000_000n) / 100_000n
  return `${grouped(count / 1_000_000n)}${tenths === 0n ? '' : `.${String(tenths)}`} M`
}

function decimals(units: bigint, size: bigint): string {
  const thousandths = (units * 1_000n + size / 2n) / size
  const rest = String(thousandths % 1_000n)
    .padStart(3, '0')
    .replace(/0+$/, '')
  return `${grouped(thousandths / 1_000n)}${rest === '' ? '' : `.${rest}`}`
}

function grouped(whole: bigint): string {
  return String(whole).replace(/\B(?=(\d{3})+$)/g, ',')
}
