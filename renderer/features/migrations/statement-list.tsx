// The statements of a migration with what each locks and loses, and the safer form where there is one.
import { Check, CircleAlert, Info, Lock, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { StatementReview } from '#contract/capabilities/schema.ts'
import { Badge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { classNames } from '../../components/class-names.ts'
import { colourCode } from '../../components/code-block.tsx'
import { lockInFull, lockNote, type LockNote as Note } from './lock-words.ts'
import type { ShownStatement } from './script.ts'

const MAX_SHOWN = 300

export interface StatementListProps {
  readonly statements: readonly ShownStatement[]
  readonly isWaiting: boolean
  /** Index of the statement at which applying failed. */
  readonly failedAt: number | null
  readonly onUseSafeForm: (statement: ShownStatement, statements: readonly string[]) => void
}

/** Every statement in full. */
export function StatementList(props: StatementListProps): ReactNode {
  const shown = props.statements.slice(0, MAX_SHOWN)
  return (
    <ol aria-label="Statements" className="flex flex-col gap-8">
      {shown.map((statement, index) => (
        <li
          key={`${index} ${statement.start}`}
          data-failed={props.failedAt === index}
          className={classNames(
            'rounded-card border bg-s2 light:bg-s1',
            props.failedAt === index ? 'border-danger' : 'border-line-2',
          )}
        >
          <StatementCard
            {...props}
            statement={statement}
            number={index + 1}
            isFailed={props.failedAt === index}
          />
        </li>
      ))}
      {props.statements.length > shown.length ? (
        <li className="px-12 text-small text-2">
          {props.statements.length - shown.length} more statements: they are in the SQL.
        </li>
      ) : null}
    </ol>
  )
}

interface StatementCardProps extends StatementListProps {
  readonly statement: ShownStatement
  readonly number: number
  readonly isFailed: boolean
}

function StatementCard({
  statement,
  number,
  isFailed,
  isWaiting,
  onUseSafeForm,
}: StatementCardProps): ReactNode {
  const { review } = statement
  return (
    <>
      <div className="flex min-h-32 items-center gap-8 border-b border-line-1 px-12 py-4 text-small">
        <span className="font-mono text-data text-2">{number}</span>
        <span className="min-w-0 flex-1 truncate">{statement.summary ?? 'Edited statement'}</span>
        {isFailed ? <Badge tone="danger">Failed here</Badge> : null}
        {statement.isDestructive ? <Badge tone="danger">Loses data</Badge> : null}
        {review?.inTransaction === false ? <Badge tone="info">Step of its own</Badge> : null}
        {review === null ? (
          <span className="text-2">{isWaiting ? 'Looking at its locks…' : 'Locks not known'}</span>
        ) : (
          <LockNote note={lockNote(review)} />
        )}
      </div>
      <pre
        tabIndex={0}
        role="region"
        aria-label={`Statement ${number}`}
        className="max-h-200 overflow-auto px-12 py-8 font-mono text-data select-text focus-visible:outline-offset-[-2px]"
      >
        <ColouredSql sql={statement.sql} />
      </pre>
      {review === null || (review.findings.length === 0 && review.locks.length === 0) ? null : (
        <div className="flex flex-col gap-8 border-t border-line-1 px-12 py-8 text-small">
          {review.findings.map((finding) => (
            <Finding
              key={finding.rule}
              finding={finding}
              safeFormLabel={`Safe form of statement ${number}, ${finding.rule}`}
              onUseSafeForm={(statements) => onUseSafeForm(statement, statements)}
            />
          ))}
          {review.locks.map((lock) => (
            <p key={`${lock.schema}.${lock.name} ${lock.mode}`} className="text-2">
              {lockInFull(lock)}
            </p>
          ))}
        </div>
      )}
    </>
  )
}

const TONES: Readonly<Record<Note['tone'], { readonly icon: typeof Lock; readonly className: string }>> = {
  free: { icon: Check, className: 'text-success' },
  blocks: { icon: Lock, className: 'text-warning' },
  danger: { icon: TriangleAlert, className: 'text-danger' },
}

/** The icon and words of a statement's locks. */
export function LockNote({ note }: { readonly note: Note }): ReactNode {
  const { icon: Icon, className } = TONES[note.tone]
  return (
    <span className="flex min-w-0 items-center gap-6">
      <Icon aria-hidden="true" size={14} strokeWidth={1.75} className={classNames('flex-none', className)} />
      <span className="truncate" title={note.text}>
        {note.text}
      </span>
    </span>
  )
}

const SEVERITIES = {
  danger: { icon: CircleAlert, className: 'text-danger', word: 'Danger' },
  caution: { icon: TriangleAlert, className: 'text-warning', word: 'Caution' },
  note: { icon: Info, className: 'text-info', word: 'Note' },
} as const

function Finding(props: {
  readonly finding: StatementReview['findings'][number]
  readonly safeFormLabel: string
  readonly onUseSafeForm: (statements: readonly string[]) => void
}): ReactNode {
  const { message, severity, source, safeForm } = props.finding
  const { icon: Icon, className, word } = SEVERITIES[severity]
  return (
    <div className="flex items-start gap-8">
      <Icon
        aria-hidden="true"
        size={14}
        strokeWidth={1.75}
        className={classNames('mt-1 flex-none', className)}
      />
      <div className="flex min-w-0 flex-1 flex-col gap-4">
        <p>
          <span className={classNames('font-semibold', className)}>{word}.</span> {message}
        </p>
        {source === '' ? null : (
          <p className="text-micro font-normal [overflow-wrap:anywhere] text-2 select-text">
            PostgreSQL manual: {source}
          </p>
        )}
        {safeForm === null ? null : (
          <div className="flex flex-col gap-6 rounded-control bg-active px-10 py-8">
            <div className="flex items-center gap-8">
              <span className="min-w-0 flex-1">{safeForm.summary}</span>
              <Button size="compact" onPress={() => props.onUseSafeForm(safeForm.statements)}>
                Use the safe form
              </Button>
            </div>
            <pre
              tabIndex={0}
              role="region"
              aria-label={props.safeFormLabel}
              className="max-h-160 overflow-auto font-mono text-data select-text focus-visible:outline-offset-[-2px]"
            >
              <ColouredSql
                sql={safeForm.statements.map((sql) => `${sql.replace(/;\s*$/, '')};`).join('\n')}
              />
            </pre>
          </div>
        )}
      </div>
    </div>
  )
}

/** SQL with its strings, numbers, comments and keywords told apart. */
export function ColouredSql({ sql }: { readonly sql: string }): ReactNode {
  return colourCode(sql, 'sql').map((piece, index) => (
    <span key={index} className={piece.className}>
      {piece.text}
    </span>
  ))
}
