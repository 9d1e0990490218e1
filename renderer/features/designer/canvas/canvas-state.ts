// What the parts of one canvas share: how much detail is drawn, what is highlighted, which tool is in hand, what is edited in place. Small stores, so that a
// change draws only those who care.
import { createContext, useContext, useSyncExternalStore } from 'react'
import type { ComponentType } from 'react'
import { createStore, type Store } from '../../../host/store.ts'
import type { DesignSession, Selection } from '../session.ts'
import type { Relation, Shape } from './shapes.ts'

/** `full`: rows with types. `names`: only names, larger the farther away. */
export type Detail = 'full' | 'names'
export type Tool = 'select' | 'table' | 'relation'

export interface ColumnPoint {
  readonly objectId: string
  readonly columnId: string
}

export interface Point {
  readonly x: number
  readonly y: number
}

/** What the canvas asks for and others do. Positions are the diagram's. */
export interface CanvasActions {
  /** Makes a table there and selects it; its id, or null when it could not be made. */
  addTable(at: Point): string | null
  /** Adds a column to the table and selects it; its id, or null when it could not be added. */
  addColumn(tableId: string): string | null
  /** Opens what edits it: the panel beside, with the focus in it. */
  edit(objectId: string, partId: string | null): void
  /** Asks first where something is lost. */
  remove(selection: Selection): void
  duplicate(objectIds: readonly string[]): void
  copy(objectIds: readonly string[]): void
  paste(at: Point): void
  /** Why a foreign key cannot run from one column to the other; null when it can. */
  referenceProblem(from: ColumnPoint, to: ColumnPoint): string | null
  addReference(from: ColumnPoint, to: ColumnPoint): void
}

export interface InlineEditorProps {
  readonly session: DesignSession
  readonly objectId: string
  /** Null for the name of the object itself. */
  readonly partId: string | null
  /** It was just made, to be named here: naming it is a part of making it, and so is taking it back. */
  readonly isNew: boolean
  readonly onDone: () => void
}

/** What is edited in place. */
export interface Edited {
  readonly objectId: string
  /** Null for the name of the object itself. */
  readonly partId: string | null
  readonly isNew?: true
}

export interface Highlight {
  readonly shapeIds: ReadonlySet<string>
  readonly relationIds: ReadonlySet<string>
}
export const NO_HIGHLIGHT: Highlight = { shapeIds: new Set(), relationIds: new Set() }

/** A foreign key that is being drawn. */
export interface DrawnReference {
  readonly from: ColumnPoint
  /** Where the pointer or the keyboard is. */
  readonly at: Point | null
  readonly over: ColumnPoint | null
  /** Why it cannot end here. */
  readonly problem: string | null
}

export interface CanvasState {
  readonly session: DesignSession
  readonly actions: CanvasActions
  readonly InlineEditor: ComponentType<InlineEditorProps> | null
  readonly detail: Store<Detail>
  /** Height of a name from afar, in canvas units: larger the farther away. */
  readonly nameSize: Store<number>
  readonly highlight: Store<Highlight>
  readonly tool: Store<Tool>
  readonly editing: Store<Edited | null>
  readonly reference: Store<DrawnReference | null>
  /** Told to assistive technology. */
  readonly announcement: Store<string>
}

/** Makes the state of a canvas. */
export function createCanvasState(
  parts: Pick<CanvasState, 'session' | 'actions' | 'InlineEditor'>,
): CanvasState {
  return {
    ...parts,
    detail: createStore<Detail>('full'),
    nameSize: createStore(16),
    highlight: createStore(NO_HIGHLIGHT),
    tool: createStore<Tool>('select'),
    editing: createStore<Edited | null>(null),
    reference: createStore<DrawnReference | null>(null),
    announcement: createStore(''),
  }
}

/** Makes a table and lets its name be typed at once. */
export function addTable({ actions, editing, InlineEditor }: CanvasState, at: Point): void {
  const objectId = actions.addTable(at)
  if (objectId !== null && InlineEditor !== null) editing.set({ objectId, partId: null, isNew: true })
}

/** Adds a column and lets its name and type be typed at once. */
export function addColumn({ actions, editing, InlineEditor }: CanvasState, objectId: string): void {
  const partId = actions.addColumn(objectId)
  if (partId !== null && InlineEditor !== null) editing.set({ objectId, partId, isNew: true })
}

/** Ends editing in place. The canvas has the keyboard again, unless the person went elsewhere. */
export function finishEditing({ editing }: CanvasState): void {
  editing.set(null)
  // The field is gone by the next frame.
  requestAnimationFrame(() => {
    if (document.activeElement === null || document.activeElement === document.body)
      document.querySelector<HTMLElement>('.designer-canvas')?.focus({ preventScroll: true })
  })
}

export const CanvasContext = createContext<CanvasState | null>(null)

/** The canvas that the component is in. */
export function useCanvas(): CanvasState {
  const state = useContext(CanvasContext)
  if (state === null) throw new Error('CanvasContext is missing above.')
  return state
}

/** A part of a store's value; draws again only when that part is another (Object.is). */
export function useStorePart<T, Part>(store: Store<T>, pick: (value: T) => Part): Part {
  const read = (): Part => pick(store.get())
  return useSyncExternalStore(store.subscribe, read, read)
}

/** What belongs to some shapes: the relations that end at them, and the shapes at the other ends. */
export function highlightOf(
  ids: ReadonlySet<string>,
  relations: readonly Relation[],
  relationId: string | null,
): Highlight {
  if (ids.size === 0 && relationId === null) return NO_HIGHLIGHT
  const shapeIds = new Set<string>()
  const relationIds = new Set<string>()
  for (const { id, from, to } of relations) {
    if (id !== relationId && (relationId !== null || !(ids.has(from) || ids.has(to)))) continue
    relationIds.add(id)
    if (!ids.has(from)) shapeIds.add(from)
    if (!ids.has(to)) shapeIds.add(to)
  }
  return { shapeIds, relationIds }
}

/** Ids of the shapes that are at most `hops` relations away, those themselves included. */
export function neighbourhoodOf(
  ids: readonly string[],
  relations: readonly Relation[],
  hops: number,
): ReadonlySet<string> {
  const next = new Map<string, string[]>()
  const link = (from: string, to: string): void => {
    const list = next.get(from)
    if (list === undefined) next.set(from, [to])
    else list.push(to)
  }
  for (const { from, to } of relations) {
    link(from, to)
    link(to, from)
  }
  const found = new Set(ids)
  let edge: readonly string[] = ids
  for (let hop = 0; hop < hops; hop += 1) {
    const farther = edge.flatMap((id) => next.get(id) ?? []).filter((id) => !found.has(id))
    for (const id of farther) found.add(id)
    edge = farther
  }
  return found
}

/** How a shape is read out: "Table rental, 7 columns, 1 change". */
export function shapeLabel(shape: Shape): string {
  const count = shape.rows.filter((row) => row.mark !== 'dropped').length + shape.hiddenRows
  const what = shape.kind === 'enum' ? 'Enum' : shape.kind === 'view' ? 'View' : 'Table'
  const parts = shape.kind === 'enum' ? 'value' : 'column'
  const { mark, changes } = shape.marks
  const change =
    mark === null
      ? ''
      : mark === 'changed'
        ? `, ${changes} ${changes === 1 ? 'change' : 'changes'}`
        : `, ${mark}`
  const folded = shape.partitions > 0 ? `, ${shape.note ?? ''}` : ''
  return `${what} ${shape.name} in ${shape.schema}, ${count} ${parts}${count === 1 ? '' : 's'}${folded}${change}`
}
