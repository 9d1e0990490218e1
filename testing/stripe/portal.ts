// The customer portal: its configurations and sessions. The page is in pages.ts.
import type Stripe from 'stripe'
import { z } from 'zod'
import { bool, metadata, page, paging, route, text, type Route } from './route.ts'
import { get, getCustomer, newest, type StripeState } from './state.ts'

const enabled = z.strictObject({ enabled: bool })

export function portalRoutes(state: StripeState): Route[] {
  return [
    route(
      'POST /v1/billing_portal/configurations',
      {
        name: text.optional(),
        metadata: metadata.optional(),
        features: z.strictObject({
          customer_update: z
            .strictObject({ enabled: bool, allowed_updates: z.array(z.string()).optional() })
            .optional(),
          invoice_history: enabled.optional(),
          payment_method_update: enabled.optional(),
          subscription_cancel: enabled.optional(),
          subscription_update: enabled.optional(),
        }),
      },
      (input) => {
        const { features } = input
        const configuration: Stripe.BillingPortal.Configuration = {
          id: state.id('bpc'),
          object: 'billing_portal.configuration',
          active: true,
          application: null,
          business_profile: { headline: null, privacy_policy_url: null, terms_of_service_url: null },
          created: state.now(null),
          default_return_url: null,
          features: {
            customer_update: {
              allowed_updates: features.customer_update?.allowed_updates ?? [],
              enabled: features.customer_update?.enabled ?? false,
            },
            invoice_history: { enabled: features.invoice_history?.enabled ?? false },
            payment_method_update: {
              enabled: features.payment_method_update?.enabled ?? false,
              payment_method_configuration: null,
            },
            subscription_cancel: {
              cancellation_reason: { enabled: false, feedback_options: null, options: [] },
              enabled: features.subscription_cancel?.enabled ?? false,
              mode: 'at_period_end',
              proration_behavior: 'none',
            },
            subscription_pause: { duration: { interval_options: [], type: 'indefinite' }, enabled: false },
            subscription_update: {
              billing_cycle_anchor: null,
              default_allowed_updates: [],
              enabled: features.subscription_update?.enabled ?? false,
              proration_behavior: 'none',
              schedule_at_period_end: { conditions: [] },
              trial_update_behavior: 'end_trial',
            },
          },
          is_default: state.portalConfigurations.size === 0,
          livemode: false,
          login_page: { enabled: false, url: null },
          metadata: { ...input.metadata },
          name: input.name ?? null,
          updated: state.now(null),
        }
        state.portalConfigurations.set(configuration.id, configuration)
        state.emit('billing_portal.configuration.created', configuration, null)
        return configuration
      },
    ),
    route('GET /v1/billing_portal/configurations', { ...paging, active: bool.optional() }, (input) =>
      page(
        '/v1/billing_portal/configurations',
        newest(state.portalConfigurations).filter(
          (configuration) => input.active === undefined || configuration.active === input.active,
        ),
        input,
      ),
    ),
    route(
      'POST /v1/billing_portal/sessions',
      { customer: z.string(), return_url: z.url().optional(), configuration: z.string() },
      (input) => {
        getCustomer(state, input.customer)
        get(state.portalConfigurations, 'configuration', input.configuration, 'configuration')
        const id = state.id('bps')
        const session: Stripe.BillingPortal.Session = {
          id,
          object: 'billing_portal.session',
          configuration: input.configuration,
          created: state.now(input.customer),
          customer: input.customer,
          customer_account: null,
          flow: null,
          livemode: false,
          locale: null,
          on_behalf_of: null,
          return_url: input.return_url ?? null,
          url: `${state.origin}/portal/${id}`,
        }
        state.portalSessions.set(id, session)
        state.emit('billing_portal.session.created', session, input.customer)
        return session
      },
    ),
  ]
}
