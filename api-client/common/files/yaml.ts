// The one way YAML is read and written here: texts stay as they were typed (no numbers, dates or objects are made of them), nothing can grow or run, and what
// is written looks the same for everybody.
import { Document, LineCounter, isScalar, parseDocument, visit } from 'yaml'

/** Characters of one file of a collection. */
const MOST_FILE = 40_000_000
const MOST_ALIASES = 100
/** The parser takes time with the square of the depth. */
const DEEPEST = 200

export type FileValue = string | number | boolean | readonly FileValue[] | FileMap
export interface FileMap {
  readonly [key: string]: FileValue | undefined
}

/** Why a text cannot be read, with the place in it. */
export class Unreadable extends Error {
  readonly path: readonly (string | number)[]

  constructor(path: readonly (string | number)[], message: string) {
    super(message)
    this.name = 'Unreadable'
    this.path = path
  }
}

export type ParsedDocument = Document.Parsed

export interface ParsedText {
  readonly document: ParsedDocument
  /** Maps, lists and texts: nothing else. */
  readonly value: unknown
  /** `line 4: …` for a place in it. */
  place(path: readonly (string | number)[]): string
}

/** Reads a text as one YAML document. Throws Unreadable with the line in its words. */
export function parseYaml(text: string): ParsedText {
  refuseExcess(text)
  const lines = new LineCounter()
  const document = parseOrRefuse(text, lines)
  const [problem] = document.errors
  if (problem !== undefined) {
    const where = lines.linePos(problem.pos[0]).line
    throw new Unreadable([], `Line ${String(where)}: ${sentence(problem.message)}`)
  }
  return {
    document,
    value: toValue(document),
    place(path) {
      for (let length = path.length; length > 0; length--) {
        const node = document.getIn(path.slice(0, length), true)
        const range = isRanged(node) ? node.range : null
        if (range) return `Line ${String(lines.linePos(range[0]).line)}: `
      }
      return ''
    },
  }
}

function parseOrRefuse(text: string, lineCounter: LineCounter): ParsedDocument {
  try {
    return parseDocument(text, {
      schema: 'failsafe',
      keepSourceTokens: true,
      uniqueKeys: true,
      strict: true,
      // Silent would take the first of several documents without a word.
      logLevel: 'error',
      prettyErrors: false,
      lineCounter,
    })
  } catch {
    throw new Unreadable([], 'It is nested too deeply, or is no YAML.')
  }
}

function toValue(document: ParsedDocument): unknown {
  try {
    return document.toJS({ maxAliasCount: MOST_ALIASES })
  } catch {
    throw new Unreadable([], 'Its aliases (`*name`) repeat too much, or name nothing.')
  }
}

/** The same text with numbers and truth values as such: to keep what we do not know when a file is written anew. */
export function parseTyped(text: string): unknown {
  const document = parseDocument(text, { intAsBigInt: true, logLevel: 'silent', prettyErrors: false })
  return document.toJS({ maxAliasCount: MOST_ALIASES })
}

function refuseExcess(text: string): void {
  if (text.length > MOST_FILE)
    throw new Unreadable([], `It is larger than ${String(MOST_FILE / 1_000_000)} MB.`)
  if (text.includes('\u0000')) throw new Unreadable([], 'It holds bytes that are no text.')
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x5b || code === 0x7b) depth++
    else if ((code === 0x5d || code === 0x7d) && depth > 0) depth--
    else if (code === 0x0a && isKeyStart(text.charCodeAt(at + 1))) depth = 0
    if (depth > DEEPEST) throw new Unreadable([], 'It is nested too deeply.')
  }
  if (/(?:[-?] ){100}/.test(text) || /^ {1000}/m.test(text))
    throw new Unreadable([], 'It is nested too deeply.')
}

function isKeyStart(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a)
}

function isRanged(node: unknown): node is { range: readonly [number, number, number] | null | undefined } {
  return typeof node === 'object' && node !== null && 'range' in node
}

function sentence(message: string): string {
  const first = message.split('\n')[0] ?? message
  return /[.!?]$/.test(first) ? first : `${first}.`
}

/** YAML of a value: block style, multi-line texts as block literals, keys in the order they have. Ends with a line feed. */
export function renderYaml(value: unknown): string {
  const document = new Document(value, { schema: 'core', version: '1.2' })
  visit(document, {
    Scalar(_, node) {
      if (isScalar(node) && typeof node.value === 'string' && isUnsafe(node.value)) node.type = 'QUOTE_DOUBLE'
    },
  })
  return document.toString({
    lineWidth: 0,
    minContentWidth: 0,
    indent: 2,
    blockQuote: 'literal',
    doubleQuotedAsJSON: true,
    flowCollectionPadding: true,
  })
}

/** Whether a block literal would change it, or hide it from who reads: it is quoted then. */
function isUnsafe(text: string): boolean {
  if (text === '') return false
  if (/\n\n$|^\n|^\s+$/.test(text) || !text.isWellFormed()) return true
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x20 ? code !== 0x0a && code !== 0x09 : isHidden(code)) return true
  }
  return false
}

function isHidden(code: number): boolean {
  return (code >= 0x7f && code <= 0x9f) || code === 0x2028 || code === 0x2029 || code === 0xfeff
}
