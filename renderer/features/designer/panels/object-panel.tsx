// The inspector of what has no panel of its own: a schema, a function, an extension and the like. Its name and comment, its SQL
// to read; that of functions and procedures to edit.
import type { ReactNode } from 'react'
import type { ModelObject } from '#contract/schema/types.ts'
import { changeRoutine, isEditableRoutine } from '#postgres/common/catalog/edit/definitions.ts'
import { kindWord } from '#postgres/common/catalog/edit/drop.ts'
import { renameObject } from '#postgres/common/catalog/edit/rename.ts'
import { setComment } from '#postgres/common/catalog/edit/tables.ts'
import { CodeBlock } from '../../../components/code-block.tsx'
import { CommitField } from './commit-field.tsx'
import { DefinitionEditor } from './definition-editor.tsx'
import { DropButton } from './drop-button.tsx'
import { useEditing } from './editing.tsx'
import { Fields, PanelActions } from './section.tsx'
import { UsedBy } from './used-by.tsx'

/** Any object. */
export function ObjectPanel({ object }: { readonly object: ModelObject }): ReactNode {
  const { context, stage } = useEditing()
  const isRenamable = ['schema', 'composite', 'range', 'publication'].includes(object.kind)
  const isEdited = object.kind === 'routine' && isEditableRoutine(object)
  return (
    <>
      <Fields>
        <CommitField
          label="Name"
          isMono
          value={object.name}
          isDisabled={!isRenamable}
          onCommit={(name) => stage(renameObject(context(), { objectId: object.id, name }))}
          help={isRenamable ? undefined : 'Changed by a migration that you write.'}
        />
        <CommitField
          label="Comment"
          rows={2}
          value={object.comment ?? ''}
          onCommit={(comment) => stage(setComment(context(), { objectId: object.id, comment }))}
        />
        {'definition' in object && !isEdited ? (
          <CodeBlock label="Definition" language="sql" text={object.definition} />
        ) : null}
        {object.kind === 'composite' ? (
          <CodeBlock
            label="Attributes"
            language="sql"
            text={object.attributes.map(({ name, type }) => `${name} ${type}`).join('\n')}
          />
        ) : null}
      </Fields>
      {isEdited ? (
        <DefinitionEditor
          key={`${object.id} ${object.definition}`}
          id={object.id}
          title="Definition"
          label={`Definition of ${object.name}`}
          text={object.definition.trim()}
          onStage={(definition) => stage(changeRoutine(context(), { routineId: object.id, definition }))}
        />
      ) : null}
      <UsedBy id={object.id} />
      <PanelActions>
        <DropButton label={`Drop ${kindWord(object)}`} name={object.name} objectIds={[object.id]} />
      </PanelActions>
    </>
  )
}
