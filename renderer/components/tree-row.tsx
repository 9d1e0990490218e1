// The row that every tree and navigation list is made of: indent, chevron, icon, name, meta at the right.
import { ChevronDown, ChevronRight, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

export interface TreeRowProps {
  readonly name: ReactNode
  readonly icon?: LucideIcon
  /** Nesting, from 0: 14 px each. */
  readonly depth?: number
  /** Left out for a leaf: no chevron is drawn. */
  readonly isExpanded?: boolean | undefined
  readonly isSelected?: boolean
  readonly isMono?: boolean
  /** Right-aligned: rows, type, count. */
  readonly meta?: ReactNode
  /** A leaf in a tree keeps the chevron's room. */
  readonly keepsChevronRoom?: boolean
  /** Without an icon its room stays, where other rows of the list have one. */
  readonly keepsIconRoom?: boolean
}

/** The look of a row, without behaviour: put it inside a TreeItem, a button or a link. */
export function TreeRow(props: TreeRowProps): ReactNode {
  const Icon = props.icon
  const Chevron = props.isExpanded === true ? ChevronDown : ChevronRight
  return (
    <span
      className={classNames(
        'flex h-(--row) w-full items-center gap-6 pr-12 text-small whitespace-nowrap',
        props.isSelected === true ? 'bg-active text-1' : 'text-2',
      )}
      style={{ paddingLeft: 8 + (props.depth ?? 0) * 14 }}
    >
      {props.isExpanded === undefined ? (
        props.keepsChevronRoom === true ? (
          <span className="w-14 flex-none" />
        ) : null
      ) : (
        <Chevron aria-hidden="true" size={14} strokeWidth={1.75} className="text-3" />
      )}
      {Icon === undefined ? (
        props.keepsIconRoom === true ? (
          <span className="w-14 flex-none" />
        ) : null
      ) : (
        <Icon aria-hidden="true" size={14} strokeWidth={1.75} className="text-3" />
      )}
      <span className={classNames('min-w-0 truncate', props.isMono === true && 'font-mono text-[11.5px]')}>
        {props.name}
      </span>
      {props.meta === undefined ? null : (
        <span className="ml-auto pl-8 text-micro font-normal text-3 tabular-nums">{props.meta}</span>
      )}
    </span>
  )
}
