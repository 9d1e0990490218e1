// Brings what we know of an organisation in line with the provider. The only way in which the provider's state comes in: webhooks, the sweep and our own
// changes all end here. It reads everything again, so the order and number of calls do not matter.
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import { audit } from '../audit/index.ts'
import type { Clock } from '../clock.ts'
import type { Database, Tx } from '../db/database.ts'
import type { Jobs } from '../jobs/index.ts'
import { applyDunning, type DunningEffects } from './dunning-effects.ts'
import { NO_DEBT, noteDebt } from './dunning.ts'
import type { GatewayInvoice, PaymentGateway } from './gateway.ts'
import { EXPORT_USAGE } from './invoices-export.ts'
import {
  composeInvoice,
  issueCreditNote,
  issueInvoice,
  settleInvoice,
  type IssueContext,
} from './invoices.ts'
import type { Ledger } from './ledger.ts'
import type { PriceBooks } from './price-book.ts'
import { markApplied } from './store-events.ts'
import { findByProvider, type Recipient, type StoredInvoice } from './store-invoices.ts'
import { closePeriod, listCharges, openPeriod } from './store-usage.ts'
import * as store from './store.ts'
import type { Subscription } from './store.ts'
import { ratingPeriod, readProvider, readSpans, unpaidSince } from './subscriptions.ts'

/** Job that mails an invoice that was just issued. */
export const MAIL_INVOICE = 'billing.mail-invoice'
/** Invoices that are read again: more than a customer gets while events can be late. */
const INVOICES_READ = 30

export interface RefreshDependencies {
  readonly db: Database
  readonly clock: Clock
  readonly jobs: Pick<Jobs, 'enqueue'>
  readonly gateway: PaymentGateway
  readonly ledger: Ledger
  readonly books: PriceBooks
  readonly effects: DunningEffects
  readonly newId: () => string
}

export interface Refresh {
  /** Reads the provider and applies it, one call at a time for an organisation. Throws PaymentError. */
  organisation(organisationId: OrganisationId): Promise<void>
  /** The same inside a transaction that holds the subscription's row. */
  within(tx: Tx, subscription: Subscription): Promise<Subscription>
}

/** Makes it. */
export function createRefresh(deps: RefreshDependencies): Refresh {
  const { db, clock, jobs, gateway, ledger, books } = deps

  async function within(tx: Tx, before: Subscription): Promise<Subscription> {
    const { organisationId, customerId } = before
    if (customerId === null) return before
    const readAt = clock.now()
    // While the row is held, so that an older answer never overwrites a newer one.
    const [subscriptions, newestFirst] = [
      await gateway.subscriptions(customerId),
      await gateway.invoices(customerId, { limit: INVOICES_READ }),
    ]
    const invoices = newestFirst.toSorted((a, b) => issuedMs(a) - issuedMs(b) || (a.id < b.id ? -1 : 1))
    const provider = readProvider(subscriptions)
    const unpaid = unpaidSince(invoices)
    // Who subscribes again after all was deleted begins anew.
    const isAnew = before.dunning.stage === 'deleted' && unpaid === null && provider.providerId !== null
    const debt = noteDebt(isAnew ? NO_DEBT : before.dunning, unpaid)
    const after: Subscription = {
      ...before,
      ...provider,
      hadTrial: before.hadTrial || provider.hadTrial,
      priceVersion: provider.priceVersion ?? books.at(readAt).version,
      dunning: debt.state,
    }
    await store.saveSpans(
      tx,
      organisationId,
      readSpans(subscriptions, invoices, (at) => books.at(at).version),
    )
    await store.updateSubscription(tx, after, readAt)
    // Nothing is charged for what is used in a trial.
    if (after.period !== null && after.providerStatus !== 'trialing')
      await openPeriod(tx, organisationId, ratingPeriod(after.period))
    await auditChange(tx, before, after)
    await applyDunning(deps.effects, tx, { organisationId, effects: debt.effects, state: debt.state })
    for (const invoice of invoices) await takeInvoice(tx, after, { invoice, invoices })
    // The provider closes it within the hour: what was used until the period's end has to be there before.
    if (invoices.some(({ status, reason }) => status === 'draft' && reason === 'period'))
      await jobs.enqueue(tx, EXPORT_USAGE, { organisationId }, { key: `${EXPORT_USAGE}:${organisationId}` })
    await markApplied(tx, { customerId, receivedUntil: readAt, at: readAt })
    return after
  }

  async function takeInvoice(
    tx: Tx,
    subscription: Subscription,
    { invoice, invoices }: { invoice: GatewayInvoice; invoices: readonly GatewayInvoice[] },
  ): Promise<void> {
    if (invoice.status === 'draft') return
    const { organisationId } = subscription
    const known = await findByProvider(tx, invoice.id)
    const issued = known ?? (await issue(tx, subscription, { invoice, invoices }))
    if (issued === undefined) return
    await settleInvoice({ tx, ledger, organisationId }, issued, invoice)
    if (invoice.credited > 0n) await takeCreditNotes(tx, subscription, issued)
  }

  /** Undefined where there is nothing to invoice: the start of a trial, an end without usage. */
  async function issue(
    tx: Tx,
    subscription: Subscription,
    { invoice, invoices }: { invoice: GatewayInvoice; invoices: readonly GatewayInvoice[] },
  ): Promise<StoredInvoice | undefined> {
    const { organisationId, priceVersion } = subscription
    const usage = invoice.lines.find(({ kind }) => kind === 'usage')
    const charges =
      usage === undefined ? [] : await listCharges(tx, organisationId, ratingPeriod(usage.period).from)
    const composed = composeInvoice({ invoice, invoices, books, priceVersion, charges })
    if (composed.usageFrom !== null)
      await closePeriod(tx, organisationId, { from: composed.usageFrom, at: clock.now() })
    if (composed.lines.length === 0) return undefined
    const issued = await issueInvoice(await contextOf(tx, organisationId), invoice, composed)
    await audit(tx, {
      actor: null,
      organisationId,
      action: 'invoice.issue',
      subjectKind: 'invoice',
      subjectId: issued.number,
      details: { total: String(issued.total), currency: issued.currency },
    })
    await jobs.enqueue(tx, MAIL_INVOICE, { organisationId, id: issued.id }, { maxAttempts: 10 })
    return issued
  }

  async function takeCreditNotes(
    tx: Tx,
    { organisationId }: Subscription,
    issued: StoredInvoice,
  ): Promise<void> {
    const notes = await gateway.creditNotes(issued.providerId)
    for (const note of notes.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime())) {
      if ((await findByProvider(tx, note.id)) !== undefined) continue
      const made = await issueCreditNote(await contextOf(tx, organisationId), issued, note)
      await jobs.enqueue(tx, MAIL_INVOICE, { organisationId, id: made.id }, { maxAttempts: 10 })
    }
  }

  async function contextOf(tx: Tx, organisationId: OrganisationId): Promise<IssueContext> {
    return {
      tx,
      ledger,
      organisationId,
      newId: deps.newId,
      recipient: await recipientOf(tx, organisationId),
    }
  }

  return {
    within,
    organisation: (organisationId) =>
      db.transaction(async (tx) => {
        const subscription = await store.lockSubscription(tx, organisationId)
        if (subscription !== undefined) await within(tx, subscription)
      }),
  }
}

function issuedMs({ finalizedAt, createdAt }: GatewayInvoice): number {
  return (finalizedAt ?? createdAt).getTime()
}

async function recipientOf(tx: Tx, organisationId: OrganisationId): Promise<Recipient> {
  const { contacts: _, ...details } = await store.findDetails(tx, organisationId)
  const organisation = await store.describeOrganisation(tx, organisationId)
  return { ...details, organisation: organisation?.name ?? '' }
}

/** What people see of it: plan, status and what comes. */
async function auditChange(tx: Tx, before: Subscription, after: Subscription): Promise<void> {
  const seen = ({ plan, providerStatus, dunning, cancelsAt, scheduledPlan }: Subscription) => ({
    plan,
    status: providerStatus,
    dunning: dunning.stage,
    cancelsAt: cancelsAt?.toISOString() ?? null,
    scheduledPlan,
  })
  const [from, to] = [seen(before), seen(after)]
  if (JSON.stringify(from) === JSON.stringify(to)) return
  await audit(tx, {
    actor: null,
    organisationId: after.organisationId,
    action: 'subscription.change',
    subjectKind: 'subscription',
    subjectId: after.organisationId,
    details: { from, to },
  })
}
