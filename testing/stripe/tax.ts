// Stands in for automatic tax: one rate per country of the customer, tax excluded from prices, the seller in Germany. Not tax advice.
import type Stripe from 'stripe'
import { share, type StripeState } from './state.ts'

const SELLER_COUNTRY = 'DE'
/** Standard rates in hundredths of a percent. Countries that are missing: we do not collect there. */
const RATES: Readonly<Record<string, number>> = {
  AT: 2000,
  BE: 2100,
  BG: 2000,
  CY: 1900,
  CZ: 2100,
  DE: 1900,
  DK: 2500,
  EE: 2400,
  ES: 2100,
  FI: 2550,
  FR: 2000,
  GR: 2400,
  HR: 2500,
  HU: 2700,
  IE: 2300,
  IT: 2200,
  LT: 2100,
  LU: 1700,
  LV: 2100,
  MT: 1800,
  NL: 2100,
  PL: 2300,
  PT: 2300,
  RO: 2100,
  SE: 2500,
  SI: 2200,
  SK: 2300,
}

function rateOf(state: StripeState, country: string, hundredths: number): Stripe.TaxRate {
  const id = `txr_fake_${country.toLowerCase()}_${hundredths}`
  const known = state.taxRates.get(id)
  if (known !== undefined) return known
  const rate: Stripe.TaxRate = {
    id,
    object: 'tax_rate',
    active: false,
    country,
    created: state.now(null),
    description: null,
    display_name: 'VAT',
    effective_percentage: hundredths / 100,
    flat_amount: null,
    inclusive: false,
    jurisdiction: country,
    jurisdiction_level: 'country',
    livemode: false,
    metadata: null,
    percentage: hundredths / 100,
    rate_type: 'percentage',
    state: null,
    tax_type: 'vat',
  }
  state.taxRates.set(id, rate)
  return rate
}

/** The tax on an amount of a customer's invoice, rounded per line; [] where nothing is collected. */
export function taxesOn(
  state: StripeState,
  customer: Stripe.Customer,
  taxable: number,
): Stripe.InvoiceLineItem.Tax[] {
  const country = customer.address?.country ?? ''
  const hundredths = RATES[country]
  if (hundredths === undefined) return []
  const isBusinessAbroad =
    country !== SELLER_COUNTRY &&
    [...state.taxIds.values()].some((taxId) => taxId.customer === customer.id && taxId.type === 'eu_vat')
  const applied =
    isBusinessAbroad || customer.tax_exempt === 'reverse' || customer.tax_exempt === 'exempt' ? 0 : hundredths
  return [
    {
      amount: share(taxable, applied, 10_000),
      tax_behavior: 'exclusive',
      tax_rate_details: { tax_rate: rateOf(state, country, applied).id },
      taxability_reason: isBusinessAbroad ? 'reverse_charge' : 'standard_rated',
      taxable_amount: taxable,
      type: 'tax_rate_details',
    },
  ]
}
