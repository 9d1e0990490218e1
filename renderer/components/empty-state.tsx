// Nothing here yet: heading, one sentence, the primary action, one secondary link. No picture.
import type { ReactNode } from 'react'

export interface EmptyStateProps {
  readonly title: string
  readonly children: ReactNode
  readonly action?: ReactNode
  readonly secondary?: ReactNode
}

/** Left-aligned, where the content would begin. */
export function EmptyState({ title, children, action, secondary }: EmptyStateProps): ReactNode {
  return (
    <div className="flex max-w-480 flex-col items-start gap-4 px-14 py-20">
      <h2 className="text-heading">{title}</h2>
      <p className="text-body text-2">{children}</p>
      {action === undefined && secondary === undefined ? null : (
        <div className="mt-12 flex items-center gap-12 text-small">
          {action}
          {secondary}
        </div>
      )}
    </div>
  )
}
