// The steps of a project's transition in words, with their real durations.
import type { ReactNode } from 'react'
import type { ProjectStep } from '#contract/capabilities/projects.ts'
import { formatDuration } from '../../components/format.ts'
import { ProgressSteps } from '../../components/progress-steps.tsx'

const TITLES: Readonly<Record<ProjectStep['name'], { readonly title: string; readonly detail: string }>> = {
  record: { title: 'Project', detail: 'recorded with its owner' },
  storage: { title: 'Storage', detail: 'cloned from the template' },
  start: { title: 'Postgres started', detail: 'its own process and data directory' },
  roles: { title: 'Roles and password', detail: 'owner and API roles' },
  'first-query': { title: 'First query', detail: 'select version()' },
  stop: { title: 'Postgres stopped', detail: '' },
  remove: { title: 'Storage removed', detail: '' },
}

export interface ProjectStepsProps {
  readonly steps: readonly ProjectStep[]
  /** Elapsed time of the step under way, in milliseconds. */
  readonly runningMs?: number | undefined
  /** At the right of a failed step. */
  readonly retry?: ReactNode
}

/** The list of steps. */
export function ProjectSteps({ steps, runningMs, retry }: ProjectStepsProps): ReactNode {
  return (
    <ProgressSteps
      label="Progress"
      steps={steps.map((step) => {
        const { title, detail } = TITLES[step.name]
        const duration =
          step.durationMs !== null
            ? formatDuration(step.durationMs)
            : step.state === 'running' && runningMs !== undefined
              ? formatDuration(runningMs)
              : undefined
        return {
          id: step.name,
          title,
          ...(detail === '' ? {} : { detail }),
          state: step.state,
          duration,
          reason: step.reason ?? undefined,
          action: retry,
        }
      })}
    />
  )
}
