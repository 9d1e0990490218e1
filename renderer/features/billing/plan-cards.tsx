// What is paid: the plan with what it includes, and the next invoice line by line.
import type { ReactNode } from 'react'
import type { BillingOverview } from '#contract/capabilities/billing.ts'
import { Badge } from '../../components/badge.tsx'
import { Card } from '../../components/card.tsx'
import { formatAmount, formatMoney } from './money.ts'
import { PayOpen, type PayOpenProps } from './pay-invoice.tsx'
import { atQuotaWords, formatDay, planItems, statusWord } from './words.ts'

/** The plan and what happens to it next. */
export function PlanCard(props: PayOpenProps & { readonly overview: BillingOverview }): ReactNode {
  const { overview, organisationId, offReason } = props
  const { plan, currency } = overview
  const status = statusWord(overview.status)
  return (
    <Card>
      <div className="flex flex-col gap-10 px-16 py-14">
        <div className="flex min-h-18 items-center gap-10">
          <h2 className="text-heading">{plan.name}</h2>
          {overview.status === 'none' ? null : <Badge tone={status.tone}>{status.word}</Badge>}
        </div>
        <p className="flex items-baseline gap-6">
          {plan.monthlyPrice === null ? (
            <span className="text-figure">By agreement</span>
          ) : (
            <>
              <span className="text-figure tabular-nums">{formatMoney(plan.monthlyPrice, currency)}</span>
              <span className="text-small text-2">per month</span>
            </>
          )}
        </p>
        <p className="text-small text-2">{planItems(plan).join(', ')}.</p>
        <p className="text-small text-3">{nextStep(overview)}</p>
        {UNPAID[overview.status] === undefined ? null : (
          <PayOpen organisationId={organisationId} offReason={offReason} />
        )}
      </div>
    </Card>
  )
}

/** What an unpaid invoice does, and what to do. */
const UNPAID: Partial<Readonly<Record<BillingOverview['status'], string>>> = {
  'past-due':
    'The last payment failed. Everything works for now: pay it, or add another card under “Payment”, and it is tried again.',
  restricted:
    'The last payment failed, so nothing new can be made. Pay it, or add another card under “Payment”, and it is tried again.',
  suspended:
    'The last payment failed, so compute is off. Data and backups stay. Pay it, or add another card under “Payment”, and it is tried again.',
}

/** When the plan renews, ends or changes. */
export function nextStep(overview: BillingOverview): string {
  const { plan, currency, period } = overview
  const unpaid = UNPAID[overview.status]
  if (unpaid !== undefined) return unpaid
  if (overview.cancelsAt !== null)
    return `Ends ${formatDay(overview.cancelsAt, true)}. Until then everything works; data stays for 30 days after.`
  if (overview.scheduledPlan !== null)
    return `Becomes ${planName(overview.scheduledPlan)} on ${formatDay(period.to, true)}.`
  if (overview.trialEndsAt !== null && plan.monthlyPrice !== null)
    return `Trial until ${formatDay(overview.trialEndsAt, true)}, then ${formatMoney(plan.monthlyPrice, currency)} per month. Cancel any day.`
  if (overview.status === 'none') return atQuotaWords(plan)
  return `Renews ${formatDay(period.to, true)}. Cancel any day, data stays for 30 days.`
}

function planName(id: string): string {
  return id.charAt(0).toUpperCase() + id.slice(1)
}

/** What the period has cost so far and will cost. */
export function NextInvoiceCard({ overview }: { readonly overview: BillingOverview }): ReactNode {
  const { nextInvoice, currency } = overview
  return (
    <Card>
      <div className="flex flex-col gap-10 px-16 py-14">
        <div className="flex min-h-18 items-center justify-between gap-10">
          <h2 className="text-heading">Next invoice</h2>
          <span className="text-small text-2">{formatDay(nextInvoice.dueAt)}</span>
        </div>
        <p className="flex flex-wrap items-baseline gap-x-6 text-small text-2">
          <span className="text-figure text-1 tabular-nums">
            {formatMoney(nextInvoice.forecast, currency)}
          </span>
          forecast
          <span className="ml-auto whitespace-nowrap tabular-nums">
            {formatMoney(nextInvoice.soFar, currency)} so far
          </span>
        </p>
        {nextInvoice.lines.length === 0 ? (
          <p className="text-small text-2">Nothing will be charged.</p>
        ) : (
          <table aria-label="Lines of the next invoice" className="w-full text-small tabular-nums">
            <tbody>
              {nextInvoice.lines.map((line, index) => (
                <tr key={`${line.description} ${index}`} className="h-19">
                  <th scope="row" className="text-left font-normal text-2">
                    {line.description}
                  </th>
                  <td className="pl-12 text-right text-2">{formatAmount(line.amount)}</td>
                  <td className="pl-12 text-right">{formatAmount(line.forecast)}</td>
                </tr>
              ))}
            </tbody>
            <tfoot>
              <tr className="text-3">
                <td className="pt-4">Before tax</td>
                <td className="pt-4 pl-12 text-right">now</td>
                <td className="pt-4 pl-12 text-right">forecast</td>
              </tr>
            </tfoot>
          </table>
        )}
      </div>
    </Card>
  )
}
