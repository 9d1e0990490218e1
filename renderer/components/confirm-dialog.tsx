// The destructive confirmation: what is lost in numbers, what survives, and for the unrecoverable the name typed. Focus starts on Cancel.
import { useState, type ReactNode } from 'react'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { Form } from './form.tsx'
import { TextField } from './text-field.tsx'

export interface ConfirmDialogProps {
  readonly isOpen: boolean
  /** A question with the name in it: "Delete project reelhouse?" */
  readonly title: string
  /** What is lost, in numbers where they are known. */
  readonly lost: ReactNode
  /** What survives, and until when. */
  readonly survives?: ReactNode
  /** Repeats the verb: "Delete project". */
  readonly confirmLabel: string
  readonly busyLabel: string
  /** Has to be typed before the button works. */
  readonly typedName?: string
  /** Other fields of the form (a password). */
  readonly children?: ReactNode
  readonly isBusy?: boolean
  readonly error?: string | undefined
  readonly isConfirmBlocked?: boolean
  readonly onConfirm: () => void
  readonly onClose: () => void
}

/** Asks before something is destroyed. */
export function ConfirmDialog(props: ConfirmDialogProps): ReactNode {
  const [typed, setTyped] = useState('')
  const isTyped = props.typedName === undefined || typed === props.typedName
  const close = (): void => {
    setTyped('')
    props.onClose()
  }
  return (
    <Dialog
      role="alertdialog"
      title={props.title}
      isOpen={props.isOpen}
      onClose={close}
      isHeld={props.isBusy === true}
      actions={
        <>
          <Button autoFocus={props.typedName === undefined && props.children === undefined} onPress={close}>
            Cancel
          </Button>
          <Button
            variant="danger-fill"
            isBusy={props.isBusy === true}
            isDisabled={!isTyped || props.isConfirmBlocked === true}
            onPress={props.onConfirm}
          >
            {props.isBusy === true ? props.busyLabel : props.confirmLabel}
          </Button>
        </>
      }
    >
      <Form
        className="gap-12 text-body"
        problem={props.error === undefined ? undefined : { message: props.error }}
        onSubmit={() => {
          if (isTyped && props.isConfirmBlocked !== true) props.onConfirm()
        }}
      >
        <p>{props.lost}</p>
        {props.survives === undefined ? null : <p className="text-2">{props.survives}</p>}
        {props.children}
        {props.typedName === undefined ? null : (
          <TextField
            label={`Type ${props.typedName} to confirm`}
            value={typed}
            onChange={setTyped}
            autoFocus
          />
        )}
      </Form>
    </Dialog>
  )
}
