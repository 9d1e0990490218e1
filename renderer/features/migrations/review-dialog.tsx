// The review of a migration before it is applied: what changes, its SQL, what each statement locks and loses; then applying it, step by step.
import { FilePlus2, RotateCcw } from 'lucide-react'
import { useId, useState, type ReactNode } from 'react'
import { z } from 'zod'
import type { ReviewText } from '#contract/capabilities/designs.ts'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import { MigrationName, type Migration } from '#contract/capabilities/migrations.ts'
import { Badge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Form } from '../../components/form.tsx'
import { TextField } from '../../components/text-field.tsx'
import { Segmented } from '../../components/toggles.tsx'
import { useForm } from '../../components/use-form.ts'
import { describeError, type ErrorText } from '../../host/error-text.ts'
import { useHost } from '../../host/host-provider.tsx'
import { useStore, type Store } from '../../host/store.ts'
import { useCaps } from '../../shell/command-hint.tsx'
import { useCommands } from '../../shell/shell.tsx'
import type { MigrationPlan } from '#postgres/common/diff/plan-migration.ts'
import { ChangeList } from './change-list.tsx'
import { PoolerNote } from './pooler-note.tsx'
import { agreeReason, powerful, RunsAs } from './runs-as.tsx'
import { createRunControl, type MigrationRun } from './run.ts'
import { reasonOf, RunProgress } from './run-progress.tsx'
import { changesInWords, countOf } from './script.ts'
import { SqlText } from './sql-text.tsx'
import { Stakes } from './stakes.tsx'
import { StatementList } from './statement-list.tsx'
import { useMigrations } from './use-migrations.ts'
import { useReview } from './use-review.ts'
import { useStakes } from './use-stakes.ts'

export interface ReviewDialogProps {
  readonly connectionId: ConnectionId
  readonly plan: MigrationPlan
  /** Kept by whoever opens it, so that closing loses nothing. */
  readonly text: Store<ReviewText>
  /** Why nothing can be applied now; undefined when it can. */
  readonly blockedReason?: string | undefined
  /** Told once it is applied. */
  readonly onApplied: (migration: Migration) => void
  /** Told once it is written to a file only. */
  readonly onSaved: (migration: Migration) => void
  readonly onClose: () => void
}

type View = 'safety' | 'up' | 'down'

const Values = z.object({ name: MigrationName })

/** Rendered only while it is open. */
export function ReviewDialog(props: ReviewDialogProps): ReactNode {
  const { connectionId, plan, text } = props
  const host = useHost()
  const formId = useId()
  const review = useReview(connectionId, plan, text)
  const form = useForm({ name: review.proposedName }, Values)
  const [view, setView] = useState<View>('safety')
  const [control] = useState(createRunControl)
  const run = useStore(control.state)
  const [writing, setWriting] = useState<'apply' | 'save' | null>(null)
  const [problem, setProblem] = useState<ErrorText>()
  const [failure, setFailure] = useState<MigrationRun | null>(null)
  const migrations = useMigrations(connectionId)
  const runsAs = migrations.data?.runsAs
  const [isAgreed, setAgreed] = useState(false)
  const pendingBefore = (migrations.data?.items ?? []).filter(
    ({ state, version }) => (state === 'pending' || state === 'failed') && version !== text.get().version,
  )
  // What stands here the person has before them. What would run first they have not.
  const runsUnseen = pendingBefore.length > 0

  const write = async (): Promise<Migration | undefined> => {
    if (!form.check()) return undefined
    setProblem(undefined)
    const { name } = form.values
    const { version } = text.get()
    text.update((before) => ({ ...before, name }))
    try {
      const written = await host.migrations.write({
        connectionId,
        name,
        up: review.up,
        down: review.down,
        ...(version === null ? {} : { version }),
      })
      text.update((before) => ({ ...before, version: written.version }))
      return written
    } catch (error) {
      setProblem(describeError(error))
      return undefined
    }
  }
  const apply = async (): Promise<void> => {
    setWriting('apply')
    const written = await write()
    setWriting(null)
    if (written === undefined) return
    const outcome = await control.start((signal) =>
      host.migrations.apply(
        { connectionId, to: written.version, asSuperuser: powerful(runsAs) !== undefined },
        { signal },
      ),
    )
    setFailure(outcome.status === 'failed' ? outcome : null)
    if (outcome.status === 'done') props.onApplied(written)
  }
  const save = async (): Promise<void> => {
    setWriting('save')
    const written = await write()
    setWriting(null)
    if (written !== undefined) props.onSaved(written)
  }

  const stakes = useStakes(connectionId, review.up, review.statements)
  const isEmpty = review.statements.length === 0
  const notReadable = review.safety.problem !== null
  const reason = isEmpty
    ? 'There is nothing to apply.'
    : notReadable
      ? 'The SQL cannot be read: mend it first.'
      : (props.blockedReason ??
        (review.safety.isWaiting ? 'Looking at what it does…' : stakes.reason) ??
        (runsUnseen ? agreeReason(runsAs, isAgreed) : undefined))
  const isRunning = run.status === 'running'
  const isShowingRun = run.status !== 'idle'
  const isBusy = isRunning || writing !== null
  const start = (): void => {
    if (reason === undefined && !isBusy && !isShowingRun) void apply()
  }
  useCommands([
    {
      id: 'migration.apply',
      title: 'Apply migration',
      group: 'Designer',
      keys: ['Mod+Enter'],
      worksInDialogs: true,
      isHidden: true,
      run: start,
    },
  ])
  const caps = useCaps('migration.apply')
  const failedAt = failedStatement(failure?.failedLine ?? null, review)

  return (
    <Dialog
      title="Review migration"
      width="wide"
      isOpen
      isHeld={isBusy}
      onClose={props.onClose}
      hint={
        isShowingRun
          ? undefined
          : (reason ??
            (pendingBefore.length === 0
              ? undefined
              : `${countOf(pendingBefore.length, 'pending migration')} will be applied first: ${pendingBefore
                  .slice(0, 2)
                  .map(({ name }) => name)
                  .join(', ')}${pendingBefore.length > 2 ? ', …' : ''}.`))
      }
      actions={
        isShowingRun ? (
          isRunning ? (
            <Button isBusy={run.isCancelling} onPress={() => control.cancel()}>
              {run.isCancelling ? 'Cancelling…' : 'Cancel'}
            </Button>
          ) : (
            <Button autoFocus onPress={() => control.reset()}>
              Back to the review
            </Button>
          )
        ) : (
          <>
            <Button onPress={props.onClose}>Close</Button>
            <Button
              icon={FilePlus2}
              isBusy={writing === 'save'}
              isDisabled={isEmpty || notReadable}
              onPress={() => void save()}
            >
              Save file only
            </Button>
            <Button
              variant="primary"
              type="submit"
              form={formId}
              caps={caps}
              isBusy={writing === 'apply'}
              disabledReason={reason}
            >
              Apply migration
            </Button>
          </>
        )
      }
    >
      {isShowingRun ? (
        <div className="h-[62vh] overflow-auto">
          <RunProgress run={run} verb="Applying" />
          {run.status === 'failed' || run.status === 'cancelled' ? (
            <p className="mt-12 text-body text-2">
              Your draft is as it was. The migration is kept as a file that has not been applied; applying it
              again writes over it.
            </p>
          ) : null}
        </div>
      ) : (
        <div className="flex h-[62vh] min-h-0 gap-16">
          <section
            aria-label="Changes"
            className="flex w-320 flex-none flex-col border-r border-line-2 pr-12"
          >
            <h3 className="flex-none text-heading">Changes</h3>
            <p className="mb-8 flex-none text-small text-2">{changesInWords(plan.changes) || 'None'}</p>
            <div
              className="-ml-12 min-h-0 flex-1 overflow-auto"
              tabIndex={0}
              role="region"
              aria-label="List of changes"
            >
              <ChangeList label="Changes" changes={plan.changes} />
            </div>
          </section>
          <div className="flex min-w-0 flex-1 flex-col gap-12">
            <Form id={formId} className="gap-10" onSubmit={start} problem={problem}>
              <div className="flex items-start gap-12">
                <div className="w-300 flex-none">
                  <TextField label="Name" isMono {...form.field('name')} />
                </div>
                <div className="min-w-0 flex-1 text-small">
                  <span className="mb-5 block font-medium">Written to</span>
                  <span
                    className="block truncate py-6 font-mono text-data text-2 select-text"
                    title={migrations.data?.folder}
                  >
                    {migrations.data?.folder ?? (migrations.isError ? 'The folder cannot be read.' : '…')}
                  </span>
                </div>
              </div>
            </Form>
            <div className="flex flex-none items-center gap-10">
              <Segmented<View>
                label="View"
                options={[
                  { id: 'safety', label: `Safety report, ${countOf(review.statements.length, 'statement')}` },
                  { id: 'up', label: 'SQL up' },
                  { id: 'down', label: 'SQL down' },
                ]}
                value={view}
                onChange={setView}
              />
              {review.isEdited ? <Badge tone="info">Edited by hand</Badge> : null}
              <span className="flex-1" />
              {review.isEdited ? (
                <Button size="compact" icon={RotateCcw} onPress={review.backToGenerated}>
                  Back to generated
                </Button>
              ) : null}
            </div>
            {review.isBehind ? (
              <p
                role="status"
                className="flex-none rounded-control bg-warning-soft px-10 py-6 text-small text-warning"
              >
                The draft has changed since this SQL was edited. Take its changes over by hand, or go back to
                the generated SQL.
              </p>
            ) : null}
            {migrations.data?.isPooled === true ? <PoolerNote className="flex-none rounded-control" /> : null}
            <RunsAs
              runsAs={runsAs}
              what="All of them"
              isAgreed={isAgreed}
              {...(runsUnseen ? { onAgree: setAgreed } : {})}
            />
            <SafetyMessages review={review} />
            {failure === null ? null : (
              <p
                role="alert"
                className="flex-none rounded-control bg-danger-soft px-10 py-6 text-small [overflow-wrap:anywhere] text-danger select-text"
              >
                {reasonOf(failure)}
              </p>
            )}
            {view === 'safety' ? (
              <div className="flex min-h-0 flex-1 flex-col gap-12 overflow-auto pr-4">
                <Stakes stakes={stakes} />
                <StatementList
                  statements={review.statements}
                  isWaiting={review.safety.isWaiting}
                  failedAt={failedAt}
                  onUseSafeForm={review.useSafeForm}
                />
              </div>
            ) : (
              <SqlText
                key={view}
                documentId={`review-${view}-${review.revision}`}
                label={view === 'up' ? 'SQL that applies it' : 'SQL that undoes it'}
                text={view === 'up' ? review.up : review.down}
                problem={view === 'up' ? review.safety.problem : null}
                onChange={(next) => review.edit(view, next)}
              />
            )}
          </div>
        </div>
      )}
    </Dialog>
  )
}

function SafetyMessages({
  review: { safety },
}: {
  readonly review: ReturnType<typeof useReview>
}): ReactNode {
  if (safety.problem !== null)
    return (
      <p role="alert" className="flex-none rounded-control bg-danger-soft px-10 py-6 text-small text-danger">
        The SQL cannot be read: {safety.problem.message}
      </p>
    )
  if (safety.failure !== undefined)
    return (
      <p
        role="status"
        className="flex-none rounded-control bg-warning-soft px-10 py-6 text-small text-warning"
      >
        What each statement locks could not be found out. {safety.failure.message}
      </p>
    )
  return null
}

/** The statement at a line of the file: its first line is the marker above the SQL. */
function failedStatement(
  line: number | null,
  { up, statements }: Pick<ReturnType<typeof useReview>, 'up' | 'statements'>,
): number | null {
  if (line === null) return null
  const blankLines = up.slice(0, Math.max(0, up.search(/\S/))).split('\n').length - 1
  const offset = up
    .split('\n')
    .slice(0, line - 2 + blankLines)
    .reduce((length, text) => length + text.length + 1, 0)
  const at = statements.findIndex(({ end }) => end >= offset)
  return at === -1 ? null : at
}
