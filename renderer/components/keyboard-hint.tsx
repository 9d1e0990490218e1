// Keycaps: one cap per key. Only in menus, tooltips, empty states, the palette and beside one primary action.
import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

export interface KeyboardHintProps {
  /** One text per cap, as `keycaps()` gives them. */
  readonly caps: readonly string[]
  /** On a filled button. */
  readonly isOnAccent?: boolean
}

/** Draws keycaps. Hidden from assistive technology, which gets `aria-keyshortcuts` from the control itself. */
export function KeyboardHint({ caps, isOnAccent = false }: KeyboardHintProps): ReactNode {
  if (caps.length === 0) return null
  return (
    <span aria-hidden="true" className="inline-flex gap-3">
      {caps.map((cap, index) => (
        <kbd
          key={`${index} ${cap}`}
          // Drawn by the style sheet: it is no part of the name of the button that it stands in.
          data-cap={cap}
          className={classNames(
            'inline-flex before:content-[attr(data-cap)] h-18 min-w-18 items-center justify-center rounded-badge border border-b-2 px-4 font-ui text-micro',
            isOnAccent ? 'border-on-accent/38 text-on-accent' : 'border-line-2 bg-s2 text-2',
          )}
        />
      ))}
    </span>
  )
}
