// Money and quantities as they travel: decimal integers in strings, because JSON's numbers are floats.
import { z } from 'zod'

/** An amount in a currency's minor units (cents), negative for what is given back. `BigInt(amount)` reads it. */
export const MinorUnits = z.string().regex(/^(0|-?[1-9]\d{0,29})$/, 'Give a whole number of minor units.')
export type MinorUnits = z.infer<typeof MinorUnits>

/** A quantity in a metric's base unit, never negative. `BigInt(quantity)` reads it. */
export const Quantity = z.string().regex(/^(0|[1-9]\d{0,29})$/, 'Give a whole number that is not negative.')
export type Quantity = z.infer<typeof Quantity>

/** ISO 4217, in lower case as Stripe writes it. All currencies sold in have two decimals. */
export const Currency = z.enum(['eur', 'usd'])
export type Currency = z.infer<typeof Currency>
