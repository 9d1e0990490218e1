// Ending the plan: when, what happens then, and what stays.
import type { ReactNode } from 'react'
import type { BillingOverview } from '#contract/capabilities/billing.ts'
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { describeError } from '../../host/error-text.ts'
import { useShell } from '../../shell/shell.tsx'
import { useBillingAction } from './use-billing.ts'
import { formatDay } from './words.ts'

export interface CancelDialogProps {
  readonly organisationId: OrganisationId
  readonly overview: BillingOverview
  readonly onClose: () => void
}

/** Rendered only while it is open. */
export function CancelDialog({ organisationId, overview, onClose }: CancelDialogProps): ReactNode {
  const { notifications } = useShell()
  const { plan, period, trialEndsAt } = overview
  const end = formatDay(trialEndsAt ?? period.to, true)
  const cancel = useBillingAction(
    (host, _input: void) => host.billing.cancel({ organisationId }),
    () => {
      onClose()
      notifications.notify({
        tone: 'neutral',
        text: `${plan.name} ends ${end}. Until then it can be resumed.`,
      })
    },
  )
  return (
    <ConfirmDialog
      isOpen
      title={`Cancel ${plan.name}?`}
      lost={`${plan.name} ends ${end}, and nothing is charged for the time after. The organisation is on Free then: what does not fit it sleeps.`}
      survives="Until then everything works as before, and you can resume at any time. Data and backups stay for at least 30 days after; usage until the end is on a last invoice."
      confirmLabel="Cancel plan"
      busyLabel="Cancelling…"
      isBusy={cancel.isPending}
      error={describeError(cancel.error)?.message}
      onConfirm={() => cancel.mutate()}
      onClose={onClose}
    />
  )
}
