// Something of a project that could not be read: why, and what to do about it.
import type { ReactNode } from 'react'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { isAppError } from '#contract/errors.ts'
import { Button } from '../../components/button.tsx'
import { ReadingFailed } from '../../components/reading-failed.tsx'
import { describeError } from '../../host/error-text.ts'
import { useAction } from '../../host/host-provider.tsx'

export interface ReadingProblemProps {
  readonly projectId: ProjectId
  /** "The keys cannot be shown" */
  readonly title: string
  readonly error: unknown
  readonly isRetrying: boolean
  readonly onRetry: () => void
}

/** Shown where the content would be. A database that sleeps can be woken from here. */
export function ReadingProblem(props: ReadingProblemProps): ReactNode {
  const { projectId, error } = props
  const wake = useAction((host, _input: void) => host.projects.start({ projectId }), ['projects'], {
    onSuccess: props.onRetry,
  })
  const problem = describeError(wake.error ?? error)
  const isAsleep = isAppError(error, 'PROJECT_NOT_READY')
  return (
    <ReadingFailed
      title={props.title}
      problem={problem}
      isRetrying={props.isRetrying}
      onRetry={props.onRetry}
      secondary={
        isAsleep ? (
          <Button variant="primary" isBusy={wake.isPending} onPress={() => wake.mutate()}>
            Wake the database
          </Button>
        ) : null
      }
    />
  )
}
