// What is exposed, the policies and the warnings; and changing them, with the SQL that was run.
import { useQueryClient, type UseQueryResult } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { AccessWarning, Exposure, ExposureChange, Policy } from '#contract/capabilities/access.ts'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { describeError, type ErrorText } from '../../host/error-text.ts'
import { useAction, useCall } from '../../host/host-provider.tsx'
import { applyChange } from './exposure.ts'

/** Tables and functions with who may do what. */
export function useExposure(projectId: ProjectId): UseQueryResult<Exposure> {
  return useCall(['access', 'exposure', projectId], (host, options) =>
    host.access.exposure({ projectId }, options),
  )
}

/** All policies of the database. */
export function usePolicies(projectId: ProjectId): UseQueryResult<Policy[]> {
  return useCall(['access', 'policies', projectId], (host, options) =>
    host.access.policies({ projectId }, options),
  )
}

/** What the linter found. */
export function useWarnings(projectId: ProjectId, isEnabled = true): UseQueryResult<AccessWarning[]> {
  return useCall(['access', 'lint', projectId], (host, options) => host.access.lint({ projectId }, options), {
    enabled: isEnabled,
  })
}

export interface ExposureChanges {
  /** Shows the change at once, then sends it; changes go out one after the other. */
  change(change: ExposureChange): void
  readonly problem: ErrorText | undefined
  dismissProblem(): void
}

/** Changes what is exposed. `onRan` is given the SQL of each change. */
export function useExposureChanges(
  projectId: ProjectId,
  onRan: (sql: readonly string[]) => void,
): ExposureChanges {
  const queries = useQueryClient()
  const [problem, setProblem] = useState<ErrorText>()
  const waiting = useRef(0)
  const key = ['access', 'exposure', projectId]
  const settle = (): void => {
    waiting.current -= 1
    // In between, an older reading would turn switches back that wait for their turn.
    if (waiting.current === 0) void queries.invalidateQueries({ queryKey: ['access'] })
  }
  const action = useAction(
    (host, change: ExposureChange) => host.access.change({ projectId, change }),
    ['api'],
    {
      inOrder: `access ${projectId}`,
      onSuccess: ({ sql }) => {
        onRan(sql)
        settle()
      },
      onError: (error) => {
        setProblem(describeError(error))
        settle()
      },
    },
  )
  return {
    change(change) {
      setProblem(undefined)
      waiting.current += 1
      void queries.cancelQueries({ queryKey: key })
      queries.setQueryData<Exposure>(key, (before) => before && applyChange(before, change))
      action.mutate(change)
    },
    problem,
    dismissProblem: () => setProblem(undefined),
  }
}
