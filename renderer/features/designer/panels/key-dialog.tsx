// Adds a unique constraint.
import { useState, type ReactNode } from 'react'
import type { Table } from '#contract/schema/types.ts'
import { addUnique } from '#postgres/common/catalog/edit/constraints.ts'
import { FormDialog } from '../../../components/form-dialog.tsx'
import { Checkbox } from '../../../components/toggles.tsx'
import { ColumnChecks } from './column-checks.tsx'
import { useEditing } from './editing.tsx'

/** Open while it is rendered. */
export function KeyDialog({
  table,
  onClose,
}: {
  readonly table: Table
  readonly onClose: () => void
}): ReactNode {
  const { model, context, stage } = useEditing()
  const [columnIds, setColumnIds] = useState<readonly string[]>([])
  const [isNullsNotDistinct, setIsNullsNotDistinct] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  return (
    <FormDialog
      title={`Add unique constraint to ${table.name}`}
      submitLabel="Add constraint"
      busyLabel="Adding…"
      isBusy={false}
      problem={problem === null ? undefined : { message: problem }}
      onSubmit={() => {
        const reason = stage(addUnique(context(), { tableId: table.id, columnIds, isNullsNotDistinct }))
        setProblem(reason)
        if (reason === null) onClose()
      }}
      onClose={onClose}
    >
      <ColumnChecks
        label="Unique together"
        columns={table.columns}
        value={columnIds}
        onChange={setColumnIds}
      />
      {model.serverVersion >= 150000 ? (
        <Checkbox
          label="Nulls count as equal"
          isSelected={isNullsNotDistinct}
          onChange={setIsNullsNotDistinct}
        />
      ) : null}
    </FormDialog>
  )
}
