// JSON as indented lines, as a layout.
import { AT, createJsonIndex } from './json-index.ts'
import type { JsonIndex } from './json-index.ts'
import { printJson } from './json-printer.ts'
import type { Layout } from './printer.ts'
import { isInLine } from './raw-index.ts'

export interface JsonLayout extends Layout {
  readonly index: JsonIndex
}

/** The pretty view of JSON that begins at `start`. */
export function createJsonLayout(start: number): JsonLayout {
  const index = createJsonIndex(start)
  return {
    index,
    get position() {
      return index.position
    },
    get lines() {
      return index.lines
    },
    get problem() {
      const { problem } = index
      return problem === null
        ? null
        : `Not valid JSON at line ${String(problem.line)}, column ${String(problem.column)}: ${problem.reason}.`
    },
    checkpoints: index.checkpoints,
    feed: index.feed,
    finish: index.finish,
    isPart: (checkpoint) =>
      checkpoint.state === AT.string || checkpoint.state === AT.escaped || isInLine(checkpoint),
    print: (source, from, out) => printJson(source, from, { out, problemAt: index.problem?.offset ?? null }),
  }
}
