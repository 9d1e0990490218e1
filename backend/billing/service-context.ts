// What the parts of billing's service share: who may, the subscription's row held, and the provider's failures in words for people.
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import { AppError } from '#contract/errors.ts'
import type { Actor } from '../actor.ts'
import { audit } from '../audit/index.ts'
import type { Clock } from '../clock.ts'
import type { Database, Tx } from '../db/database.ts'
import type { Jobs } from '../jobs/index.ts'
import { requireBilling } from '../organisations/index.ts'
import { PaymentError, type PaymentGateway } from './gateway.ts'
import type { PriceBooks } from './price-book.ts'
import type { TermsReader } from './service-terms.ts'
import * as store from './store.ts'
import type { Subscription } from './store.ts'
import type { Refresh } from './subscriptions-refresh.ts'

/** The provider's side; null where nothing is sold. */
export interface Selling {
  readonly gateway: PaymentGateway
  readonly refresh: Refresh
}

export interface BillingContext {
  readonly db: Database
  readonly clock: Clock
  readonly jobs: Pick<Jobs, 'enqueue'>
  readonly books: PriceBooks
  readonly terms: TermsReader
  readonly selling: Selling | null
  readonly newId: () => string
  /** The address of the service, for the way back from hosted pages. */
  readonly publicUrl: () => string
  /** Says that what an organisation may do has changed. */
  readonly changed: (organisationId: OrganisationId) => void
}

/** A change of an organisation's subscription: who asks may, the row is held, the provider is read again afterwards. */
export async function change<T>(
  context: BillingContext,
  { actor, organisationId }: { readonly actor: Actor; readonly organisationId: OrganisationId },
  work: (held: {
    readonly tx: Tx
    readonly subscription: Subscription
    readonly selling: Selling
    readonly key: string
  }) => Promise<T>,
): Promise<T> {
  const { db, books, clock, newId } = context
  const done = await db.transaction(async (tx) => {
    await requireBilling(tx, actor, organisationId)
    const selling = needSelling(context)
    const at = clock.now()
    await store.ensureSubscription(tx, organisationId, { priceVersion: books.at(at).version, at })
    const subscription = await store.lockSubscription(tx, organisationId)
    if (subscription === undefined) throw new AppError('NOT_FOUND', 'There is no such organisation.')
    const key = `${organisationId}:${newId()}`
    return atProvider(() => work({ tx, subscription, selling, key }))
  })
  context.changed(organisationId)
  return done
}

/** Throws CONFLICT where nothing is sold. */
export function needSelling({ selling }: BillingContext): Selling {
  if (selling === null)
    throw new AppError('CONFLICT', 'This service is self-hosted: no plans are sold here.', {
      hint: 'Its operator sets the limits.',
    })
  return selling
}

/** Runs calls of the provider; their failures become errors for people. */
export async function atProvider<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof PaymentError ? toAppError(error) : error
  }
}

function toAppError(error: PaymentError): unknown {
  switch (error.reason) {
    case 'unavailable':
      return new AppError('TIMEOUT', 'The payment provider does not answer. Nothing was changed here.', {
        hint: 'Try again in a moment.',
        cause: error,
      })
    case 'declined':
      return new AppError('PAYMENT_REQUIRED', 'The payment was declined.', {
        hint: 'Use another payment method, or ask your bank.',
        details: { code: error.code },
        cause: error,
      })
    case 'needs-confirmation':
      return new AppError('PAYMENT_REQUIRED', 'The bank wants the payment to be confirmed.', {
        hint: 'Confirm it on the payment provider’s pages, then try again.',
        cause: error,
      })
    case 'not-found':
      return new AppError('NOT_FOUND', 'The payment provider does not know this.', { cause: error })
    case 'refused':
      return new AppError('CONFLICT', 'The payment provider refused this.', {
        hint: error.message,
        cause: error,
      })
    case 'key-reused':
    case 'unauthorised':
    case 'bad-signature':
      return error
  }
}

/** The customer at the provider, made where there is none yet. */
export async function ensureCustomer(
  { gateway }: Selling,
  tx: Tx,
  subscription: Subscription,
): Promise<string> {
  if (subscription.customerId !== null) return subscription.customerId
  const { organisationId } = subscription
  const customerId = await gateway.ensureCustomer({
    ...(await customerDetails(tx, organisationId)),
    organisationId,
  })
  await store.setCustomer(tx, organisationId, customerId)
  return customerId
}

/** Whom the provider invoices: the billing details, or the organisation's name where nobody filled them in. */
export async function customerDetails(
  tx: Tx,
  organisationId: OrganisationId,
): Promise<Parameters<PaymentGateway['updateCustomer']>[1]> {
  const { company, contacts: _, taxId, ...address } = await store.findDetails(tx, organisationId)
  const organisation = await store.describeOrganisation(tx, organisationId)
  const [email = null] = await store.listRecipients(tx, organisationId)
  return {
    name: company === '' ? (organisation?.name ?? '') : company,
    email,
    address: address.country === '' ? null : address,
    taxId,
  }
}

/** The audit row of what somebody did. */
export async function auditBilling(
  tx: Tx,
  { actor, organisationId }: { readonly actor: Actor; readonly organisationId: OrganisationId },
  action: string,
  details: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await audit(tx, {
    actor,
    organisationId,
    action,
    subjectKind: 'subscription',
    subjectId: organisationId,
    details,
  })
}
