// A menu at a point: what the right button or Shift+F10 opens.
import { useRef, type ReactNode } from 'react'
import { Menu, MenuItem, Popover, Separator } from 'react-aria-components'
import { classNames } from './class-names.ts'
import { KeyboardHint } from './keyboard-hint.tsx'
import type { MenuEntry } from './menu.tsx'
import { ITEM, POPOVER } from './overlay.ts'

export interface ContextMenuProps {
  readonly label: string
  /** Where, in the window's coordinates; null keeps it closed. */
  readonly point: { readonly x: number; readonly y: number } | null
  readonly entries: readonly MenuEntry[]
  readonly onClose: () => void
}

/** The menu; focus returns to where it was. */
export function ContextMenu({ label, point, entries, onClose }: ContextMenuProps): ReactNode {
  const anchor = useRef<HTMLSpanElement>(null)
  return (
    <>
      <span
        ref={anchor}
        aria-hidden="true"
        className="pointer-events-none fixed size-0"
        style={{ left: point?.x ?? 0, top: point?.y ?? 0 }}
      />
      <Popover
        aria-label={label}
        key={point === null ? 'closed' : `${point.x} ${point.y}`}
        triggerRef={anchor}
        isOpen={point !== null}
        onOpenChange={(isOpen) => {
          if (!isOpen) onClose()
        }}
        placement="bottom start"
        offset={2}
        className={classNames(POPOVER, 'min-w-200')}
      >
        <Menu
          aria-label={label}
          autoFocus="first"
          className="max-h-420 overflow-auto p-4 outline-none"
          onClose={onClose}
        >
          {entries.flatMap((entry) => [
            ...(entry.startsGroup === true
              ? [<Separator key={`${entry.id}-line`} className="-mx-4 my-4 h-1 bg-line-1" />]
              : []),
            <MenuItem
              key={entry.id}
              id={entry.id}
              textValue={entry.label}
              onAction={entry.onAction}
              isDisabled={entry.isDisabled === true}
              className={classNames(ITEM, entry.isDanger === true && 'text-danger')}
            >
              {entry.icon === undefined ? null : (
                <entry.icon aria-hidden="true" size={14} strokeWidth={1.75} className="text-3" />
              )}
              <span className="truncate">{entry.label}</span>
              <span className="ml-auto flex items-center pl-16">
                {entry.caps === undefined ? null : <KeyboardHint caps={entry.caps} />}
              </span>
            </MenuItem>,
          ])}
        </Menu>
      </Popover>
    </>
  )
}
