// What a person made of a migration that is under review: edited SQL, its name, the file it was written to. Kept while the review is closed.
import type { ReviewText } from '#contract/capabilities/designs.ts'
import { createStore, type Store } from '../../host/store.ts'

export type Direction = 'up' | 'down'

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
