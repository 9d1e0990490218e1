// What the server said to each statement: outcome, notices, errors with every field, times.
import { Check, CircleAlert, ClipboardCopy, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { IconButton, TextButton } from '../../components/button.tsx'
import { formatCount, formatDuration } from '../../components/format.ts'
import { Spinner } from '../../components/spinner.tsx'
import { useShell } from '../../shell/shell.tsx'
import type { RunState, StatementError, StatementRun } from './run-state.ts'

export interface MessagesProps {
  readonly run: RunState
  /** Puts the caret at an offset of the tab's text. */
  readonly onReveal: (offset: number) => void
}

/** The messages of a run, statement by statement. */
export function Messages({ run, onReveal }: MessagesProps): ReactNode {
  return (
    <div
      className="min-h-0 flex-1 overflow-auto"
      tabIndex={0}
      role="region"
      aria-label="What the server said"
    >
      {run.failure === null ? null : (
        <div className="flex items-start gap-8 border-b border-line-1 bg-danger-soft px-14 py-10 text-danger">
          <CircleAlert aria-hidden="true" size={14} strokeWidth={1.75} className="mt-3" />
          <p className="min-w-0 flex-1 text-body [overflow-wrap:anywhere] select-text">
            {run.failure.message}
          </p>
          <span className="font-mono text-[11px]/20">{run.failure.code}</span>
        </div>
      )}
      <ol>
        {run.statements.map((statement) => (
          <StatementMessages key={statement.index} statement={statement} onReveal={onReveal} />
        ))}
      </ol>
      {run.statements.length === 0 && run.failure === null && run.status === 'done' ? (
        <p className="px-14 py-12 text-body text-2">There is no statement to run.</p>
      ) : null}
    </div>
  )
}

interface StatementMessagesProps {
  readonly statement: StatementRun
  readonly onReveal: (offset: number) => void
}

function StatementMessages({ statement, onReveal }: StatementMessagesProps): ReactNode {
  const { error } = statement
  return (
    <li className="border-b border-line-1 px-14 py-8">
      <div className="flex items-center gap-8 text-small">
        <StatementMark statement={statement} />
        <button
          type="button"
          onClick={() => onReveal(statement.start)}
          title="Show the statement"
          className="min-w-0 flex-1 truncate rounded-badge text-left font-mono text-data hover:underline"
        >
          {statement.sql.replaceAll(/\s+/g, ' ').slice(0, 300)}
        </button>
        <span className="flex-none text-2 tabular-nums">{outcome(statement)}</span>
        {statement.status === 'running' ? null : (
          <span className="w-70 flex-none text-right text-3 tabular-nums">
            {formatDuration(statement.elapsedMs)}
          </span>
        )}
      </div>
      {statement.notices.map((notice, at) => (
        <p key={at} className="mt-4 flex items-start gap-8 pl-22 text-small text-2">
          {notice.severity === 'WARNING' ? (
            <TriangleAlert aria-hidden="true" size={14} strokeWidth={1.75} className="mt-1 text-warning" />
          ) : (
            <Info aria-hidden="true" size={14} strokeWidth={1.75} className="mt-1 text-info" />
          )}
          <span className="font-mono text-data [overflow-wrap:anywhere] select-text">
            {notice.severity}: {notice.message}
          </span>
        </p>
      ))}
      {error === null ? null : <ErrorDetails error={error} onReveal={onReveal} />}
    </li>
  )
}

function StatementMark({ statement }: { readonly statement: StatementRun }): ReactNode {
  if (statement.status === 'running') return <Spinner />
  if (statement.error !== null || statement.status === 'failed')
    return <CircleAlert role="img" aria-label="Failed" size={14} strokeWidth={1.75} className="text-danger" />
  return <Check role="img" aria-label="Done" size={14} strokeWidth={1.75} className="text-success" />
}

function outcome(statement: StatementRun): string {
  if (statement.status === 'running') return 'running'
  if (statement.error?.code === 'QUERY_CANCELLED') return 'cancelled'
  if (statement.status === 'failed') return 'failed'
  if (statement.rowCount === null) return statement.command
  const rows = `${formatCount(statement.rowCount)} ${statement.rowCount === 1 ? 'row' : 'rows'}`
  return statement.result === null ? `${rows} affected` : rows
}

interface ErrorDetailsProps {
  readonly error: StatementError
  readonly onReveal: (offset: number) => void
}

function ErrorDetails({ error, onReveal }: ErrorDetailsProps): ReactNode {
  const shell = useShell()
  const { postgres, offset } = error
  const fields = [
    ['Detail', postgres?.detail],
    ['Hint', postgres?.hint],
    ['Where', postgres?.where],
    ['Constraint', postgres?.constraint],
  ].filter((field): field is [string, string] => field[1] !== undefined)
  const code = postgres?.sqlstate ?? error.code
  const copy = (): void => {
    const text = [`${error.message} (${code})`, ...fields.map(([name, value]) => `${name}: ${value}`)].join(
      '\n',
    )
    navigator.clipboard.writeText(text).then(
      () => shell.notifications.toast({ text: 'Copied the error' }),
      () => shell.notifications.toast({ text: 'The clipboard is not available.', tone: 'danger' }),
    )
  }
  return (
    <div className="mt-6 ml-22 rounded-control bg-danger-soft px-10 py-8">
      <div className="flex items-start gap-8">
        <p className="min-w-0 flex-1 text-body text-danger [overflow-wrap:anywhere] select-text">
          {error.message}
        </p>
        <span className="font-mono text-[11px]/20 text-2">{code}</span>
        <IconButton size="small" icon={ClipboardCopy} label="Copy the error" onPress={copy} />
      </div>
      {fields.length === 0 ? null : (
        <dl className="mt-4 grid grid-cols-[auto_1fr] gap-x-12 gap-y-2 text-small">
          {fields.map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-2">{name}</dt>
              <dd className="[overflow-wrap:anywhere] whitespace-pre-wrap select-text">{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {offset === null ? null : (
        <p className="mt-4 text-small">
          <TextButton onPress={() => onReveal(offset)}>Go to its place in the text</TextButton>
        </p>
      )}
    </div>
  )
}
