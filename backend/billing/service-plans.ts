// Changing the plan: up at once and prorated, down at the period's end, out and back. The first payment is on a page of the provider's.
import type { ChangePreview, Outcome } from '#contract/capabilities/billing.ts'
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import type { Plan, PlanId, PriceBook } from '#contract/billing/price-book.ts'
import { AppError } from '#contract/errors.ts'
import type { Actor } from '../actor.ts'
import { requireBilling } from '../organisations/index.ts'
import type { GatewayCoupon } from './gateway.ts'
import { planLines, prorate } from './rate-plan.ts'
import { roundHalfUp } from './rate.ts'
import {
  atProvider,
  auditBilling,
  type BillingContext,
  change,
  ensureCustomer,
  needSelling,
} from './service-context.ts'
import { toLine, type WireLine } from './service-lines.ts'
import { describeOrganisation, findSubscription, type Subscription, swapCheckout } from './store.ts'
import { isUpgrade, obstaclesOf } from './subscriptions.ts'

interface Wanted {
  readonly organisationId: OrganisationId
  readonly plan: PlanId
  readonly coupon: string | null
}

export interface PlanService {
  preview(actor: Actor, wanted: Wanted): Promise<ChangePreview>
  change(actor: Actor, wanted: Wanted): Promise<Outcome>
  cancel(actor: Actor, organisationId: OrganisationId): Promise<void>
  resume(actor: Actor, organisationId: OrganisationId): Promise<void>
}

/** Makes it. */
export function createPlanService(context: BillingContext): PlanService {
  const { db, clock, books } = context

  /** What is to be bought, from the book of the day. */
  function find(plan: PlanId): { readonly book: PriceBook; readonly plan: Plan } {
    const book = books.at(clock.now())
    const found = book.plans[plan]
    if (found.monthlyPrice === null)
      throw new AppError('CONFLICT', `${found.name} is agreed with us by hand.`, {
        hint: 'Write to us; it is set up within a day.',
      })
    return { book, plan: found }
  }

  async function obstacles(organisationId: OrganisationId, plan: Plan): Promise<string[]> {
    const organisation = await describeOrganisation(db, organisationId)
    return organisation === undefined ? [] : obstaclesOf(plan, organisation)
  }

  const isLive = (
    subscription: Subscription | undefined,
  ): subscription is Subscription & { providerId: string } =>
    subscription !== undefined &&
    subscription.providerId !== null &&
    subscription.providerStatus !== 'cancelled'

  async function previewFirst(
    organisationId: OrganisationId,
    wanted: { readonly plan: Plan; readonly book: PriceBook; readonly coupon: string | null },
  ): Promise<ChangePreview> {
    const { plan, book, coupon } = wanted
    const { gateway } = needSelling(context)
    const at = clock.now()
    const period = { from: at, to: monthAfter(at) }
    const lines = planLines({ plan, priceVersion: book.version, period }).map((line) => toLine(line))
    const off = coupon === null ? null : await atProvider(() => gateway.coupon(coupon))
    if (coupon !== null && off === null)
      throw new AppError('NOT_FOUND', 'There is no such coupon, or it has ended.')
    const price = BigInt(plan.monthlyPrice ?? '0')
    const discount = off === null ? 0n : discountOf(off, price)
    if (off !== null && discount > 0n)
      lines.push(discountLine(off, { amount: -discount, period, priceVersion: book.version }))
    const subscription = await findSubscription(db, organisationId)
    const isTrial = plan.trialDays > 0 && subscription?.hadTrial !== true
    return {
      takesEffect: 'now',
      at: at.toISOString(),
      lines,
      dueNow: isTrial ? '0' : String(price - discount),
      nextInvoice: String(price - (isTrial || off?.duration !== 'once' ? discount : 0n)),
      currency: book.currency,
      obstacles: [],
    }
  }

  async function previewUpgrade(
    subscription: Subscription & { providerId: string },
    wanted: {
      readonly plan: Plan
      readonly book: PriceBook
      readonly coupon: string | null
      readonly at: Date
    },
  ): Promise<ChangePreview> {
    const { plan, book, at, coupon } = wanted
    const { gateway } = needSelling(context)
    const preview = await atProvider(() =>
      gateway.previewChange({
        subscriptionId: subscription.providerId,
        plan: plan.id,
        priceVersion: book.version,
        at,
        coupon,
      }),
    )
    const from = books.version(subscription.priceVersion).plans[subscription.plan]
    const own =
      subscription.period === null || subscription.providerStatus === 'trialing'
        ? []
        : prorate({ from, to: plan, priceVersion: book.version, at, period: subscription.period })
    const fact = { period: preview.period, priceVersion: book.version }
    return {
      takesEffect: 'now',
      at: at.toISOString(),
      lines: [
        ...own.map((line) => toLine(line)),
        ...(preview.discount === 0n
          ? []
          : [toLine({ ...fact, kind: 'discount', description: 'Discount', amount: -preview.discount })]),
        ...(preview.tax === 0n
          ? []
          : [toLine({ ...fact, kind: 'tax', description: 'Tax', amount: preview.tax })]),
      ],
      dueNow: String(preview.amountDue),
      nextInvoice: plan.monthlyPrice ?? '0',
      currency: book.currency,
      obstacles: [],
    }
  }

  return {
    async preview(actor, { organisationId, plan: id, coupon }) {
      await requireBilling(db, actor, organisationId)
      needSelling(context)
      const { book, plan } = find(id)
      const subscription = await findSubscription(db, organisationId)
      if (!isLive(subscription)) {
        if (id === 'free') throw alreadyOn(plan)
        return previewFirst(organisationId, { plan, book, coupon })
      }
      if (subscription.plan === id && !hasPlanned(subscription)) throw alreadyOn(plan)
      const at = floorSecond(clock.now())
      if (isUpgrade(subscription.plan, id)) return previewUpgrade(subscription, { plan, book, coupon, at })
      return {
        takesEffect: 'period-end',
        at: (subscription.period?.to ?? at).toISOString(),
        lines: [],
        dueNow: '0',
        nextInvoice: plan.monthlyPrice ?? '0',
        currency: book.currency,
        obstacles: await obstacles(organisationId, plan),
      }
    },

    change: (actor, { organisationId, plan: id, coupon }) =>
      change(context, { actor, organisationId }, async ({ tx, subscription, selling, key }) => {
        const { gateway, refresh } = selling
        const { book, plan } = find(id)
        const by = { actor, organisationId }
        if (!isLive(subscription)) {
          if (id === 'free') throw alreadyOn(plan)
          const customerId = await ensureCustomer(selling, tx, subscription)
          const open = await swapCheckout(tx, organisationId, null)
          if (open !== null && (await gateway.hostedPage(open)).state === 'open')
            await gateway.expireHostedPage(open)
          const url = `${context.publicUrl()}/billing/return`
          const page = await gateway.createCheckout({
            plan: id,
            priceVersion: book.version,
            customerId,
            organisationId,
            currency: book.currency,
            trialDays: subscription.hadTrial ? 0 : plan.trialDays,
            coupon,
            successUrl: `${url}?state=done`,
            cancelUrl: `${url}?state=cancelled`,
            key,
          })
          await swapCheckout(tx, organisationId, page.session)
          await auditBilling(tx, by, 'subscription.checkout', { plan: id, coupon })
          return { type: 'hosted-page', ...page }
        }
        const subscriptionId = subscription.providerId
        const sold = { subscriptionId, plan: id, priceVersion: book.version, key }
        if (subscription.plan === id) {
          if (!hasPlanned(subscription)) throw alreadyOn(plan)
          await gateway.resume({ subscriptionId, key })
        } else if (isUpgrade(subscription.plan, id)) {
          if (subscription.dunning.stage !== 'none')
            throw new AppError('PAYMENT_REQUIRED', 'An invoice is unpaid.', {
              hint: 'Pay it first, then change the plan.',
            })
          await gateway.changePlan({ ...sold, at: floorSecond(clock.now()), coupon })
        } else {
          const problems = await obstacles(organisationId, plan)
          if (problems.length > 0)
            throw new AppError('CONFLICT', `${plan.name} does not fit: ${problems.join(' ')}`, {
              hint: 'Remove what is too much, then change the plan.',
              details: { obstacles: problems },
            })
          if (id === 'free') await gateway.cancel({ subscriptionId, when: 'period-end', key })
          else await gateway.scheduleChange(sold)
        }
        await auditBilling(tx, by, 'subscription.change-plan', { from: subscription.plan, to: id, coupon })
        await refresh.within(tx, subscription)
        return { type: 'done' }
      }),

    cancel: (actor, organisationId) =>
      change(context, { actor, organisationId }, async ({ tx, subscription, selling, key }) => {
        if (!isLive(subscription)) throw new AppError('CONFLICT', 'There is no plan to cancel.')
        if (subscription.cancelsAt !== null) return
        await selling.gateway.cancel({ subscriptionId: subscription.providerId, when: 'period-end', key })
        await auditBilling(tx, { actor, organisationId }, 'subscription.cancel')
        await selling.refresh.within(tx, subscription)
      }),

    resume: (actor, organisationId) =>
      change(context, { actor, organisationId }, async ({ tx, subscription, selling, key }) => {
        if (!isLive(subscription))
          throw new AppError('CONFLICT', 'The plan has ended.', { hint: 'Choose a plan again.' })
        if (!hasPlanned(subscription)) return
        await selling.gateway.resume({ subscriptionId: subscription.providerId, key })
        await auditBilling(tx, { actor, organisationId }, 'subscription.resume')
        await selling.refresh.within(tx, subscription)
      }),
  }
}

/** Whether an end or another plan is planned, so that choosing the present plan means to stay. */
function hasPlanned({ cancelsAt, scheduledPlan, plan }: Subscription): boolean {
  return cancelsAt !== null || (scheduledPlan !== null && scheduledPlan !== plan)
}

function alreadyOn(plan: Plan): AppError {
  return new AppError('CONFLICT', `The organisation is on ${plan.name} already.`)
}

/** Prices are prorated by whole seconds, here as at the provider. */
function floorSecond(moment: Date): Date {
  return new Date(Math.floor(moment.getTime() / 1000) * 1000)
}

/** The same day of the next month, or its last. */
function monthAfter(moment: Date): Date {
  const next = new Date(moment)
  next.setUTCMonth(next.getUTCMonth() + 1)
  if (next.getUTCDate() !== moment.getUTCDate()) next.setUTCDate(0)
  return next
}

function discountOf({ percentOff, amountOff }: GatewayCoupon, price: bigint): bigint {
  // Percents have at most two decimals.
  const off =
    percentOff === null
      ? (amountOff ?? 0n)
      : roundHalfUp(price * BigInt(Math.round(percentOff * 100)), 10_000n)
  return off > price ? price : off
}

function discountLine(
  coupon: GatewayCoupon,
  line: { readonly amount: bigint; readonly period: { from: Date; to: Date }; readonly priceVersion: string },
): WireLine {
  return toLine({ ...line, kind: 'discount', description: coupon.name })
}
