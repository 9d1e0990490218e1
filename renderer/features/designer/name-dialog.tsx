// Asks for the name of a design.
import { useState, type ReactNode } from 'react'
import { Design } from '#contract/capabilities/designs.ts'
import { FormDialog } from '../../components/form-dialog.tsx'
import { TextField } from '../../components/text-field.tsx'
import { useForm } from '../../components/use-form.ts'
import { describeError } from '../../host/error-text.ts'

export interface NameDialogProps {
  readonly title: string
  readonly submitLabel: string
  readonly busyLabel: string
  readonly initialName: string
  readonly onSave: (name: string) => Promise<void>
  readonly onClose: () => void
}

/** Closes when it is saved. */
export function NameDialog(props: NameDialogProps): ReactNode {
  const form = useForm({ name: props.initialName }, Design.pick({ name: true }))
  const [isBusy, setIsBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const save = async (): Promise<void> => {
    if (!form.check()) return
    setIsBusy(true)
    try {
      await props.onSave(form.values.name.trim())
      props.onClose()
    } catch (problem) {
      setError(problem)
      setIsBusy(false)
    }
  }
  return (
    <FormDialog
      title={props.title}
      submitLabel={props.submitLabel}
      busyLabel={props.busyLabel}
      isBusy={isBusy}
      problem={describeError(error)}
      onSubmit={() => void save()}
      onClose={props.onClose}
    >
      <TextField label="Name" autoFocus {...form.field('name')} />
    </FormDialog>
  )
}
