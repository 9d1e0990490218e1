// What every panel needs to edit: the model as it is drawn, the one it began with, and how a step is staged.
import { createContext, useContext, useMemo, type ReactNode } from 'react'
import type { ModelObject, SchemaModel } from '#contract/schema/types.ts'
import { indexModel } from '#postgres/common/catalog/find.ts'
import type { Edit, EditContext } from '#postgres/common/catalog/edit/model-edit.ts'
import { useStore } from '../../../host/store.ts'
import { newId } from '../actions/new-id.ts'
import type { DesignSession } from '../session.ts'

export interface Editing {
  readonly session: DesignSession
  readonly model: SchemaModel
  readonly base: SchemaModel
  /** What an edit starts from now: read when it is made, never kept. */
  readonly context: () => EditContext
  /** Stages the edit. Gives why it could not be made, in words; null when it was. */
  readonly stage: (edit: Edit) => string | null
  readonly select: (objectId: string, partId?: string | null) => void
}

const EditingContext = createContext<Editing | null>(null)

/** Gives what is below the means to edit the session's draft. */
export function EditingProvider({
  session,
  children,
}: {
  readonly session: DesignSession
  readonly children: ReactNode
}): ReactNode {
  const { model, base } = useStore(session.draft.state)
  const editing = useMemo(() => makeEditing(session, model, base), [session, model, base])
  return <EditingContext value={editing}>{children}</EditingContext>
}

/** The means to edit. */
export function useEditing(): Editing {
  const editing = useContext(EditingContext)
  if (editing === null) throw new Error('EditingProvider is missing above.')
  return editing
}

function makeEditing(session: DesignSession, model: SchemaModel, base: SchemaModel): Editing {
  return {
    session,
    model,
    base,
    context() {
      const now = session.draft.state.get()
      return { base: now.base, model: now.model, newId }
    },
    stage(edit) {
      if (edit.problem !== null) return edit.problem
      session.draft.stage(edit.patch)
      return null
    },
    select(objectId, partId = null) {
      session.selection.set({ objectIds: [objectId], partId })
    },
  }
}

/** The object as the database has it; undefined for a new one. */
export function useBaseObject(id: string): ModelObject | undefined {
  return indexModel(useEditing().base).byId(id)
}

/** Names of all schemas, in order. */
export function useSchemaNames(): readonly string[] {
  return indexModel(useEditing().model)
    .ofKind('schema')
    .map(({ name }) => name)
    .toSorted()
}
