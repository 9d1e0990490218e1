// What a person made of a migration that is under review: edited SQL, its name, the file it was written to. Kept while the review is closed.
import { createStore, type Store } from '../../host/store.ts'

export type Direction = 'up' | 'down'

export interface ReviewText {
  /** Edited SQL; null while it is what was generated. */
  readonly up: string | null
  readonly down: string | null
  /** What had been generated when it was first edited: the draft may have moved on since. */
  readonly editedFrom: string | null
  /** Chosen by the person; null while it is the proposed one. */
  readonly name: string | null
  /** The file that an attempt has written and that no database has had yet: the next attempt writes over it. */
  readonly version: string | null
}

export const UNTOUCHED: ReviewText = { up: null, down: null, editedFrom: null, name: null, version: null }

/** An untouched review. */
export function createReviewText(): Store<ReviewText> {
  return createStore(UNTOUCHED)
}

/** The text after an edit of one direction. */
export function edited(
  before: ReviewText,
  change: { readonly direction: Direction; readonly text: string; readonly generated: string },
): ReviewText {
  const { direction, text, generated } = change
  const next = { ...before, [direction]: text === generated ? null : text }
  return {
    ...next,
    editedFrom: next.up === null && next.down === null ? null : (before.editedFrom ?? generated),
  }
}

/** The SQL of both directions as generated again. Name and file stay. */
export function generatedAgain(before: ReviewText): ReviewText {
  return { ...before, up: null, down: null, editedFrom: null }
}
