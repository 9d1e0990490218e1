// What every form control shares: label above, help below, the error in the help's place.
import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'

/** Classes of an input's box. */
export const BOX =
  'flex w-full items-center gap-8 rounded-control border bg-s2 text-1 transition-colors duration-80 focus-within:outline-2 focus-within:outline-offset-1 focus-within:outline-accent-text'

/** Classes of a field's label. */
export const LABEL = 'mb-5 block text-small font-medium text-1'

export interface FieldNoteProps {
  readonly help?: ReactNode
  readonly error?: string | undefined
  readonly helpId: string
  readonly errorId: string
}

/** Help, or the error in its place. The error is announced. */
export function FieldNote({ help, error, helpId, errorId }: FieldNoteProps): ReactNode {
  return (
    <>
      <div id={errorId} aria-live="polite">
        {error === undefined ? null : (
          <span className="mt-5 flex items-start gap-5 text-small text-danger">
            <CircleAlert aria-hidden="true" size={14} strokeWidth={1.75} className="mt-1" />
            <span className="min-w-0 [overflow-wrap:anywhere]">{error}</span>
          </span>
        )}
      </div>
      {error === undefined && help !== undefined ? (
        <div id={helpId} className="mt-5 text-small text-3">
          {help}
        </div>
      ) : null}
    </>
  )
}
