// The payment provider as billing sees it, in our own words: it collects the money, our ledger knows how much. `stripe.ts` implements it.
// Calls that change something take a `key`: the same key does it once, however often the call is repeated. Money is in minor units.
import type { Metric } from '#contract/billing/metrics.ts'
import type { Currency } from '#contract/billing/money.ts'
import type { PlanId, PriceBook } from '#contract/billing/price-book.ts'

/** Why a call to the provider failed. */
export type PaymentFailure =
  /** No answer, 5xx or too many requests: whether it was done is not known, the same call with the same key may be made again. */
  | 'unavailable'
  /** The card or bank said no. */
  | 'declined'
  /** The customer has to confirm the payment on a page of the provider's. */
  | 'needs-confirmation'
  | 'not-found'
  /** The key was used for something else: a defect of ours. */
  | 'key-reused'
  /** Our key of the provider's API is wrong or may not do this. */
  | 'unauthorised'
  /** A webhook that the provider did not sign, or an old one. */
  | 'bad-signature'
  /** The provider refuses what was asked; the message says why. */
  | 'refused'

/** The only error that a gateway throws. The message is the provider's, for logs; it never holds a secret or a card number. */
export class PaymentError extends Error {
  readonly reason: PaymentFailure
  /** The provider's word, `insufficient_funds`; null where it has none. */
  readonly code: string | null
  constructor(
    reason: PaymentFailure,
    message: string,
    details: { code?: string | null; cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause })
    this.name = 'PaymentError'
    this.reason = reason
    this.code = details.code ?? null
  }
}

/** Whom invoices are for. */
export interface CustomerDetails {
  readonly name: string
  /** Null: nothing is mailed by the provider. */
  readonly email: string | null
  /** `country` is ISO 3166-1; null: not known yet, the checkout asks. */
  readonly address: {
    readonly line1: string
    readonly line2: string
    readonly city: string
    readonly postalCode: string
    readonly region: string
    readonly country: string
  } | null
  /** `eu_vat`, `gb_vat`, … */
  readonly taxId: { readonly type: string; readonly value: string } | null
}

export interface GatewayCustomer {
  readonly id: string
  readonly organisationId: string | null
  readonly name: string
  readonly email: string | null
  /** What it owes (positive) or has to its credit (negative), set off against the next invoice. */
  readonly balance: bigint
  readonly defaultPaymentMethodId: string | null
  readonly isDeleted: boolean
}

/** A page of the provider's that a person completes in the browser. */
export interface HostedPage {
  readonly session: string
  readonly url: string
}

export interface HostedPageState {
  readonly state: 'open' | 'complete' | 'expired'
  readonly purpose: 'checkout' | 'setup'
  readonly customerId: string | null
  /** Of a completed checkout. */
  readonly subscriptionId: string | null
  /** Of a completed set-up. */
  readonly paymentMethodId: string | null
}

export type GatewaySubscriptionStatus =
  /** The first payment is not done. */
  | 'incomplete'
  | 'trialing'
  | 'active'
  | 'past-due'
  /** The provider gave up collecting. */
  | 'unpaid'
  | 'paused'
  | 'cancelled'

/** A plan in a version of the price book: what a subscription buys. */
export interface SoldPlan {
  readonly plan: PlanId
  readonly priceVersion: string
}

export interface GatewaySubscription {
  readonly id: string
  readonly customerId: string
  readonly organisationId: string | null
  readonly status: GatewaySubscriptionStatus
  /** Null: it was made by hand with prices that we do not know. */
  readonly sold: SoldPlan | null
  readonly currency: string
  readonly period: { readonly from: Date; readonly to: Date }
  readonly trialEndsAt: Date | null
  /** When it ends unless it is resumed. */
  readonly cancelsAt: Date | null
  readonly endedAt: Date | null
  readonly startedAt: Date
  /** What follows, and when. */
  readonly scheduled: (SoldPlan & { readonly at: Date }) | null
  readonly latestInvoiceId: string | null
}

export type GatewayInvoiceStatus = 'draft' | 'open' | 'paid' | 'void' | 'uncollectible'

export interface GatewayInvoiceLine {
  readonly id: string
  readonly description: string
  /** `plan`: the base price; `usage`: of a meter; `other`: added by hand. */
  readonly kind: 'plan' | 'usage' | 'other'
  readonly plan: PlanId | null
  readonly metric: Metric | null
  /** Part of a period because of a change in the middle of it. */
  readonly isProration: boolean
  readonly period: { readonly from: Date; readonly to: Date }
  /** Before discounts and tax; negative for what is given back. */
  readonly amount: bigint
  readonly discount: bigint
  readonly tax: bigint
}

export interface GatewayInvoice {
  readonly id: string
  readonly customerId: string
  readonly subscriptionId: string | null
  readonly status: GatewayInvoiceStatus
  /** Why it was made: the first, a period's end, a change, by hand. */
  readonly reason: 'first' | 'period' | 'change' | 'other'
  readonly currency: string
  readonly createdAt: Date
  /** When it became open; null for drafts. */
  readonly finalizedAt: Date | null
  readonly paidAt: Date | null
  readonly voidedAt: Date | null
  readonly period: { readonly from: Date; readonly to: Date }
  /** All of them, in the provider's order. */
  readonly lines: readonly GatewayInvoiceLine[]
  readonly subtotal: bigint
  readonly discount: bigint
  readonly tax: bigint
  readonly total: bigint
  /** Taken from the customer's balance (negative: credit that was used). */
  readonly fromBalance: bigint
  readonly amountDue: bigint
  readonly amountPaid: bigint
  /** Credited or refunded after it was open. */
  readonly credited: bigint
  readonly attempts: number
  /** When the provider tries to collect again; null: it does not. */
  readonly nextAttemptAt: Date | null
  /** Why the last attempt failed; null: none did. */
  readonly failure: string | null
  /** A page to pay or confirm it on. */
  readonly hostedUrl: string | null
}

/** What an invoice would be. Nothing of it is stored. */
export type InvoicePreview = Pick<
  GatewayInvoice,
  'currency' | 'lines' | 'subtotal' | 'discount' | 'tax' | 'total' | 'amountDue' | 'period'
>

export interface GatewayPaymentMethod {
  readonly id: string
  /** `card`, `sepa_debit`, … */
  readonly kind: string
  readonly brand: string
  readonly last4: string
  /** `2028-08`; null where it does not expire. */
  readonly expires: string | null
  readonly isDefault: boolean
}

export interface GatewayCoupon {
  readonly id: string
  readonly name: string
  readonly percentOff: number | null
  readonly amountOff: bigint | null
  readonly duration: 'once' | 'repeating' | 'forever'
  readonly months: number | null
}

export interface GatewayCreditNote {
  readonly id: string
  readonly invoiceId: string
  readonly amount: bigint
  readonly tax: bigint
  readonly createdAt: Date
  /** What it took off an invoice that was still due. */
  readonly offDue: bigint
  /** Null: to the customer's balance, or off what is still due. */
  readonly refundId: string | null
}

/** What an organisation's use of one metric cost in an hour, in minor units. */
export interface UsageReport {
  /** `org:metric:hour:rev`, at most 100 characters. The provider takes each once within at least 24 hours. */
  readonly identifier: string
  readonly customerId: string
  readonly metric: Metric
  /** Negative takes back: the way to correct what the provider received more than 24 hours ago. */
  readonly amount: bigint
  /** Within the last 35 days, at most 5 minutes ahead. */
  readonly at: Date
}

/** What an event is about, to be fetched again: events come late, twice and in any order. `none`: nothing that we keep. */
export type GatewayReference =
  | { readonly kind: 'subscription' | 'invoice' | 'customer' | 'hosted-page'; readonly id: string }
  | { readonly kind: 'meter-errors'; readonly id: string }
  | { readonly kind: 'none' }

export interface GatewayEvent {
  readonly id: string
  /** The provider's name of it, for logs and notices: `invoice.payment_failed`. */
  readonly type: string
  readonly createdAt: Date
  readonly reference: GatewayReference
  readonly customerId: string | null
}

/** One thing that `syncPrices` did, or would do. */
export interface PriceChange {
  readonly action: 'create' | 'update' | 'archive'
  readonly object: 'product' | 'price' | 'meter' | 'portal'
  /** Our name of it: `plan_pro`, `plan_pro_2026-11-01_eur`, `usage_compute_eur`. */
  readonly name: string
  readonly detail: string
}

export interface PaymentGateway {
  /** Brings products, prices and meters in line with a price book. Prices that were sold stay as they are. `apply: false` only says what it would do. */
  syncPrices(book: PriceBook, options: { readonly apply: boolean }): Promise<readonly PriceChange[]>

  /** The organisation's customer: found, or made with these details. @returns its id */
  ensureCustomer(customer: CustomerDetails & { readonly organisationId: string }): Promise<string>
  updateCustomer(customerId: string, details: CustomerDetails): Promise<void>
  customer(customerId: string): Promise<GatewayCustomer>
  /** Gives (positive) or takes back (negative) credit that the next invoices use up. */
  grantCredit(options: {
    readonly customerId: string
    readonly amount: bigint
    readonly currency: Currency
    readonly description: string
    readonly key: string
  }): Promise<void>
  /** A coupon by the code that people type; null: there is none, or it has ended. */
  coupon(code: string): Promise<GatewayCoupon | null>

  /** The page of the first payment. Completing it makes the subscription. `trialDays` 0: none. */
  createCheckout(
    options: SoldPlan & {
      readonly customerId: string
      readonly organisationId: string
      readonly currency: Currency
      readonly trialDays: number
      readonly coupon: string | null
      readonly successUrl: string
      readonly cancelUrl: string
      readonly key: string
    },
  ): Promise<HostedPage>
  /** The page on which a payment method is added; nothing is charged. */
  createSetup(options: {
    readonly customerId: string
    readonly currency: Currency
    readonly successUrl: string
    readonly cancelUrl: string
    readonly key: string
  }): Promise<HostedPage>
  /** The provider's own pages for cards, invoices and addresses. */
  createPortal(options: { readonly customerId: string; readonly returnUrl: string }): Promise<HostedPage>
  /** Of a checkout or a set-up; the portal has no state. */
  hostedPage(session: string): Promise<HostedPageState>
  /** Ends an open page, so that it cannot be completed any more. */
  expireHostedPage(session: string): Promise<void>

  subscription(id: string): Promise<GatewaySubscription>
  /** All of a customer's, the ended ones too, newest first. */
  subscriptions(customerId: string): Promise<readonly GatewaySubscription[]>
  /** What changing the plan at that moment would charge at once, to the minor unit. `changePlan` with the same moment charges the same. */
  previewChange(
    options: SoldPlan & {
      readonly subscriptionId: string
      readonly at: Date
      readonly coupon: string | null
    },
  ): Promise<InvoicePreview>
  /** Changes the plan now and collects the difference. If that fails, nothing has changed. @throws PaymentError declined | needs-confirmation */
  changePlan(
    options: SoldPlan & {
      readonly subscriptionId: string
      readonly at: Date
      readonly coupon: string | null
      readonly key: string
    },
  ): Promise<GatewaySubscription>
  /** Changes the plan when the period ends. Replaces what was scheduled before. */
  scheduleChange(
    options: SoldPlan & { readonly subscriptionId: string; readonly key: string },
  ): Promise<GatewaySubscription>
  /** Takes back a scheduled change and a cancellation, whichever there is. */
  resume(options: { readonly subscriptionId: string; readonly key: string }): Promise<GatewaySubscription>
  /** `period-end` can be resumed until then; `now` is the end, without an invoice of what was used. */
  cancel(options: {
    readonly subscriptionId: string
    readonly when: 'period-end' | 'now'
    readonly key: string
  }): Promise<GatewaySubscription>

  /** What the next invoice would be, from what the provider knows now. */
  upcomingInvoice(subscriptionId: string): Promise<InvoicePreview>
  invoice(id: string): Promise<GatewayInvoice>
  /** Newest first, drafts too. */
  invoices(customerId: string, options?: { readonly limit?: number }): Promise<readonly GatewayInvoice[]>
  /** Closes a draft now instead of when the provider would, and collects. */
  finalizeInvoice(id: string, key: string): Promise<GatewayInvoice>
  /** Tries to collect an open one now. @throws PaymentError declined | needs-confirmation */
  payInvoice(id: string, key: string): Promise<GatewayInvoice>
  voidInvoice(id: string, key: string): Promise<GatewayInvoice>
  /** Gives money back for a paid invoice (to the card), or lowers what an open one asks for. Tax is included in the amount. */
  refund(options: {
    readonly invoiceId: string
    readonly amount: bigint
    readonly reason: string
    readonly key: string
  }): Promise<GatewayCreditNote>
  creditNotes(invoiceId: string): Promise<readonly GatewayCreditNote[]>

  paymentMethods(customerId: string): Promise<readonly GatewayPaymentMethod[]>
  setDefaultPaymentMethod(customerId: string, paymentMethodId: string): Promise<void>
  detachPaymentMethod(paymentMethodId: string): Promise<void>

  /** Reports them one by one; an identifier that the provider has already counts as reported. Safe to repeat. */
  reportUsage(reports: readonly UsageReport[]): Promise<void>
  /** Takes back reports that the provider received in the last 24 hours; ones that it does not have are taken back already. */
  cancelUsage(reports: readonly Pick<UsageReport, 'identifier' | 'metric'>[]): Promise<void>
  /** What the provider counted between two whole minutes, in minor units. Its counters lag some minutes behind. */
  meterSummaries(
    customerId: string,
    period: { readonly from: Date; readonly to: Date },
  ): Promise<ReadonlyMap<Metric, bigint>>

  /** Events since a moment (itself included), oldest first; the provider keeps 30 days. */
  eventsSince(since: Date): AsyncIterable<GatewayEvent>
  /** Reads a webhook. @param rawBody the bytes as they came @throws PaymentError bad-signature */
  verifyWebhook(rawBody: Uint8Array, signature: string): GatewayEvent
}
