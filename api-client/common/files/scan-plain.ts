// Reads plainly shaped YAML line by line: `key: value`, `- key: value`, block literals. Whatever is not plain is left to the parser: this never guesses.

/** What is read: the fields of `info`, `http`, `graphql` and `websocket` that a summary has. */
export interface PlainFields {
  [key: string]: unknown
}

interface Level {
  readonly indent: number
  readonly isList: boolean
  /** Keys so far; for a list, none. */
  keys: string[]
}

const WANTED = new Set(['info', 'http', 'graphql', 'websocket'])
const LINE = /^( *)((?:- )*)(?:([A-Za-z_][\w-]*):(?: (.*))?|(.*))$/
const SAFE_PLAIN = /^(?:[A-Za-z0-9/_.$(+;=^~]|-(?=[\w.]))[^\t]*$/
const DOUBLE = /^"[^"\\]*"$/
const SINGLE = /^'[^']*'$/
const LITERAL = /^[|>][+-]?$/

/** The fields of a summary; null where the text is not plainly shaped. */
export function scanPlain(text: string): PlainFields | null {
  if (text.charCodeAt(0) === 0xfeff) return null
  const found: PlainFields = {}
  const levels: Level[] = [{ indent: 0, isList: false, keys: [] }]
  let section = ''
  let tags: string[] | null = null
  /** A deeper line may follow only behind a key without a value. */
  let opens = false
  let at = 0
  while (at < text.length) {
    const lineEnd = endOfLine(text, at)
    const line = text.slice(at, text.charCodeAt(lineEnd - 1) === 0x0d ? lineEnd - 1 : lineEnd)
    at = lineEnd + 1
    if (line === '' || (line.startsWith('#') && !opens)) continue
    const match = LINE.exec(line)
    if (match === null) return null
    const [, spaces = '', dashes = '', key, rest, bare] = match
    if (key === undefined && (dashes === '' || bare === undefined)) return null
    if (dashes.length > 2) return null
    const indent = spaces.length
    if (dashes !== '') {
      if (!enter(levels, { indent, isList: true, opens })) return null
      opens = true
    }
    const column = indent + dashes.length
    if (key === undefined) {
      const value = scalar(bare ?? '')
      if (value === null || (bare ?? '') === '') return null
      opens = false
      if (tags !== null && levels.length === 3) tags.push(value)
      continue
    }
    if (!enter(levels, { indent: column, isList: false, opens })) return null
    const level = levels.at(-1)
    if (level === undefined || level.keys.includes(key)) return null
    level.keys.push(key)
    const depth = levels.length
    if (depth === 1) section = WANTED.has(key) ? key : ''
    if (depth <= 2) tags = null
    const value = rest?.trim() ?? ''
    opens = value === ''
    if (LITERAL.test(value)) {
      const next = skipLiteral(text, at, column)
      if (next === null) return null
      // A wanted field is short: one that is not is left to the parser.
      if (depth === 2 && section !== '' && key !== 'body') return null
      at = next
      continue
    }
    const plain = opens ? '' : scalar(value)
    if (plain === null) return null
    if (depth === 1) {
      if (opens && section !== '') found[section] = {}
      else if (section !== '' || key === 'type') return null
    } else if (depth === 2 && section !== '') {
      const fields = found[section]
      if (typeof fields !== 'object' || fields === null) return null
      if (key === 'tags' && opens) {
        tags = []
        Reflect.set(fields, key, tags)
      } else if (opens && (key === 'name' || key === 'url' || key === 'seq' || key === 'tags')) return null
      else if (!opens && key !== 'body') Reflect.set(fields, key, plain)
    }
  }
  return found
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}

/** Goes to the level of a line; false where YAML would not allow it, or only in a way that is not plain. */
function enter(
  levels: Level[],
  { indent, isList, opens }: { indent: number; isList: boolean; opens: boolean },
): boolean {
  const top = levels.at(-1)
  if (top === undefined) return false
  if (opens && (indent > top.indent || (isList && !top.isList && indent === top.indent))) {
    levels.push({ indent, isList, keys: [] })
    return true
  }
  if (indent > top.indent) return false
  while (levels.length > 0) {
    const last = levels.at(-1)
    if (last === undefined || last.indent < indent) return false
    if (last.indent === indent && last.isList === isList) {
      return true
    }
    levels.pop()
  }
  return false
}

/** The value of a scalar on one line; null where it is not plain. */
function scalar(value: string): string | null {
  if (DOUBLE.test(value) || SINGLE.test(value)) return value.slice(1, -1)
  if (value === '[]' || value === '{}') return ''
  if (!SAFE_PLAIN.test(value) || value.includes(': ') || value.includes(' #') || value.endsWith(':'))
    return null
  return value.trimEnd()
}

/** Behind the lines of a block literal below `indent`; null where its lines are not evenly deep. */
function skipLiteral(text: string, start: number, indent: number): number | null {
  let at = start
  let own = -1
  while (at < text.length) {
    const end = endOfLine(text, at)
    let first = at
    while (first < end && text.charCodeAt(first) === 0x20) first++
    const isBlank = first === end || (first === end - 1 && text.charCodeAt(first) === 0x0d)
    if (!isBlank) {
      const depth = first - at
      if (text.charCodeAt(first) === 0x09 && depth <= Math.max(indent, own - 1)) return null
      if (depth <= indent) return at
      if (own < 0) own = depth
      if (depth < own) return null
    } else if (own < 0 && first - at > indent) return null
    at = end + 1
  }
  return at
}
