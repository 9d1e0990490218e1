// Bars that show how much of a limit is used and what it will be: filled, hatched, and a mark where the limit is. The numbers stand beside them in words.
import type { ReactNode } from 'react'
import { classNames } from '../../components/class-names.ts'
import { percentOf } from './money.ts'
import type { UsageTone } from './words.ts'

const FILLS: Readonly<Record<UsageTone, string>> = {
  rest: 'bg-text-3 text-3',
  near: 'bg-warning text-2',
  charged: 'bg-info text-2',
  stopped: 'bg-danger text-2',
}
const HATCH =
  'bg-[repeating-linear-gradient(90deg,currentColor_0_2px,transparent_2px_4px)] bg-transparent opacity-80'

export interface LimitBarProps {
  readonly used: bigint
  readonly forecast: bigint
  /** Null: there is no end. */
  readonly limit: bigint | null
  /** The limit is the end of the bar, not a mark within it. */
  readonly endsAtLimit?: boolean
  readonly tone?: UsageTone
  readonly isTall?: boolean
}

/** With a mark the limit stands at 58 % of the bar, unless the forecast needs the room. */
const MARK_PERCENT = 58n

/** Decoration: whoever draws it writes its numbers beside it. */
export function LimitBar(props: LimitBarProps): ReactNode {
  const { used, forecast, limit, tone = 'rest' } = props
  const most = used > forecast ? used : forecast
  const standard = limit === null ? 0n : props.endsAtLimit === true ? limit : (limit * 100n) / MARK_PERCENT
  const whole = standard > most ? standard : (most * 103n) / 100n
  const usedPercent = percentOf(used, whole)
  const forecastPercent = percentOf(forecast, whole)
  return (
    <span
      aria-hidden="true"
      className={classNames('relative block rounded-badge bg-active', props.isTall === true ? 'h-8' : 'h-6')}
    >
      <span className="absolute inset-0 overflow-hidden rounded-badge">
        <span
          className={classNames('absolute inset-y-0 left-0', FILLS[tone])}
          style={{ width: `${usedPercent}%` }}
        />
        {forecastPercent > usedPercent ? (
          <span
            className={classNames('absolute inset-y-0 text-3', HATCH)}
            style={{ left: `${usedPercent}%`, width: `${forecastPercent - usedPercent}%` }}
          />
        ) : null}
      </span>
      {limit === null || props.endsAtLimit === true ? null : (
        <span
          className="absolute -top-4 -bottom-4 w-2 bg-text-1"
          style={{ left: `${percentOf(limit, whole)}%` }}
        />
      )}
    </span>
  )
}

/** What the parts of the bars mean. */
export function BarLegend({ forecastUntil }: { readonly forecastUntil: string }): ReactNode {
  return (
    <ul className="flex items-center gap-14 text-micro font-normal text-2 max-wide:hidden">
      <li className="flex items-center gap-5">
        <span aria-hidden="true" className="h-6 w-14 rounded-badge bg-text-3" />
        Used
      </li>
      <li className="flex items-center gap-5">
        <span aria-hidden="true" className={classNames('h-6 w-14 text-3', HATCH)} />
        Forecast to {forecastUntil}
      </li>
      <li className="flex items-center gap-5">
        <span aria-hidden="true" className="h-12 w-2 bg-text-1" />
        Included
      </li>
    </ul>
  )
}
