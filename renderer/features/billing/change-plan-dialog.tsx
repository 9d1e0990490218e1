// Another plan: what each gives, what the change costs to the last cent before anything is confirmed, and what stands in its way.
import { Check, TriangleAlert } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { Currency } from '#contract/billing/money.ts'
import type { Plan, PlanId } from '#contract/billing/price-book.ts'
import type { BillingOverview, ChangePreview } from '#contract/capabilities/billing.ts'
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import { Badge } from '../../components/badge.tsx'
import { Button, TextButton } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Form } from '../../components/form.tsx'
import { FormError } from '../../components/form-error.tsx'
import { RadioCards } from '../../components/radio-cards.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { TextField } from '../../components/text-field.tsx'
import { describeError } from '../../host/error-text.ts'
import { useShell } from '../../shell/shell.tsx'
import { useOpenHostedPage } from './hosted-page.tsx'
import { LinesTable } from './lines-table.tsx'
import { formatMoney } from './money.ts'
import { useBillingAction, usePlans, usePreview } from './use-billing.ts'
import { atQuotaWords, formatDay, planItems, planLimits, planPrice } from './words.ts'

export interface ChangePlanDialogProps {
  readonly organisationId: OrganisationId
  readonly overview: BillingOverview
  readonly onClose: () => void
}

/** Rendered only while it is open. */
export function ChangePlanDialog({ organisationId, overview, onClose }: ChangePlanDialogProps): ReactNode {
  const { notifications } = useShell()
  const openPage = useOpenHostedPage()
  const plans = usePlans()
  const [chosen, setChosen] = useState<PlanId>()
  const [coupon, setCoupon] = useState<string | null>(null)
  const preview = usePreview(organisationId, chosen, coupon)
  const plan = plans.data?.plans.find((one) => one.id === chosen)
  const change = useBillingAction(
    (host, input: { readonly plan: PlanId; readonly coupon: string | null }) =>
      host.billing.changePlan({ organisationId, ...input }),
    (outcome) => {
      onClose()
      if (outcome.type === 'hosted-page')
        return openPage({ organisationId, session: outcome.session, url: outcome.url, purpose: 'plan' })
      notifications.notify({
        tone: 'success',
        text:
          preview.data?.takesEffect === 'period-end'
            ? `The plan becomes ${plan?.name ?? 'another one'} on ${formatDay(preview.data.at, true)}.`
            : `The plan is ${plan?.name ?? 'changed'} now.`,
      })
    },
  )
  const shown = chosen === undefined ? undefined : (preview.data ?? undefined)
  const isBlocked = shown === undefined || shown.obstacles.length > 0 || preview.isFetching
  return (
    <Dialog
      title="Change plan"
      width="wide"
      isOpen
      onClose={onClose}
      isHeld={change.isPending}
      hint={
        shown === undefined ? 'Choose a plan to see what the change costs.' : effectWords(shown, overview)
      }
      actions={
        <>
          <Button onPress={onClose}>Keep {overview.plan.name}</Button>
          <Button
            variant="primary"
            isBusy={change.isPending}
            isDisabled={isBlocked}
            onPress={() => {
              if (chosen !== undefined) change.mutate({ plan: chosen, coupon })
            }}
          >
            {change.isPending ? 'Changing…' : plan === undefined ? 'Change plan' : `Change to ${plan.name}`}
          </Button>
        </>
      }
    >
      {plans.data === undefined ? (
        plans.error === null ? (
          <SkeletonRows count={4} label="Reading the plans" />
        ) : (
          <FormError message={describeError(plans.error)?.message} hint={describeError(plans.error)?.hint} />
        )
      ) : (
        <div className="flex flex-col gap-16">
          <RadioCards
            label="Plan"
            value={chosen}
            onChange={setChosen}
            options={plans.data.plans.map((one) => ({
              id: one.id,
              isDisabled: one.id === overview.plan.id || one.monthlyPrice === null,
              content: (
                <PlanChoice
                  plan={one}
                  currency={plans.data.currency}
                  isCurrent={one.id === overview.plan.id}
                  isScheduled={one.id === overview.scheduledPlan}
                />
              ),
            }))}
          />
          {chosen === undefined ? null : (
            <Preview preview={shown} error={preview.error} coupon={coupon} onCoupon={setCoupon} />
          )}
          <FormError
            message={describeError(change.error)?.message}
            hint={describeError(change.error)?.hint}
          />
        </div>
      )}
    </Dialog>
  )
}

function effectWords(preview: ChangePreview, { currency }: BillingOverview): string {
  if (preview.takesEffect === 'period-end')
    return `Takes effect ${formatDay(preview.at, true)}. Nothing is charged now.`
  return `Takes effect now. ${formatMoney(preview.dueNow, currency)} is due now.`
}

function PlanChoice(props: {
  readonly plan: Plan
  readonly currency: Currency
  readonly isCurrent: boolean
  readonly isScheduled: boolean
}): ReactNode {
  const { plan, isCurrent } = props
  const isByAgreement = plan.monthlyPrice === null
  return (
    <>
      <span className="flex items-center justify-between gap-8">
        <span className="text-heading">{plan.name}</span>
        {isCurrent ? (
          <Badge tone="success">Current</Badge>
        ) : props.isScheduled ? (
          <Badge tone="info">Next</Badge>
        ) : null}
      </span>
      <span className="text-body font-medium tabular-nums">{planPrice(plan, props.currency)}</span>
      <span className="text-small text-2">{plan.description}</span>
      <span className="flex flex-col gap-4 text-small">
        {[...planLimits(plan), ...planItems(plan)].map((item) => (
          <span key={item} className="flex items-start gap-6">
            <Check aria-hidden="true" size={13} strokeWidth={2} className="mt-2 flex-none text-3" />
            {item}
          </span>
        ))}
      </span>
      <span className="text-small text-3">
        {isByAgreement ? 'Agreed by hand with those who run this service.' : atQuotaWords(plan)}
      </span>
    </>
  )
}

function Preview(props: {
  readonly preview: ChangePreview | undefined
  readonly error: unknown
  readonly coupon: string | null
  readonly onCoupon: (coupon: string | null) => void
}): ReactNode {
  const { preview } = props
  const problem = describeError(props.error)
  return (
    <section aria-label="What the change costs" className="flex flex-col gap-10 border-t border-line-2 pt-14">
      <div className="flex items-start gap-16">
        <h3 className="flex-1 text-heading">What the change costs</h3>
        <CouponField coupon={props.coupon} onCoupon={props.onCoupon} />
      </div>
      {problem !== undefined ? (
        <FormError message={problem.message} hint={problem.hint} />
      ) : preview === undefined ? (
        <SkeletonRows count={2} label="Computing the price" />
      ) : (
        <>
          {preview.obstacles.length === 0 ? null : (
            <div
              role="alert"
              className="flex items-start gap-8 rounded-control bg-warning-soft px-10 py-8 text-small text-warning"
            >
              <TriangleAlert aria-hidden="true" size={14} strokeWidth={1.75} className="mt-1 flex-none" />
              <div>
                <p className="font-medium">This plan does not fit yet. Change this first:</p>
                <ul className="mt-4 list-disc pl-16">
                  {preview.obstacles.map((obstacle) => (
                    <li key={obstacle}>{obstacle}</li>
                  ))}
                </ul>
              </div>
            </div>
          )}
          {preview.lines.length === 0 ? null : (
            <LinesTable label="Lines of the change" lines={preview.lines} currency={preview.currency} />
          )}
          <dl className="grid grid-cols-[1fr_auto] gap-x-24 gap-y-4 self-end text-small tabular-nums">
            <dt className="font-medium">Due now</dt>
            <dd className="text-right font-medium">{formatMoney(preview.dueNow, preview.currency)}</dd>
            <dt className="text-2">Next invoice</dt>
            <dd className="text-right">{formatMoney(preview.nextInvoice, preview.currency)}</dd>
          </dl>
        </>
      )}
    </section>
  )
}

function CouponField(props: {
  readonly coupon: string | null
  readonly onCoupon: (coupon: string | null) => void
}): ReactNode {
  const [typed, setTyped] = useState<string>()
  if (props.coupon !== null)
    return (
      <span className="flex items-center gap-8 text-small">
        Coupon {props.coupon}
        <TextButton onPress={() => props.onCoupon(null)}>Remove coupon</TextButton>
      </span>
    )
  if (typed === undefined)
    return (
      <span className="text-small">
        <TextButton onPress={() => setTyped('')}>Use a coupon</TextButton>
      </span>
    )
  return (
    <Form
      className="gap-8"
      onSubmit={() => {
        if (typed.trim() === '') return
        props.onCoupon(typed.trim())
        setTyped(undefined)
      }}
    >
      <div className="flex items-start gap-8">
        <div className="w-140">
          <TextField
            label="Coupon"
            isLabelHidden
            placeholder="Coupon"
            autoFocus
            value={typed}
            onChange={setTyped}
          />
        </div>
        <Button type="submit">Apply</Button>
      </div>
    </Form>
  )
}
