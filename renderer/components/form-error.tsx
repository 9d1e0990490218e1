// What went wrong with a whole form or page: the words, what to do, and the code, copyable.
import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'

/** Announced when it appears; takes no room before. */
export function FormError(props: {
  readonly message: string | undefined
  readonly hint?: string | undefined
  readonly action?: ReactNode
}): ReactNode {
  return (
    <div role="alert" className="empty:hidden">
      {props.message === undefined ? null : (
        <div className="flex items-start gap-8 rounded-control bg-danger-soft px-10 py-8 text-small text-danger">
          <CircleAlert aria-hidden="true" size={14} strokeWidth={1.75} className="mt-1" />
          <div className="min-w-0 flex-1 select-text [overflow-wrap:anywhere]">
            <div>{props.message}</div>
            {props.hint === undefined ? null : <div className="mt-2 text-2">{props.hint}</div>}
          </div>
          {props.action}
        </div>
      )}
    </div>
  )
}
