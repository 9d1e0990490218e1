// A new note, on free ground near a point.
import { placeAround } from '../layout/places.ts'
import type { CanvasState, Point } from './canvas-state.ts'
import { addNote, NOTE_SIZE } from './diagram-edits.ts'
import type { Shape } from './shapes.ts'

/** Makes it, undoable, and opens the panel where its text is written. */
export function newNote({ session, actions }: CanvasState, shapes: readonly Shape[], near: Point): void {
  const id = `note:${crypto.randomUUID()}`
  const at = placeAround(NOTE_SIZE, near, shapes, session.diagram.get().positions)
  session.history.changeDiagram('New note', (now) => addNote(now, { id, ...at }))
  actions.edit(id, null)
}
