// One result in the grid, with what belongs to it: the value inspector, the copy menu, the words when there are no rows.
import { ClipboardCopy, ScanText, TriangleAlert } from 'lucide-react'
import { lazy, Suspense, useEffect, useMemo, useState, type ReactNode } from 'react'
import { isAppError } from '#contract/errors.ts'
import { Banner } from '../../components/banner.tsx'
import { Button } from '../../components/button.tsx'
import { ContextMenu } from '../../components/context-menu.tsx'
import { COPY_FORMATS, COPY_FORMAT_LABELS, type CopyFormat } from '../../components/data-grid/copy-formats.ts'
import type {
  CopiedRows,
  DataGridHandle,
  InspectedCell,
  SelectionSummary,
} from '../../components/data-grid/types.ts'
import type { WindowSource } from '../../components/data-grid/window-source.ts'
import type { MenuEntry } from '../../components/menu.tsx'
import { createStore, useStore } from '../../host/store.ts'
import { useCaps } from '../../shell/command-hint.tsx'
import { Inspector } from '../../shell/slots.tsx'
import { useShell, type Shell } from '../../shell/shell.tsx'
import { useLayoutFlag } from '../../shell/use-layout.ts'
import type { ResultState, SortKey, StatementRun } from './run-state.ts'
import { copiedWords } from './shown-run.ts'
import { useSqlWorkbench } from './sql-workbench.tsx'
import { gridColumns } from './value-kind.ts'

const importGrid = () => import('../../components/data-grid/DataGrid.tsx')
const DataGrid = lazy(async () => ({ default: (await importGrid()).DataGrid }))
const ValueInspector = lazy(async () => ({
  default: (await import('../../components/data-grid/ValueInspector.tsx')).ValueInspector,
}))

/** Fetches the grid's code ahead of the first result, so that its rows do not wait for it. */
export function preloadGrid(): void {
  // Where it cannot be fetched now, the first result tries again and says so.
  importGrid().catch(() => undefined)
}

export interface ResultGridProps {
  readonly label: string
  readonly statement: StatementRun & { readonly result: ResultState }
  readonly source: WindowSource
  readonly onSort: (keys: readonly SortKey[]) => void
  readonly onSelectionChange: (summary: SelectionSummary | null) => void
}

/** The grid of a result. `key` it by result so that a new one starts at its first row. */
export function ResultGrid({
  label,
  statement,
  source,
  onSort,
  onSelectionChange,
}: ResultGridProps): ReactNode {
  const shell = useShell()
  const { grid } = useSqlWorkbench()
  const { result } = statement
  const columns = useMemo(() => gridColumns(result.columns), [result.columns])
  const [keepHandle] = useState(() => (handle: DataGridHandle | null) => grid.set(handle))
  const [active, setActive] = useState<InspectedCell | null>(null)
  const [isInspecting, setIsInspecting] = useLayoutFlag('sql.inspectsValues', false)
  const [, setIsInspectorShown] = useLayoutFlag('inspector.shown', true)
  const [menuPoint, setMenuPoint] = useState<{ x: number; y: number } | null>(null)
  const copyCaps = useCaps('grid.copyAs')
  const problem = useSourceProblem(source)
  const hasBegun = result.rowCount > 0 || statement.status !== 'running'

  const entries: MenuEntry[] = [
    ...copyEntries(shell, grid.get),
    {
      id: 'inspect',
      label: 'Show the value',
      icon: ScanText,
      caps: ['Space'],
      startsGroup: true,
      onAction: () => setIsInspecting(true),
    },
  ]
  if (entries[0] !== undefined && copyCaps !== undefined) entries[0] = { ...entries[0], caps: copyCaps }

  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      {problem === undefined ? null : (
        <Banner
          icon={TriangleAlert}
          tone="warning"
          lead="These rows could not be read."
          actions={
            <Button size="compact" onPress={() => source.retry()}>
              Try again
            </Button>
          }
        >
          {isAppError(problem) ? problem.message : 'The host did not answer.'}
        </Banner>
      )}
      <div className="relative min-h-0 flex-1">
        <Suspense fallback={null}>
          {/* Column widths come from the first rows: the grid waits for them. */}
          {hasBegun ? (
            <DataGrid
              ref={keepHandle}
              label={label}
              columns={columns}
              source={source}
              sort={result.sort}
              {...(result.isSortable ? { onSort } : {})}
              isSnapshot={statement.snapshotAt !== null}
              onSelectionChange={onSelectionChange}
              onActiveCellChange={setActive}
              onInspect={() => {
                setIsInspectorShown(true)
                setIsInspecting(true)
              }}
              onContextMenu={setMenuPoint}
              onCopied={(outcome) => tellCopied(shell, outcome)}
            />
          ) : null}
        </Suspense>
        {result.rowCount === 0 && statement.status === 'done' ? (
          <p className="pointer-events-none absolute top-40 left-14 text-body text-2">
            No rows. The statement gave {columns.length === 1 ? '1 column' : `${columns.length} columns`} and
            nothing in them.
          </p>
        ) : null}
      </div>
      <ContextMenu
        label="What to do with the selection"
        point={menuPoint}
        entries={entries}
        onClose={() => setMenuPoint(null)}
      />
      {isInspecting && active !== null ? (
        <Inspector title="Value">
          <Suspense fallback={null}>
            <ValueInspector key={`${active.row} ${active.column.name}`} cell={active} />
          </Suspense>
        </Inspector>
      ) : null}
    </div>
  )
}

/** One entry per format. */
export function copyEntries(shell: Shell, grid: () => DataGridHandle | null): MenuEntry[] {
  return COPY_FORMATS.map((format) => ({
    id: format,
    label: `Copy as ${COPY_FORMAT_LABELS[format]}`,
    icon: ClipboardCopy,
    onAction: () => void copyAs(shell, grid(), format),
  }))
}

async function copyAs(shell: Shell, grid: DataGridHandle | null, format: CopyFormat): Promise<void> {
  if (grid === null) return
  try {
    tellCopied(shell, await grid.copy(format))
  } catch (error) {
    tellCopied(shell, { error })
  }
}

function tellCopied(shell: Shell, outcome: CopiedRows | { readonly error: unknown }): void {
  if ('rows' in outcome) shell.notifications.toast({ text: copiedWords(outcome) })
  else
    shell.notifications.toast({
      tone: 'danger',
      text: isAppError(outcome.error) ? outcome.error.message : 'The clipboard is not available.',
    })
}

/** Why the rows on screen could not be read, while that is so. */
function useSourceProblem(source: WindowSource): unknown {
  const store = useMemo(() => createStore<unknown>(source.problem), [source])
  useEffect(() => {
    return source.onChange(() => store.set(source.problem))
  }, [store, source])
  return useStore(store)
}
