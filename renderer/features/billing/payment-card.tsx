// How invoices are paid and whom they are made out to. Cards are added on the payment provider's page, never here.
import { CreditCard, EllipsisVertical, ExternalLink, Plus, Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { BillingDetails, Outcome, PaymentMethod } from '#contract/capabilities/billing.ts'
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import { Badge } from '../../components/badge.tsx'
import { Button, IconButton, TextButton } from '../../components/button.tsx'
import { Card } from '../../components/card.tsx'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { FormError } from '../../components/form-error.tsx'
import { MenuButton } from '../../components/menu.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { describeError } from '../../host/error-text.ts'
import type { Host } from '../../host/host-provider.tsx'
import { DetailsDialog } from './details-dialog.tsx'
import { useOpenHostedPage } from './hosted-page.tsx'
import { useBillingAction, useDetails, usePaymentMethods } from './use-billing.ts'
import { brandName, maskTaxId } from './words.ts'

export interface PaymentCardProps {
  readonly organisationId: OrganisationId
  readonly offReason: string | undefined
}

/** Payment methods, and the details of invoices. */
export function PaymentCard({ organisationId, offReason }: PaymentCardProps): ReactNode {
  const methods = usePaymentMethods(organisationId)
  const details = useDetails(organisationId)
  const openPage = useOpenHostedPage()
  const [removing, setRemoving] = useState<PaymentMethod>()
  const [isEditing, setIsEditing] = useState(false)
  const visit = (purpose: 'card' | 'portal', ask: (host: Host) => Promise<Outcome>) => ({
    ask,
    opened: (outcome: Outcome): void => {
      if (outcome.type === 'hosted-page')
        openPage({ organisationId, session: outcome.session, url: outcome.url, purpose })
    },
  })
  const card = visit('card', (host) => host.billing.addPaymentMethod({ organisationId }))
  const portal = visit('portal', (host) => host.billing.openPortal({ organisationId }))
  const add = useBillingAction((host, _input: void) => card.ask(host), card.opened)
  const openPortal = useBillingAction((host, _input: void) => portal.ask(host), portal.opened)
  const makeDefault = useBillingAction((host, id: string) =>
    host.billing.setDefaultPaymentMethod({ organisationId, id }),
  )
  const remove = useBillingAction(
    (host, id: string) => host.billing.removePaymentMethod({ organisationId, id }),
    () => setRemoving(undefined),
  )
  const problem = describeError(add.error ?? openPortal.error ?? makeDefault.error ?? methods.error)
  const known = methods.data ?? []
  return (
    <Card
      title="Payment"
      actions={
        <>
          <Button
            size="compact"
            isBusy={add.isPending}
            disabledReason={offReason}
            onPress={() => add.mutate()}
          >
            {known.length === 0 ? 'Add card' : 'Change card'}
          </Button>
          <MenuButton
            label="More of payment"
            placement="bottom end"
            entries={[
              {
                id: 'portal',
                label: 'Open the payment provider’s pages',
                icon: ExternalLink,
                isDisabled: offReason !== undefined,
                onAction: () => openPortal.mutate(),
              },
            ]}
          >
            <IconButton icon={EllipsisVertical} size="small" label="More of payment" />
          </MenuButton>
        </>
      }
    >
      <div className="flex flex-col px-14">
        {problem === undefined ? null : (
          <div className="mt-12">
            <FormError message={problem.message} hint={problem.hint} />
          </div>
        )}
        {methods.data === undefined ? (
          methods.error === null ? (
            <SkeletonRows count={1} label="Reading payment methods" />
          ) : null
        ) : known.length === 0 ? (
          <p className="py-14 text-small text-2">
            No payment method yet. One is asked for when you choose a plan that costs something.
          </p>
        ) : (
          <ul>
            {known.map((method) => (
              <MethodRow
                key={method.id}
                method={method}
                isOff={offReason !== undefined}
                onDefault={() => makeDefault.mutate(method.id)}
                onRemove={() => setRemoving(method)}
              />
            ))}
          </ul>
        )}
        {details.data === undefined ? null : (
          <DetailsList
            details={details.data}
            onEdit={offReason === undefined ? () => setIsEditing(true) : undefined}
          />
        )}
      </div>
      {isEditing && details.data !== undefined ? (
        <DetailsDialog
          organisationId={organisationId}
          details={details.data}
          onClose={() => setIsEditing(false)}
        />
      ) : null}
      <ConfirmDialog
        isOpen={removing !== undefined}
        title={`Remove ${removing === undefined ? '' : methodName(removing)}?`}
        lost="Invoices are no longer paid with it."
        survives={
          removing?.isDefault === true
            ? 'It is the one that invoices are paid with: choose another first.'
            : undefined
        }
        confirmLabel="Remove payment method"
        busyLabel="Removing…"
        isBusy={remove.isPending}
        error={describeError(remove.error)?.message}
        onConfirm={() => removing !== undefined && remove.mutate(removing.id)}
        onClose={() => {
          setRemoving(undefined)
          remove.reset()
        }}
      />
    </Card>
  )
}

function methodName(method: PaymentMethod): string {
  return `${brandName(method.brand)} ending ${method.last4}`
}

function MethodRow(props: {
  readonly method: PaymentMethod
  readonly isOff: boolean
  readonly onDefault: () => void
  readonly onRemove: () => void
}): ReactNode {
  const { method } = props
  const [year, month] = (method.expires ?? '').split('-')
  return (
    <li className="flex items-center gap-12 border-b border-line-1 py-12">
      <span className="flex h-26 w-38 flex-none items-center justify-center rounded-control border border-line-2">
        <CreditCard aria-hidden="true" size={16} strokeWidth={1.75} className="text-2" />
      </span>
      <div className="min-w-0 flex-1">
        <div className="truncate text-body font-medium">{methodName(method)}</div>
        {month === undefined ? null : (
          <div className="text-small text-3">
            Expires {month}/{year}
          </div>
        )}
      </div>
      {method.isDefault ? <Badge>Default</Badge> : null}
      <MenuButton
        label={`Actions of ${methodName(method)}`}
        placement="bottom end"
        entries={[
          {
            id: 'default',
            label: 'Pay with this one',
            icon: Plus,
            isDisabled: props.isOff || method.isDefault,
            onAction: props.onDefault,
          },
          {
            id: 'remove',
            label: 'Remove…',
            icon: Trash2,
            isDanger: true,
            startsGroup: true,
            isDisabled: props.isOff,
            onAction: props.onRemove,
          },
        ]}
      >
        <IconButton icon={EllipsisVertical} size="small" label={`Actions of ${methodName(method)}`} />
      </MenuButton>
    </li>
  )
}

function DetailsList(props: {
  readonly details: BillingDetails
  readonly onEdit: (() => void) | undefined
}): ReactNode {
  const { details } = props
  const place = [details.company, details.city].filter((part) => part !== '').join(', ')
  const street = [
    details.line1,
    details.line2,
    [details.postalCode, details.city].filter(Boolean).join(' '),
    details.country,
  ]
    .filter((part) => part !== '')
    .join(', ')
  const rows: readonly (readonly [string, string, boolean])[] = [
    ['Company', place, false],
    ['Address', street, false],
    ['Tax id', details.taxId === null ? '' : maskTaxId(details.taxId.value), true],
    ['Mail to', details.contacts.join(', '), false],
  ]
  return (
    <div className="flex items-start gap-8 py-12">
      <dl className="grid min-w-0 flex-1 grid-cols-[80px_1fr] gap-y-6 text-small">
        {rows.map(([term, text, isMono]) => (
          <div key={term} className="contents">
            <dt className="text-3">{term}</dt>
            <dd
              className={isMono ? 'truncate font-mono text-data' : 'truncate'}
              title={isMono ? undefined : text}
            >
              {text === '' ? <span className="text-3">not given</span> : text}
            </dd>
          </div>
        ))}
      </dl>
      {props.onEdit === undefined ? null : (
        <span className="text-small">
          <TextButton onPress={props.onEdit}>Edit details</TextButton>
        </span>
      )}
    </div>
  )
}
