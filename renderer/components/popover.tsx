// A popover with free content: connectivity, notifications.
import type { ReactElement, ReactNode } from 'react'
import { Dialog, DialogTrigger, Popover } from 'react-aria-components'
import { classNames } from './class-names.ts'
import { POPOVER } from './overlay.ts'

export interface PopoverButtonProps {
  readonly label: string
  /** The button that opens it. */
  readonly trigger: ReactElement
  readonly placement?: 'bottom start' | 'bottom end' | 'top start' | 'top end'
  readonly children: (close: () => void) => ReactNode
  readonly width?: number
  readonly isOpen?: boolean
  readonly onOpenChange?: (isOpen: boolean) => void
}

/** A button that opens a popover. Esc and a click outside close it; focus returns. */
export function PopoverButton(props: PopoverButtonProps): ReactNode {
  return (
    <DialogTrigger
      {...(props.isOpen === undefined ? {} : { isOpen: props.isOpen })}
      {...(props.onOpenChange === undefined ? {} : { onOpenChange: props.onOpenChange })}
    >
      {props.trigger}
      <Popover
        placement={props.placement ?? 'bottom end'}
        offset={6}
        className={classNames(POPOVER)}
        style={{ width: props.width ?? 320 }}
      >
        <Dialog aria-label={props.label} className="outline-none">
          {({ close }) => props.children(close)}
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}
