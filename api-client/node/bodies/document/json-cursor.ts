// Walks arrays and objects of JSON in a file without parsing: where children begin and end, their names, their texts.
import type { TreeNode } from '../types.ts'
import { CHILDREN_APART } from './json-index.ts'
import type { JsonIndex } from './json-index.ts'
import type { Source } from './source.ts'

const BLOCK = 64 * 1024
/** Longer names are not compared or shown as a whole. */
const LONGEST_NAME = 64 * 1024

export interface Child {
  readonly index: number
  /** The name as it stands, with its quotes; null in arrays. */
  readonly name: { readonly from: number; readonly to: number } | null
  readonly from: number
  readonly to: number
}

export interface JsonCursor {
  /** Where the value begins; null when there is none. */
  root(): number | null
  type(offset: number): TreeNode['type']
  end(offset: number): number
  /** Children of an array or object from an index on; none of a scalar. */
  children(offset: number, from?: number): Generator<Child, void>
  count(offset: number): number
  nameOf(child: Child): string
  /** The value as it stands, cut after so many bytes. */
  text(from: number, to: number): string
  /** The child of that name (of several the last, as JSON.parse has it) or index. */
  child(offset: number, key: string): Child | null
}

/** Walks what `index` has read of `source`. */
export function createJsonCursor(index: JsonIndex, shared: Source, start: number): JsonCursor {
  const source = shared.fork()
  let block: Buffer = Buffer.alloc(0)
  let blockFrom = 0
  const limit = (): number => index.problem?.offset ?? index.position

  /** A block holds nothing beyond the limit, so what lies in it needs no other check. */
  const byteAt = (offset: number): number => {
    const at = offset - blockFrom
    if (at >= 0 && at < block.length) return block[at] ?? -1
    const end = limit()
    if (offset >= end) return -1
    block = source.read(offset, Math.min(BLOCK, end - offset))
    blockFrom = offset
    return block[0] ?? -1
  }
  const skipSpace = (offset: number): number => {
    let at = offset
    let byte = byteAt(at)
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      at += 1
      byte = byteAt(at)
    }
    return at
  }
  /** After the closing quote of a text that begins there. Whole bodies are walked, so blocks are read in loops of their own. */
  const endOfString = (offset: number): number => {
    let at = offset + 1
    while (byteAt(at) !== -1) {
      const bytes = block
      const last = bytes.length
      let place = at - blockFrom
      for (; place < last; place += 1) {
        const byte = bytes[place]
        if (byte === 0x22) return blockFrom + place + 1
        if (byte === 0x5c) place += 1
      }
      at = blockFrom + place
    }
    return limit()
  }
  const endOfContainer = (offset: number): number => {
    const known = index.container(offset)
    if (known !== null) return known.end ?? limit()
    let depth = 0
    let at = offset
    while (byteAt(at) !== -1) {
      const bytes = block
      const last = bytes.length
      let place = at - blockFrom
      for (; place < last; place += 1) {
        const byte = bytes[place]
        if (byte === 0x22) break
        if (byte === 0x7b || byte === 0x5b) depth += 1
        else if (byte === 0x7d || byte === 0x5d) {
          depth -= 1
          if (depth === 0) return blockFrom + place + 1
        }
      }
      at = blockFrom + place
      if (place < last) at = endOfString(at)
    }
    return limit()
  }
  const end = (offset: number): number => {
    const byte = byteAt(offset)
    if (byte === 0x22) return endOfString(offset)
    if (byte === 0x7b || byte === 0x5b) return endOfContainer(offset)
    let at = offset
    let next = byte
    while (next > 0x20 && next !== 0x2c && next !== 0x5d && next !== 0x7d) {
      at += 1
      next = byteAt(at)
    }
    return at
  }
  const isContainer = (offset: number): boolean => {
    const byte = byteAt(offset)
    return byte === 0x7b || byte === 0x5b
  }
  function* children(offset: number, from = 0): Generator<Child, void> {
    if (!isContainer(offset)) return
    const isObject = byteAt(offset) === 0x7b
    const marks = index.container(offset)?.marks ?? []
    const mark = Math.min(Math.floor(from / CHILDREN_APART), marks.length)
    let number = mark * CHILDREN_APART
    let at = skipSpace(mark === 0 ? offset + 1 : (marks[mark - 1] ?? 0))
    for (;;) {
      const first = byteAt(at)
      if (first === -1 || first === 0x5d || first === 0x7d) return
      let name: Child['name'] = null
      if (isObject) {
        const to = endOfString(at)
        name = { from: at, to }
        at = skipSpace(skipSpace(to) + 1)
        if (byteAt(at) === -1) return
      }
      const to = end(at)
      if (number >= from) yield { index: number, name, from: at, to }
      number += 1
      at = skipSpace(to)
      if (byteAt(at) !== 0x2c) return
      at = skipSpace(at + 1)
    }
  }
  const text = (from: number, to: number): string => {
    const at = from - blockFrom
    // Mostly it lies in what was read last: a name, a value beside it.
    if (at >= 0 && to - blockFrom <= block.length) return block.toString('utf8', at, to - blockFrom)
    return source.copy(from, to).toString('utf8')
  }
  const nameOf = ({ index: number, name }: Child): string => {
    if (name === null) return String(number)
    const written = text(name.from, Math.min(name.to, name.from + LONGEST_NAME))
    return unquoted(written)
  }
  return {
    root() {
      const at = skipSpace(start)
      return byteAt(at) === -1 ? null : at
    },
    type: (offset) => typeOf(byteAt(offset)),
    end,
    children,
    count(offset) {
      const known = index.container(offset)
      if (known !== null) return known.children
      let count = 0
      for (const _child of children(offset)) count += 1
      return count
    },
    nameOf,
    text,
    child(offset, key) {
      if (byteAt(offset) === 0x5b) {
        if (!/^(0|[1-9][0-9]{0,14})$/.test(key)) return null
        return children(offset, Number(key)).next().value ?? null
      }
      let found: Child | null = null
      for (const child of children(offset)) if (isNamed(child, key)) found = child
      return found
    },
  }

  /** A name without escapes has at least as many bytes as characters, and at most three times as many. */
  function isNamed(child: Child, key: string): boolean {
    if (child.name === null) return false
    const bytes = child.name.to - child.name.from - 2
    return bytes >= key.length && bytes <= key.length * 12 && nameOf(child) === key
  }
}

function typeOf(byte: number): TreeNode['type'] {
  if (byte === 0x7b) return 'object'
  if (byte === 0x5b) return 'array'
  if (byte === 0x22) return 'string'
  if (byte === 0x74 || byte === 0x66) return 'boolean'
  return byte === 0x6e ? 'null' : 'number'
}

/** What a JSON text says; as it stands when it was cut. */
export function unquoted(written: string): string {
  if (!written.includes('\\') && written.endsWith('"')) return written.slice(1, -1)
  try {
    const value: unknown = JSON.parse(written)
    return typeof value === 'string' ? value : written
  } catch {
    return written
  }
}
