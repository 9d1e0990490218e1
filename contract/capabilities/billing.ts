// The subscription of an organisation: plan, next invoice, caps, payment, invoices. For owners and those who manage billing.
import { z } from 'zod'
import { Metric } from '../billing/metrics.ts'
import { Currency, MinorUnits, Quantity } from '../billing/money.ts'
import { Plan, PlanId } from '../billing/price-book.ts'
import { call, capability } from '../rpc/definition.ts'
import { Email } from './auth.ts'
import { OrganisationId, ProjectId, Timestamp } from './ids.ts'
import { Period } from './usage.ts'

/** `past-due` → `restricted` (nothing new can be made) → `suspended` (compute is off, data and backups stay) follow each other by days; a payment ends them. */
export const SubscriptionStatus = z.enum([
  'none',
  'trialing',
  'active',
  'past-due',
  'restricted',
  'suspended',
  'cancelled',
])
export type SubscriptionStatus = z.infer<typeof SubscriptionStatus>

export const InvoiceLine = z.object({
  /** `Pro plan`, `Data out over 100 GB`. */
  description: z.string(),
  kind: z.enum(['plan', 'usage', 'proration', 'credit', 'discount', 'tax', 'refund']),
  metric: Metric.nullable(),
  /** In base units; null for what is not counted. */
  quantity: Quantity.nullable(),
  period: Period,
  amount: MinorUnits,
  /** Of forecasts; else the same as `amount`. */
  forecast: MinorUnits,
  priceVersion: z.string(),
})
export type InvoiceLine = z.infer<typeof InvoiceLine>

export const SpendCap = z.object({
  /** Plan included; null: none. */
  amount: MinorUnits.nullable(),
  spent: MinorUnits,
  forecast: MinorUnits,
  /** When it was reached; null: not yet. */
  reachedAt: Timestamp.nullable(),
})
export type SpendCap = z.infer<typeof SpendCap>

export const BillingDetails = z.object({
  company: z.string().max(200),
  line1: z.string().max(200),
  line2: z.string().max(200),
  city: z.string().max(100),
  postalCode: z.string().max(20),
  region: z.string().max(100),
  /** ISO 3166-1, two letters; empty: not said. */
  country: z.string().regex(/^([A-Z]{2})?$/),
  /** Null: none. `type` as Stripe names it: `eu_vat`, `gb_vat`, … */
  taxId: z.object({ type: z.string().max(40), value: z.string().min(1).max(60) }).nullable(),
  /** Where invoices and warnings are mailed. */
  contacts: z.array(Email).max(10),
})
export type BillingDetails = z.infer<typeof BillingDetails>

export const PaymentMethod = z.object({
  id: z.string(),
  kind: z.string(),
  /** `visa`, `sepa_debit`, … */
  brand: z.string(),
  last4: z.string(),
  /** `2028-08`; null where it does not expire. */
  expires: z.string().nullable(),
  isDefault: z.boolean(),
})
export type PaymentMethod = z.infer<typeof PaymentMethod>

export const NotificationRules = z.object({
  /** Percent of a quota or a cap at which people are told. */
  thresholds: z.array(z.number().int().min(1).max(100)).max(10),
  onForecast: z.boolean(),
  byMail: z.boolean(),
})
export type NotificationRules = z.infer<typeof NotificationRules>

/** What stands across the app when something needs to be known. */
export const BillingNotice = z.object({
  kind: z.enum([
    'quota-near',
    'quota-reached',
    'quota-forecast',
    'cap-near',
    'cap-reached',
    'past-due',
    'restricted',
    'suspended',
    'trial-ends',
    'cancelled',
  ]),
  severity: z.enum(['info', 'warning', 'error']),
  /** What happens, and what to do. */
  title: z.string(),
  message: z.string(),
  metric: Metric.nullable(),
  projectId: ProjectId.nullable(),
})
export type BillingNotice = z.infer<typeof BillingNotice>

export const BillingOverview = z.object({
  /** `self-hosted`: nothing is sold here, the operator sets the limits. */
  mode: z.enum(['stripe', 'self-hosted']),
  status: SubscriptionStatus,
  plan: Plan,
  priceVersion: z.string(),
  currency: Currency,
  period: Period,
  trialEndsAt: Timestamp.nullable(),
  /** Ends then, unless it is resumed. */
  cancelsAt: Timestamp.nullable(),
  /** The plan that follows at the period's end. */
  scheduledPlan: PlanId.nullable(),
  nextInvoice: z.object({
    lines: z.array(InvoiceLine),
    soFar: MinorUnits,
    forecast: MinorUnits,
    dueAt: Timestamp,
  }),
  spendCap: SpendCap,
  projectCaps: z.array(SpendCap.extend({ projectId: ProjectId, name: z.string() })),
  rules: NotificationRules,
  notices: z.array(BillingNotice),
  asOf: Timestamp,
})
export type BillingOverview = z.infer<typeof BillingOverview>

export const Invoice = z.object({
  id: z.uuid(),
  /** `NB-2026-1107` */
  number: z.string(),
  kind: z.enum(['invoice', 'credit-note']),
  issuedAt: Timestamp,
  period: Period,
  status: z.enum(['open', 'paid', 'failed', 'void', 'refunded']),
  currency: Currency,
  net: MinorUnits,
  tax: MinorUnits,
  total: MinorUnits,
})
export type Invoice = z.infer<typeof Invoice>

/** Nothing is bought by code of ours: where money or a card is needed, this is a hosted page to open in the browser. */
export const Outcome = z.discriminatedUnion('type', [
  z.object({ type: z.literal('done') }),
  z.object({ type: z.literal('hosted-page'), url: z.url(), session: z.string() }),
])
export type Outcome = z.infer<typeof Outcome>

export const ChangePreview = z.object({
  takesEffect: z.enum(['now', 'period-end']),
  at: Timestamp,
  lines: z.array(InvoiceLine),
  dueNow: MinorUnits,
  nextInvoice: MinorUnits,
  currency: Currency,
  /** What would no longer fit: `12 projects, Free has 2`. A downgrade is then refused until it fits. */
  obstacles: z.array(z.string()),
})
export type ChangePreview = z.infer<typeof ChangePreview>

const of = z.object({ organisationId: OrganisationId })
const one = '/organisations/{organisationId}/billing'

export const billing = capability('billing', {
  plans: call({
    input: z.object({}),
    output: z.object({ version: z.string(), currency: Currency, plans: z.array(Plan) }),
    http: { method: 'GET', path: '/plans', summary: 'The plans that are sold' },
  }),
  overview: call({
    input: of,
    output: BillingOverview,
    http: { method: 'GET', path: one, summary: 'Plan, next invoice, caps and notices' },
  }),
  /** For every member: what stands in the banner. */
  notices: call({
    input: of,
    output: z.array(BillingNotice),
    http: { method: 'GET', path: `${one}/notices`, summary: 'What members need to know of limits' },
  }),
  previewChange: call({
    input: of.extend({ plan: PlanId, coupon: z.string().max(100).nullable().default(null) }),
    output: ChangePreview,
    http: { method: 'POST', path: `${one}/preview`, summary: 'What a change of plan would cost' },
  }),
  changePlan: call({
    input: of.extend({ plan: PlanId, coupon: z.string().max(100).nullable().default(null) }),
    output: Outcome,
    http: { method: 'POST', path: `${one}/plan`, summary: 'Change the plan' },
  }),
  cancel: call({
    input: of,
    output: z.void(),
    http: { method: 'POST', path: `${one}/cancel`, summary: 'Cancel at the end of the period' },
  }),
  resume: call({
    input: of,
    output: z.void(),
    http: {
      method: 'POST',
      path: `${one}/resume`,
      summary: 'Take back a cancellation or a planned downgrade',
    },
  }),
  setSpendCap: call({
    input: of.extend({ projectId: ProjectId.nullable(), amount: MinorUnits.nullable() }),
    output: z.void(),
    http: {
      method: 'PUT',
      path: `${one}/spend-cap`,
      summary: 'Set the spend cap of the organisation or of a project',
    },
  }),
  setRules: call({
    input: of.extend({ rules: NotificationRules }),
    output: z.void(),
    http: { method: 'PUT', path: `${one}/rules`, summary: 'Set who is told of limits, and when' },
  }),
  details: call({
    input: of,
    output: BillingDetails,
    http: { method: 'GET', path: `${one}/details`, summary: 'Billing address, tax id and contacts' },
  }),
  setDetails: call({
    input: of.extend({ details: BillingDetails }),
    output: BillingDetails,
    http: { method: 'PUT', path: `${one}/details`, summary: 'Change billing address, tax id and contacts' },
  }),
  paymentMethods: call({
    input: of,
    output: z.array(PaymentMethod),
    http: { method: 'GET', path: `${one}/payment-methods`, summary: 'Payment methods' },
  }),
  addPaymentMethod: call({
    input: of,
    output: Outcome,
    http: {
      method: 'POST',
      path: `${one}/payment-methods`,
      summary: 'Add a payment method on a hosted page',
    },
  }),
  setDefaultPaymentMethod: call({
    input: of.extend({ id: z.string().max(200) }),
    output: z.void(),
    http: { method: 'PUT', path: `${one}/payment-methods/{id}/default`, summary: 'Pay with this one' },
  }),
  removePaymentMethod: call({
    input: of.extend({ id: z.string().max(200) }),
    output: z.void(),
    http: { method: 'DELETE', path: `${one}/payment-methods/{id}`, summary: 'Remove a payment method' },
  }),
  openPortal: call({
    input: of,
    output: Outcome,
    http: { method: 'POST', path: `${one}/portal`, summary: "Open the payment provider's own pages" },
  }),
  /** Asked after somebody came back from a hosted page; reads the truth at the provider. */
  checkReturn: call({
    input: of.extend({ session: z.string().max(500) }),
    output: z.object({ state: z.enum(['open', 'complete', 'expired']) }),
    http: { method: 'POST', path: `${one}/return`, summary: 'Whether a hosted page was completed' },
  }),
  invoices: call({
    input: of.extend({
      before: z.uuid().nullable().default(null),
      limit: z.coerce.number().int().min(1).max(100).default(24),
    }),
    output: z.array(Invoice),
    http: { method: 'GET', path: `${one}/invoices`, summary: 'Invoices and credit notes, newest first' },
  }),
  invoice: call({
    input: of.extend({ id: z.uuid() }),
    output: Invoice.extend({ lines: z.array(InvoiceLine) }),
    http: { method: 'GET', path: `${one}/invoices/{id}`, summary: 'One invoice with its lines' },
  }),
  /** Tries the payment method now. Where that does not do, the provider's page of the invoice takes another one, or the bank's confirmation. */
  payInvoice: call({
    input: of.extend({ id: z.uuid() }),
    output: Outcome,
    http: { method: 'POST', path: `${one}/invoices/{id}/pay`, summary: 'Pay an open or failed invoice' },
  }),
  /** The PDF in base64, the same bytes each time. */
  invoicePdf: call({
    input: of.extend({ id: z.uuid() }),
    output: z.object({ fileName: z.string(), base64: z.string() }),
    http: { method: 'GET', path: `${one}/invoices/{id}/pdf`, summary: 'An invoice as PDF' },
  }),
  mailInvoice: call({
    input: of.extend({ id: z.uuid() }),
    output: z.void(),
    http: {
      method: 'POST',
      path: `${one}/invoices/{id}/mail`,
      summary: 'Mail an invoice to the billing contacts',
    },
  }),
})
