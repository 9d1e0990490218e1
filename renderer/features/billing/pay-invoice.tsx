// Paying an invoice that is open or that failed: with the payment method that is set, or on its page at the provider.
import type { ReactNode } from 'react'
import type { Invoice } from '#contract/capabilities/billing.ts'
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import { Button } from '../../components/button.tsx'
import { FormError } from '../../components/form-error.tsx'
import { describeError } from '../../host/error-text.ts'
import { useShell } from '../../shell/shell.tsx'
import { useOpenHostedPage } from './hosted-page.tsx'
import { useBillingAction, useInvoices } from './use-billing.ts'

/** How far back an unpaid invoice is looked for. */
const LOOKED_AT = 12

/** Whether something is left to pay of it. */
export function isPayable({ kind, status }: Pick<Invoice, 'kind' | 'status'>): boolean {
  return kind === 'invoice' && (status === 'open' || status === 'failed')
}

/** Pays one; where the payment method does not do, its page opens in the browser. */
export function usePayInvoice(organisationId: OrganisationId) {
  const openPage = useOpenHostedPage()
  const { notifications } = useShell()
  return useBillingAction(
    (host, { id }: Pick<Invoice, 'id' | 'number'>) => host.billing.payInvoice({ organisationId, id }),
    (outcome, { number }) => {
      if (outcome.type === 'hosted-page')
        openPage({ organisationId, session: outcome.session, url: outcome.url, purpose: 'invoice' })
      else notifications.toast({ tone: 'success', text: `${number} is paid.` })
    },
  )
}

export interface PayOpenProps {
  readonly organisationId: OrganisationId
  readonly offReason: string | undefined
  /** One line of a banner, where what went wrong is told below the button only. */
  readonly isCompact?: boolean
}

/** Pays the oldest invoice that failed; nothing where none did. */
export function PayOpen({ organisationId, offReason, isCompact = false }: PayOpenProps): ReactNode {
  const invoice = useInvoices(organisationId, LOOKED_AT).data?.findLast(
    (one) => isPayable(one) && one.status === 'failed',
  )
  const pay = usePayInvoice(organisationId)
  const problem = describeError(pay.error)
  if (invoice === undefined) return null
  return (
    <div className="flex flex-col items-start gap-8">
      <Button
        size={isCompact ? 'compact' : 'regular'}
        isBusy={pay.isPending}
        disabledReason={offReason}
        onPress={() => pay.mutate(invoice)}
      >
        {isCompact ? 'Pay now' : `Pay ${invoice.number} now`}
      </Button>
      <FormError message={problem?.message} hint={problem?.hint} />
    </div>
  )
}
