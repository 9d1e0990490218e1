// “Plan and billing” of the settings: what an organisation pays and will pay, what it uses, and everything that can be changed about it.
import { Building2, ServerCog, ShieldAlert } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { BillingOverview } from '#contract/capabilities/billing.ts'
import type { Organisation } from '#contract/capabilities/organisations.ts'
import type { UsageSummary } from '#contract/capabilities/usage.ts'
import { isAppError } from '#contract/errors.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { formatAge, formatFull } from '../../components/format.ts'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { useNow } from '../../components/use-now.ts'
import { describeError } from '../../host/error-text.ts'
import { Page } from '../../shell/page.tsx'
import { useShell } from '../../shell/shell.tsx'
import { useOfflineReason } from '../connectivity/index.ts'
import { useMembers } from '../organisations/index.ts'
import { CancelDialog } from './cancel-dialog.tsx'
import { ChangePlanDialog } from './change-plan-dialog.tsx'
import { InvoicesCard } from './invoices-card.tsx'
import { PaymentCard } from './payment-card.tsx'
import { NextInvoiceCard, PlanCard } from './plan-cards.tsx'
import { SpendCapCard } from './spend-cap-card.tsx'
import { UsageCard } from './usage-card.tsx'
import { useBillingAction, useOverview, useUsage } from './use-billing.ts'
import { periodTitle } from './words.ts'

/** The whole page of one organisation. */
export function BillingPage({ organisation }: { readonly organisation: Organisation }): ReactNode {
  const organisationId = organisation.id
  const overview = useOverview(organisationId, organisation.managesBilling)
  const usage = useUsage(organisationId)
  const offline = useOfflineReason()
  // Who was taken the right away knows only by the refusal.
  const isRefused = !organisation.managesBilling || isAppError(overview.error, 'FORBIDDEN')
  const known = isRefused ? undefined : overview.data
  const period = known?.period ?? usage.data?.period
  const detail = period === undefined ? organisation.name : `${organisation.name}, ${periodTitle(period)}`
  const failed = isRefused ? usage : overview
  const isSold = known?.mode === 'stripe'
  return (
    <Page
      title="Plan and billing"
      detail={detail}
      actions={
        known !== undefined && isSold ? (
          <PlanActions organisationId={organisationId} overview={known} offReason={offline} />
        ) : null
      }
    >
      <div className="flex flex-col gap-16">
        {offline === undefined ? null : <LastKnown overview={known} usage={usage.data} />}
        {isRefused ? <WhoCan organisation={organisation} /> : null}
        {known?.mode === 'self-hosted' ? <SelfHosted /> : null}
        {known !== undefined && isSold ? (
          <div className="grid grid-cols-[1fr_1fr_1.15fr] gap-16 max-wide:grid-cols-2">
            <PlanCard organisationId={organisationId} overview={known} offReason={offline} />
            <NextInvoiceCard overview={known} />
            <div className="max-wide:col-span-2">
              <SpendCapCard organisationId={organisationId} overview={known} offReason={offline} />
            </div>
          </div>
        ) : null}
        {failed.data === undefined ? (
          failed.error === null ? (
            <SkeletonRows count={8} label="Reading the plan" />
          ) : (
            <Problem
              title="The plan cannot be shown"
              error={failed.error}
              isBusy={failed.isFetching}
              onRetry={() => void failed.refetch()}
            />
          )
        ) : null}
        {usage.data === undefined ? null : (
          <UsageCard
            organisationId={organisationId}
            usage={usage.data}
            overview={isSold ? known : undefined}
            offReason={offline}
          />
        )}
        {known !== undefined && isSold ? (
          <div className="grid grid-cols-[0.6fr_1fr] items-start gap-16 max-wide:grid-cols-1">
            <PaymentCard organisationId={organisationId} offReason={offline} />
            <InvoicesCard organisationId={organisationId} offReason={offline} />
          </div>
        ) : null}
      </div>
    </Page>
  )
}

function PlanActions(props: {
  readonly organisationId: Organisation['id']
  readonly overview: BillingOverview
  readonly offReason: string | undefined
}): ReactNode {
  const { organisationId, overview, offReason } = props
  const { notifications } = useShell()
  const [asking, setAsking] = useState<'change' | 'cancel'>()
  const resume = useBillingAction(
    (host, _input: void) => host.billing.resume({ organisationId }),
    () => notifications.notify({ tone: 'success', text: `${overview.plan.name} goes on.` }),
  )
  const isEnding = overview.cancelsAt !== null || overview.scheduledPlan !== null
  const hasPlan = overview.status !== 'none' && overview.status !== 'cancelled'
  const problem = describeError(resume.error)
  const close = (): void => setAsking(undefined)
  return (
    <>
      {problem === undefined ? null : (
        <span role="alert" className="text-small text-danger">
          {problem.message}
        </span>
      )}
      {isEnding ? (
        <Button disabledReason={offReason} isBusy={resume.isPending} onPress={() => resume.mutate()}>
          {overview.cancelsAt === null ? `Keep ${overview.plan.name}` : 'Resume plan'}
        </Button>
      ) : hasPlan ? (
        <Button variant="ghost" disabledReason={offReason} onPress={() => setAsking('cancel')}>
          Cancel plan
        </Button>
      ) : null}
      <Button variant="primary" disabledReason={offReason} onPress={() => setAsking('change')}>
        {hasPlan ? 'Change plan' : 'Choose a plan'}
      </Button>
      {asking === 'change' ? (
        <ChangePlanDialog organisationId={organisationId} overview={overview} onClose={close} />
      ) : asking === 'cancel' ? (
        <CancelDialog organisationId={organisationId} overview={overview} onClose={close} />
      ) : null}
    </>
  )
}

/** Offline: of when it is what is shown, and that nothing can be changed. */
function LastKnown(props: {
  readonly overview: BillingOverview | undefined
  readonly usage: UsageSummary | undefined
}): ReactNode {
  const now = useNow()
  const asOf = props.overview?.asOf ?? props.usage?.asOf
  if (asOf === undefined) return null
  return (
    <Note icon={<ServerCog aria-hidden="true" size={14} strokeWidth={1.75} className="mt-1 flex-none" />}>
      This is the last known state, <span title={formatFull(asOf)}>{formatAge(asOf, now)}</span>. Changes need
      the service, which does not answer now.
    </Note>
  )
}

function SelfHosted(): ReactNode {
  return (
    <Note icon={<Building2 aria-hidden="true" size={14} strokeWidth={1.75} className="mt-1 flex-none" />}>
      Nothing is sold by this service: it runs on its operator’s own machines, and the operator sets the
      limits.
    </Note>
  )
}

/** For members who see no money: who does. */
function WhoCan({ organisation }: { readonly organisation: Organisation }): ReactNode {
  const members = useMembers(organisation.id).data
  const who = (members ?? [])
    .filter((member) => member.managesBilling)
    .map((member) => (member.name === '' ? member.email : member.name))
  return (
    <Note icon={<ShieldAlert aria-hidden="true" size={14} strokeWidth={1.75} className="mt-1 flex-none" />}>
      Plan, payment and invoices of {organisation.name} are seen and changed by its owners and billing admins
      {who.length === 0 ? '' : `: ${who.join(', ')}`}. Usage is for every member.
    </Note>
  )
}

function Note(props: { readonly icon: ReactNode; readonly children: ReactNode }): ReactNode {
  return (
    <p className="flex items-start gap-8 rounded-card border border-line-1 bg-s2 px-14 py-10 text-small text-2">
      {props.icon}
      <span>{props.children}</span>
    </p>
  )
}

function Problem(props: {
  readonly title: string
  readonly error: unknown
  readonly isBusy: boolean
  readonly onRetry: () => void
}): ReactNode {
  const text = describeError(props.error)
  return (
    <div role="alert">
      <EmptyState
        title={props.title}
        action={
          <Button isBusy={props.isBusy} onPress={props.onRetry}>
            Try again
          </Button>
        }
      >
        {text?.message} {text?.hint}
      </EmptyState>
    </div>
  )
}
