// Entitlements: features of products, and what a customer's subscriptions therefore allow. Our own entitlements come from the price book; these are for comparison.
import type Stripe from 'stripe'
import { z } from 'zod'
import { invalid } from './errors.ts'
import { metadata, page, paging, route, type Route } from './route.ts'
import { get, newest, refId, type StripeState } from './state.ts'

export function entitlementRoutes(state: StripeState): Route[] {
  return [
    route(
      'POST /v1/entitlements/features',
      { name: z.string(), lookup_key: z.string(), metadata: metadata.optional() },
      (input) => {
        if ([...state.features.values()].some((feature) => feature.lookup_key === input.lookup_key))
          throw invalid('A feature with this lookup key exists.', { param: 'lookup_key' })
        const feature: Stripe.Entitlements.Feature = {
          id: state.id('feat'),
          object: 'entitlements.feature',
          active: true,
          livemode: false,
          lookup_key: input.lookup_key,
          metadata: { ...input.metadata },
          name: input.name,
        }
        state.features.set(feature.id, feature)
        return feature
      },
    ),
    route('GET /v1/entitlements/features', { ...paging, lookup_key: z.string().optional() }, (input) =>
      page(
        '/v1/entitlements/features',
        newest(state.features).filter(
          (feature) => input.lookup_key === undefined || feature.lookup_key === input.lookup_key,
        ),
        input,
      ),
    ),
    route('POST /v1/products/:id/features', { entitlement_feature: z.string() }, (input, product) => {
      get(state.products, 'product', product)
      const feature = get(state.features, 'feature', input.entitlement_feature, 'entitlement_feature')
      const attached: Stripe.ProductFeature = {
        id: state.id('prodft'),
        object: 'product_feature',
        entitlement_feature: feature,
        livemode: false,
      }
      state.productFeatures.set(attached.id, { ...attached, product })
      return attached
    }),
    route('GET /v1/entitlements/active_entitlements', { ...paging, customer: z.string() }, (input) => {
      const products = new Set(
        [...state.subscriptions.values()]
          .filter((subscription) => subscription.customer === input.customer)
          .filter((subscription) => ['active', 'trialing', 'past_due'].includes(subscription.status))
          .flatMap((subscription) => subscription.items.data.map((item) => refId(item.price.product))),
      )
      const active = [...state.productFeatures.values()]
        .filter((entry) => products.has(entry.product))
        .map(({ entitlement_feature: feature }): Stripe.Entitlements.ActiveEntitlement => ({
          id: `ent_${input.customer}_${feature.id}`,
          object: 'entitlements.active_entitlement',
          feature: feature.id,
          livemode: false,
          lookup_key: feature.lookup_key,
        }))
      return page('/v1/entitlements/active_entitlements', active, input)
    }),
  ]
}
