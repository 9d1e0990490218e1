// The inspector of a view: its name, its query in the code editor, comment, what uses it.
import type { ReactNode } from 'react'
import type { View } from '#contract/schema/types.ts'
import { changeView } from '#postgres/common/catalog/edit/objects.ts'
import { renameObject } from '#postgres/common/catalog/edit/rename.ts'
import { setComment } from '#postgres/common/catalog/edit/tables.ts'
import { CommitField } from './commit-field.tsx'
import { DefinitionEditor } from './definition-editor.tsx'
import { DropButton } from './drop-button.tsx'
import { useEditing } from './editing.tsx'
import { Fields, PanelActions } from './section.tsx'
import { UsedBy } from './used-by.tsx'

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
      <DefinitionEditor
        key={`${view.id} ${view.definition}`}
        id={view.id}
        title="Query"
        label={`Query of ${view.name}`}
        text={view.definition.replace(/^ /, '')}
        onStage={(definition) => stage(changeView(context(), { viewId: view.id, definition }))}
      />
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
