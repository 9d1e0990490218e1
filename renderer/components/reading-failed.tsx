// In the place of what could not be read: why, and reading it again.
import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import { EmptyState } from './empty-state.tsx'

export interface ReadingFailedProps {
  /** "The keys cannot be shown" */
  readonly title: string
  readonly problem: { readonly message: string; readonly hint?: string | undefined } | undefined
  readonly isRetrying: boolean
  readonly onRetry: () => void
  /** What else helps. */
  readonly secondary?: ReactNode
}

/** Told to assistive technology when it appears. */
export function ReadingFailed(props: ReadingFailedProps): ReactNode {
  return (
    <div role="alert">
      <EmptyState
        title={props.title}
        action={
          <Button isBusy={props.isRetrying} onPress={props.onRetry}>
            Try again
          </Button>
        }
        secondary={props.secondary}
      >
        {props.problem?.message} {props.problem?.hint}
      </EmptyState>
    </div>
  )
}
