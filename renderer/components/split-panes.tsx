// Two panes with a splitter between them, sized by a ratio that survives the window's size.
import { useLayoutEffect, useRef, useState, type ReactNode } from 'react'
import { Splitter } from './splitter.tsx'

export interface SplitPanesProps {
  readonly label: string
  /** `vertical`: one above the other. */
  readonly direction: 'horizontal' | 'vertical'
  /** Share of the first pane, 0 to 1. */
  readonly ratio: number
  readonly standardRatio: number
  readonly onRatioChange: (ratio: number) => void
  /** Smallest size of each pane in px. */
  readonly minSize?: number
  /** What the second pane has to show, in px: it takes no more room than that. */
  readonly secondContent?: number
  readonly first: ReactNode
  /** Null hides the second pane and the splitter. */
  readonly second: ReactNode
}

/** Panes side by side or above each other. */
export function SplitPanes(props: SplitPanesProps): ReactNode {
  const { minSize = 120 } = props
  const container = useRef<HTMLDivElement>(null)
  const [total, setTotal] = useState(0)
  const isVertical = props.direction === 'vertical'
  useLayoutEffect(() => {
    const element = container.current
    if (element === null) return undefined
    const measure = (): void => setTotal(isVertical ? element.clientHeight : element.clientWidth)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [isVertical])
  const max = Math.max(minSize, total - minSize)
  const needed = total - Math.max(minSize, props.secondContent ?? total)
  const size = Math.min(max, Math.max(minSize, needed, Math.round(total * props.ratio)))
  const isSplit = props.second !== null
  return (
    <div ref={container} className={`flex min-h-0 min-w-0 flex-1 ${isVertical ? 'flex-col' : 'flex-row'}`}>
      <div
        className="flex min-h-0 min-w-0 flex-col"
        style={isSplit ? { flex: `0 0 ${size}px` } : { flex: '1 1 0' }}
      >
        {props.first}
      </div>
      {isSplit ? (
        <>
          <Splitter
            label={props.label}
            orientation={isVertical ? 'horizontal' : 'vertical'}
            value={size}
            min={minSize}
            max={max}
            standard={Math.round(total * props.standardRatio)}
            onChange={(next) => props.onRatioChange(total === 0 ? props.ratio : next / total)}
          />
          <div className="flex min-h-0 min-w-0 flex-1 flex-col">{props.second}</div>
        </>
      ) : null}
    </div>
  )
}
