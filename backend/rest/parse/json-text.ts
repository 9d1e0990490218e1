// JSON as text with places: what is inside a document is found and copied as it was written, so that numbers stay exact.

/** A value and where it stands in the text. */
export type JsonNode =
  | {
      readonly kind: 'object'
      readonly start: number
      readonly end: number
      readonly members: readonly JsonMember[]
    }
  | {
      readonly kind: 'array'
      readonly start: number
      readonly end: number
      readonly items: readonly JsonNode[]
    }
  | { readonly kind: 'string' | 'number' | 'word'; readonly start: number; readonly end: number }

export interface JsonMember {
  readonly name: string
  readonly value: JsonNode
}

/** How deep values may stand in each other: more is nobody's document, but it would fill the stack. */
export const MAX_JSON_DEPTH = 500

/** The document of `text`. Throws SyntaxError when it is no JSON, or nested too deep. */
export function parseJsonText(text: string): JsonNode {
  // the places below are only sought in what is known to be JSON
  JSON.parse(text)
  return createReader(text).value(0)
}

/** The text of a value, as it was written. */
export function sliceOf(text: string, { start, end }: JsonNode): string {
  return text.slice(start, end)
}

/** What a JSON Pointer (RFC 6901) leads to: `/0/name`; the whole for ''. Undefined when there is no such value. */
export function followPointer(root: JsonNode, pointer: string): JsonNode | undefined {
  if (pointer === '') return root
  let node: JsonNode | undefined = root
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
    if (node?.kind === 'object') node = node.members.findLast((member) => member.name === name)?.value
    else if (node?.kind === 'array') node = /^(0|[1-9]\d*)$/.test(name) ? node.items[Number(name)] : undefined
    else return undefined
  }
  return node
}

function createReader(text: string) {
  let at = 0
  const skipSpace = (): void => {
    while (' \t\n\r'.includes(text[at] ?? 'x')) at += 1
  }
  /** Whether `character` stands next; it is taken then. */
  const takes = (character: string): boolean => {
    skipSpace()
    if (text[at] !== character) return false
    at += 1
    return true
  }
  const takeString = (): number => {
    do at = text.indexOf('"', at + 1)
    while (isEscaped(text, at))
    at += 1
    return at
  }
  const takeWord = (): number => {
    WORD.lastIndex = at
    at += WORD.exec(text)?.[0].length ?? 1
    return at
  }
  const object = (start: number, depth: number): JsonNode => {
    const members: JsonMember[] = []
    while (!takes('}')) {
      takes(',')
      skipSpace()
      const from = at
      const name: unknown = JSON.parse(text.slice(from, takeString()))
      takes(':')
      members.push({ name: String(name), value: value(depth + 1) })
    }
    return { kind: 'object', start, end: at, members }
  }
  const array = (start: number, depth: number): JsonNode => {
    const items: JsonNode[] = []
    while (!takes(']')) {
      takes(',')
      items.push(value(depth + 1))
    }
    return { kind: 'array', start, end: at, items }
  }
  const value = (depth: number): JsonNode => {
    if (depth > MAX_JSON_DEPTH) throw new SyntaxError('The document is nested too deep.')
    skipSpace()
    const start = at
    if (takes('{')) return object(start, depth)
    if (takes('[')) return array(start, depth)
    if (text[at] === '"') return { kind: 'string', start, end: takeString() }
    return { kind: /[-\d]/.test(text[at] ?? '') ? 'number' : 'word', start, end: takeWord() }
  }
  return { value }
}

/** Whether an odd number of backslashes stands before. */
function isEscaped(text: string, at: number): boolean {
  let before = at
  while (text[before - 1] === '\\') before -= 1
  return (at - before) % 2 === 1
}

const WORD = /[-+.\w]+/y
