// Billing as the routes see it: who may ask, and which part answers.
import type { z } from 'zod'
import type { billing, BillingNotice, BillingOverview } from '#contract/capabilities/billing.ts'
import { PlanId } from '#contract/billing/price-book.ts'
import { AppError } from '#contract/errors.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import type { Actor } from '../actor.ts'
import { requireBilling, requireRole } from '../organisations/index.ts'
import { setCap } from './caps-store.ts'
import { auditBilling, type BillingContext } from './service-context.ts'
import type { InvoiceService } from './service-invoices.ts'
import type { Limits } from './service-limits.ts'
import { noticesOf, readOverview } from './service-overview.ts'
import { createPaymentService, type PaymentService } from './service-payment.ts'
import { createPlanService, type PlanService } from './service-plans.ts'

type Input<Member extends keyof typeof billing.members> = z.output<(typeof billing.members)[Member]['input']>
type Output<Member extends keyof typeof billing.members> = z.output<
  (typeof billing.members)[Member]['output']
>

export interface BillingService {
  readonly plans: PlanService
  readonly payment: PaymentService
  readonly invoices: InvoiceService
  /** What is sold; nothing where the service is self-hosted. */
  sold(): Output<'plans'>
  overview(actor: Actor, input: Input<'overview'>): Promise<BillingOverview>
  /** For every member. */
  notices(actor: Actor, input: Input<'notices'>): Promise<BillingNotice[]>
  setSpendCap(actor: Actor, input: Input<'setSpendCap'>): Promise<void>
}

/** Makes it. */
export function createBillingService(
  context: BillingContext & { readonly limits: Limits; readonly invoices: InvoiceService },
): BillingService {
  const { db, clock, books, limits, selling } = context
  return {
    plans: createPlanService(context),
    payment: createPaymentService(context),
    invoices: context.invoices,

    sold() {
      const { version, currency, plans } = books.at(clock.now())
      return { version, currency, plans: selling === null ? [] : PlanId.options.map((id) => plans[id]) }
    },

    async overview(actor, { organisationId }) {
      await requireBilling(db, actor, organisationId)
      return readOverview(context, organisationId)
    },

    async notices(actor, { organisationId }) {
      await requireRole(db, actor, organisationId, 'viewer')
      return noticesOf(await limits.standing(organisationId), clock.now())
    },

    async setSpendCap(actor, { organisationId, projectId, amount }) {
      if (amount?.startsWith('-') === true)
        throw new AppError('INVALID_INPUT', 'A spend cap is not negative.')
      await db.transaction(async (tx) => {
        await requireBilling(tx, actor, organisationId)
        if (projectId !== null) {
          const known = await tx.query(
            sql`select from project where id = ${projectId} and organisation_id = ${organisationId} and desired_state <> 'purged'`,
          )
          if (known.length === 0) throw new AppError('NOT_FOUND', 'There is no such project.')
        }
        const cap = amount === null ? null : BigInt(amount)
        await setCap(tx, { organisationId, projectId }, { amount: cap, at: clock.now() })
        await auditBilling(tx, { actor, organisationId }, 'billing.set-spend-cap', { projectId, amount })
      })
      context.changed(organisationId)
      // At once: who raised a cap waits for projects to wake.
      await limits.decide(organisationId)
    },
  }
}
