// The editor of the active tab: its text, the statement that would run, the errors of its last run, suggestions from its catalog.
import {
  lazy,
  Suspense,
  useCallback,
  useDeferredValue,
  useEffect,
  useMemo,
  useState,
  type ReactNode,
} from 'react'
import type { WorkspaceTab } from '#contract/capabilities/workspace.ts'
import type { Caret, EditorProblem, TextRange } from '../../components/code-editor/types.ts'
import { StatusSegment } from '../../shell/slots.tsx'
import { useCall } from '../../host/host-provider.tsx'
import { useStore } from '../../host/store.ts'
import { useCatalog } from '../catalog/index.ts'
import { createCatalogIndex } from './completion/catalog-index.ts'
import { complete } from './completion/complete.ts'
import type { RunState } from './run-state.ts'
import { shownRun } from './shown-run.ts'
import { useSqlWorkbench, useTabRuns } from './sql-workbench.tsx'
import { createStatements } from './statements.ts'

const CodeEditor = lazy(async () => ({
  default: (await import('../../components/code-editor/CodeEditor.tsx')).CodeEditor,
}))

const EMPTY_CATALOG = createCatalogIndex({
  serverVersion: '',
  database: '',
  schemas: [],
  tables: [],
  routines: [],
  types: [],
})
/** Past this size the bar beside the statement waits until typing pauses. */
const LARGE_TEXT = 200_000
const LARGE_TEXT_PAUSE_MS = 300

/** The pane of one tab. The editor inside it is the same for all of them. */
export function EditorPane({ tab }: { readonly tab: WorkspaceTab }): ReactNode {
  const { tabs, editor, hasSelection } = useSqlWorkbench()
  const openDocuments = useStore(tabs.tabs)
  const runs = useTabRuns(tab.id)
  const { reading } = useCatalog(tab.connectionId)
  const index = useMemo(
    () => (reading.data === undefined ? EMPTY_CATALOG : createCatalogIndex(reading.data.catalog)),
    [reading.data],
  )
  const [statements] = useState(createStatements)
  const [caret, setCaret] = useState<Caret | null>(null)
  const activeRange = useActiveRange(tab.id, caret, statements)
  const run = shownRun(runs)
  const problems = useMemo(() => problemsOf(run), [run])
  const { data: settings } = useCall(['settings', 'get'], (host, options) => host.settings.get({}, options), {
    staleTime: Infinity,
  })
  const [keepHandle] = useState(() => editor.set)
  const initialText = useCallback(
    (id: string) => {
      const opened = tabs.get(id)
      return { text: opened?.sql ?? '', caretOffset: opened?.cursorOffset ?? 0 }
    },
    [tabs],
  )
  const ids = useMemo(() => openDocuments.map((one) => one.id), [openDocuments])

  return (
    <section aria-label="SQL editor" className="relative min-h-0 flex-1">
      <Suspense fallback={<p className="p-14 text-small text-3">Loading the editor…</p>}>
        <CodeEditor
          ref={keepHandle}
          documentId={tab.id}
          initialText={initialText}
          openDocuments={ids}
          label={`SQL of ${tab.title}`}
          fontSize={settings?.editorFontSize ?? 13}
          activeRange={activeRange}
          problems={problems}
          onChange={(id, text) => tabs.changeText(id, text)}
          onCaretChange={(id, next) => {
            tabs.changeCaret(id, next.offset)
            setCaret(next)
            hasSelection.set(next.selection !== null)
          }}
          suggest={(_, text, offset) => {
            const part = statements.around(text, offset)
            const found = complete({ text: part.text, offset: offset - part.start, index })
            return { items: found.items, start: found.start + part.start, end: found.end + part.start }
          }}
        />
      </Suspense>
      {caret === null ? null : (
        <StatusSegment
          side="right"
          order={30}
          label="Position of the caret"
          onPress={() => editor.get()?.focus()}
        >
          Ln {caret.line}, Col {caret.column}
          {caret.selection === null ? '' : ` (${caret.selection.end - caret.selection.start} selected)`}
        </StatusSegment>
      )}
    </section>
  )
}

/** The statement at the caret. Small texts at once; large ones once typing pauses. */
function useActiveRange(
  tabId: string,
  caret: Caret | null,
  statements: ReturnType<typeof createStatements>,
): TextRange | null {
  const { editor } = useSqlWorkbench()
  const [range, setRange] = useState<TextRange | null>(null)
  const settled = useDeferredValue(caret)
  useEffect(() => {
    if (settled === null) return undefined
    const find = (): void => {
      const text = editor.get()?.text(tabId)
      const statement = text === undefined ? undefined : statements.at(text, settled.offset)
      setRange((before) =>
        statement === undefined
          ? null
          : before?.start === statement.start && before.end === statement.end
            ? before
            : { start: statement.start, end: statement.end },
      )
    }
    const size = editor.get()?.length(tabId) ?? 0
    const timer = setTimeout(find, size > LARGE_TEXT ? LARGE_TEXT_PAUSE_MS : 0)
    return () => clearTimeout(timer)
  }, [editor, tabId, settled, statements])
  return range
}

/** Errors of a run that know their place. */
function problemsOf(run: RunState | null): readonly EditorProblem[] {
  if (run === null) return []
  return run.statements.flatMap((statement) => {
    const { error } = statement
    // Only what the server said of the text has a place in it.
    if (error === null || error.code !== 'QUERY_FAILED') return []
    const start = error.offset ?? statement.start
    const word = /^(?:"[^"]*"|[\p{L}\p{N}_$.]+|\S)/u.exec(
      statement.sql.slice(Math.max(0, start - statement.start)),
    )
    return [
      {
        range: { start, end: start + Math.max(1, word?.[0].length ?? 1) },
        message: error.message,
        code: error.postgres?.sqlstate,
        hint: error.postgres?.hint,
      },
    ]
  })
}
