// The inspector of a view: its name, its query in the code editor, comment, what uses it.
import { lazy, Suspense, useState, type ReactNode } from 'react'
import type { View } from '#contract/schema/types.ts'
import { changeView } from '#postgres/common/catalog/edit/objects.ts'
import { renameObject } from '#postgres/common/catalog/edit/rename.ts'
import { setComment } from '#postgres/common/catalog/edit/tables.ts'
import { Button } from '../../../components/button.tsx'
import { FormError } from '../../../components/form-error.tsx'
import { SkeletonRows } from '../../../components/skeleton.tsx'
import { CommitField } from './commit-field.tsx'
import { DropButton } from './drop-button.tsx'
import { useEditing } from './editing.tsx'
import { Fields, PanelActions, Section } from './section.tsx'
import { UsedBy } from './used-by.tsx'

const CodeEditor = lazy(async () => {
  const { CodeEditor: Editor } = await import('../../../components/code-editor/CodeEditor.tsx')
  return { default: Editor }
})
const NO_SUGGESTIONS = { items: [], start: 0, end: 0 }
const FONT_SIZE = 12

/** A view, materialised or not. */
export function ViewPanel({ view }: { readonly view: View }): ReactNode {
  const { context, stage } = useEditing()
  return (
    <>
      <Fields>
        <CommitField
          label="Name"
          isMono
          value={view.name}
          onCommit={(name) => stage(renameObject(context(), { objectId: view.id, name }))}
        />
        <CommitField
          label="Comment"
          rows={2}
          value={view.comment ?? ''}
          onCommit={(comment) => stage(setComment(context(), { objectId: view.id, comment }))}
        />
      </Fields>
      {/* A change from elsewhere (undo, a rename) shows in a new document. */}
      <Query key={`${view.id} ${view.definition}`} view={view} />
      <UsedBy id={view.id} />
      <PanelActions>
        <DropButton
          label={view.isMaterialized ? 'Drop materialised view' : 'Drop view'}
          name={view.name}
          objectIds={[view.id]}
        />
      </PanelActions>
    </>
  )
}

function Query({ view }: { readonly view: View }): ReactNode {
  const { context, stage } = useEditing()
  const shown = view.definition.replace(/^ /, '')
  const [text, setText] = useState(shown)
  const [problem, setProblem] = useState<string | null>(null)
  const isChanged = text.trim() !== shown.trim()
  return (
    <Section title="Query">
      <div className="relative h-240 overflow-hidden rounded-control border border-line-2">
        <Suspense fallback={<SkeletonRows count={5} label="Opening the editor" />}>
          <CodeEditor
            documentId={view.id}
            openDocuments={[view.id]}
            initialText={() => ({ text: shown, caretOffset: 0 })}
            label={`Query of ${view.name}`}
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
        {isChanged ? (
          <div>
            <Button
              variant="primary"
              size="compact"
              onPress={() => setProblem(stage(changeView(context(), { viewId: view.id, definition: text })))}
            >
              Stage query
            </Button>
          </div>
        ) : null}
      </div>
    </Section>
  )
}
