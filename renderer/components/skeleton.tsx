// Rows in the shape of the real ones, only past 150 ms.
import type { ReactNode } from 'react'
import { useDelayed } from './spinner.tsx'

const MAX_ROWS = 12
const WIDTHS = ['w-140', 'w-180', 'w-110', 'w-160'] as const

/** At most 12 rows of the height of list rows. Keeps its room from the start, so that nothing jumps. */
export function SkeletonRows({
  count,
  label,
}: {
  readonly count: number
  readonly label: string
}): ReactNode {
  const isDue = useDelayed(true)
  return (
    <div role="status" aria-label={label}>
      {Array.from({ length: Math.min(count, MAX_ROWS) }, (_, row) => (
        <div key={row} className="flex h-32 items-center gap-40 border-b border-line-1 px-14 last:border-b-0">
          {isDue ? (
            <>
              <span className={`h-8 rounded-badge bg-active ${WIDTHS[row % WIDTHS.length] ?? ''}`} />
              <span className="h-8 w-70 rounded-badge bg-active" />
              <span className="h-8 w-90 rounded-badge bg-active" />
            </>
          ) : null}
        </div>
      ))}
    </div>
  )
}
