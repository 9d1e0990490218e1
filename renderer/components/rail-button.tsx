// An entry of the activity rail: icon, bar at the left of the current one, badge for what needs the person.
import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from 'react-aria-components'
import { classNames } from './class-names.ts'
import { Tooltip } from './tooltip.tsx'

export interface RailButtonProps {
  readonly icon: LucideIcon
  readonly label: string
  readonly caps: readonly string[] | undefined
  readonly isCurrent: boolean
  readonly badge: number
  readonly onPress: () => void
}

/** A 44 × 36 button. */
export function RailButton({ icon: Icon, ...props }: RailButtonProps): ReactNode {
  return (
    <Tooltip text={props.label} caps={props.caps} placement="right">
      <Button
        aria-label={props.badge > 0 ? `${props.label}, ${props.badge} need you` : props.label}
        aria-current={props.isCurrent ? 'page' : false}
        onPress={props.onPress}
        className={classNames(
          'relative flex h-36 w-44 items-center justify-center hovered:text-1 data-[focus-visible]:outline-offset-[-2px]',
          props.isCurrent
            ? 'text-1 before:absolute before:inset-y-8 before:left-0 before:w-2 before:rounded-r-[2px] before:bg-accent-text'
            : 'text-3',
        )}
      >
        <Icon aria-hidden="true" size={18} strokeWidth={1.75} />
        {props.badge > 0 ? (
          <span
            aria-hidden="true"
            className="absolute top-5 right-8 h-13 min-w-13 rounded-full bg-warning text-center text-[9px]/13 font-semibold text-s0"
          >
            {props.badge}
          </span>
        ) : null}
      </Button>
    </Tooltip>
  )
}
