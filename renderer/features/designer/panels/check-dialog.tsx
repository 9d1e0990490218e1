// Adds a check, or changes one.
import { useState, type ReactNode } from 'react'
import { z } from 'zod'
import type { ConstraintOfKind, Table } from '#contract/schema/types.ts'
import { addCheck, changeCheck } from '#postgres/common/catalog/edit/constraints.ts'
import { FormDialog } from '../../../components/form-dialog.tsx'
import { TextArea } from '../../../components/text-field.tsx'
import { useForm } from '../../../components/use-form.ts'
import { useEditing } from './editing.tsx'

export interface CheckDialogProps {
  readonly table: Table
  /** Given when one is changed. */
  readonly check?: ConstraintOfKind<'check'>
  readonly onClose: () => void
}

const Rules = z.object({ expression: z.string().trim().min(1, 'Enter a condition, such as price > 0.') })

/** Open while it is rendered. */
export function CheckDialog({ table, check, onClose }: CheckDialogProps): ReactNode {
  const { context, stage } = useEditing()
  const form = useForm({ expression: check?.expression ?? '' }, Rules)
  const [problem, setProblem] = useState<string | null>(null)
  const tableId = table.id
  return (
    <FormDialog
      title={check === undefined ? `Add check to ${table.name}` : `Edit check ${check.name}`}
      submitLabel={check === undefined ? 'Add check' : 'Change check'}
      busyLabel="Adding…"
      isBusy={false}
      problem={problem === null ? undefined : { message: problem }}
      onSubmit={() => {
        if (!form.check()) return
        const { expression } = form.values
        const reason = stage(
          check === undefined
            ? addCheck(context(), { tableId, expression })
            : changeCheck(context(), { tableId, constraintId: check.id, expression }),
        )
        setProblem(reason)
        if (reason === null) onClose()
      }}
      onClose={onClose}
    >
      <TextArea
        label="Condition"
        isMono
        autoFocus
        {...form.field('expression')}
        placeholder="price > 0"
        help="An SQL condition over the table's columns that every row has to meet."
      />
    </FormDialog>
  )
}
