// A secret, shown in this dialog and nowhere else: with a warning, and Copy as the first thing to do.
import { TriangleAlert } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Button } from './button.tsx'
import { CopyButton } from './copy-button.tsx'
import { Dialog } from './dialog.tsx'

export interface SecretDialogProps {
  readonly title: string
  /** What the secret is called: "API key". */
  readonly noun: string
  readonly secret: string
  /** What follows from it: that it is never shown again, what it may do. */
  readonly warning: ReactNode
  /** Esc and the close button wait until it was copied. */
  readonly isShownOnce: boolean
  readonly children?: ReactNode
  readonly onClose: () => void
}

/** Open while it is rendered. */
export function SecretDialog(props: SecretDialogProps): ReactNode {
  const [isCopied, setIsCopied] = useState(false)
  return (
    <Dialog
      title={props.title}
      width="medium"
      isOpen
      onClose={props.onClose}
      isHeld={props.isShownOnce && !isCopied}
      actions={
        <>
          <Button onPress={props.onClose}>{props.isShownOnce ? 'I have stored it' : 'Hide'}</Button>
          <CopyButton
            variant="primary"
            text={props.secret}
            label={`Copy ${props.noun}`}
            onCopied={() => setIsCopied(true)}
          />
        </>
      }
    >
      <div className="flex flex-col gap-12">
        <div
          role="alert"
          className="flex items-start gap-8 rounded-control bg-warning-soft px-10 py-8 text-small text-warning"
        >
          <TriangleAlert aria-hidden="true" size={14} strokeWidth={1.75} className="mt-1" />
          <div className="min-w-0 flex-1">{props.warning}</div>
        </div>
        <code
          aria-label={props.noun}
          className="block rounded-control border border-line-2 bg-s1 px-12 py-10 font-mono text-data break-all text-1 select-all"
        >
          {props.secret}
        </code>
        {props.children}
      </div>
    </Dialog>
  )
}
