// Menus: 28 px items, keycaps right, danger last after a divider, typeahead.
import type { LucideIcon } from 'lucide-react'
import { Check } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'
import { Menu, MenuItem, MenuTrigger, Popover, Separator } from 'react-aria-components'
import { classNames } from './class-names.ts'
import { KeyboardHint } from './keyboard-hint.tsx'
import { ITEM, POPOVER } from './overlay.ts'

export interface MenuEntry {
  readonly id: string
  readonly label: string
  readonly icon?: LucideIcon
  /** In the icon's place: a colour. */
  readonly mark?: ReactNode
  readonly detail?: string
  readonly caps?: readonly string[] | undefined
  readonly isDanger?: boolean
  readonly isDisabled?: boolean
  /** A tick at its right: the current one. */
  readonly isCurrent?: boolean
  /** A divider above it. */
  readonly startsGroup?: boolean
  readonly onAction: () => void
}

export interface MenuButtonProps {
  readonly label: string
  readonly entries: readonly MenuEntry[]
  /** The button that opens it: Button, IconButton or one of React Aria's. */
  readonly children: ReactElement
  readonly placement?: 'bottom start' | 'bottom end' | 'top start' | 'top end' | 'right bottom'
  /** Shown above the entries. */
  readonly header?: ReactNode
}

/** A button that opens a menu. */
export function MenuButton(props: MenuButtonProps): ReactNode {
  const entries = props.entries
  return (
    <MenuTrigger>
      {props.children}
      <Popover
        placement={props.placement ?? 'bottom start'}
        offset={4}
        className={classNames(POPOVER, 'min-w-200')}
      >
        {props.header}
        <Menu aria-label={props.label} className="max-h-420 overflow-auto p-4 outline-none">
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
              {entry.mark}
              {entry.icon === undefined ? null : (
                <entry.icon aria-hidden="true" size={14} strokeWidth={1.75} className="text-3" />
              )}
              <span className="truncate">{entry.label}</span>
              {entry.detail === undefined ? null : <span className="truncate text-3">{entry.detail}</span>}
              <span className="ml-auto flex items-center pl-16">
                {entry.isCurrent === true ? <Check aria-hidden="true" size={14} strokeWidth={1.75} /> : null}
                {entry.caps === undefined ? null : <KeyboardHint caps={entry.caps} />}
              </span>
            </MenuItem>,
          ])}
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}
