// Dialogs and sheets. Focus is trapped and returns; Esc closes unless work would be lost.
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { IconButton } from './button.tsx'
import { classNames } from './class-names.ts'

const WIDTHS = { small: 'w-480', medium: 'w-640', large: 'w-860', wide: 'w-1180' } as const

export interface DialogProps {
  /** A question or a verb: "Create project". */
  readonly title: string
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly width?: keyof typeof WIDTHS
  readonly children: ReactNode
  /** Left of the footer: a hint. */
  readonly hint?: ReactNode
  /** Right of the footer: cancel, then the primary action. */
  readonly actions?: ReactNode
  /** Esc and the close button do nothing: work would be lost. */
  readonly isHeld?: boolean
  readonly role?: 'dialog' | 'alertdialog'
}

const SCRIM =
  'fixed inset-0 z-50 bg-scrim transition-opacity duration-160 data-[entering]:opacity-0 data-[exiting]:opacity-0'

/** A modal dialog. */
export function Dialog(props: DialogProps): ReactNode {
  return (
    <ModalOverlay
      data-modal="true"
      isOpen={props.isOpen}
      onOpenChange={(isOpen) => {
        if (!isOpen) props.onClose()
      }}
      isKeyboardDismissDisabled={props.isHeld === true}
      className={classNames(SCRIM, 'flex items-start justify-center pt-[13vh]')}
    >
      <Modal
        className={classNames(
          'max-h-[80vh] max-w-[calc(100vw-32px)] rounded-dialog bg-s3 shadow-overlay transition-[opacity,translate] duration-160 ease-in data-[entering]:translate-y-8 data-[entering]:opacity-0 data-[exiting]:opacity-0',
          WIDTHS[props.width ?? 'small'],
        )}
      >
        <AriaDialog
          role={props.role ?? 'dialog'}
          className="flex max-h-[80vh] flex-col overflow-hidden rounded-dialog outline-none"
        >
          <header className="flex flex-none items-center gap-8 pt-14 pr-16 pb-12 pl-20">
            <Heading slot="title" className="min-w-0 flex-1 truncate text-title">
              {props.title}
            </Heading>
            <IconButton icon={X} label="Close" onPress={props.onClose} isDisabled={props.isHeld === true} />
          </header>
          <div className="min-h-0 flex-1 overflow-auto px-20 pb-16">{props.children}</div>
          {props.actions === undefined ? null : (
            <footer className="flex flex-none items-center gap-8 border-t border-line-2 px-20 py-12">
              <div className="min-w-0 flex-1 text-small text-2">{props.hint}</div>
              {props.actions}
            </footer>
          )}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}

/** A panel from the right, 480 wide; for detail that keeps the list in view. */
export function Sheet(props: Omit<DialogProps, 'width' | 'role'>): ReactNode {
  return (
    <ModalOverlay
      data-modal="true"
      isOpen={props.isOpen}
      onOpenChange={(isOpen) => {
        if (!isOpen) props.onClose()
      }}
      isDismissable={props.isHeld !== true}
      isKeyboardDismissDisabled={props.isHeld === true}
      className={classNames(SCRIM, 'flex justify-end')}
    >
      <Modal className="h-full w-480 max-w-[calc(100vw-64px)] bg-s3 shadow-overlay transition-[opacity,translate] duration-160 ease-in data-[entering]:translate-x-8 data-[entering]:opacity-0 data-[exiting]:opacity-0">
        <AriaDialog className="flex h-full flex-col outline-none">
          <header className="flex flex-none items-center gap-8 border-b border-line-2 py-10 pr-12 pl-20">
            <Heading slot="title" className="min-w-0 flex-1 truncate text-title">
              {props.title}
            </Heading>
            <IconButton icon={X} label="Close" onPress={props.onClose} isDisabled={props.isHeld === true} />
          </header>
          <div className="min-h-0 flex-1 overflow-auto px-20 py-16">{props.children}</div>
          {props.actions === undefined ? null : (
            <footer className="flex flex-none items-center gap-8 border-t border-line-2 px-20 py-12">
              <div className="min-w-0 flex-1 text-small text-2">{props.hint}</div>
              {props.actions}
            </footer>
          )}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}
