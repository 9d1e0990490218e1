// The SQL of one direction in the editor. Loads the editor when it is first shown.
import { lazy, Suspense, useMemo, type ReactNode } from 'react'
import type { EditorProblem } from '../../components/code-editor/types.ts'
import { useCall } from '../../host/host-provider.tsx'

const CodeEditor = lazy(async () => ({
  default: (await import('../../components/code-editor/CodeEditor.tsx')).CodeEditor,
}))

export interface SqlTextProps {
  /** Another document: its text is taken anew. */
  readonly documentId: string
  readonly label: string
  readonly text: string
  readonly problem: { readonly message: string; readonly position: number | null } | null
  readonly onChange: (text: string) => void
}

/** An editor that fills its container. */
export function SqlText({ documentId, label, text, problem, onChange }: SqlTextProps): ReactNode {
  const { data: settings } = useCall(['settings', 'get'], (host, options) => host.settings.get({}, options), {
    staleTime: Infinity,
  })
  const problems = useMemo<readonly EditorProblem[]>(() => {
    if (problem === null || problem.position === null) return []
    const start = Math.max(0, problem.position - 1)
    return [{ range: { start, end: start + 1 }, message: problem.message, code: undefined, hint: undefined }]
  }, [problem])
  const open = useMemo(() => [documentId], [documentId])
  return (
    <section
      aria-label={label}
      className="relative min-h-0 flex-1 overflow-hidden rounded-card border border-line-2"
    >
      <Suspense fallback={<p className="p-14 text-small text-2">Loading the editor…</p>}>
        <CodeEditor
          documentId={documentId}
          initialText={() => ({ text, caretOffset: 0 })}
          openDocuments={open}
          label={label}
          fontSize={settings?.editorFontSize ?? 13}
          activeRange={null}
          problems={problems}
          onChange={(id, read) => {
            if (id === documentId) onChange(read())
          }}
          onCaretChange={() => undefined}
          suggest={(_, __, offset) => ({ items: [], start: offset, end: offset })}
        />
      </Suspense>
    </section>
  )
}
