// Customers, their tax ids and their balance.
import type Stripe from 'stripe'
import { z } from 'zod'
import { invalid } from './errors.ts'
import { bool, int, metadata, page, paging, range, inRange, route, text, type Route } from './route.ts'
import { get, getCustomer, newest, type StripeState } from './state.ts'

const address = z.strictObject({
  line1: text.optional(),
  line2: text.optional(),
  city: text.optional(),
  postal_code: text.optional(),
  state: text.optional(),
  country: text.optional(),
})

const fields = {
  name: text.optional(),
  email: text.optional(),
  description: text.optional(),
  address: address.optional(),
  metadata: metadata.optional(),
  invoice_settings: z.strictObject({ default_payment_method: z.string().optional() }).optional(),
  balance: int.optional(),
  tax_exempt: z.enum(['none', 'exempt', 'reverse']).optional(),
  test_clock: z.string().optional(),
  validate: bool.optional(),
}

const clean = (value: string | undefined): string | null =>
  value === undefined || value === '' ? null : value

/** An address as Stripe keeps it: what is empty is null. */
export function toAddress(input: z.output<typeof address>): Stripe.Address {
  return {
    line1: clean(input.line1),
    line2: clean(input.line2),
    city: clean(input.city),
    postal_code: clean(input.postal_code),
    state: clean(input.state),
    country: clean(input.country),
  }
}

/** Adds to a customer's balance; negative is credit. */
export function changeBalance(
  state: StripeState,
  customer: Stripe.Customer,
  change: Pick<Stripe.CustomerBalanceTransaction, 'amount' | 'currency' | 'description' | 'type'> & {
    readonly invoice?: string
    readonly creditNote?: string
  },
): Stripe.CustomerBalanceTransaction {
  customer.balance += change.amount
  const transaction: Stripe.CustomerBalanceTransaction = {
    id: state.id('cbtxn'),
    object: 'customer_balance_transaction',
    amount: change.amount,
    checkout_session: null,
    created: state.now(customer.id),
    credit_note: change.creditNote ?? null,
    currency: change.currency,
    customer: customer.id,
    customer_account: null,
    description: change.description,
    ending_balance: customer.balance,
    invoice: change.invoice ?? null,
    livemode: false,
    metadata: {},
    type: change.type,
  }
  state.balanceTransactions.set(transaction.id, transaction)
  state.emit('customer.updated', customer, customer.id)
  return transaction
}

/** `metadata['key']:'value'` and `email:'…'`, joined by AND: what the search language is used for here. */
function matches(query: string): (customer: Stripe.Customer) => boolean {
  const tests = query.split(/\s+AND\s+/i).map((part) => {
    const [, name, key, value] = /^(metadata|email|name)(?:\[['"](.+?)['"]\])?:['"](.*)['"]$/.exec(part) ?? []
    if (name === undefined || value === undefined)
      throw invalid(`We were unable to parse your search query: ${part}`)
    return (customer: Stripe.Customer): boolean =>
      name === 'metadata'
        ? customer.metadata[key ?? ''] === value
        : (name === 'email' ? customer.email : customer.name) === value
  })
  return (customer) => tests.every((test) => test(customer))
}

export function customerRoutes(state: StripeState): Route[] {
  type Fields = z.output<z.ZodObject<typeof fields>>
  const isLive = (customer: Stripe.Customer | Stripe.DeletedCustomer): customer is Stripe.Customer =>
    customer.deleted !== true

  function apply(customer: Stripe.Customer, input: Fields): void {
    if (input.name !== undefined) customer.name = clean(input.name)
    if (input.email !== undefined) customer.email = clean(input.email)
    if (input.description !== undefined) customer.description = clean(input.description)
    if (input.address !== undefined) customer.address = toAddress(input.address)
    if (input.tax_exempt !== undefined) customer.tax_exempt = input.tax_exempt
    if (input.balance !== undefined) customer.balance = input.balance
    Object.assign(customer.metadata, input.metadata)
    const method = input.invoice_settings?.default_payment_method
    if (method !== undefined) {
      if (get(state.paymentMethods, 'PaymentMethod', method).customer !== customer.id)
        throw invalid('The customer does not have a payment method with this id.', {
          param: 'invoice_settings[default_payment_method]',
        })
      customer.invoice_settings.default_payment_method = method
    }
  }

  return [
    route('POST /v1/customers', fields, (input) => {
      if (input.test_clock !== undefined) get(state.testClocks, 'test clock', input.test_clock, 'test_clock')
      const customer: Stripe.Customer = {
        id: state.id('cus'),
        object: 'customer',
        address: null,
        balance: 0,
        created: 0,
        currency: null,
        default_source: null,
        delinquent: false,
        description: null,
        email: null,
        invoice_prefix: `FAKE${String(state.customers.size + 1).padStart(4, '0')}`,
        invoice_settings: {
          custom_fields: null,
          default_payment_method: null,
          footer: null,
          rendering_options: null,
        },
        livemode: false,
        metadata: {},
        name: null,
        next_invoice_sequence: 1,
        phone: null,
        preferred_locales: [],
        shipping: null,
        tax_exempt: 'none',
        test_clock: input.test_clock ?? null,
      }
      state.customers.set(customer.id, customer)
      customer.created = state.now(customer.id)
      apply(customer, input)
      state.emit('customer.created', customer, customer.id)
      return customer
    }),
    route(
      'GET /v1/customers/search',
      { query: z.string(), limit: int.optional(), page: z.string().optional() },
      (input) => {
        const found = newest(state.customers).filter(isLive).filter(matches(input.query))
        const limit = input.limit ?? 10
        return {
          object: 'search_result',
          url: '/v1/customers/search',
          has_more: found.length > limit,
          next_page: null,
          data: found.slice(0, limit),
        }
      },
    ),
    route(
      'GET /v1/customers',
      { ...paging, email: z.string().optional(), created: range.optional() },
      (input) =>
        page(
          '/v1/customers',
          newest(state.customers)
            .filter(isLive)
            .filter(
              (customer) =>
                (input.email === undefined || customer.email === input.email) &&
                inRange(customer.created, input.created),
            ),
          input,
        ),
    ),
    route('GET /v1/customers/:id', {}, (_, id) => get(state.customers, 'customer', id)),
    route('POST /v1/customers/:id', fields, (input, id) => {
      const customer = getCustomer(state, id)
      apply(customer, input)
      state.emit('customer.updated', customer, customer.id)
      return customer
    }),
    route('DELETE /v1/customers/:id', {}, (_, id) => {
      getCustomer(state, id)
      const deleted: Stripe.DeletedCustomer = { id, object: 'customer', deleted: true }
      for (const subscription of state.subscriptions.values())
        if (subscription.customer === id && subscription.ended_at === null) {
          subscription.status = 'canceled'
          subscription.ended_at = state.now(id)
          subscription.canceled_at = state.now(id)
          state.emit('customer.subscription.deleted', subscription, id)
        }
      state.emit('customer.deleted', getCustomer(state, id), id)
      state.customers.set(id, deleted)
      return deleted
    }),

    route('GET /v1/customers/:id/tax_ids', paging, (input, id) =>
      page(
        `/v1/customers/${id}/tax_ids`,
        newest(state.taxIds).filter((taxId) => taxId.customer === id),
        input,
      ),
    ),
    route('POST /v1/customers/:id/tax_ids', { type: z.string(), value: z.string() }, (input, id) => {
      getCustomer(state, id)
      const taxId: Stripe.TaxId = {
        id: state.id('txi'),
        object: 'tax_id',
        country: input.value.slice(0, 2),
        created: state.now(id),
        customer: id,
        customer_account: null,
        livemode: false,
        owner: { type: 'customer', customer: id, customer_account: null },
        type: input.type,
        value: input.value,
        verification: { status: 'verified', verified_address: null, verified_name: null },
      }
      state.taxIds.set(taxId.id, taxId)
      state.emit('customer.tax_id.created', taxId, id)
      return taxId
    }),
    route('DELETE /v1/customers/:id/tax_ids/:tax', {}, (_, id, taxId) => {
      const removed = get(state.taxIds, 'tax_id', taxId)
      state.taxIds.delete(taxId)
      state.emit('customer.tax_id.deleted', removed, id)
      return { id: taxId, object: 'tax_id', deleted: true } satisfies Stripe.DeletedTaxId
    }),

    route(
      'POST /v1/customers/:id/balance_transactions',
      { amount: int, currency: z.string(), description: text.optional(), metadata: metadata.optional() },
      (input, id) =>
        changeBalance(state, getCustomer(state, id), {
          amount: input.amount,
          currency: input.currency,
          description: input.description ?? null,
          type: 'adjustment',
        }),
    ),
    route('GET /v1/customers/:id/balance_transactions', paging, (input, id) =>
      page(
        `/v1/customers/${id}/balance_transactions`,
        newest(state.balanceTransactions).filter((transaction) => transaction.customer === id),
        input,
      ),
    ),
  ]
}
