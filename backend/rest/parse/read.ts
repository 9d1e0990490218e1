// Runs a rule of the grammar over a parameter's value; what it cannot read becomes PGRST100.
import type { Parser } from './combinators.ts'
import { parameterUnreadable } from './errors.ts'
import { showObstacle, showPosition } from './show.ts'

/**
 * Reads `text`; `what` names it in the error: `failed to parse filter (eq)`. Text after what the rule reads is not looked at.
 * @throws RestError PGRST100.
 */
export function read<T>(parser: Parser<T>, what: string, text: string): T {
  const reply = parser(text, 0)
  if (reply.ok) return reply.value
  const obstacle = reply.obstacle ?? { position: 0, unexpectedAt: null, refused: [], expected: [] }
  // The sentence is one line: what a parameter holds may have more.
  const details = showObstacle(text, obstacle).replaceAll('\n', ' ').trim()
  throw parameterUnreadable(`"${what}" ${showPosition(text, obstacle.position)}`, details)
}

/** Deeper parentheses are refused, so that no text can exhaust the stack. PostgREST has no such limit. */
export const DEEPEST = 100

/** The offset of the first parenthesis that is too deep; -1 where none is. */
function tooDeepAt(text: string): number {
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1
    else if (text[at] === ')') depth -= 1
    if (depth > DEEPEST) return at
  }
  return -1
}

/**
 * Like read, for rules that contain themselves in parentheses.
 * @throws RestError PGRST100.
 */
export function readNested<T>(parser: Parser<T>, what: string, text: string): T {
  const at = tooDeepAt(text)
  if (at < 0) return read(parser, what, text)
  throw parameterUnreadable(
    `"${what}" ${showPosition(text, at)}`,
    `parentheses are nested more than ${String(DEEPEST)} deep`,
  )
}
