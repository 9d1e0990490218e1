// Customers, their credit, coupons and payment methods at Stripe.
import type Stripe from 'stripe'
import {
  PaymentError,
  type CustomerDetails,
  type GatewayPaymentMethod,
  type PaymentGateway,
} from './gateway.ts'
import { attempt, idOf, toAmount, type StripeConfig } from './stripe-client.ts'

type CustomerCalls = Pick<
  PaymentGateway,
  | 'ensureCustomer'
  | 'updateCustomer'
  | 'customer'
  | 'grantCredit'
  | 'coupon'
  | 'paymentMethods'
  | 'setDefaultPaymentMethod'
  | 'detachPaymentMethod'
>

function customerParams(details: CustomerDetails): Stripe.CustomerUpdateParams {
  const { address } = details
  return {
    name: details.name,
    email: details.email ?? '',
    ...(address === null
      ? {}
      : {
          address: {
            line1: address.line1,
            line2: address.line2,
            city: address.city,
            postal_code: address.postalCode,
            state: address.region,
            country: address.country,
          },
        }),
  }
}

function describeMethod(method: Stripe.PaymentMethod, defaultId: string | null): GatewayPaymentMethod {
  const { card, sepa_debit: sepa } = method
  const expires = card === undefined ? null : `${card.exp_year}-${String(card.exp_month).padStart(2, '0')}`
  return {
    id: method.id,
    kind: method.type,
    brand: card?.brand ?? sepa?.bank_code ?? method.type,
    last4: card?.last4 ?? sepa?.last4 ?? '',
    expires,
    isDefault: method.id === defaultId,
  }
}

/** Subscriptions that still collect. */
const LIVE = new Set(['trialing', 'active', 'past_due', 'unpaid', 'incomplete', 'paused'])

const DURATIONS = ['once', 'repeating', 'forever'] as const

export function createStripeCustomers(client: Stripe, config: StripeConfig): CustomerCalls {
  async function liveSubscriptions(customer: string): Promise<Stripe.Subscription[]> {
    const page = await client.subscriptions.list({ customer, limit: 100 })
    return page.data.filter((subscription) => LIVE.has(subscription.status))
  }

  async function retrieve(id: string): Promise<Stripe.Customer> {
    const customer = await client.customers.retrieve(id)
    if (customer.deleted === true) throw new PaymentError('not-found', `Customer ${id} is deleted.`)
    return customer
  }

  /** A subscription's own method goes before the customer's: a checkout sets that one. */
  async function defaultMethod(customer: Stripe.Customer): Promise<string | null> {
    for (const subscription of await liveSubscriptions(customer.id)) {
      const own = idOf(subscription.default_payment_method)
      if (own !== null) return own
    }
    return idOf(customer.invoice_settings.default_payment_method)
  }

  async function setTaxId(customer: string, taxId: CustomerDetails['taxId']): Promise<void> {
    const existing = await client.customers.listTaxIds(customer, { limit: 100 })
    const isWanted = (entry: { type: string; value: string }): boolean =>
      taxId !== null && entry.type === taxId.type && entry.value === taxId.value
    if (taxId !== null && !existing.data.some(isWanted))
      await client.customers.createTaxId(customer, { type: taxId.type, value: taxId.value })
    for (const entry of existing.data)
      if (!isWanted(entry)) await client.customers.deleteTaxId(customer, entry.id)
  }

  async function update(customerId: string, details: CustomerDetails): Promise<void> {
    await client.customers.update(customerId, customerParams(details))
    await setTaxId(customerId, details.taxId)
  }

  return {
    ensureCustomer: (customer) =>
      attempt(async () => {
        const found = await client.customers.search({
          query: `metadata['organisation_id']:'${customer.organisationId}'`,
          limit: 1,
        })
        // The search lags a minute behind, so the creation has a key too. Its body holds nothing that changes, or the key could not be used again.
        const existing = found.data[0]
        const { id } =
          existing ??
          (await client.customers.create(
            {
              metadata: { organisation_id: customer.organisationId },
              ...(config.testClock === undefined ? {} : { test_clock: config.testClock }),
            },
            { idempotencyKey: `customer:${customer.organisationId}` },
          ))
        if (existing === undefined) await update(id, customer)
        return id
      }),

    updateCustomer: (customerId, details) => attempt(() => update(customerId, details)),

    customer: (customerId) =>
      attempt(async () => {
        const customer = await client.customers.retrieve(customerId)
        if (customer.deleted === true)
          return {
            id: customer.id,
            organisationId: null,
            name: '',
            email: null,
            balance: 0n,
            defaultPaymentMethodId: null,
            isDeleted: true,
          }
        return {
          id: customer.id,
          organisationId: customer.metadata['organisation_id'] ?? null,
          name: customer.name ?? '',
          email: customer.email,
          balance: BigInt(customer.balance),
          defaultPaymentMethodId: await defaultMethod(customer),
          isDeleted: false,
        }
      }),

    grantCredit: ({ customerId, amount, currency, description, key }) =>
      attempt(async () => {
        // A negative balance is the customer's credit.
        await client.customers.createBalanceTransaction(
          customerId,
          { amount: toAmount(-amount), currency, description },
          { idempotencyKey: key },
        )
      }),

    async coupon(code) {
      try {
        const coupon = await attempt(() => client.coupons.retrieve(code))
        if (!coupon.valid) return null
        return {
          id: coupon.id,
          name: coupon.name ?? coupon.id,
          percentOff: coupon.percent_off,
          amountOff: coupon.amount_off === null ? null : BigInt(coupon.amount_off),
          duration: DURATIONS.find((duration) => duration === coupon.duration) ?? 'once',
          months: coupon.duration_in_months,
        }
      } catch (error) {
        if (error instanceof PaymentError && error.reason === 'not-found') return null
        throw error
      }
    },

    paymentMethods: (customerId) =>
      attempt(async () => {
        const defaultId = await defaultMethod(await retrieve(customerId))
        const methods: GatewayPaymentMethod[] = []
        for await (const method of client.customers.listPaymentMethods(customerId, { limit: 100 }))
          methods.push(describeMethod(method, defaultId))
        return methods
      }),

    setDefaultPaymentMethod: (customerId, paymentMethodId) =>
      attempt(async () => {
        await client.customers.update(customerId, {
          invoice_settings: { default_payment_method: paymentMethodId },
        })
        for (const subscription of await liveSubscriptions(customerId))
          await client.subscriptions.update(subscription.id, { default_payment_method: paymentMethodId })
      }),

    detachPaymentMethod: (paymentMethodId) =>
      attempt(async () => {
        await client.paymentMethods.detach(paymentMethodId)
      }),
  }
}
