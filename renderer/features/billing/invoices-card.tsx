// Invoices and credit notes: newest first, each with its lines, its PDF, and by mail.
import { Download } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { Invoice } from '#contract/capabilities/billing.ts'
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import { Badge } from '../../components/badge.tsx'
import { Button, IconButton } from '../../components/button.tsx'
import { Card } from '../../components/card.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { FormError } from '../../components/form-error.tsx'
import { saveFile } from '../../components/save-file.ts'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { describeError } from '../../host/error-text.ts'
import { useAction } from '../../host/host-provider.tsx'
import { useShell } from '../../shell/shell.tsx'
import { LinesTable } from './lines-table.tsx'
import { formatMoney } from './money.ts'
import { isPayable, usePayInvoice } from './pay-invoice.tsx'
import { useInvoice, useInvoices } from './use-billing.ts'
import { formatDay, invoiceWord, periodTitle } from './words.ts'
import { zip, type ZipEntry } from './zip.ts'

const FIRST = 12
const MOST = 100

export interface InvoicesCardProps {
  readonly organisationId: OrganisationId
  readonly offReason: string | undefined
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0))
}

function useDownload(organisationId: OrganisationId) {
  return useAction((host, id: string) => host.billing.invoicePdf({ organisationId, id }), [], {
    onSuccess: ({ fileName, base64 }) =>
      saveFile(fileName, new Blob([bytesOf(base64)], { type: 'application/pdf' })),
  })
}

/** The PDFs of all these in one file; one after the other, since the service may still have to draw some. */
function useDownloadAll(organisationId: OrganisationId) {
  return useAction(
    async (host, invoices: readonly Invoice[]) => {
      const entries: ZipEntry[] = []
      for (const { id, issuedAt } of invoices) {
        const { fileName, base64 } = await host.billing.invoicePdf({ organisationId, id })
        entries.push({ name: fileName, content: bytesOf(base64), modifiedAt: new Date(issuedAt) })
      }
      return entries
    },
    [],
    {
      onSuccess: (entries) =>
        saveFile('invoices.zip', new Blob([...zip(entries)], { type: 'application/zip' })),
    },
  )
}

/** The list. */
export function InvoicesCard({ organisationId, offReason }: InvoicesCardProps): ReactNode {
  const [limit, setLimit] = useState(FIRST)
  const reading = useInvoices(organisationId, limit)
  const download = useDownload(organisationId)
  const downloadAll = useDownloadAll(organisationId)
  const pay = usePayInvoice(organisationId)
  const [opened, setOpened] = useState<Invoice>()
  const invoices = reading.data
  const problem = describeError(pay.error ?? download.error ?? downloadAll.error ?? reading.error)
  return (
    <Card
      title="Invoices"
      actions={
        invoices === undefined || invoices.length === 0 ? null : (
          <Button
            size="compact"
            variant="ghost"
            icon={Download}
            isBusy={downloadAll.isPending}
            disabledReason={offReason}
            onPress={() => downloadAll.mutate(invoices)}
          >
            {limit === FIRST && invoices.length === FIRST ? 'These as ZIP' : 'All as ZIP'}
          </Button>
        )
      }
    >
      <div className="px-14 empty:hidden [&:not(:empty)]:py-12">
        {problem === undefined ? null : <FormError message={problem.message} hint={problem.hint} />}
      </div>
      {invoices === undefined ? (
        reading.error === null ? (
          <SkeletonRows count={4} label="Reading the invoices" />
        ) : null
      ) : invoices.length === 0 ? (
        <EmptyState title="No invoices yet">The first one comes with the first payment.</EmptyState>
      ) : (
        <table aria-label="Invoices" className="w-full border-collapse text-small">
          <thead className="sr-only">
            <tr>
              <th scope="col">Number</th>
              <th scope="col">Issued</th>
              <th scope="col">State</th>
              <th scope="col">Total</th>
              <th scope="col">Actions</th>
            </tr>
          </thead>
          <tbody>
            {invoices.map((invoice) => {
              const state = invoiceWord(invoice)
              return (
                <tr key={invoice.id} className="h-32 border-b border-line-1 last:border-b-0 hover:bg-hover">
                  <td className="pl-14">
                    <button
                      type="button"
                      className="rounded-badge font-mono text-data hover:underline"
                      onClick={() => setOpened(invoice)}
                    >
                      {invoice.number}
                    </button>
                  </td>
                  <td className="px-8 whitespace-nowrap text-2">{formatDay(invoice.issuedAt, true)}</td>
                  <td className="px-8">
                    <Badge tone={state.tone}>{state.word}</Badge>
                  </td>
                  <td className="px-8 text-right font-medium tabular-nums">
                    {formatMoney(invoice.total, invoice.currency)}
                  </td>
                  <td className="pr-10 whitespace-nowrap">
                    <div className="flex items-center justify-end gap-4">
                      {isPayable(invoice) ? (
                        <Button
                          size="compact"
                          label={`Pay ${invoice.number} now`}
                          isBusy={pay.isPending && pay.variables.id === invoice.id}
                          disabledReason={offReason}
                          onPress={() => pay.mutate(invoice)}
                        >
                          Pay now
                        </Button>
                      ) : null}
                      <IconButton
                        icon={Download}
                        size="small"
                        label={`Download ${invoice.number} as PDF`}
                        isDisabled={offReason !== undefined}
                        isBusy={download.isPending && download.variables === invoice.id}
                        onPress={() => download.mutate(invoice.id)}
                      />
                    </div>
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      )}
      {limit === FIRST && invoices?.length === FIRST ? (
        <div className="border-t border-line-1 px-10 py-6">
          <Button size="compact" variant="ghost" onPress={() => setLimit(MOST)}>
            Show older
          </Button>
        </div>
      ) : null}
      {opened === undefined ? null : (
        <InvoiceDialog
          organisationId={organisationId}
          invoice={opened}
          offReason={offReason}
          onClose={() => setOpened(undefined)}
        />
      )}
    </Card>
  )
}

interface InvoiceDialogProps extends InvoicesCardProps {
  readonly invoice: Invoice
  readonly onClose: () => void
}

function InvoiceDialog({ organisationId, invoice, offReason, onClose }: InvoiceDialogProps): ReactNode {
  const { notifications } = useShell()
  const reading = useInvoice(organisationId, invoice.id)
  const download = useDownload(organisationId)
  const mail = useAction((host, id: string) => host.billing.mailInvoice({ organisationId, id }), [], {
    onSuccess: () =>
      notifications.toast({
        tone: 'success',
        text: `${invoice.number} is on its way to the billing contacts.`,
      }),
  })
  const problem = describeError(reading.error ?? download.error ?? mail.error)
  const state = invoiceWord(invoice)
  const total = (amount: string): string => formatMoney(amount, invoice.currency)
  return (
    <Dialog
      title={`${invoice.kind === 'credit-note' ? 'Credit note' : 'Invoice'} ${invoice.number}`}
      width="medium"
      isOpen
      onClose={onClose}
      hint={<Badge tone={state.tone}>{state.word}</Badge>}
      actions={
        <>
          <Button isBusy={mail.isPending} disabledReason={offReason} onPress={() => mail.mutate(invoice.id)}>
            Mail to contacts
          </Button>
          <Button
            variant="primary"
            icon={Download}
            isBusy={download.isPending}
            disabledReason={offReason}
            onPress={() => download.mutate(invoice.id)}
          >
            Download PDF
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-12">
        <p className="text-small text-2">
          {periodTitle(invoice.period)}, issued {formatDay(invoice.issuedAt, true)}
        </p>
        {reading.data === undefined ? (
          reading.error === null ? (
            <SkeletonRows count={3} label="Reading the lines" />
          ) : null
        ) : (
          <LinesTable label="Lines of the invoice" lines={reading.data.lines} currency={invoice.currency} />
        )}
        <dl className="ml-auto grid grid-cols-[1fr_auto] gap-x-24 gap-y-4 text-small tabular-nums">
          <dt className="text-2">Before tax</dt>
          <dd className="text-right">{total(invoice.net)}</dd>
          <dt className="text-2">Tax</dt>
          <dd className="text-right">{total(invoice.tax)}</dd>
          <dt className="font-medium">Total</dt>
          <dd className="text-right font-medium">{total(invoice.total)}</dd>
        </dl>
        <FormError message={problem?.message} hint={problem?.hint} />
      </div>
    </Dialog>
  )
}
