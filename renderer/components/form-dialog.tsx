// A dialog that is one form: cancel and submit below it, held open while what it asked for is under way.
import type { ReactNode } from 'react'
import { useId } from 'react'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { FormError } from './form-error.tsx'

export interface FormDialogProps {
  readonly title: string
  /** On the primary button: "Rename project", and while it works: "Renaming…". */
  readonly submitLabel: string
  readonly busyLabel: string
  readonly isBusy: boolean
  /** What the host refused it with, unless a field says it. */
  readonly problem?: { readonly message: string; readonly hint?: string | undefined } | undefined
  readonly onSubmit: () => void
  readonly onClose: () => void
  readonly children: ReactNode
}

/** Rendered only while it is open. */
export function FormDialog(props: FormDialogProps): ReactNode {
  const formId = useId()
  return (
    <Dialog
      title={props.title}
      isOpen
      onClose={props.onClose}
      isHeld={props.isBusy}
      actions={
        <>
          <Button onPress={props.onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" isBusy={props.isBusy}>
            {props.isBusy ? props.busyLabel : props.submitLabel}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        noValidate
        className="flex flex-col gap-12"
        onSubmit={(event) => {
          event.preventDefault()
          props.onSubmit()
        }}
      >
        {props.children}
        {props.problem === undefined ? null : (
          <FormError message={props.problem.message} hint={props.problem.hint} />
        )}
      </form>
    </Dialog>
  )
}
