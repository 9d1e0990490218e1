// When people are told of limits, and how.
import { useState, type ReactNode } from 'react'
import type { NotificationRules } from '#contract/capabilities/billing.ts'
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import { FormDialog } from '../../components/form-dialog.tsx'
import { Checkbox } from '../../components/toggles.tsx'
import { describeError } from '../../host/error-text.ts'
import { useBillingAction } from './use-billing.ts'

const OFFERED = [50, 80, 90, 100]

export interface RulesDialogProps {
  readonly organisationId: OrganisationId
  readonly rules: NotificationRules
  readonly onClose: () => void
}

/** Rendered only while it is open. Each warning is told once in a period. */
export function RulesDialog({ organisationId, rules, onClose }: RulesDialogProps): ReactNode {
  const [values, setValues] = useState(rules)
  const save = useBillingAction(
    (host, next: NotificationRules) => host.billing.setRules({ organisationId, rules: next }),
    onClose,
  )
  const offered = [...new Set([...OFFERED, ...rules.thresholds])].sort((a, b) => a - b)
  return (
    <FormDialog
      title="Warnings"
      submitLabel="Save warnings"
      busyLabel="Saving…"
      isBusy={save.isPending}
      problem={describeError(save.error)}
      hint="Each is told once in a period."
      onClose={onClose}
      onSubmit={() => save.mutate(values)}
    >
      <fieldset>
        <legend className="mb-8 text-small font-medium">Warn when a quota or the spend cap is used by</legend>
        <div className="flex flex-wrap gap-20">
          {offered.map((percent) => (
            <Checkbox
              key={percent}
              label={`${percent} %`}
              isSelected={values.thresholds.includes(percent)}
              onChange={(isSelected) =>
                setValues({
                  ...values,
                  thresholds: offered.filter((one) =>
                    one === percent ? isSelected : values.thresholds.includes(one),
                  ),
                })
              }
            />
          ))}
        </div>
      </fieldset>
      <Checkbox
        label="Warn when the forecast goes over"
        isSelected={values.onForecast}
        onChange={(onForecast) => setValues({ ...values, onForecast })}
      />
      <Checkbox
        label="Mail warnings to the billing contacts"
        isSelected={values.byMail}
        onChange={(byMail) => setValues({ ...values, byMail })}
      />
    </FormDialog>
  )
}
