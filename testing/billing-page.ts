// “Plan and billing” for component tests: an organisation on the Pro plan, and what the test has the host answer instead.
import { createElement, Fragment, type ReactNode } from 'react'
import type { BillingOverview } from '#contract/capabilities/billing.ts'
import { AccountId } from '#contract/capabilities/ids.ts'
import type { Organisation } from '#contract/capabilities/organisations.ts'
import { BillingBanner, BillingPage, HostedPageProvider } from '../renderer/features/billing/index.ts'
import {
  AS_OF,
  DETAILS,
  makeInvoice,
  makeOverview,
  makeUsage,
  ORGANISATION,
  PLANS,
  VISA,
} from './billing-answers.ts'
import { connectivityThat, renderPage, type SomeHandlers, type TestPage } from './page.ts'

const ACCOUNT = {
  id: AccountId.parse('018f0000-0000-7000-8000-000000000009'),
  email: 'mara@example.com',
  name: 'Mara',
  createdAt: AS_OF,
}
export interface ShownBilling {
  readonly overview?: Partial<BillingOverview>
  readonly organisation?: Partial<Organisation>
  readonly billing?: SomeHandlers['billing']
  readonly usage?: SomeHandlers['usage']
  readonly isOffline?: boolean
}

/** Renders the page with the app's banner above it. */
export function showBilling(options: ShownBilling = {}): TestPage {
  const organisation = { ...ORGANISATION, ...options.organisation }
  const children: ReactNode = createElement(
    Fragment,
    null,
    createElement(BillingBanner),
    createElement(BillingPage, { organisation }),
  )
  return renderPage(createElement(HostedPageProvider, { children }), {
    account: {
      current: async () => ({
        mode: 'signed-in',
        account: ACCOUNT,
        serviceUrl: 'http://127.0.0.1:7400',
      }),
    },
    connectivity: connectivityThat(options.isOffline === true ? 'offline' : 'online'),
    organisations: {
      list: async () => [organisation],
      members: async () => [
        {
          accountId: ACCOUNT.id,
          email: 'jonas@example.com',
          name: 'Jonas Weber',
          role: 'owner',
          managesBilling: true,
          joinedAt: AS_OF,
        },
      ],
    },
    billing: {
      notices: async () => [],
      overview: async () => makeOverview(options.overview),
      plans: async () => ({
        version: '2026-11-01',
        currency: 'eur',
        plans: [PLANS.free, PLANS.pro, PLANS.team, PLANS.enterprise],
      }),
      paymentMethods: async () => [VISA],
      details: async () => DETAILS,
      invoices: async () => [makeInvoice()],
      ...options.billing,
    },
    usage: { summary: async () => makeUsage(), series: async () => [], ...options.usage },
  })
}
