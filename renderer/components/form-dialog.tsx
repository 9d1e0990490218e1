// A dialog that is one form: cancel and submit below it, held open while what it asked for is under way.
import type { ReactNode } from 'react'
import { useId } from 'react'
import { Button } from './button.tsx'
import { Dialog, type DialogProps } from './dialog.tsx'
import { Form, type FormProblem } from './form.tsx'

export interface FormDialogProps extends Pick<DialogProps, 'title' | 'width' | 'hint' | 'onClose'> {
  /** On the primary button: "Rename project", and while it works: "Renaming…". */
  readonly submitLabel: string
  readonly busyLabel: string
  readonly isBusy: boolean
  /** It cannot be submitted yet. */
  readonly isBlocked?: boolean
  /** Left of cancel: what else can be done with what was typed (try it, test it). */
  readonly otherActions?: ReactNode
  /** What the host refused it with, unless a field says it. */
  readonly problem?: FormProblem | undefined
  readonly onSubmit: () => void
  readonly children: ReactNode
}

/** Rendered only while it is open. */
export function FormDialog(props: FormDialogProps): ReactNode {
  const formId = useId()
  return (
    <Dialog
      title={props.title}
      width={props.width ?? 'small'}
      isOpen
      onClose={props.onClose}
      isHeld={props.isBusy}
      hint={props.hint}
      actions={
        <>
          {props.otherActions}
          <Button onPress={props.onClose}>Cancel</Button>
          <Button
            type="submit"
            form={formId}
            variant="primary"
            isBusy={props.isBusy}
            isDisabled={props.isBlocked === true}
          >
            {props.isBusy ? props.busyLabel : props.submitLabel}
          </Button>
        </>
      }
    >
      <Form id={formId} className="gap-14" onSubmit={props.onSubmit} problem={props.problem}>
        {props.children}
      </Form>
    </Dialog>
  )
}
