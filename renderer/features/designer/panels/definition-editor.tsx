// What is one text to Postgres, in the code editor: the query of a view, a function, a trigger.
import { lazy, Suspense, useState, type ReactNode } from 'react'
import { Button } from '../../../components/button.tsx'
import { FormError } from '../../../components/form-error.tsx'
import { SkeletonRows } from '../../../components/skeleton.tsx'
import { Section } from './section.tsx'

const CodeEditor = lazy(async () => {
  const { CodeEditor: Editor } = await import('../../../components/code-editor/CodeEditor.tsx')
  return { default: Editor }
})
const NO_SUGGESTIONS = { items: [], start: 0, end: 0 }
const FONT_SIZE = 12

export interface DefinitionEditorProps {
  readonly id: string
  /** "Query" */
  readonly title: string
  readonly label: string
  /** As it is; a change from elsewhere (undo, a rename) needs another key. */
  readonly text: string
  /** Gives why it cannot be, or null. */
  readonly onStage: (text: string) => string | null
}

/** A section of the inspector; what is changed is staged by its button. */
export function DefinitionEditor({
  id,
  title,
  label,
  text: shown,
  onStage,
}: DefinitionEditorProps): ReactNode {
  const [text, setText] = useState(shown)
  const [problem, setProblem] = useState<string | null>(null)
  return (
    <Section title={title}>
      <div className="relative h-240 overflow-hidden rounded-control border border-line-2">
        <Suspense fallback={<SkeletonRows count={5} label="Opening the editor" />}>
          <CodeEditor
            documentId={id}
            openDocuments={[id]}
            initialText={() => ({ text: shown, caretOffset: 0 })}
            label={label}
            fontSize={FONT_SIZE}
            waitsForFocus
            activeRange={null}
            problems={[]}
            onChange={(_, read) => setText(read())}
            onCaretChange={() => undefined}
            suggest={() => NO_SUGGESTIONS}
          />
        </Suspense>
      </div>
      <div className="mt-6 flex flex-col gap-6">
        <FormError message={problem ?? undefined} />
        {text.trim() === shown.trim() ? null : (
          <div>
            <Button variant="primary" size="compact" onPress={() => setProblem(onStage(text))}>
              {`Stage ${title.toLowerCase()}`}
            </Button>
          </div>
        )}
      </div>
    </Section>
  )
}
