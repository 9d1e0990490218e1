// Everything that the fake knows, and the ways of writing it that are common to all resources: ids, time, events.
import Stripe from 'stripe'
import { noSuch } from './errors.ts'

export const API_VERSION = '2026-10-28.endive'

export interface MeterEventRecord {
  readonly identifier: string
  readonly eventName: string
  readonly customer: string
  readonly value: bigint
  readonly timestamp: number
  readonly receivedAt: number
  cancelled: boolean
}

export type StoredEvent = Stripe.EventBase
/** Thin events name the object and nothing of it. */
export interface ThinEvent {
  readonly id: string
  readonly object: 'v2.core.event'
  readonly type: string
  readonly created: string
  readonly livemode: false
  readonly related_object: { readonly id: string; readonly type: string; readonly url: string }
  readonly data: unknown
}

export interface StripeState {
  readonly customers: Map<string, Stripe.Customer | Stripe.DeletedCustomer>
  readonly taxIds: Map<string, Stripe.TaxId>
  readonly balanceTransactions: Map<string, Stripe.CustomerBalanceTransaction>
  readonly products: Map<string, Stripe.Product>
  readonly prices: Map<string, Stripe.Price>
  readonly coupons: Map<string, Stripe.Coupon>
  readonly discounts: Map<string, Stripe.Discount>
  readonly taxRates: Map<string, Stripe.TaxRate>
  readonly paymentMethods: Map<string, Stripe.PaymentMethod>
  readonly paymentIntents: Map<string, Stripe.PaymentIntent>
  readonly setupIntents: Map<string, Stripe.SetupIntent>
  readonly sessions: Map<string, Stripe.Checkout.Session>
  readonly subscriptions: Map<string, Stripe.Subscription>
  readonly schedules: Map<string, Stripe.SubscriptionSchedule>
  readonly invoices: Map<string, Stripe.Invoice>
  readonly invoicePayments: Map<string, Stripe.InvoicePayment>
  readonly creditNotes: Map<string, Stripe.CreditNote>
  readonly refunds: Map<string, Stripe.Refund>
  readonly meters: Map<string, Stripe.Billing.Meter>
  readonly meterEvents: MeterEventRecord[]
  readonly features: Map<string, Stripe.Entitlements.Feature>
  readonly productFeatures: Map<string, Stripe.ProductFeature & { readonly product: string }>
  readonly portalConfigurations: Map<string, Stripe.BillingPortal.Configuration>
  readonly portalSessions: Map<string, Stripe.BillingPortal.Session>
  readonly testClocks: Map<string, Stripe.TestHelpers.TestClock>
  /** In the order in which they happened. */
  readonly events: (StoredEvent | ThinEvent)[]
  /** How a payment method behaves: null pays; else the decline code. */
  readonly cards: Map<string, string | null>
  /** The due moment that is being worked on, by clock; '' is the server's own. */
  readonly workingAt: Map<string, number>
  /** Where its pages are: `http://127.0.0.1:1234`. */
  origin: string
  /** A new id with Stripe's prefix; later ones sort later. */
  id(prefix: string): string
  /** Seconds, on the clock of this customer. */
  now(customer: string | null): number
  emit(type: Stripe.Event.Type, object: Stripe.Event.Data.Object, customer: string | null): void
  emitThin(event: Pick<ThinEvent, 'type' | 'related_object' | 'data'>): void
}

/** @param now seconds, where no test clock holds @param onEvent is called for each event as it happens */
export function createState(
  now: () => number,
  onEvent: (event: StoredEvent | ThinEvent) => void,
): StripeState {
  let count = 0
  const state: StripeState = {
    customers: new Map(),
    taxIds: new Map(),
    balanceTransactions: new Map(),
    products: new Map(),
    prices: new Map(),
    coupons: new Map(),
    discounts: new Map(),
    taxRates: new Map(),
    paymentMethods: new Map(),
    paymentIntents: new Map(),
    setupIntents: new Map(),
    sessions: new Map(),
    subscriptions: new Map(),
    schedules: new Map(),
    invoices: new Map(),
    invoicePayments: new Map(),
    creditNotes: new Map(),
    refunds: new Map(),
    meters: new Map(),
    meterEvents: [],
    features: new Map(),
    productFeatures: new Map(),
    portalConfigurations: new Map(),
    portalSessions: new Map(),
    testClocks: new Map(),
    events: [],
    cards: new Map(),
    workingAt: new Map(),
    origin: '',
    id: (prefix) => `${prefix}_fake${String(++count).padStart(10, '0')}`,
    now(customer) {
      const clock = clockOf(state, customer)
      const working = state.workingAt.get(clock ?? '')
      if (working !== undefined) return working
      return clock === null ? now() : (state.testClocks.get(clock)?.frozen_time ?? now())
    },
    emit(type, object, customer) {
      const event: StoredEvent = {
        id: state.id('evt'),
        object: 'event',
        api_version: API_VERSION,
        created: state.now(customer),
        // As it is at this moment: events are snapshots.
        data: { object: structuredClone(wire(object)) },
        livemode: false,
        pending_webhooks: 1,
        request: { id: null, idempotency_key: null },
        type,
      }
      state.events.push(event)
      onEvent(event)
    },
    emitThin(fields) {
      const event: ThinEvent = {
        ...fields,
        id: state.id('evt'),
        object: 'v2.core.event',
        created: new Date(now() * 1000).toISOString(),
        livemode: false,
      }
      state.events.push(event)
      onEvent(event)
    },
  }
  return state
}

/** The object as JSON carries it: decimals become strings. */
function wire(object: object): object {
  const parsed: unknown = JSON.parse(JSON.stringify(object))
  return typeof parsed === 'object' && parsed !== null ? parsed : {}
}

/** The test clock on which a customer lives. */
export function clockOf(state: StripeState, customer: string | null): string | null {
  const found = customer === null ? undefined : state.customers.get(customer)
  if (found === undefined || found.deleted === true) return null
  return refId(found.test_clock)
}

export function refId(reference: string | { readonly id: string } | null | undefined): string | null {
  if (reference === null || reference === undefined) return null
  return typeof reference === 'string' ? reference : reference.id
}

/** @throws StripeFailure 404 */
export function get<T>(map: ReadonlyMap<string, T>, what: string, id: string, param?: string): T {
  const found = map.get(id)
  if (found === undefined) throw noSuch(what, id, param)
  return found
}

/** @throws StripeFailure 404, also where it was deleted */
export function getCustomer(state: StripeState, id: string): Stripe.Customer {
  const customer = get(state.customers, 'customer', id, 'customer')
  if (customer.deleted === true) throw noSuch('customer', id, 'customer')
  return customer
}

/** Newest first, as lists are. */
export const newest = <T>(map: ReadonlyMap<string, T>): T[] => [...map.values()].reverse()

/** part ÷ whole of an amount, exact, halves away from zero. */
export function share(amount: number, part: number, whole: number): number {
  const [a, p, w] = [BigInt(amount), BigInt(part), BigInt(whole)]
  if (w === 0n) return 0
  const product = a * p
  const magnitude = product < 0n ? -product : product
  const rounded = (magnitude * 2n + w) / (w * 2n)
  return Number(product < 0n ? -rounded : rounded)
}

export const decimal = (amount: number | null): Stripe.Decimal | null =>
  amount === null ? null : Stripe.Decimal.from(amount)

/** The same day and time n months after the anchor, or the month's last day. */
export function addMonths(anchor: number, months: number): number {
  const from = new Date(anchor * 1000)
  const target = new Date(from)
  target.setUTCDate(1)
  target.setUTCMonth(from.getUTCMonth() + months)
  const lastDay = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)).getUTCDate()
  target.setUTCDate(Math.min(from.getUTCDate(), lastDay))
  return Math.floor(target.getTime() / 1000)
}
