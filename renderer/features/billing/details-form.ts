// The billing details as fields of a form, and back.
import { z } from 'zod'
import { Email } from '#contract/capabilities/auth.ts'
import { BillingDetails } from '#contract/capabilities/billing.ts'

export const NO_TAX_ID = 'none'

/** Kinds of tax ids as the payment provider names them. */
export const TAX_ID_TYPES: readonly { readonly id: string; readonly label: string }[] = [
  { id: NO_TAX_ID, label: 'None' },
  { id: 'eu_vat', label: 'VAT number (EU)' },
  { id: 'gb_vat', label: 'VAT number (United Kingdom)' },
  { id: 'ch_vat', label: 'VAT number (Switzerland)' },
  { id: 'no_vat', label: 'VAT number (Norway)' },
  { id: 'us_ein', label: 'EIN (United States)' },
  { id: 'ca_bn', label: 'BN (Canada)' },
  { id: 'au_abn', label: 'ABN (Australia)' },
  { id: 'in_gst', label: 'GST (India)' },
  { id: 'jp_cn', label: 'Corporate number (Japan)' },
]

export interface DetailsValues extends Readonly<Record<string, unknown>> {
  readonly company: string
  readonly line1: string
  readonly line2: string
  readonly city: string
  readonly postalCode: string
  readonly region: string
  readonly country: string
  readonly taxType: string
  readonly taxValue: string
  readonly contacts: string
}

/** The addresses in a text, divided by commas, semicolons or white space. */
export function splitContacts(text: string): string[] {
  return text.split(/[\s,;]+/).filter((part) => part !== '')
}

const Fields = BillingDetails.pick({
  company: true,
  line1: true,
  line2: true,
  city: true,
  postalCode: true,
  region: true,
})

/** What the form's fields have to keep to. */
export const DetailsForm = Fields.extend({
  country: z.string().regex(/^([A-Z]{2})?$/, 'Give the two letters of the country, such as DE.'),
  taxType: z.string(),
  taxValue: z.string().max(60, 'Use at most 60 characters.'),
  contacts: z
    .string()
    .refine((text) => splitContacts(text).length <= 10, 'Give at most ten addresses.')
    .refine(
      (text) => splitContacts(text).every((one) => Email.safeParse(one).success),
      'One of these is no e-mail address.',
    ),
}).refine(({ taxType, taxValue }) => taxType === NO_TAX_ID || taxValue.trim() !== '', {
  path: ['taxValue'],
  message: 'Give the number, or choose none.',
})

/** The details as the form begins with them. */
export function toValues(details: BillingDetails): DetailsValues {
  const { taxId, contacts, ...rest } = details
  return {
    ...rest,
    taxType: taxId?.type ?? NO_TAX_ID,
    taxValue: taxId?.value ?? '',
    contacts: contacts.join(', '),
  }
}

/** The details that the form's values are. */
export function toDetails(values: DetailsValues): BillingDetails {
  const { taxType, taxValue, contacts, ...rest } = values
  return BillingDetails.parse({
    ...rest,
    taxId: taxType === NO_TAX_ID ? null : { type: taxType, value: taxValue.trim() },
    contacts: splitContacts(contacts),
  })
}
