// The safety report of a script: asked for once typing pauses, kept by its text.
import { useEffect, useState } from 'react'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import type { StatementReview } from '#contract/capabilities/schema.ts'
import { describeError, type ErrorText } from '../../host/error-text.ts'
import { useCall } from '../../host/host-provider.tsx'

export interface Safety {
  readonly statements: readonly StatementReview[]
  /** Why the script could not be read; 1-based position in characters. */
  readonly problem: { readonly message: string; readonly position: number | null } | null
  /** The report itself could not be had. */
  readonly failure: ErrorText | undefined
  /** The answer for this very text is not there yet. */
  readonly isWaiting: boolean
}

/** Typing has paused. */
export const PAUSE_MS = 350
const NONE: readonly StatementReview[] = []

/** The value once it has not changed for `ms`; the first one at once. */
export function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return settled
}

/** What each statement of `sql` locks, rewrites, scans and loses. Nothing is asked for an empty script. */
export function useSafety(connectionId: ConnectionId, sql: string): Safety {
  const settled = useSettled(sql, PAUSE_MS)
  const isEmpty = settled.trim() === ''
  const reading = useCall(
    ['schema', 'review', connectionId, settled],
    (host, options) => host.schema.review({ connectionId, sql: settled }, options),
    { enabled: !isEmpty, staleTime: 30_000 },
  )
  const isCurrent = settled === sql
  return {
    statements: isEmpty || !isCurrent ? NONE : (reading.data?.statements ?? NONE),
    problem: isEmpty || !isCurrent ? null : (reading.data?.problem ?? null),
    failure: isEmpty || !isCurrent ? undefined : describeError(reading.error),
    isWaiting: sql.trim() !== '' && (!isCurrent || reading.isPending),
  }
}
