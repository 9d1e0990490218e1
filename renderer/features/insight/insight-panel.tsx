// What the database did for one request, in the inspector: why it failed, as whom, SQL, plan, policies, time, rows.
import { isAppError } from '#contract/errors.ts'
import { useState, type ReactNode } from 'react'
import type { RequestTrace } from '#contract/capabilities/insight.ts'
import type { Exchange } from '#contract/requests/exchange.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { describeError } from '../../host/error-text.ts'
import { ActedAs } from './acted-as.tsx'
import { Explanations } from './explanations.tsx'
import { PlanPart } from './plan-part.tsx'
import { PoliciesPart } from './policies-part.tsx'
import { SqlPart } from './sql-part.tsx'
import { Outcome, Stages } from './stages.tsx'
import { useFormatted, type ShownStatement } from './use-formatted.ts'
import { useTrace, watchedOf, type Watched } from './use-insight.ts'

/** The panel of an exchange; also says why there is nothing to see. */
export function Insight({ exchange }: { readonly exchange: Exchange }): ReactNode {
  const watched = watchedOf(exchange)
  return watched === null ? <NotWatched exchange={exchange} /> : <Panel watched={watched} />
}

const WHO_MAY =
  'Developers and above of the project’s organisation may act as its users, and see what the database did.'

interface Shown {
  readonly watched: Watched
  readonly trace: RequestTrace
  readonly statements: readonly ShownStatement[]
}

function Panel({ watched }: { readonly watched: Watched }): ReactNode {
  const reading = useTrace(watched)
  const statements = useFormatted(reading.data)
  const isRead = reading.data !== undefined && statements !== undefined
  // The one before stays while the next is read: one sends again and again, and compares.
  const [shown, setShown] = useState<Shown>()
  if (isRead && (shown?.trace !== reading.data || shown.statements !== statements))
    setShown({ watched, trace: reading.data, statements })
  if (reading.data === undefined && reading.error !== null)
    return (
      <NotKnown
        error={reading.error}
        isRetrying={reading.isFetching}
        onRetry={() => void reading.refetch()}
      />
    )
  if (shown === undefined) return <SkeletonRows count={8} label="Reading what the database did" />
  const { trace } = shown
  const hasFailed = trace.status >= 400
  const explanations =
    trace.explanations.length === 0 ? null : (
      <Explanations explanations={trace.explanations} hasFailed={hasFailed} watched={shown.watched} />
    )
  return (
    <div aria-busy={!isRead} className="flex min-h-full flex-col">
      <div className="flex-1">
        {hasFailed ? explanations : null}
        <ActedAs trace={trace} />
        <SqlPart trace={trace} statements={shown.statements} watched={shown.watched} />
        {hasFailed ? null : explanations}
        {trace.statements.length === 0 ? null : (
          <>
            <PlanPart key={shown.watched.ticket} trace={trace} watched={shown.watched} />
            <PoliciesPart watched={shown.watched} />
          </>
        )}
        <Stages trace={trace} />
      </div>
      <Outcome trace={trace} />
    </div>
  )
}

interface Shown {
  readonly watched: Watched
  readonly trace: RequestTrace
  readonly statements: readonly ShownStatement[]
}

/** Why nothing is known: over, not allowed, out of reach. */
function NotKnown(props: {
  readonly error: unknown
  readonly isRetrying: boolean
  readonly onRetry: () => void
}): ReactNode {
  const { error } = props
  const text = describeError(error)
  const isOver = isAppError(error, 'NOT_FOUND')
  const isRefused = isAppError(error, 'FORBIDDEN')
  const title = isOver
    ? 'No longer known'
    : isRefused
      ? 'Not yours to see'
      : isAppError(error, 'SERVICE_UNREACHABLE')
        ? 'Offline'
        : 'It could not be read'
  return (
    <EmptyState
      title={title}
      {...(isOver || isRefused
        ? {}
        : {
            action: (
              <Button isBusy={props.isRetrying} onPress={props.onRetry}>
                Try again
              </Button>
            ),
          })}
    >
      {text?.message} {text?.hint}
      {isRefused ? ` ${WHO_MAY}` : ''}
    </EmptyState>
  )
}

/** Nobody at the service watched: it did not go out, or not as a user of a project. */
function NotWatched({ exchange: { failure } }: { readonly exchange: Exchange }): ReactNode {
  if (failure === null)
    return (
      <EmptyState title="Nobody watched">
        What the database did is known of requests to a project of yours that are sent as one of its users:
        choose that under Auth. Of other APIs nothing is known.
      </EmptyState>
    )
  return (
    <EmptyState title="It was not sent">
      {failure.message} {failure.hint}
      {failure.code === 'FORBIDDEN' ? ` ${WHO_MAY}` : ''}
    </EmptyState>
  )
}
