// A text that is code, written in Monaco: a body, a script, a query. Its value is the caller's; the editor is loaded when the first is shown.
import { lazy, Suspense, useState, type ReactNode } from 'react'
import type { EditorLanguage, EditorProblem, Suggestions } from '../../../components/code-editor/types.ts'
import { useCall } from '../../../host/host-provider.tsx'

const CodeEditor = lazy(async () => ({
  default: (await import('../../../components/code-editor/CodeEditor.tsx')).CodeEditor,
}))

export interface CodeFieldProps {
  readonly label: string
  readonly language: EditorLanguage
  readonly value: string
  /** Left out: it can be read and copied only. */
  readonly onChange?: (value: string) => void
  readonly suggest?: (text: string, offset: number) => Suggestions
  readonly problems?: readonly EditorProblem[]
  readonly wrapsLines?: boolean
}

const NO_PROBLEMS: readonly EditorProblem[] = []
const NO_SUGGESTIONS = (_text: string, offset: number): Suggestions => ({
  items: [],
  start: offset,
  end: offset,
})

/** The field. It fills its container. Give it a `key` per document, so that undo stays in it. */
export function CodeField(props: CodeFieldProps): ReactNode {
  const { value, onChange, suggest = NO_SUGGESTIONS } = props
  const [generation, setGeneration] = useState(0)
  const [shown, setShown] = useState(value)
  const { data: settings } = useCall(['settings', 'get'], (host, options) => host.settings.get({}, options), {
    staleTime: Infinity,
  })
  // The value came from elsewhere (a file that changed, a tidied text): the editor starts again with it.
  if (value !== shown) {
    setShown(value)
    setGeneration(generation + 1)
  }
  const id = String(generation)
  return (
    <div className="relative min-h-0 flex-1">
      <Suspense fallback={<p className="p-14 text-small text-3">Loading the editor…</p>}>
        <CodeEditor
          language={props.language}
          documentId={id}
          initialText={() => ({ text: value, caretOffset: 0 })}
          openDocuments={[id]}
          label={props.label}
          fontSize={settings?.editorFontSize ?? 13}
          waitsForFocus
          isReadOnly={onChange === undefined}
          wrapsLines={props.wrapsLines === true}
          activeRange={null}
          problems={props.problems ?? NO_PROBLEMS}
          onChange={(_, text) => {
            const next = text()
            setShown(next)
            if (next !== value) onChange?.(next)
          }}
          onCaretChange={() => undefined}
          suggest={(_, text, offset) => suggest(text, offset)}
        />
      </Suspense>
    </div>
  )
}
