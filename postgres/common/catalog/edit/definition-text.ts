// The text of CREATE FUNCTION and CREATE TRIGGER, taken apart no further than editing needs.

export const ROUTINE = /^create\s+(?:or\s+replace\s+)?(function|procedure)\s+/i
export const TRIGGER = /^create\s+(?:or\s+replace\s+)?(constraint\s+)?trigger\s+/i

/** Without the semicolon at its end. */
export function withoutEnd(text: string): string {
  return text.trim().replace(/;\s*$/, '').trimEnd()
}

/** With single blanks. */
export function spaced(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ')
}

/** The name and the arguments: all up to the bracket that closes them. */
export function headOf(text: string): string {
  let depth = 0
  let quote: string | null = null
  for (let at = 0; at < text.length; at += 1) {
    const one = text.charAt(at)
    if (quote !== null) {
      if (one === quote) quote = null
    } else if (one === '"' || one === "'") quote = one
    else if (one === '(') depth += 1
    else if (one === ')') {
      depth -= 1
      if (depth === 0) return text.slice(0, at + 1)
    }
  }
  return text
}
