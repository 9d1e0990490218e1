// The text of functions and procedures. A body in quotes is kept by Postgres as it was written and does not follow renames; all else of it does.
import type { Routine } from '#contract/schema/types.ts'
import { createLexer } from '../script/lexer.ts'
import { sameExpression, type NameChanges } from './sql-text.ts'

interface RoutineText {
  /** All but the bodies in quotes. */
  readonly head: string
  readonly bodies: readonly string[]
}

/** Whether two definitions make the same routine, given the names that change. */
export function sameRoutine(before: Routine, after: Routine, changes: NameChanges): boolean {
  if (before.definition === after.definition) return true
  const a = split(before.definition)
  const b = split(after.definition)
  return (
    sameExpression(a.head, b.head, changes) &&
    a.bodies.length === b.bodies.length &&
    a.bodies.every((body, at) => body === b.bodies[at])
  )
}

function split(definition: string): RoutineText {
  const lexer = createLexer(definition)
  const bodies: string[] = []
  let head = ''
  let isAfterAs = false
  for (lexer.next(); lexer.kind !== 'end'; lexer.next()) {
    const token = definition.slice(lexer.start, lexer.end)
    if (lexer.kind === 'string' && isAfterAs) {
      bodies.push(content(token))
      head += "''"
    } else head += token
    if (lexer.kind !== 'space' && lexer.kind !== 'comment')
      isAfterAs = (lexer.kind === 'word' && token.toLowerCase() === 'as') || (isAfterAs && token === ',')
  }
  return { head: head.replace(/^\s*create\s+(or\s+replace\s+)?/i, '').replace(/[\s;]+$/, ''), bodies }
}

/** What stands between dollar quotes or plain ones. */
function content(quoted: string): string {
  const tag = /^\$[^$]*\$/.exec(quoted)?.[0]
  if (tag !== undefined) return quoted.slice(tag.length, -tag.length)
  return quoted.startsWith("'") ? quoted.slice(1, -1).replaceAll("''", "'") : quoted
}
