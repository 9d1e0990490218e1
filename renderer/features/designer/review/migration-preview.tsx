// The migration of the draft, live, below the canvas: every statement with what it locks. From here it is tried and reviewed.
import { Check, CircleAlert, Copy, Database, FlaskConical } from 'lucide-react'
import { useEffect, useMemo, useState, type ReactNode } from 'react'
import type { DryRunItem } from '#contract/capabilities/schema.ts'
import { Badge } from '../../../components/badge.tsx'
import { Button } from '../../../components/button.tsx'
import { classNames } from '../../../components/class-names.ts'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { formatDuration } from '../../../components/format.ts'
import { MenuButton } from '../../../components/menu.tsx'
import { Spinner } from '../../../components/spinner.tsx'
import { Segmented } from '../../../components/toggles.tsx'
import { useHost } from '../../../host/host-provider.tsx'
import { useStore } from '../../../host/store.ts'
import { useCaps } from '../../../shell/command-hint.tsx'
import { useCommands, useShell } from '../../../shell/shell.tsx'
import { useLayoutFlag } from '../../../shell/use-layout.ts'
import {
  changesInWords,
  ColouredSql,
  countOf,
  LockNote,
  lockNote,
  powerWords,
  scriptOf,
  shownStatements,
  useSafety,
  type Direction,
  type DryRun,
} from '../../migrations/index.ts'
import type { DesignSession } from '../session.ts'
import { DraftReview } from './draft-review.tsx'
import { reviewOf } from './session-review.ts'

/** Rows drawn; a longer migration is read in the review. */
const MAX_ROWS = 150

const HEADER = 38
const ROW = 30
const FOOTER = 36

/** How high the panel has to be to show everything at once, in px. */
export function usePreviewHeight(session: DesignSession): number {
  const { plan, problem } = useStore(reviewOf(session).planner.state)
  const rows = Math.max(1, plan.up.length, plan.down.length) + (problem === null ? 0 : 2)
  return HEADER + rows * ROW + FOOTER
}

export interface MigrationPreviewProps {
  readonly session: DesignSession
}

/** The panel and the review that opens from it. Fills its container. */
export function MigrationPreview({ session }: MigrationPreviewProps): ReactNode {
  const review = reviewOf(session)
  const { plan, problem, isWorking } = useStore(review.planner.state)
  const kept = useStore(review.text)
  const live = useStore(session.live)
  const dryRun = useStore(review.dryRun.state)
  const reveal = useStore(session.reveal)
  const isOpen = useStore(review.isOpen)
  const [direction, setDirection] = useState<Direction>('up')
  const host = useHost()
  const { inspectorCount } = useShell()
  const [isInspectorShown] = useLayoutFlag('inspector.shown', true)
  const isUnderInspector = useStore(inspectorCount) > 0 && isInspectorShown
  useEffect(() => review.planner.start(), [review])
  useEffect(() => review.keep(host), [review, host])

  const planned = direction === 'up' ? plan.up : plan.down
  const script = useMemo(() => kept[direction] ?? scriptOf(planned), [kept, direction, planned])
  const safety = useSafety(session.connectionId, script)
  const statements = useMemo(
    () => shownStatements(script, planned, safety.statements),
    [script, planned, safety.statements],
  )
  const figures = dryRun !== null && direction === 'up' && dryRun.sql === script ? dryRun : null
  const isEmpty = statements.length === 0
  const canReview = !isEmpty && problem === null
  useCommands([
    {
      id: 'designer.review',
      title: 'Review migration',
      group: 'Designer',
      keys: ['Mod+Enter'],
      when: () => canReview,
      run: () => review.isOpen.set(true),
    },
  ])
  const caps = useCaps('designer.review')
  const tryOn = (on: DryRun['on']): void =>
    void review.dryRun.start({ on, sql: script }, (signal): AsyncIterable<DryRunItem> =>
      host.schema.dryRun(
        { connectionId: session.connectionId, sql: script, on, asSuperuser: review.asSuperuser.get() },
        { signal },
      ),
    )
  const isRunning = dryRun?.status === 'running'
  const tryReason = live.isStale
    ? 'The database is out of reach.'
    : direction === 'down'
      ? 'Only up can be tried.'
      : undefined
  const isTryOff = isEmpty || tryReason !== undefined

  return (
    <section
      aria-label="Migration preview"
      className={classNames(
        'flex min-h-0 flex-1 flex-col bg-s1',
        // In a narrow window the inspector lies over the right end.
        isUnderInspector && 'max-wide:pr-308',
      )}
    >
      <header className="flex min-h-38 flex-none items-center gap-x-10 gap-y-4 border-b border-line-1 py-4 pr-10 pl-14 max-wide:flex-wrap">
        <h2 className="flex-none text-heading">Migration preview</h2>
        <span aria-live="polite" className="min-w-0 flex-1 truncate text-small text-2">
          {isEmpty
            ? ''
            : [countOf(statements.length, 'statement'), changesInWords(plan.changes)]
                .filter(Boolean)
                .join(', ')}
        </span>
        {kept.up !== null || kept.down !== null ? <Badge tone="info">Edited by hand</Badge> : null}
        {isWorking ? <Spinner /> : null}
        <Segmented<Direction>
          label="Direction"
          options={[
            { id: 'up', label: 'Up' },
            { id: 'down', label: 'Down' },
          ]}
          value={direction}
          onChange={setDirection}
        />
        {isRunning ? (
          <Button onPress={() => review.dryRun.cancel()}>Cancel dry run</Button>
        ) : isTryOff ? (
          <Button isDisabled {...(tryReason === undefined ? {} : { disabledReason: tryReason })}>
            Dry run
          </Button>
        ) : (
          <MenuButton
            label="Dry run"
            placement="top end"
            entries={[
              {
                id: 'database',
                label: 'On the database, rolled back',
                detail: 'takes its locks for real',
                icon: Database,
                onAction: () => tryOn('database'),
              },
              {
                id: 'copy',
                label: 'On a copy with some rows',
                detail: 'nobody waits',
                icon: Copy,
                onAction: () => tryOn('copy'),
              },
            ]}
          >
            <Button icon={FlaskConical}>Dry run</Button>
          </MenuButton>
        )}
        <Button variant="primary" caps={caps} isDisabled={!canReview} onPress={() => review.isOpen.set(true)}>
          Review migration
        </Button>
      </header>
      <div className="min-h-0 flex-1 overflow-auto">
        {problem === null ? null : (
          <p role="alert" className="bg-danger-soft px-14 py-8 text-small text-danger">
            This draft cannot become a migration yet. {problem}
          </p>
        )}
        {isEmpty && problem === null ? (
          <p className="px-14 py-10 text-small text-2">
            {isWorking
              ? 'Planning…'
              : 'Nothing to migrate: the draft and the database are the same. What you change on the canvas appears here as SQL.'}
          </p>
        ) : (
          <ol aria-label={direction === 'up' ? 'Statements, up' : 'Statements, down'}>
            {statements.slice(0, MAX_ROWS).map((statement, index) => {
              const figure = figures?.statements.get(index)
              const { objectId } = statement
              return (
                <li
                  key={`${index} ${statement.start}`}
                  className="relative flex h-30 items-center gap-10 border-b border-line-1 pr-14 pl-14 text-small hover:bg-hover"
                >
                  <span className="w-22 flex-none font-mono text-data text-2 tabular-nums">{index + 1}</span>
                  <StatementText
                    sql={statement.sql}
                    summary={statement.summary}
                    onPress={
                      objectId === null || reveal === null
                        ? undefined
                        : () => revealStatement(session, objectId)
                    }
                  />
                  {statement.isDestructive ? <Badge tone="danger">Loses data</Badge> : null}
                  <span className="w-[clamp(150px,28%,240px)] flex-none truncate">
                    {statement.review === null ? (
                      <span className="text-2">
                        {safety.isWaiting ? 'Looking at its locks…' : 'Locks not known'}
                      </span>
                    ) : (
                      <LockNote note={lockNote(statement.review)} />
                    )}
                  </span>
                  <span
                    className={classNames(
                      'flex-none text-right font-mono text-data text-2 tabular-nums',
                      figures !== null && 'w-64',
                    )}
                  >
                    {figure === undefined ? (
                      ''
                    ) : figure.problem !== null ? (
                      <span className="font-ui text-danger" title={figure.problem.message}>
                        Failed
                      </span>
                    ) : figure.isSkipped ? (
                      <span className="font-ui" title="It cannot run inside a transaction.">
                        Not run
                      </span>
                    ) : (
                      formatDuration(figure.durationMs)
                    )}
                  </span>
                </li>
              )
            })}
            {statements.length > MAX_ROWS ? (
              <li className="px-14 py-8 text-small text-2">
                {countOf(statements.length - MAX_ROWS, 'more statement')}: they are in the review.
              </li>
            ) : null}
          </ol>
        )}
      </div>
      <PreviewFooter run={figures} failure={safety.problem?.message ?? safety.failure?.message ?? null} />
      <AskRole
        run={figures}
        onAgree={(on) => {
          review.asSuperuser.set(true)
          tryOn(on)
        }}
        onClose={() => review.dryRun.state.set(null)}
      />
      {isOpen ? <DraftReview session={session} onClose={() => review.isOpen.set(false)} /> : null}
    </section>
  )
}

/** Selects what a statement is for: an object, or a part of one. */
function revealStatement(session: DesignSession, id: string): void {
  const reveal = session.reveal.get()
  const { model } = session.draft.state.get()
  const owner = model.objects.find(
    (object) =>
      object.id === id ||
      (object.kind === 'table' &&
        [object.columns, object.constraints, object.indexes, object.triggers, object.policies].some((parts) =>
          parts.some((part) => part.id === id),
        )),
  )
  if (owner === undefined) return
  if (owner.id === id) reveal?.(id)
  else reveal?.(owner.id, id)
}

function StatementText(props: {
  readonly sql: string
  readonly summary: string | null
  readonly onPress: (() => void) | undefined
}): ReactNode {
  const line = props.sql.slice(0, 1_000).replaceAll(/\s+/g, ' ').replaceAll('( ', '(').replaceAll(' )', ')')
  const text = (
    <code className="block truncate font-mono text-data">
      <ColouredSql sql={line} />
    </code>
  )
  const title = props.summary ?? props.sql
  return props.onPress === undefined ? (
    <span className="min-w-0 flex-1" title={title}>
      {text}
    </span>
  ) : (
    <button
      type="button"
      title={title}
      onClick={props.onPress}
      className="min-w-0 flex-1 text-left after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent-text"
    >
      {text}
    </button>
  )
}

/** Nothing was tried yet: the SQL would run as somebody who can do more than change this database. */
function AskRole(props: {
  readonly run: DryRun | null
  readonly onAgree: (on: DryRun['on']) => void
  readonly onClose: () => void
}): ReactNode {
  const { run } = props
  if (run === null || run.asked === null) return null
  return (
    <ConfirmDialog
      isOpen
      title={`Try it as ${run.asked.role}?`}
      lost={`${powerWords(run.asked)} A dry run takes none of that back.`}
      survives="Read the SQL first, above all what came from a file or was pasted. You are asked once while this design is open."
      confirmLabel={`Run as ${run.asked.role}`}
      busyLabel="Running…"
      onConfirm={() => props.onAgree(run.on)}
      onClose={props.onClose}
    />
  )
}

const PLACES = { database: 'on the database, rolled back,', copy: 'on a copy' } as const

function PreviewFooter(props: { readonly run: DryRun | null; readonly failure: string | null }): ReactNode {
  const { run } = props
  const shape = 'flex h-34 flex-none items-center gap-8 border-t border-line-1 px-14 text-small'
  if (run !== null)
    return (
      <div role="status" className={shape}>
        {run.status === 'running' ? (
          <>
            <Spinner />
            <span className="truncate text-2">{run.phase ?? 'Dry run under way…'}</span>
          </>
        ) : run.status === 'passed' ? (
          <>
            <Check aria-hidden="true" size={14} strokeWidth={1.75} className="text-success" />
            <span className="truncate">
              Dry run {PLACES[run.on]} passed in {formatDuration(run.durationMs ?? 0)}.
            </span>
          </>
        ) : run.status === 'cancelled' ? (
          <span className="text-2">Dry run cancelled. Nothing has changed.</span>
        ) : (
          <>
            <CircleAlert aria-hidden="true" size={14} strokeWidth={1.75} className="flex-none text-danger" />
            <span className="truncate text-danger" title={run.problem ?? ''}>
              Dry run {PLACES[run.on]} failed. {run.problem}
            </span>
          </>
        )}
        <span className="ml-auto flex-none pl-12 font-mono text-data text-2">lock_timeout 2 s</span>
      </div>
    )
  if (props.failure === null) return null
  return (
    <div role="status" className={classNames(shape, 'text-2')}>
      <CircleAlert aria-hidden="true" size={14} strokeWidth={1.75} className="flex-none text-warning" />
      <span className="truncate" title={props.failure}>
        The locks could not be found out. {props.failure}
      </span>
    </div>
  )
}
