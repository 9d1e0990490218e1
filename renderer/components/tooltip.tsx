// The name of a control without a label, then its keycaps. Never holds something to click.
import type { ReactElement, ReactNode } from 'react'
import { Tooltip as AriaTooltip, TooltipTrigger } from 'react-aria-components'
import { KeyboardHint } from './keyboard-hint.tsx'

export interface TooltipProps {
  readonly text: ReactNode
  readonly caps?: readonly string[] | undefined
  readonly placement?: 'top' | 'bottom' | 'left' | 'right'
  /** The trigger: a component that takes focus (Button, IconButton, Link). */
  readonly children: ReactElement
}

/** Shows `text` after 400 ms, at once when moving between neighbours. */
export function Tooltip({ text, caps, placement = 'bottom', children }: TooltipProps): ReactNode {
  return (
    <TooltipTrigger delay={400} closeDelay={0}>
      {children}
      <AriaTooltip
        placement={placement}
        offset={6}
        className="z-80 flex max-w-320 items-center gap-8 rounded-control bg-s3 px-8 py-5 text-small text-1 shadow-overlay transition-opacity duration-120 data-[entering]:opacity-0 data-[exiting]:opacity-0"
      >
        <span>{text}</span>
        {caps === undefined ? null : <KeyboardHint caps={caps} />}
      </AriaTooltip>
    </TooltipTrigger>
  )
}
