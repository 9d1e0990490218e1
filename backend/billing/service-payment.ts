// Payment methods, hosted pages, billing details and rules. Card data is typed on the provider's pages only.
import type {
  BillingDetails,
  NotificationRules,
  Outcome,
  PaymentMethod,
} from '#contract/capabilities/billing.ts'
import { z } from 'zod'
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import { AppError } from '#contract/errors.ts'
import type { Actor } from '../actor.ts'
import { requireBilling } from '../organisations/index.ts'
import { PaymentError } from './gateway.ts'
import {
  atProvider,
  auditBilling,
  type BillingContext,
  change,
  customerDetails,
  ensureCustomer,
  type Selling,
} from './service-context.ts'
import { findInvoice, type StoredInvoice } from './store-invoices.ts'
import * as store from './store.ts'

interface By {
  readonly actor: Actor
  readonly organisationId: OrganisationId
}

export interface PaymentService {
  details(by: By): Promise<BillingDetails>
  setDetails(by: By, details: BillingDetails): Promise<BillingDetails>
  setRules(by: By, rules: NotificationRules): Promise<void>
  methods(by: By): Promise<PaymentMethod[]>
  add(by: By): Promise<Outcome>
  setDefault(by: By, id: string): Promise<void>
  remove(by: By, id: string): Promise<void>
  portal(by: By): Promise<Outcome>
  /** Pays an open or failed invoice. Again does no harm. */
  payInvoice(by: By, id: string): Promise<Outcome>
  checkReturn(by: By, session: string): Promise<{ state: 'open' | 'complete' | 'expired' }>
}

/** What the app waits for while somebody pays an invoice on its page at the provider: this, and the invoice's id. */
const INVOICE_SESSION = 'invoice:'
/** A card that was declined, asks for a confirmation, or is not there: somebody can still pay on the invoice's page. */
const TAKES_A_PERSON = new Set<PaymentError['reason']>([
  'declined',
  'needs-confirmation',
  'not-found',
  'refused',
])

/** Makes it. */
export function createPaymentService(context: BillingContext): PaymentService {
  const { db, clock, terms } = context

  async function customerOf({ actor, organisationId }: By): Promise<string | null> {
    await requireBilling(db, actor, organisationId)
    return (await store.findSubscription(db, organisationId))?.customerId ?? null
  }

  /** What failed is tried again with the new method; what fails again stays in debt and is no failure of the change. */
  async function payOpen({ gateway }: Selling, customerId: string, key: string): Promise<void> {
    for (const invoice of await gateway.invoices(customerId, { limit: 10 })) {
      if (invoice.status !== 'open' || invoice.failure === null) continue
      try {
        await gateway.payInvoice(invoice.id, `${key}:${invoice.id}`)
      } catch (error) {
        if (!(error instanceof PaymentError) || !['declined', 'needs-confirmation'].includes(error.reason))
          throw error
      }
    }
  }

  async function own(selling: Selling, customerId: string | null, id: string): Promise<string> {
    const methods = customerId === null ? [] : await selling.gateway.paymentMethods(customerId)
    if (customerId === null || !methods.some((method) => method.id === id))
      throw new AppError('NOT_FOUND', 'There is no such payment method.')
    return customerId
  }

  async function invoiceOf({ actor, organisationId }: By, id: string): Promise<StoredInvoice> {
    await requireBilling(db, actor, organisationId)
    const invoice = z.uuid().safeParse(id).success ? await findInvoice(db, organisationId, id) : undefined
    if (invoice === undefined) throw new AppError('NOT_FOUND', 'There is no such invoice.')
    return invoice
  }

  /** Whether somebody has paid an invoice on its page. */
  async function checkInvoice(
    by: By,
    { providerId }: StoredInvoice,
  ): Promise<{ state: 'open' | 'complete' | 'expired' }> {
    return change(context, by, async ({ tx, subscription, selling }) => {
      const { status } = await selling.gateway.invoice(providerId)
      if (status === 'open' || status === 'uncollectible') return { state: 'open' }
      await selling.refresh.within(tx, subscription)
      return { state: status === 'paid' ? 'complete' : 'expired' }
    })
  }

  return {
    async details({ actor, organisationId }) {
      await requireBilling(db, actor, organisationId)
      return store.findDetails(db, organisationId)
    },

    async setDetails(by, details) {
      const { actor, organisationId } = by
      return db.transaction(async (tx) => {
        await requireBilling(tx, actor, organisationId)
        const subscription = await store.lockSubscription(tx, organisationId)
        await store.saveDetails(tx, organisationId, { details, at: clock.now() })
        // What changed is not told: it is personal.
        await auditBilling(tx, by, 'billing.set-details')
        const customerId = subscription?.customerId ?? null
        const { selling } = context
        if (selling !== null && customerId !== null) {
          const customer = await customerDetails(tx, organisationId)
          await atProvider(() => selling.gateway.updateCustomer(customerId, customer))
        }
        return details
      })
    },

    async setRules(by, rules) {
      await db.transaction(async (tx) => {
        await requireBilling(tx, by.actor, by.organisationId)
        const sorted = { ...rules, thresholds: [...new Set(rules.thresholds)].toSorted((a, b) => a - b) }
        await store.saveRules(tx, by.organisationId, { rules: sorted, at: clock.now() })
        await auditBilling(tx, by, 'billing.set-rules', { ...sorted })
      })
    },

    async methods(by) {
      const customerId = await customerOf(by)
      const { selling } = context
      if (customerId === null || selling === null) return []
      return atProvider(async () => [...(await selling.gateway.paymentMethods(customerId))])
    },

    add: (by) =>
      change(context, by, async ({ tx, subscription, selling, key }) => {
        const customerId = await ensureCustomer(selling, tx, subscription)
        const { currency } = await terms.at(by.organisationId, clock.now())
        const url = `${context.publicUrl()}/billing/return`
        const page = await selling.gateway.createSetup({
          customerId,
          currency,
          successUrl: `${url}?state=done`,
          cancelUrl: `${url}?state=cancelled`,
          key,
        })
        await auditBilling(tx, by, 'billing.add-payment-method')
        return { type: 'hosted-page', ...page }
      }),

    setDefault: (by, id) =>
      change(context, by, async ({ tx, subscription, selling, key }) => {
        const customerId = await own(selling, subscription.customerId, id)
        await selling.gateway.setDefaultPaymentMethod(customerId, id)
        await auditBilling(tx, by, 'billing.set-default-payment-method')
        await payOpen(selling, customerId, key)
        await selling.refresh.within(tx, subscription)
      }),

    remove: (by, id) =>
      change(context, by, async ({ tx, subscription, selling }) => {
        const customerId = await own(selling, subscription.customerId, id)
        const methods = await selling.gateway.paymentMethods(customerId)
        const isLive = subscription.providerId !== null && subscription.cancelsAt === null
        if (methods.length === 1 && isLive)
          throw new AppError('CONFLICT', 'This is the only payment method of a plan that goes on.', {
            hint: 'Add another one first, or cancel the plan.',
          })
        await selling.gateway.detachPaymentMethod(id)
        await auditBilling(tx, by, 'billing.remove-payment-method')
      }),

    portal: (by) =>
      change(context, by, async ({ tx, subscription, selling }) => {
        const customerId = await ensureCustomer(selling, tx, subscription)
        const page = await selling.gateway.createPortal({
          customerId,
          returnUrl: `${context.publicUrl()}/billing/return?state=done`,
        })
        return { type: 'hosted-page', ...page }
      }),

    async payInvoice(by, id) {
      const { providerId, number, kind } = await invoiceOf(by, id)
      return change(context, by, async ({ tx, subscription, selling, key }) => {
        const { gateway, refresh } = selling
        const nothing = new AppError('CONFLICT', `There is nothing to pay of ${number}.`)
        if (kind === 'credit-note') throw nothing
        const { status, hostedUrl } = await gateway.invoice(providerId)
        if (status === 'void' || status === 'draft') throw nothing
        let failure: string | null = null
        let isPaid = status === 'paid'
        if (!isPaid) {
          try {
            await gateway.payInvoice(providerId, key)
            isPaid = true
          } catch (error) {
            if (!(error instanceof PaymentError) || !TAKES_A_PERSON.has(error.reason) || hostedUrl === null)
              throw error
            failure = error.code
          }
          const result = isPaid ? 'paid' : 'page'
          await auditBilling(tx, by, 'invoice.pay', { number, result, failure })
        }
        await refresh.within(tx, subscription)
        return isPaid || hostedUrl === null
          ? { type: 'done' }
          : { type: 'hosted-page', url: hostedUrl, session: `${INVOICE_SESSION}${id}` }
      })
    },

    async checkReturn(by, session) {
      if (session.startsWith(INVOICE_SESSION))
        return checkInvoice(by, await invoiceOf(by, session.slice(INVOICE_SESSION.length)))
      return change(context, by, async ({ tx, subscription, selling, key }) => {
        const { gateway, refresh } = selling
        const page = await gateway.hostedPage(session)
        const { customerId } = subscription
        // Somebody else's page looks like none.
        if (customerId === null || page.customerId !== customerId)
          throw new AppError('NOT_FOUND', 'There is no such page.')
        if (page.state === 'complete') {
          if (page.purpose === 'setup' && page.paymentMethodId !== null) {
            await gateway.setDefaultPaymentMethod(customerId, page.paymentMethodId)
            await payOpen(selling, customerId, key)
          }
          await refresh.within(tx, subscription)
        }
        return { state: page.state }
      })
    },
  }
}
