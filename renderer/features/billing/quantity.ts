// Quantities as people read them: `4.30 M`, `124 GB`, `61.4 h`. From whole base units, by whole-number division: what is shown is what was counted, rounded once.
import { METRICS, type Metric, type MetricDefinition } from '#contract/billing/metrics.ts'
import type { Quantity } from '#contract/billing/money.ts'
import type { Period } from '#contract/capabilities/usage.ts'
import { groupDigits } from './money.ts'

interface Scale {
  readonly unit: string
  readonly size: bigint
}

/** Largest first. */
const COUNTS: readonly Scale[] = [
  { unit: ' G', size: 1_000_000_000n },
  { unit: ' M', size: 1_000_000n },
  { unit: ' k', size: 1_000n },
  { unit: '', size: 1n },
]
const BYTES: readonly Scale[] = [
  { unit: ' TB', size: 1_000_000_000_000n },
  { unit: ' GB', size: 1_000_000_000n },
  { unit: ' MB', size: 1_000_000n },
  { unit: ' kB', size: 1_000n },
  { unit: ' B', size: 1n },
]

/** Seconds in a period, at least one. */
export function periodSeconds(period: Period): bigint {
  const seconds = BigInt(Math.round((Date.parse(period.to) - Date.parse(period.from)) / 1000))
  return seconds > 0n ? seconds : 1n
}

/** How many base units make one byte, request, connection …: for a level that is held it is the seconds of the whole period. */
function baseUnits(definition: MetricDefinition, seconds: bigint): bigint {
  return definition.aggregation === 'average' ? seconds : 1n
}

/** `numerator / denominator` with at most three figures (`4.30`, `61.4`, `124`), whole numbers without decimals; rounded half up. */
function threeFigures(numerator: bigint, denominator: bigint): string {
  if (numerator % denominator === 0n) return groupDigits(String(numerator / denominator))
  const whole = numerator / denominator
  const decimals = whole >= 100n ? 0 : whole >= 10n ? 1 : 2
  const power = 10n ** BigInt(decimals)
  const rounded = (2n * numerator * power + denominator) / (2n * denominator)
  const fraction = decimals === 0 ? '' : `.${String(rounded % power).padStart(decimals, '0')}`
  return `${groupDigits(String(rounded / power))}${fraction}`
}

function scaled(numerator: bigint, denominator: bigint, scales: readonly Scale[]): string {
  const smallest = scales[scales.length - 1]
  // What would be rounded up to a thousand is one of the next unit: `1.00 M`, not `1 000 k`.
  const scale = scales.find((one) => numerator * 2_000n >= one.size * denominator * 1_999n) ?? smallest
  if (scale === undefined) return String(numerator)
  return `${threeFigures(numerator, denominator * scale.size)}${scale.unit}`
}

/**
 * A quantity of `metric` in base units, in the unit that fits its size. Of metrics that average a level over time it is the level that, held for the
 * whole period of `seconds`, makes that quantity.
 */
export function formatQuantity(metric: Metric, quantity: Quantity | bigint, seconds: bigint): string {
  const definition = METRICS[metric]
  const amount = BigInt(quantity)
  if (metric === 'compute') return `${threeFigures(amount, definition.basePerDisplay)} h`
  return scaled(amount, baseUnits(definition, seconds), definition.basePerDisplay === 1n ? COUNTS : BYTES)
}

/** Every digit of a count, for tooltips: `4 300 123 requests`; the same as `formatQuantity` for what is no count. */
export function formatExactly(metric: Metric, quantity: Quantity | bigint, seconds: bigint): string {
  const { aggregation, basePerDisplay, displayUnit } = METRICS[metric]
  if (basePerDisplay !== 1n || aggregation === 'average') return formatQuantity(metric, quantity, seconds)
  return `${groupDigits(String(quantity))} ${displayUnit}${BigInt(quantity) === 1n ? '' : 's'}`
}

/** What a price book gives in display units, in words: `100 compute hours`, `10 GB`, `100 GB out`, `5 M requests`. */
export function describeQuota(metric: Metric, displayUnits: Quantity): string {
  const amount = BigInt(displayUnits)
  const many = amount === 1n ? '' : 's'
  switch (metric) {
    case 'compute':
      return `${scaled(amount, 1n, COUNTS)} compute hour${many}`
    case 'storage':
      return `${bytes(amount)} of storage`
    case 'egress':
      return `${bytes(amount)} out`
    case 'backup-storage':
      return `${bytes(amount)} of backups`
    case 'api-requests':
      return `${scaled(amount, 1n, COUNTS)} request${many}`
    case 'api-rows':
      return `${scaled(amount, 1n, COUNTS)} row${many}`
    case 'realtime-messages':
      return `${scaled(amount, 1n, COUNTS)} realtime message${many}`
    case 'realtime-connections':
      return `${scaled(amount, 1n, COUNTS)} realtime connection${many}`
    case 'branches':
      return `${scaled(amount, 1n, COUNTS)} branch${amount === 1n ? '' : 'es'}`
  }
}

function bytes(gigabytes: bigint): string {
  return scaled(gigabytes * 1_000_000_000n, 1n, BYTES)
}
