// The door of billing: composes the parts and registers their jobs.
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { OperatorLimits } from '#contract/billing/operator-limits.ts'
import { OrganisationId } from '#contract/capabilities/ids.ts'
import { AppError } from '#contract/errors.ts'
import type { Clock } from '../clock.ts'
import type { Database, Tx } from '../db/database.ts'
import type { Jobs } from '../jobs/index.ts'
import type { Mailer } from '../mail/index.ts'
import type { Observe } from '../monitoring/index.ts'
import { type BilledProjects, END_SUBSCRIPTION, runDunning } from './dunning-effects.ts'
import { createEntitlements, type Entitlement, REFRESH_MS } from './entitlements.ts'
import type { PaymentGateway } from './gateway.ts'
import {
  createUsageExport,
  registerUsageExport,
  type UsageExport,
  type UsageSource,
} from './invoices-export.ts'
import { registerIncluded } from './ledger-included.ts'
import { createLedger } from './ledger.ts'
import { loadPriceBooks, type PriceBooks } from './price-book.ts'
import {
  createReconciliation,
  registerReconciliation,
  type RawUsage,
  type Reconciliation,
} from './reconciliation.ts'
import { createInvoiceService } from './service-invoices.ts'
import { createLimits, type Limits } from './service-limits.ts'
import { registerMails } from './service-mails.ts'
import { createTerms, type TermsReader } from './service-terms.ts'
import { type BillingService, createBillingService } from './service.ts'
import { findSubscription, lockSubscription } from './store.ts'
import { createRefresh, type Refresh } from './subscriptions-refresh.ts'
import { createWebhooks, type Webhooks } from './webhooks.ts'

export { createBillingRoutes } from './routes.ts'
export type { PaymentGateway } from './gateway.ts'
export { createStripeGateway } from './stripe.ts'
export { stripeAddress } from './stripe-address.ts'
export { createUsagePricing } from './usage-pricing.ts'

export interface BillingDependencies {
  readonly db: Database
  readonly clock: Clock
  readonly jobs: Jobs
  readonly observe: Observe
  readonly mailer: Pick<Mailer, 'send'>
  readonly usage: UsageSource & RawUsage
  readonly projects: BilledProjects
  /** Null: self-hosted, nothing is sold. */
  readonly gateway: PaymentGateway | null
  /** Of a self-hosted service. */
  readonly limits: OperatorLimits
  readonly publicUrl: () => string
  readonly books?: PriceBooks
  readonly newId?: () => string
}

export interface Billing {
  readonly service: BillingService
  readonly terms: TermsReader
  readonly limits: Limits
  /** Null where nothing is sold. */
  readonly webhooks: Webhooks | null
  readonly refresh: Refresh | null
  readonly exporter: UsageExport | null
  readonly reconciliation: Reconciliation | null
  /** For who makes projects and members: throws LIMIT_REACHED or PAYMENT_REQUIRED. */
  readonly entitlements: {
    ensure(organisationId: OrganisationId): Promise<void>
    assert(organisationId: OrganisationId, what: Entitlement): void
  }
  /** Moves everybody's debt on, once a day. */
  advanceDebts(): Promise<void>
  /** Ends the subscription of an organisation that is being deleted, in its transaction: with the period, so that what was used in it is on a last invoice. */
  endWith(tx: Tx, organisationId: OrganisationId): Promise<void>
  /** Keeps what is known of organisations fresh. Returns how to stop. */
  start(): () => void
}

/** Makes billing. Throws where a price book is not valid: nothing may be sold by it. */
export function createBilling(deps: BillingDependencies): Billing {
  const { db, clock, jobs, gateway, projects, newId = randomUUID } = deps
  const books = deps.books ?? loadPriceBooks()
  const effects = { jobs, projects }
  const terms = createTerms({
    db,
    usage: deps.usage,
    books,
    selfHosted: gateway === null ? deps.limits : null,
  })
  const limits = createLimits({ db, clock, jobs, usage: deps.usage, terms, projects })
  const entitlements = createEntitlements({ clock, load: limits.facts })
  const invoices = createInvoiceService({ db, clock, jobs, mailer: deps.mailer })
  registerMails(jobs, db, deps.mailer)

  const ledger = createLedger(db)
  const refresh =
    gateway === null ? null : createRefresh({ db, clock, jobs, gateway, ledger, books, effects, newId })
  const selling = gateway === null || refresh === null ? null : { gateway, refresh }
  const webhooks =
    selling === null ? null : createWebhooks({ db, clock, jobs, observe: deps.observe, ...selling })
  const exporter =
    gateway === null ? null : createUsageExport({ db, clock, gateway, usage: deps.usage, books })
  if (exporter !== null) registerUsageExport(jobs, db, exporter)
  if (gateway !== null) registerIncluded(jobs, { db, clock, ledger, usage: deps.usage, books })
  const reconciliation =
    gateway === null ? null : createReconciliation({ db, clock, gateway, ledger, books, usage: deps.usage })
  if (reconciliation !== null) registerReconciliation(jobs, db, { reconciliation, observe: deps.observe })

  const advanceDebts = (): Promise<void> => runDunning({ db, effects, now: clock.now() })
  jobs.register({
    name: 'billing.advance-debts',
    payload: z.object({}),
    schedule: '11 9 * * *',
    run: advanceDebts,
  })
  jobs.register({
    name: END_SUBSCRIPTION,
    payload: z.object({ organisationId: OrganisationId, when: z.enum(['now', 'period-end']).default('now') }),
    async run({ organisationId, when }) {
      if (selling === null) return
      await db.transaction(async (tx) => {
        const subscription = await lockSubscription(tx, organisationId)
        if (subscription === undefined || subscription.providerId === null) return
        const key = `${organisationId}:end:${when}:${subscription.providerId}`
        await selling.gateway.cancel({ subscriptionId: subscription.providerId, when, key })
        await selling.refresh.within(tx, subscription)
      })
    },
  })

  const service = createBillingService({
    db,
    clock,
    jobs,
    books,
    terms,
    selling,
    newId,
    limits,
    invoices,
    publicUrl: deps.publicUrl,
    changed: (organisationId) => entitlements.forget(organisationId),
  })

  return {
    service,
    terms,
    limits,
    webhooks,
    refresh,
    exporter,
    reconciliation,
    advanceDebts,
    entitlements: {
      ensure: (organisationId) => entitlements.ensure(organisationId),
      assert(organisationId, what) {
        const answer = entitlements.can(organisationId, what)
        if (answer.allowed) return
        const { reason, message, hint } = answer
        throw new AppError(reason === 'limit-reached' ? 'LIMIT_REACHED' : 'PAYMENT_REQUIRED', message, {
          hint,
        })
      },
    },
    async endWith(tx, organisationId) {
      if (selling === null) return
      const subscription = await findSubscription(tx, organisationId)
      if (subscription !== undefined && subscription.providerId !== null)
        await jobs.enqueue(tx, END_SUBSCRIPTION, { organisationId, when: 'period-end' }, { maxAttempts: 25 })
    },
    start() {
      const timer = setInterval(() => {
        entitlements.refresh().catch((error: unknown) => {
          deps.observe({ type: 'billing.refresh-failed', error })
        })
      }, REFRESH_MS)
      timer.unref()
      return () => clearInterval(timer)
    },
  }
}
