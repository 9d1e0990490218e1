// Usage as a file: daily, per project and metric.
import { useState, type ReactNode } from 'react'
import { z } from 'zod'
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import type { Period } from '#contract/capabilities/usage.ts'
import { FormDialog } from '../../components/form-dialog.tsx'
import { saveFile } from '../../components/save-file.ts'
import { TextField } from '../../components/text-field.tsx'
import { Segmented } from '../../components/toggles.tsx'
import { useForm } from '../../components/use-form.ts'
import { describeError } from '../../host/error-text.ts'
import { useAction } from '../../host/host-provider.tsx'

const DAY_MS = 86_400_000
const Days = z
  .object({ from: z.iso.date('Choose a day.'), to: z.iso.date('Choose a day.') })
  .refine(({ from, to }) => from <= to, {
    path: ['to'],
    message: 'Choose a day that is not before the first.',
  })

/** From midnight of the first day to midnight after the last one, in UTC. */
export function daysToPeriod(from: string, to: string): Period {
  return {
    from: new Date(from).toISOString(),
    to: new Date(Date.parse(to) + DAY_MS).toISOString(),
  }
}

export interface ExportUsageDialogProps {
  readonly organisationId: OrganisationId
  readonly period: Period
  readonly onClose: () => void
}

/** Rendered only while it is open. */
export function ExportUsageDialog({ organisationId, period, onClose }: ExportUsageDialogProps): ReactNode {
  const [format, setFormat] = useState<'csv' | 'json'>('csv')
  const form = useForm(
    {
      from: period.from.slice(0, 10),
      to: new Date(Date.parse(period.to) - 1).toISOString().slice(0, 10),
    },
    Days,
  )
  const download = useAction(
    (host, input: Period & { readonly format: 'csv' | 'json' }) =>
      host.usage.export({ organisationId, ...input }),
    [],
    {
      onSuccess: ({ text }, input) => {
        const type = input.format === 'csv' ? 'text/csv' : 'application/json'
        saveFile(
          `usage-${form.values.from}-to-${form.values.to}.${input.format}`,
          new Blob([text], { type: `${type};charset=utf-8` }),
        )
        onClose()
      },
    },
  )
  return (
    <FormDialog
      title="Export usage"
      submitLabel="Export"
      busyLabel="Exporting…"
      isBusy={download.isPending}
      problem={describeError(download.error)}
      hint="Days are in UTC."
      onClose={onClose}
      onSubmit={() => {
        if (form.check()) download.mutate({ ...daysToPeriod(form.values.from, form.values.to), format })
      }}
    >
      <p className="text-body text-2">
        One row for each day, project and metric, in base units, as it was counted.
      </p>
      <div className="grid grid-cols-2 gap-12">
        <TextField label="First day" type="date" {...form.field('from')} />
        <TextField label="Last day" type="date" {...form.field('to')} />
      </div>
      <Segmented
        label="Format"
        options={[
          { id: 'csv', label: 'CSV' },
          { id: 'json', label: 'JSON' },
        ]}
        value={format}
        onChange={setFormat}
      />
    </FormDialog>
  )
}
