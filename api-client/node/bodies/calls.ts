// What is asked of a body, and the answers, as they also cross to a thread.
import type { BodyDocument, Work } from './document/document.ts'
import type { FindCursor, Found } from './document/find.ts'
import { editsBetween } from './document/edits.ts'
import type { Edit } from './document/edits.ts'
import type { BodyInfo, FindQuery, Lines, PathMatches, TablePage, TreePage, View } from './types.ts'

export type Call =
  | { readonly name: 'info'; readonly view: View }
  | { readonly name: 'lines'; readonly view: View; readonly from: number; readonly count: number }
  | { readonly name: 'find'; readonly query: FindQuery; readonly cursor: FindCursor | null }
  | { readonly name: 'tree'; readonly pointer: string; readonly from: number; readonly count: number }
  | { readonly name: 'jsonPath'; readonly expression: string; readonly limit: number }
  | { readonly name: 'table'; readonly pointer: string; readonly from: number; readonly count: number }
  | { readonly name: 'hashes'; readonly most: number }
  | { readonly name: 'text'; readonly maxBytes: number }

export type Answer =
  | { readonly name: 'info'; readonly value: BodyInfo }
  | { readonly name: 'lines'; readonly value: Lines }
  | { readonly name: 'find'; readonly value: Found & { readonly isComplete: boolean } }
  | { readonly name: 'tree'; readonly value: TreePage }
  | { readonly name: 'jsonPath'; readonly value: PathMatches }
  | { readonly name: 'table'; readonly value: TablePage }
  | { readonly name: 'hashes'; readonly value: Float64Array<ArrayBuffer> | null }
  | { readonly name: 'text'; readonly value: string | null }
  | { readonly name: 'edits'; readonly value: readonly Edit[] | null }

/** Which lines differ, by their hashes: no body is needed for it. */
export interface EditsCall {
  readonly name: 'edits'
  readonly older: Float64Array<ArrayBuffer>
  readonly newer: Float64Array<ArrayBuffer>
}

/** Does what is asked, in steps. */
export function* perform(document: BodyDocument, call: Call): Work<Answer> {
  switch (call.name) {
    case 'info':
      return { name: call.name, value: yield* document.info(call.view) }
    case 'lines':
      return { name: call.name, value: yield* document.lines(call.view, call.from, call.count) }
    case 'find':
      return { name: call.name, value: yield* document.find(call.query, call.cursor) }
    case 'tree':
      return { name: call.name, value: yield* document.tree(call.pointer, call.from, call.count) }
    case 'jsonPath':
      return { name: call.name, value: yield* document.jsonPath(call.expression, call.limit) }
    case 'table':
      return { name: call.name, value: yield* document.table(call.pointer, call.from, call.count) }
    case 'hashes':
      return { name: call.name, value: yield* document.hashes(call.most) }
    case 'text':
      return { name: call.name, value: yield* document.text(call.maxBytes) }
  }
}

/** Compares lines, in steps. */
export function* performEdits({ older, newer }: EditsCall): Work<Answer> {
  return { name: 'edits', value: yield* editsBetween(older, newer) }
}

/** Does all of it now. */
export function finished<T>(work: Work<T>): T {
  for (;;) {
    const { done, value } = work.next()
    if (done === true) return value
  }
}
