// A line between two panes that can be dragged or moved with the arrow keys; double click or Enter puts it back.
import { useRef, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react'
import { classNames } from './class-names.ts'

export interface SplitterProps {
  readonly label: string
  /** `vertical`: a vertical line, moved left and right. */
  readonly orientation: 'vertical' | 'horizontal'
  /** Size in px of the pane that it changes. */
  readonly value: number
  readonly min: number
  readonly max: number
  readonly standard: number
  /** The pane lies after the line (inspector, results): dragging towards the start makes it larger. */
  readonly isReversed?: boolean
  readonly onChange: (value: number) => void
  /** Called instead when it is dragged below this size. */
  readonly collapseBelow?: number
  readonly onCollapse?: () => void
}

const KEY_STEP = 8

/** A splitter: 1 px drawn, 7 px to grab. */
export function Splitter(props: SplitterProps): ReactNode {
  const isVertical = props.orientation === 'vertical'
  const drag = useRef<{ readonly from: number; readonly size: number } | null>(null)
  const clamp = (value: number): number => Math.round(Math.min(props.max, Math.max(props.min, value)))
  const direction = props.isReversed === true ? -1 : 1
  const at = (event: PointerEvent): number => (isVertical ? event.clientX : event.clientY)

  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = isVertical
      ? { ArrowLeft: -KEY_STEP, ArrowRight: KEY_STEP }
      : { ArrowUp: -KEY_STEP, ArrowDown: KEY_STEP }
    const step = steps[event.key]
    if (step !== undefined) props.onChange(clamp(props.value + step * direction))
    else if (event.key === 'Enter') props.onChange(props.standard)
    else if (event.key === 'Home') props.onChange(props.min)
    else if (event.key === 'End') props.onChange(props.max)
    else return
    event.preventDefault()
  }

  return (
    <div
      role="separator"
      tabIndex={0}
      aria-label={props.label}
      aria-orientation={props.orientation}
      aria-valuenow={Math.round(props.value)}
      aria-valuemin={props.min}
      aria-valuemax={props.max}
      onKeyDown={onKeyDown}
      onDoubleClick={() => props.onChange(props.standard)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        drag.current = { from: at(event), size: props.value }
      }}
      onPointerMove={(event) => {
        if (drag.current === null) return
        const wanted = drag.current.size + (at(event) - drag.current.from) * direction
        if (props.collapseBelow !== undefined && wanted < props.collapseBelow) props.onCollapse?.()
        else props.onChange(clamp(wanted))
      }}
      onPointerUp={() => (drag.current = null)}
      onPointerCancel={() => (drag.current = null)}
      className={classNames(
        'relative z-20 flex-none bg-line-1 transition-colors delay-150 duration-80 hover:bg-accent focus-visible:bg-accent',
        'before:absolute before:content-[""]',
        isVertical
          ? 'w-1 cursor-col-resize before:inset-y-0 before:-inset-x-3'
          : 'h-1 cursor-row-resize before:inset-x-0 before:-inset-y-3',
      )}
    />
  )
}
