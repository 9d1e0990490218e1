// Whom invoices are made out to: address, tax id, contacts.
import type { ReactNode } from 'react'
import type { BillingDetails } from '#contract/capabilities/billing.ts'
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import { FormDialog } from '../../components/form-dialog.tsx'
import { Select } from '../../components/select.tsx'
import { TextField } from '../../components/text-field.tsx'
import { useForm } from '../../components/use-form.ts'
import { describeError, fieldErrorsOf } from '../../host/error-text.ts'
import { DetailsForm, NO_TAX_ID, TAX_ID_TYPES, toDetails, toValues } from './details-form.ts'
import { useBillingAction } from './use-billing.ts'

export interface DetailsDialogProps {
  readonly organisationId: OrganisationId
  readonly details: BillingDetails
  readonly onClose: () => void
}

/** Rendered only while it is open. */
export function DetailsDialog({ organisationId, details, onClose }: DetailsDialogProps): ReactNode {
  const form = useForm(toValues(details), DetailsForm)
  const save = useBillingAction(
    (host, next: BillingDetails) => host.billing.setDetails({ organisationId, details: next }),
    onClose,
  )
  const refused = fieldErrorsOf(save.error)
  const isOfField = Object.keys(refused).some((name) => name.startsWith('details.taxId'))
  const taxType = form.values.taxType
  return (
    <FormDialog
      title="Billing details"
      width="medium"
      submitLabel="Save details"
      busyLabel="Saving…"
      isBusy={save.isPending}
      problem={
        isOfField
          ? { message: 'The tax id is not accepted.', hint: 'Check its kind and number.' }
          : describeError(save.error)
      }
      hint="They stand on the next invoices; those that are made stay as they are."
      onClose={onClose}
      onSubmit={() => {
        if (form.check()) save.mutate(toDetails(form.values))
      }}
    >
      <TextField label="Company or name" autoFocus autoComplete="organization" {...form.field('company')} />
      <div className="grid grid-cols-2 gap-12">
        <TextField label="Street and number" autoComplete="address-line1" {...form.field('line1')} />
        <TextField label="Addition" autoComplete="address-line2" {...form.field('line2')} />
      </div>
      <div className="grid grid-cols-[110px_1fr_1fr_90px] gap-12">
        <TextField label="Postal code" autoComplete="postal-code" {...form.field('postalCode')} />
        <TextField label="City" autoComplete="address-level2" {...form.field('city')} />
        <TextField label="Region" autoComplete="address-level1" {...form.field('region')} />
        <TextField
          label="Country"
          placeholder="DE"
          autoComplete="country"
          {...form.field('country')}
          onChange={(text) => form.set('country', text.toUpperCase())}
        />
      </div>
      <div className="grid grid-cols-2 gap-12">
        <Select
          label="Tax id"
          options={TAX_ID_TYPES}
          value={taxType}
          onChange={(next) => form.set('taxType', next)}
        />
        {taxType === NO_TAX_ID ? null : <TextField label="Number" isMono {...form.field('taxValue')} />}
      </div>
      <TextField
        label="Mail invoices and warnings to"
        help="Addresses divided by commas, at most ten."
        {...form.field('contacts')}
      />
    </FormDialog>
  )
}
