// Takes a condition that Postgres printed apart where it says AND. Postgres puts every part of it in parentheses.

/** The parts that must all be true: of `((a = 1) AND (b OR c))` they are `(a = 1)` and `(b OR c)`. One part for everything else. */
export function splitConjuncts(printed: string): readonly string[] {
  const inner = withoutParentheses(printed)
  const parts: string[] = []
  let start = 0
  for (const { index, depth } of walk(inner))
    if (depth === 0 && inner.startsWith(' AND ', index)) {
      parts.push(inner.slice(start, index))
      start = index + ' AND '.length
    }
  parts.push(inner.slice(start))
  return parts.length === 1 ? [printed.trim()] : parts.map((part) => part.trim())
}

/** Without the parentheses around all of it. */
function withoutParentheses(text: string): string {
  const trimmed = text.trim()
  if (!trimmed.startsWith('(') || !trimmed.endsWith(')')) return trimmed
  for (const { index, depth } of walk(trimmed))
    if (depth === 0 && index > 0 && index < trimmed.length - 1) return trimmed
  return trimmed.slice(1, -1)
}

/** Every place outside of quotes, with the parentheses that are open behind it. */
function* walk(text: string): Generator<{ readonly index: number; readonly depth: number }> {
  let depth = 0
  let quote: string | undefined
  for (let index = 0; index < text.length; index += 1) {
    const letter = text.charAt(index)
    if (quote !== undefined) {
      if (letter === quote) quote = undefined
      else if (letter === '\\' && quote === "'" && isEscaped(text, index)) index += 1
      continue
    }
    if (letter === "'" || letter === '"') quote = letter
    if (letter === '(') depth += 1
    if (letter === ')') depth -= 1
    yield { index, depth }
  }
}

/** Whether a backslash stands in an `E'…'`, where it escapes. */
function isEscaped(text: string, index: number): boolean {
  return /[^\w]E'(?:[^'\\]|\\.|'')*$/.test(` ${text.slice(0, index)}`)
}
