// Amounts of money as people read and type them. Whole minor units all the way: nothing here is ever a float.
import type { Currency, MinorUnits } from '#contract/billing/money.ts'

const SYMBOLS: Readonly<Record<Currency, string>> = { eur: '€', usd: '$' }
/** All currencies sold in have two decimals. */
const MINOR_PER_MAJOR = 100n
/** What a spend cap may be at most, in minor units: a million. */
const LARGEST = 100_000_000n

/** `€`, `$`. */
export function currencySymbol(currency: Currency): string {
  return SYMBOLS[currency]
}

/** `16 044` with a thin space between groups of three. */
export function groupDigits(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, '\u2009')
}

/** `19.00`, `−4.20`, `1 234.50`: minor units without their currency. */
export function formatAmount(amount: MinorUnits | bigint): string {
  const minor = BigInt(amount)
  const size = minor < 0n ? -minor : minor
  const cents = String(size % MINOR_PER_MAJOR).padStart(2, '0')
  return `${minor < 0n ? '−' : ''}${groupDigits(String(size / MINOR_PER_MAJOR))}.${cents}`
}

/** `€19.00`, `−€4.20`. */
export function formatMoney(amount: MinorUnits | bigint, currency: Currency): string {
  const text = formatAmount(amount)
  return text.startsWith('−') ? `−${SYMBOLS[currency]}${text.slice(1)}` : `${SYMBOLS[currency]}${text}`
}

/** Minor units of what a person typed (`40`, `40.5`, `40,50`, `1 200`); undefined for what is no amount of money, or more than a million. */
export function parseMoney(text: string): MinorUnits | undefined {
  const match = /^(\d{1,9})(?:[.,](\d{1,2}))?$/.exec(text.replace(/[\s\u2009]/g, ''))
  if (match === null) return undefined
  const [, major = '0', minor = ''] = match
  const amount = BigInt(major) * MINOR_PER_MAJOR + BigInt(minor.padEnd(2, '0'))
  return amount > LARGEST ? undefined : String(amount)
}

/** `part` of `whole` in percent, from 0 to 100, for the width of a bar; whole bars have two decimals. */
export function percentOf(part: bigint, whole: bigint): number {
  if (whole <= 0n || part <= 0n) return 0
  return part >= whole ? 100 : Number((part * 10_000n) / whole) / 100
}
