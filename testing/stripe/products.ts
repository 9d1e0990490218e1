// Products and prices. Monthly prices per unit only: ours have no others.
import type Stripe from 'stripe'
import { z } from 'zod'
import { beyond, invalid } from './errors.ts'
import { bool, int, metadata, page, paging, route, text, type Route } from './route.ts'
import { decimal, get, newest, refId, type StripeState } from './state.ts'

const productFields = {
  description: text.optional(),
  active: bool.optional(),
  metadata: metadata.optional(),
  tax_code: z.string().optional(),
  unit_label: text.optional(),
}

const updatable = {
  active: bool.optional(),
  metadata: metadata.optional(),
  nickname: text.optional(),
  lookup_key: z.string().max(200).optional(),
  transfer_lookup_key: bool.optional(),
}

export function productRoutes(state: StripeState): Route[] {
  function applyProduct(product: Stripe.Product, input: z.output<z.ZodObject<typeof productFields>>): void {
    if (input.description !== undefined)
      product.description = input.description === '' ? null : input.description
    if (input.active !== undefined) product.active = input.active
    if (input.tax_code !== undefined) product.tax_code = input.tax_code
    if (input.unit_label !== undefined) product.unit_label = input.unit_label
    Object.assign(product.metadata, input.metadata)
    product.updated = state.now(null)
  }

  function takeLookupKey(key: string, mayTransfer: boolean): void {
    for (const price of state.prices.values()) {
      if (price.lookup_key !== key) continue
      if (!mayTransfer)
        throw invalid(`A price (${price.id}) already uses that lookup key.`, { param: 'lookup_key' })
      price.lookup_key = null
    }
  }

  return [
    route('POST /v1/products', { ...productFields, name: text, id: z.string().optional() }, (input) => {
      const id = input.id ?? state.id('prod')
      if (state.products.has(id))
        throw invalid('Product already exists.', { code: 'resource_already_exists' })
      const product: Stripe.Product = {
        id,
        object: 'product',
        active: true,
        created: state.now(null),
        default_price: null,
        description: null,
        images: [],
        livemode: false,
        marketing_features: [],
        metadata: {},
        name: input.name,
        package_dimensions: null,
        shippable: null,
        statement_descriptor: null,
        tax_code: null,
        tax_details: null,
        type: 'service',
        unit_label: null,
        updated: state.now(null),
        url: null,
      }
      applyProduct(product, input)
      state.products.set(id, product)
      state.emit('product.created', product, null)
      return product
    }),
    route('GET /v1/products', { ...paging, active: bool.optional() }, (input) =>
      page(
        '/v1/products',
        newest(state.products).filter(
          (product) => input.active === undefined || product.active === input.active,
        ),
        input,
      ),
    ),
    route('GET /v1/products/:id', {}, (_, id) => get(state.products, 'product', id)),
    route('POST /v1/products/:id', { ...productFields, name: text.optional() }, (input, id) => {
      const product = get(state.products, 'product', id)
      if (input.name !== undefined) product.name = input.name
      applyProduct(product, input)
      state.emit('product.updated', product, null)
      return product
    }),

    route(
      'POST /v1/prices',
      {
        ...updatable,
        product: z.string(),
        currency: z.string(),
        unit_amount: int.optional(),
        tax_behavior: z.enum(['exclusive', 'inclusive', 'unspecified']).optional(),
        recurring: z
          .strictObject({
            interval: z.enum(['day', 'week', 'month', 'year']),
            interval_count: int.optional(),
            usage_type: z.enum(['licensed', 'metered']).optional(),
            meter: z.string().optional(),
          })
          .optional(),
      },
      (input) => {
        const product = get(state.products, 'product', input.product, 'product')
        const { recurring } = input
        if (
          recurring === undefined ||
          recurring.interval !== 'month' ||
          (recurring.interval_count ?? 1) !== 1
        )
          throw beyond('prices that do not recur monthly')
        if (input.tax_behavior === 'inclusive') throw beyond('prices with tax included')
        const usageType = recurring.usage_type ?? 'licensed'
        if (usageType === 'metered' && recurring.meter === undefined)
          throw invalid('You must set a meter on metered prices.', { param: 'recurring[meter]' })
        if (recurring.meter !== undefined) {
          const meter = get(state.meters, 'meter', recurring.meter, 'recurring[meter]')
          if (meter.status !== 'active')
            throw invalid('The meter is deactivated.', { code: 'archived_meter' })
        }
        if (input.unit_amount === undefined) throw invalid('Missing required param: unit_amount.')
        if (input.lookup_key !== undefined)
          takeLookupKey(input.lookup_key, input.transfer_lookup_key ?? false)
        const price: Stripe.Price = {
          id: state.id('price'),
          object: 'price',
          active: input.active ?? true,
          billing_scheme: 'per_unit',
          created: state.now(null),
          currency: input.currency,
          custom_unit_amount: null,
          livemode: false,
          lookup_key: input.lookup_key ?? null,
          metadata: { ...input.metadata },
          nickname: input.nickname ?? null,
          product: product.id,
          recurring: {
            interval: 'month',
            interval_count: 1,
            meter: recurring.meter ?? null,
            trial_period_days: null,
            usage_type: usageType,
          },
          tax_behavior: input.tax_behavior ?? 'unspecified',
          tiers_mode: null,
          transform_quantity: null,
          type: 'recurring',
          unit_amount: input.unit_amount,
          unit_amount_decimal: decimal(input.unit_amount),
        }
        state.prices.set(price.id, price)
        state.emit('price.created', price, null)
        return price
      },
    ),
    route(
      'GET /v1/prices',
      {
        ...paging,
        active: bool.optional(),
        lookup_keys: z.array(z.string()).max(10).optional(),
        product: z.string().optional(),
        currency: z.string().optional(),
      },
      (input) =>
        page(
          '/v1/prices',
          newest(state.prices).filter(
            (price) =>
              (input.active === undefined || price.active === input.active) &&
              (input.lookup_keys === undefined || input.lookup_keys.includes(price.lookup_key ?? '')) &&
              (input.product === undefined || refId(price.product) === input.product) &&
              (input.currency === undefined || price.currency === input.currency),
          ),
          input,
        ),
    ),
    route('GET /v1/prices/:id', {}, (_, id) => get(state.prices, 'price', id)),
    route('POST /v1/prices/:id', updatable, (input, id) => {
      const price = get(state.prices, 'price', id)
      if (input.lookup_key !== undefined) {
        takeLookupKey(input.lookup_key, input.transfer_lookup_key ?? false)
        price.lookup_key = input.lookup_key
      }
      if (input.active !== undefined) price.active = input.active
      if (input.nickname !== undefined) price.nickname = input.nickname
      Object.assign(price.metadata, input.metadata)
      state.emit('price.updated', price, null)
      return price
    }),
  ]
}

/** The old form of a price, which items still carry. */
export function planOf(price: Stripe.Price): Stripe.Plan {
  return {
    id: price.id,
    object: 'plan',
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: 'per_unit',
    created: price.created,
    currency: price.currency,
    interval: 'month',
    interval_count: 1,
    livemode: false,
    metadata: price.metadata,
    meter: price.recurring?.meter ?? null,
    nickname: price.nickname,
    product: refId(price.product),
    tiers_mode: null,
    transform_usage: null,
    trial_period_days: null,
    usage_type: price.recurring?.usage_type ?? 'licensed',
  }
}
