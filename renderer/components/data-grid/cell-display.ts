// What a cell shows: pieces of text with a tone. The cut is on screen only; copying and the inspector read the whole value.
import { formatBytes } from '../format.ts'
import type { ValueKind } from './value-kind.ts'

export type Tone = 'plain' | 'null' | 'hint' | 'key' | 'string' | 'number' | 'word' | 'mark'

export interface Piece {
  readonly text: string
  readonly tone: Tone
}

export interface CellDisplay {
  readonly pieces: readonly Piece[]
  /** Shown on hover when the value was cut: its true size. */
  readonly title: string | undefined
}

/** Characters of a value put on screen: more than the widest column shows. */
const MAX_SHOWN = 300

/** How a value is shown in a cell of its kind. `undefined` is a value that has not arrived. */
export function displayCell(value: string | null | undefined, kind: ValueKind): CellDisplay {
  if (value === undefined) return { pieces: [{ text: '·', tone: 'hint' }], title: undefined }
  if (value === null) return { pieces: [{ text: 'NULL', tone: 'null' }], title: undefined }
  if (value === '') return { pieces: [{ text: "''", tone: 'hint' }], title: 'Empty text' }
  if (kind === 'bytes') return displayBytes(value)
  if (kind === 'boolean') return { pieces: [{ text: booleanWord(value), tone: 'plain' }], title: undefined }
  const isCut = value.length > MAX_SHOWN
  const shown = oneLine(isCut ? value.slice(0, MAX_SHOWN) : value)
  const pieces: readonly Piece[] = kind === 'json' ? jsonPieces(shown) : [{ text: shown, tone: 'plain' }]
  return {
    pieces: isCut ? [...pieces, { text: '…', tone: 'hint' }] : pieces,
    title: isCut ? `${formatBytes(byteLength(value))}, Space shows all of it` : undefined,
  }
}

/** Postgres prints `t` and `f`; people read and paste `true` and `false`. */
export function booleanWord(value: string): string {
  return value === 't' ? 'true' : value === 'f' ? 'false' : value
}

/** bytea comes as `\x` and two digits per byte: the size says more than the digits. */
function displayBytes(value: string): CellDisplay {
  if (!value.startsWith('\\x'))
    return { pieces: [{ text: oneLine(value.slice(0, MAX_SHOWN)), tone: 'plain' }], title: undefined }
  const size = (value.length - 2) / 2
  const shown = value.slice(0, 2 + 16)
  return {
    pieces: [
      { text: shown.length < value.length ? `${shown}…` : shown, tone: 'plain' },
      { text: ` ${formatBytes(size)}`, tone: 'hint' },
    ],
    title: undefined,
  }
}

/** Line breaks and tabs would be drawn as nothing: they are shown as marks of one character. */
function oneLine(text: string): string {
  return text.replaceAll(/\r\n|\n|\r/g, '↵').replaceAll('\t', '⇥')
}

/** Cuts JSON into coloured pieces; what is not JSON (a cut end, an array of Postgres) stays plain. */
export function jsonPieces(text: string): readonly Piece[] {
  const pieces: Piece[] = []
  const pattern =
    /"(?:[^"\\]|\\.)*"?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]|\s+|[^\s"{}[\],:]+/g
  for (const match of text.matchAll(pattern)) {
    const part = match[0]
    const after = text.slice(match.index + part.length)
    pieces.push({ text: part, tone: toneOf(part, after) })
  }
  return pieces
}

function toneOf(part: string, after: string): Tone {
  if (part.startsWith('"')) return /^\s*:/.test(after) ? 'key' : 'string'
  if (/^-?\d/.test(part)) return 'number'
  if (part === 'true' || part === 'false' || part === 'null') return 'word'
  if (/^[{}[\]]$/.test(part)) return 'plain'
  return /^[,:]$/.test(part) ? 'mark' : 'plain'
}

/** UTF-8 bytes of a text, without encoding it. */
export function byteLength(text: string): number {
  let bytes = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit < 0x80) bytes += 1
    else if (unit < 0x800) bytes += 2
    else if (unit >= 0xd800 && unit < 0xdc00) {
      bytes += 4
      at++
    } else bytes += 3
  }
  return bytes
}
