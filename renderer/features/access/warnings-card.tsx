// What the linter found, worst first, each with what to do about it.
import { CircleAlert, Info, TriangleAlert } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { AccessWarning, Exposure, ExposureChange } from '#contract/capabilities/access.ts'
import { Button } from '../../components/button.tsx'
import { Card } from '../../components/card.tsx'
import { fixOf } from './exposure.ts'

const SHOWN = 3
const MARKS = {
  error: { icon: CircleAlert, className: 'text-danger', word: 'Error' },
  warning: { icon: TriangleAlert, className: 'text-warning', word: 'Warning' },
  info: { icon: Info, className: 'text-info', word: 'Note' },
} as const
const ORDER: readonly AccessWarning['severity'][] = ['error', 'warning', 'info']

export interface WarningsCardProps {
  readonly warnings: readonly AccessWarning[]
  readonly exposure: Exposure
  readonly offlineReason: string | undefined
  readonly onFix: (change: ExposureChange) => void
}

/** Nothing while there is nothing to say. */
export function WarningsCard(props: WarningsCardProps): ReactNode {
  const [showsAll, setShowsAll] = useState(false)
  if (props.warnings.length === 0) return null
  const sorted = props.warnings.toSorted((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity))
  const shown = showsAll ? sorted : sorted.slice(0, SHOWN)
  return (
    <Card
      title={props.warnings.length === 1 ? '1 warning' : `${props.warnings.length} warnings`}
      actions={
        sorted.length <= SHOWN ? undefined : (
          <Button size="compact" variant="ghost" onPress={() => setShowsAll(!showsAll)}>
            {showsAll ? 'Show fewer' : `Show all ${sorted.length}`}
          </Button>
        )
      }
    >
      <ul>
        {shown.map((warning) => {
          const { icon: Icon, className, word } = MARKS[warning.severity]
          const fix = fixOf(warning, props.exposure)
          return (
            <li
              key={`${warning.rule} ${warning.schema} ${warning.object} ${warning.message}`}
              className="flex items-start gap-10 border-b border-line-1 px-14 py-9 text-small last:border-b-0"
            >
              <Icon
                aria-label={word}
                role="img"
                size={14}
                strokeWidth={1.75}
                className={`mt-1 ${className}`}
              />
              <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
                <div className="text-1">{warning.message}</div>
                <div className="mt-2 text-2">{warning.hint}</div>
              </div>
              {fix === undefined ? null : (
                <Button
                  size="compact"
                  label={`${fix.label} on ${warning.schema}.${warning.object}`}
                  disabledReason={props.offlineReason}
                  onPress={() => props.onFix(fix.change)}
                >
                  {fix.label}
                </Button>
              )}
            </li>
          )
        })}
      </ul>
    </Card>
  )
}
