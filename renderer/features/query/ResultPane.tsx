// Below the editor: a tab per result and one for messages, then the grid or the messages.
import { ClipboardCopy, Clock, PanelBottomClose, ScanText, X } from 'lucide-react'
import { useEffect, useState, type KeyboardEvent, type ReactNode } from 'react'
import type { ResultId } from '#contract/capabilities/ids.ts'
import type { WorkspaceTab } from '#contract/capabilities/workspace.ts'
import { Banner } from '../../components/banner.tsx'
import { Button, IconButton } from '../../components/button.tsx'
import { classNames } from '../../components/class-names.ts'
import type { SelectionSummary } from '../../components/data-grid/types.ts'
import { formatCount, formatDuration, formatMoment } from '../../components/format.ts'
import { KeyboardHint } from '../../components/keyboard-hint.tsx'
import { MenuButton } from '../../components/menu.tsx'
import { useDelayed } from '../../components/spinner.tsx'
import { useNow } from '../../components/use-now.ts'
import { useStore } from '../../host/store.ts'
import { useCaps } from '../../shell/command-hint.tsx'
import { useShell } from '../../shell/shell.tsx'
import { StatusSegment } from '../../shell/slots.tsx'
import { useLayoutFlag } from '../../shell/use-layout.ts'
import { Messages } from './Messages.tsx'
import { copyEntries, preloadGrid, ResultGrid } from './ResultGrid.tsx'
import {
  isRunning,
  statementsWithRows,
  type ResultState,
  type RunState,
  type StatementRun,
} from './run-state.ts'
import { announcement, countWords, rowsWord, shownPart, shownRun, timeWords } from './shown-run.ts'
import { useSqlWorkbench, useTabRuns } from './sql-workbench.tsx'

const PRELOAD_AFTER_MS = 200

/** The results of a tab. */
export function ResultPane({ tab }: { readonly tab: WorkspaceTab }): ReactNode {
  const { runs, shownResults, editor } = useSqlWorkbench()
  const tabRuns = useTabRuns(tab.id)
  const chosen = useStore(shownResults)[tab.id]
  const [selection, setSelection] = useState<SelectionSummary | null>(null)
  const run = shownRun(tabRuns)
  const current = tabRuns.current
  if (run === null || current === null) return <NothingRun />
  const part = shownPart(run, chosen)
  const show = (what: ResultId | 'messages'): void =>
    shownResults.update((all) => ({ ...all, [tab.id]: what }))
  const source = part.kind === 'result' ? runs.source(part.statement.result.id) : undefined
  return (
    <section aria-label="Results" className="flex min-h-0 flex-1 flex-col" data-results="">
      <ProgressLine run={current} />
      <ResultTabs
        run={run}
        part={part}
        onShow={show}
        tail={<ResultActions run={current} part={part} tabId={tab.id} />}
      />
      {part.kind === 'result' ? <SnapshotBanner statement={part.statement} /> : null}
      {part.kind === 'messages' ? (
        <Messages
          run={run}
          onReveal={(offset) => {
            editor.get()?.reveal(offset)
            editor.get()?.focus()
          }}
        />
      ) : source === undefined ? (
        <p className="px-14 py-12 text-body text-2">
          The rows of this result were put away. Run the statement again.
        </p>
      ) : (
        <ResultGrid
          key={part.statement.index}
          label={`Result ${statementsWithRows(run).findIndex((one) => one.index === part.statement.index) + 1}`}
          statement={part.statement}
          source={source}
          onSort={(keys) => runs.sort(tab.id, part.statement.index, keys)}
          onSelectionChange={setSelection}
        />
      )}
      <ResultStatus run={run} part={part} selection={part.kind === 'result' ? selection : null} />
    </section>
  )
}

type Part = ReturnType<typeof shownPart>

function NothingRun(): ReactNode {
  const isEditorThere = useStore(useSqlWorkbench().editor) !== null
  // After the editor, which is what the person waits for, and before the first statement is typed.
  useEffect(() => {
    if (!isEditorThere) return undefined
    const timer = setTimeout(preloadGrid, PRELOAD_AFTER_MS)
    return () => clearTimeout(timer)
  }, [isEditorThere])
  const run = useCaps('query.runStatement')
  const all = useCaps('query.runAll')
  const history = useCaps('history.show')
  const hints = [
    { caps: run, text: 'runs the statement at the caret' },
    { caps: all, text: 'runs the selection, or the whole tab' },
    { caps: ['Ctrl', 'Space'], text: 'completes names of this database' },
    { caps: history, text: 'shows what was run before' },
  ]
  return (
    <section
      aria-label="Results"
      className="flex min-h-0 flex-1 flex-col gap-8 border-t border-line-1 px-14 py-16"
    >
      <h2 className="text-heading">No results yet</h2>
      <ul className="flex flex-col gap-6 text-small text-2">
        {hints.map(({ caps, text }) =>
          caps === undefined ? null : (
            <li key={text} className="flex items-center gap-8">
              <KeyboardHint caps={caps} />
              {text}
            </li>
          ),
        )}
      </ul>
    </section>
  )
}

/** Past 100 ms a 2 px bar says that something runs. */
function ProgressLine({ run }: { readonly run: RunState }): ReactNode {
  const isShown = useDelayed(isRunning(run), 100)
  return (
    <div aria-hidden="true" className="relative z-10 h-0 flex-none">
      {isShown ? (
        <div className="absolute inset-x-0 top-0 h-2 overflow-hidden">
          <div className="query-progress h-full w-1/4 bg-accent-text" />
        </div>
      ) : null}
    </div>
  )
}

interface ResultTabsProps {
  readonly run: RunState
  readonly part: Part
  readonly onShow: (what: ResultId | 'messages') => void
  readonly tail: ReactNode
}

function ResultTabs({ run, part, onShow, tail }: ResultTabsProps): ReactNode {
  const results = statementsWithRows(run)
  const troubles = run.statements.reduce(
    (sum, one) => sum + one.notices.length + (one.error === null ? 0 : 1),
    run.failure === null ? 0 : 1,
  )
  const tabs = [
    ...results.map((statement, at) => ({
      id: statement.result.id,
      title: `Result ${at + 1}`,
      count: formatCount(statement.result.rowCount),
      isShown: part.kind === 'result' && part.statement.index === statement.index,
      hint: statement.sql.replaceAll(/\s+/g, ' ').slice(0, 200),
    })),
    {
      id: 'messages' as const,
      title: 'Messages',
      count: troubles === 0 ? '' : String(troubles),
      isShown: part.kind === 'messages',
      hint: 'What the server said',
    },
  ]
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const at = tabs.findIndex((one) => one.isShown)
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    const next = tabs[(at + step + tabs.length) % tabs.length]
    if (step === 0 || next === undefined) return
    event.preventDefault()
    onShow(next.id)
    event.currentTarget.querySelectorAll<HTMLElement>('[role="tab"]')[tabs.indexOf(next)]?.focus()
  }
  return (
    <div className="flex h-34 flex-none items-stretch gap-2 border-b border-line-1 bg-s1 pr-10">
      <div
        role="tablist"
        aria-label="Results and messages"
        onKeyDown={onKeyDown}
        className="flex min-w-0 gap-16 overflow-x-auto px-12 [scrollbar-width:none]"
      >
        {tabs.map((one) => (
          <button
            key={one.id}
            type="button"
            role="tab"
            aria-selected={one.isShown}
            tabIndex={one.isShown ? 0 : -1}
            title={one.hint}
            onClick={() => onShow(one.id)}
            className={classNames(
              'relative flex flex-none items-center gap-6 text-small font-medium focus-visible:outline-offset-[-2px]',
              one.isShown
                ? 'text-1 after:absolute after:inset-x-0 after:bottom-0 after:h-2 after:bg-accent-text'
                : 'text-2 hover:text-1',
            )}
          >
            {one.title}
            {one.count === '' ? null : <span className="font-normal text-3 tabular-nums">{one.count}</span>}
          </button>
        ))}
      </div>
      <span className="min-w-0 flex-1" />
      {tail}
    </div>
  )
}

interface ResultActionsProps {
  readonly run: RunState
  readonly part: Part
  readonly tabId: string
}

/** Right of the tabs: how it goes while it runs, what can be done with it after. */
function ResultActions({ run, part, tabId }: ResultActionsProps): ReactNode {
  const shell = useShell()
  const { grid, runs } = useSqlWorkbench()
  const [isInspecting, setIsInspecting] = useLayoutFlag('sql.inspectsValues', false)
  const [, setIsShown] = useLayoutFlag('sql.results', true)
  const copyCaps = useCaps('grid.copyAs')
  const hideCaps = useCaps('query.toggleResults')
  const isLong = useDelayed(isRunning(run), 1000)
  return (
    <div className="flex flex-none items-center gap-4">
      {isLong ? (
        <RunningWords run={run} onCancel={() => runs.cancel(tabId)} />
      ) : part.kind === 'result' ? (
        <ResultWords statement={part.statement} />
      ) : null}
      {part.kind === 'result' ? (
        <>
          <MenuButton label="Copy as" placement="bottom end" entries={copyEntries(shell, grid.get)}>
            <IconButton icon={ClipboardCopy} label="Copy as…" caps={copyCaps} />
          </MenuButton>
          <IconButton
            icon={ScanText}
            label="Value inspector"
            caps={['Space']}
            isActive={isInspecting}
            onPress={() => setIsInspecting(!isInspecting)}
          />
        </>
      ) : null}
      <IconButton
        icon={PanelBottomClose}
        label="Hide results"
        caps={hideCaps}
        onPress={() => setIsShown(false)}
      />
    </div>
  )
}

interface RunningWordsProps {
  readonly run: RunState
  readonly onCancel: () => void
}

/** Past a second: how long, how many rows so far, Cancel. */
function RunningWords({ run, onCancel }: RunningWordsProps): ReactNode {
  const now = useNow(100)
  const statement = run.statements.findLast((one) => one.status === 'running')
  const rows = statement?.result?.rowCount
  return (
    <span className="flex items-center gap-8 text-small text-2 tabular-nums">
      {rows === undefined || rows === 0 ? null : <span>{rowsWord(rows)} so far…</span>}
      <span>{formatDuration(Math.max(0, now.getTime() - run.startedAt))}</span>
      <Button size="compact" icon={X} isBusy={run.status === 'cancelling'} onPress={onCancel}>
        {run.status === 'cancelling' ? 'Cancelling…' : 'Cancel'}
      </Button>
    </span>
  )
}

function ResultWords({
  statement,
}: {
  readonly statement: StatementRun & { readonly result: ResultState }
}): ReactNode {
  const isPartial = statement.status === 'done' && !statement.isComplete
  return (
    <span className="mr-4 truncate text-small text-2 tabular-nums">
      {isPartial
        ? `${rowsWord(statement.result.rowCount)} read so far, more are read as you scroll`
        : `${countWords(statement)}${timeWords(statement) === '' ? '' : `, ${timeWords(statement)}`}`}
    </span>
  )
}

/** Rows from a kept result: from when, in words that cannot be missed. */
function SnapshotBanner({ statement }: { readonly statement: StatementRun }): ReactNode {
  const now = useNow(60_000)
  if (statement.snapshotAt === null) return null
  return (
    <Banner icon={Clock} lead={`Snapshot of ${formatMoment(statement.snapshotAt, now)}.`}>
      The database cannot be reached. These are the rows that this statement gave then, kept on this machine.
    </Banner>
  )
}

interface ResultStatusProps {
  readonly run: RunState
  readonly part: Part
  readonly selection: SelectionSummary | null
}

/** Rows, time and selection in the status bar, and the outcome said aloud. */
function ResultStatus({ run, part, selection }: ResultStatusProps): ReactNode {
  const statement = part.kind === 'result' ? part.statement : run.statements.at(-1)
  const [said, setSaid] = useState('')
  const words = announcement(run)
  useEffect(() => {
    const timer = setTimeout(() => setSaid(words), 200)
    return () => clearTimeout(timer)
  }, [words])
  return (
    <>
      <p aria-live="polite" className="sr-only">
        {said}
      </p>
      {selection === null ? null : (
        <StatusSegment side="right" order={5} label="Selection">
          {selection.sum === null
            ? `${formatCount(selection.cellCount)} cells selected`
            : `${formatCount(selection.cellCount)} cells, sum ${formatNumber(selection.sum)}, avg ${formatNumber(selection.average ?? 0)}`}
        </StatusSegment>
      )}
      {statement === undefined || statement.error !== null ? null : (
        <>
          <StatusSegment side="right" order={10} label="Rows">
            {countWords(statement)}
          </StatusSegment>
          {timeWords(statement) === '' ? null : (
            <StatusSegment side="right" order={20} label="Time">
              {timeWords(statement)}
            </StatusSegment>
          )}
        </>
      )}
    </>
  )
}

function formatNumber(value: number): string {
  return Number.isInteger(value) ? formatCount(value) : String(Number(value.toPrecision(6)))
}
