// A page: title, what it is about, actions at the right, then its content; left-aligned, at most 1180 px wide.
import type { ReactNode } from 'react'

export interface PageProps {
  readonly title: ReactNode
  readonly detail?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
  /** Forms stay 560 px. */
  readonly isNarrow?: boolean
}

/** A scrolling page. */
export function Page({ title, detail, actions, children, isNarrow = false }: PageProps): ReactNode {
  return (
    <div className="min-h-0 flex-1 overflow-auto">
      <div className={isNarrow ? 'max-w-616 px-28 py-20' : 'max-w-1400 px-28 py-20'}>
        <div className="mb-14 flex min-h-28 flex-wrap items-center gap-8">
          <h1 className="min-w-0 truncate text-title">{title}</h1>
          {detail === undefined ? null : <span className="truncate text-small text-3">{detail}</span>}
          <span className="flex-1" />
          {actions}
        </div>
        {children}
      </div>
    </div>
  )
}
