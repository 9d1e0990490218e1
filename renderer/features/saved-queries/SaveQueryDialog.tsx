// Asks for a query's name: to save it, to save it as another, or to rename it.
import { useState, type ReactNode } from 'react'
import { isAppError } from '#contract/errors.ts'
import { FormDialog } from '../../components/form-dialog.tsx'
import { TextField } from '../../components/text-field.tsx'

export interface SaveQueryDialogProps {
  /** "Save query", "Rename query", "Rename tab". */
  readonly title: string
  readonly confirmLabel: string
  readonly initialName: string
  /** Resolves when it is kept; a rejection's message is shown under the field. */
  readonly onSave: (name: string) => Promise<void>
  readonly onClose: () => void
}

/** The dialog, open while it is mounted. */
export function SaveQueryDialog(props: SaveQueryDialogProps): ReactNode {
  const [name, setName] = useState(props.initialName)
  const [error, setError] = useState<string | undefined>(undefined)
  const [isBusy, setIsBusy] = useState(false)
  const save = async (): Promise<void> => {
    if (name.trim() === '') {
      setError('Give it a name.')
      return
    }
    setIsBusy(true)
    try {
      await props.onSave(name.trim())
      props.onClose()
    } catch (failure) {
      setError(isAppError(failure) ? failure.message : 'It could not be saved.')
      setIsBusy(false)
    }
  }
  return (
    <FormDialog
      title={props.title}
      submitLabel={props.confirmLabel}
      busyLabel={props.confirmLabel}
      isBusy={isBusy}
      onSubmit={() => void save()}
      onClose={props.onClose}
    >
      <TextField
        label="Name"
        value={name}
        onChange={(value) => {
          setName(value)
          setError(undefined)
        }}
        error={error}
        autoFocus
      />
    </FormDialog>
  )
}
