// What the canvas asks for, done: edits of the model staged in the draft, new shapes put where they were asked for.
import type { ModelPatch } from '#contract/capabilities/designs.ts'
import type { SchemaModel, Table } from '#contract/schema/types.ts'
import { indexModel } from '#postgres/common/catalog/find.ts'
import { addColumn } from '#postgres/common/catalog/edit/columns.ts'
import { dropImpact, dropObjects, dropPart, type Dependent } from '#postgres/common/catalog/edit/drop.ts'
import {
  addForeignKey,
  foreignKeyProblem,
  type ForeignKeyInput,
} from '#postgres/common/catalog/edit/foreign-keys.ts'
import type { Edit, EditContext } from '#postgres/common/catalog/edit/model-edit.ts'
import { addTable, duplicateTables, pasteTables } from '#postgres/common/catalog/edit/tables.ts'
import type { Store } from '../../host/store.ts'
import { newId } from './actions/new-id.ts'
import type { CanvasActions, ColumnPoint, Point } from './canvas/canvas-state.ts'
import { removeDecorations } from './canvas/diagram-edits.ts'
import { withPlaces } from './canvas/diagram-nodes.ts'
import { drawingOf } from './canvas/shapes.ts'
import { placeAround } from './layout/places.ts'
import { NOTHING_SELECTED, type DesignSession, type Selection } from './session.ts'

export interface CanvasActionParts {
  readonly session: DesignSession
  readonly clipboard: Store<readonly Table[]>
  /** Tells the person why something could not be done. */
  readonly refuse: (problem: string) => void
  /** Asks before other things go along; `go` drops. */
  readonly confirmDrop: (dependents: readonly Dependent[], go: () => void) => void
  readonly edit: CanvasActions['edit']
}

/** How far copies stand from what they are copies of. */
const BESIDE = 40

/** Makes them for a session. */
export function createCanvasActions(parts: CanvasActionParts): CanvasActions {
  const { session, clipboard, refuse } = parts
  const { draft, diagram, selection, history } = session
  const context = (): EditContext => {
    const { base, model } = draft.state.get()
    return { base, model, newId }
  }
  /** Stages the edit; gives the step, or null after saying why not. */
  const stage = (edit: Edit): ModelPatch | null => {
    if (edit.problem !== null) {
      refuse(edit.problem)
      return null
    }
    draft.stage(edit.patch)
    if (edit.objectId !== null) selection.set({ objectIds: [edit.objectId], partId: edit.partId })
    return edit.patch
  }
  const place = (places: ReadonlyMap<string, Point>): void => diagram.update((now) => withPlaces(now, places))
  const made = (before: SchemaModel, patch: ModelPatch): readonly string[] => {
    const known = indexModel(before)
    return patch.put
      .filter((object) => object.kind === 'table' && known.byId(object.id) === undefined)
      .map((object) => object.id)
  }
  return {
    edit: parts.edit,
    addTable(at) {
      const { model } = draft.state.get()
      const schema = schemaFor(session)
      if (schema === null) {
        refuse('There is no schema to put a table into. Add one first.')
        return null
      }
      const patch = stage(addTable(context(), { schema }))
      const id = patch === null ? undefined : made(model, patch)[0]
      if (id === undefined) return null
      place(freePlaces(session, [[id, at]]))
      session.reveal.get()?.(id)
      return id
    },
    addColumn(tableId) {
      const edit = addColumn(context(), { tableId })
      if (stage(edit) === null || edit.problem !== null || edit.partId === null) return null
      session.reveal.get()?.(tableId, edit.partId)
      return edit.partId
    },
    remove({ objectIds, partId }: Selection) {
      const { model } = draft.state.get()
      const index = indexModel(model)
      const [first] = objectIds
      if (partId !== null && first !== undefined) {
        confirmed(parts, dropImpact(model, [partId]), () => {
          if (stage(dropPart(context(), { objectId: first, partId })) !== null)
            selection.set({ objectIds: [first], partId: null })
        })
        return
      }
      const ids = objectIds.filter((id) => index.byId(id) !== undefined)
      const others = objectIds.filter((id) => index.byId(id) === undefined)
      history.changeDiagram('Remove notes and groups', (now) => removeDecorations(now, others))
      if (ids.length === 0) return selection.set(NOTHING_SELECTED)
      confirmed(parts, dropImpact(model, ids), () => {
        if (stage(dropObjects(context(), { objectIds: ids })) !== null) selection.set(NOTHING_SELECTED)
      })
    },
    duplicate(objectIds) {
      const { model } = draft.state.get()
      const patch = stage(duplicateTables(context(), { tableIds: objectIds }))
      if (patch === null) return
      const ids = made(model, patch)
      const { positions } = diagram.get()
      const wishes = ids.flatMap((id, at): [string, Point][] => {
        const from = positions[objectIds[at] ?? '']
        return from === undefined ? [] : [[id, { x: from.x + BESIDE, y: from.y + BESIDE }]]
      })
      place(freePlaces(session, wishes))
      selection.set({ objectIds: ids, partId: null })
    },
    copy(objectIds) {
      const index = indexModel(draft.state.get().model)
      clipboard.set(
        objectIds.flatMap((id) => {
          const object = index.byId(id)
          return object?.kind === 'table' ? [object] : []
        }),
      )
    },
    paste(at) {
      const tables = clipboard.get()
      if (tables.length === 0) return
      const { model } = draft.state.get()
      const schema = schemaFor(session)
      const patch = stage(pasteTables(context(), { tables, ...(schema === null ? {} : { schema }) }))
      if (patch === null) return
      const ids = made(model, patch)
      place(
        freePlaces(
          session,
          ids.map((id) => [id, at]),
        ),
      )
      selection.set({ objectIds: ids, partId: null })
    },
    referenceProblem(from, to) {
      const { model } = draft.state.get()
      const problem = foreignKeyProblem(model, inputOf(from, to))
      // From the key to what refers to it says the same.
      return problem === null || foreignKeyProblem(model, inputOf(to, from)) === null ? null : problem
    },
    addReference(from, to) {
      const { model } = draft.state.get()
      const isForward = foreignKeyProblem(model, inputOf(from, to)) === null
      stage(
        addForeignKey(context(), { ...(isForward ? inputOf(from, to) : inputOf(to, from)), withIndex: true }),
      )
    },
  }
}

function inputOf(from: ColumnPoint, to: ColumnPoint): ForeignKeyInput {
  return {
    tableId: from.objectId,
    columnIds: [from.columnId],
    references: { tableId: to.objectId, columnIds: [to.columnId] },
  }
}

function confirmed(
  { confirmDrop }: CanvasActionParts,
  dependents: readonly Dependent[],
  go: () => void,
): void {
  if (dependents.length === 0) go()
  else confirmDrop(dependents, go)
}

/** Free ground near where each is wished, one after the other. */
function freePlaces(
  { draft, diagram }: DesignSession,
  wishes: readonly (readonly [id: string, at: Point])[],
): ReadonlyMap<string, Point> {
  const { base, model } = draft.state.get()
  const { shapes } = drawingOf(base, model, { showsViews: true, showsEnums: true, schemas: null })
  const byId = new Map(shapes.map((shape) => [shape.id, shape]))
  const taken = { ...diagram.get().positions }
  const places = new Map<string, Point>()
  for (const [id, at] of wishes) {
    const shape = byId.get(id)
    const free = shape === undefined ? at : placeAround(shape, at, shapes, taken)
    taken[id] = free
    places.set(id, free)
  }
  return places
}

/** Where a new table goes: the schema of what is selected, the one that is shown alone, `public`, the first there is. */
function schemaFor({ draft, selection, diagram }: DesignSession): string | null {
  const index = indexModel(draft.state.get().model)
  const selected = index.byId(selection.get().objectIds[0] ?? '')
  if (selected?.kind === 'table' || selected?.kind === 'view') return selected.schema
  const names = index.ofKind('schema').map(({ name }) => name)
  const [shown] = diagram.get().schemas ?? []
  if (shown !== undefined && names.includes(shown)) return shown
  return names.includes('public') ? 'public' : (names[0] ?? null)
}
