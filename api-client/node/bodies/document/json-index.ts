// Reads JSON as bytes while it arrives: whether it is valid, how many lines its pretty view has, where one can begin to print, and where large arrays and
// objects have their children. Nothing is parsed into values, so no digit can change.
import { LINES_APART, PART_BYTES, createCheckpoints, lastNotAfter, partsOf } from './checkpoints.ts'
import type { Checkpoints } from './checkpoints.ts'
import { LITERALS, NUMBER, REASONS, STATE, isEscape, isHex, numberStep } from './json-states.ts'
import { createRawIndex } from './raw-index.ts'
import type { RawIndex } from './raw-index.ts'
import { indentOf } from './lines-out.ts'

/** States of checkpoints. */
export const AT = { lineStart: 0, string: 1, escaped: 2, raw: 3 } as const

/** Arrays and objects of more bytes are remembered, smaller ones are read again when they are opened. */
const LARGE = 16 * 1024
/** Children from one mark to the next. */
export const CHILDREN_APART = 256
const DEEPEST = 100_000
const MARKED_PART = PART_BYTES * LINES_APART

export interface Container {
  /** After its closing bracket; null while it is still arriving. */
  readonly end: number | null
  readonly children: number
  /** Where each 256th child begins (or the space before it): of the 256th first. */
  readonly marks: readonly number[]
}

export interface JsonProblem {
  readonly offset: number
  /** Of the text as it came, from 1. */
  readonly line: number
  readonly column: number
  readonly reason: string
}

export interface JsonIndex {
  /** Bytes read. */
  readonly position: number
  readonly lines: number
  readonly problem: JsonProblem | null
  readonly checkpoints: Checkpoints
  /** Whether the first value is an array whose first element is an object. */
  readonly isTable: boolean
  feed(bytes: Uint8Array): void
  /** No more comes: what is open then is a problem. */
  finish(): void
  /** What is known of the array or object that begins there; null of small ones. */
  container(start: number): Container | null
}

/** Makes the index of a text that begins at `start` (after a byte order mark). */
export function createJsonIndex(start: number): JsonIndex {
  const checkpoints = createCheckpoints({ line: 0, offset: start, depth: 0, state: AT.lineStart })
  const large = new Map<number, Container>()
  // Of the arrays and objects that are open.
  let starts = new Float64Array(64)
  let counts = new Int32Array(64)
  let isObject = new Uint8Array(64)
  const marks: (number[] | null)[] = []
  let state: number = STATE.value
  let depth = 0
  let base = start
  let line = 0
  let col = 0
  let lastMark = 0
  let nextPart = MARKED_PART
  let afterOpen = false
  let afterComma = false
  let isKey = false
  let hexLeft = 0
  let literal = ''
  let literalAt = 0
  let rawLine = 1
  let rawLineStart = start
  let problem: JsonProblem | null = null
  let isTable = false
  let raw: RawIndex | null = null

  const fail = (offset: number, reason: string): void => {
    if (afterComma && reason !== REASONS.early) newline(offset, false)
    problem = { offset, line: rawLine, column: offset - rawLineStart + 1, reason }
    state = STATE.raw
  }
  const newline = (offset: number, isGoodPlace: boolean): void => {
    line += col <= PART_BYTES ? 1 : partsOf(col)
    col = indentOf(depth)
    nextPart = MARKED_PART
    if (isGoodPlace && line - lastMark >= LINES_APART) {
      lastMark = line
      checkpoints.add({ line, offset, depth, state: AT.lineStart })
    }
  }
  /** Inside a string: a checkpoint where every 256th part of this line begins. */
  const markParts = (offset: number, run: number): void => {
    while (col >= nextPart) {
      const behind = col - nextPart
      lastMark = line + nextPart / PART_BYTES
      // What is before the run of plain characters is the rest of an escape.
      const state = behind > run ? AT.escaped : AT.string
      checkpoints.add({ line: lastMark, offset: offset - behind, depth, state })
      nextPart += MARKED_PART
    }
  }

  const open = (offset: number, object: boolean): void => {
    if (depth === 0 && col === 0 && !object) isTable = false
    if (depth === 1 && object && isObject[0] === 0 && counts[0] === 0) isTable = true
    if (depth === starts.length) {
      const size = depth * 2
      const grownStarts = new Float64Array(size)
      grownStarts.set(starts)
      starts = grownStarts
      const grownCounts = new Int32Array(size)
      grownCounts.set(counts)
      counts = grownCounts
      const grownTypes = new Uint8Array(size)
      grownTypes.set(isObject)
      isObject = grownTypes
    }
    starts[depth] = offset
    counts[depth] = 0
    isObject[depth] = object ? 1 : 0
    marks[depth] = null
    depth += 1
    col += 1
    afterOpen = true
    state = object ? STATE.keyOrEnd : STATE.valueOrEnd
  }
  const close = (offset: number): void => {
    depth -= 1
    if (afterOpen) afterOpen = false
    else {
      counts[depth] = (counts[depth] ?? 0) + 1
      newline(offset, false)
    }
    col += 1
    const begin = starts[depth] ?? 0
    if (offset - begin >= LARGE)
      large.set(begin, { end: offset + 1, children: counts[depth] ?? 0, marks: marks[depth] ?? [] })
    state = depth === 0 ? STATE.end : STATE.after
  }
  const comma = (offset: number): void => {
    const top = depth - 1
    const children = (counts[top] ?? 0) + 1
    counts[top] = children
    if ((children & (CHILDREN_APART - 1)) === 0) (marks[top] ??= []).push(offset + 1)
    col += 1
    afterComma = true
    state = isObject[top] === 1 ? STATE.key : STATE.value
  }
  /** What comes first in an array or object, or after a comma, begins a line. */
  const begin = (offset: number): void => {
    if (!afterOpen && !afterComma) return
    afterOpen = false
    afterComma = false
    newline(offset, true)
  }
  const beginValue = (byte: number, offset: number): void => {
    if (byte === 0x7b || byte === 0x5b) {
      if (depth >= DEEPEST) return fail(offset, 'it is nested deeper than 100,000 levels')
      begin(offset)
      return open(offset, byte === 0x7b)
    }
    if (byte === 0x22) {
      begin(offset)
      isKey = false
      col += 1
      state = STATE.string
    } else if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) {
      begin(offset)
      col += 1
      state = byte === 0x2d ? NUMBER.minus : byte === 0x30 ? NUMBER.zero : NUMBER.int
    } else {
      const word = LITERALS[byte]
      if (word === undefined) return fail(offset, REASONS.value)
      begin(offset)
      literal = word
      literalAt = 1
      col += 1
      state = STATE.literal
    }
  }
  const endValue = (): void => {
    state = depth === 0 ? STATE.end : STATE.after
  }

  const feed = (bytes: Uint8Array): void => {
    const at = raw === null ? feedJson(bytes) : 0
    base += at
    if (at === bytes.length) return
    raw ??= createRawIndex({ checkpoints, offset: base, line, col, state: AT.raw })
    raw.feed(at === 0 ? bytes : bytes.subarray(at))
  }
  /** Gives how much of it was JSON. */
  const feedJson = (bytes: Uint8Array): number => {
    const size = bytes.length
    let at = 0
    while (at < size && state !== STATE.raw) {
      if (state === STATE.string) {
        const runStart = at
        let byte = bytes[at] ?? 0
        while (at < size && byte !== 0x22 && byte !== 0x5c && byte >= 0x20) {
          at += 1
          byte = bytes[at] ?? 0
        }
        col += at - runStart
        if (col >= nextPart) markParts(base + at, at - runStart)
        if (at === size) break
        if (byte === 0x22) {
          at += 1
          col += 1
          if (isKey) state = STATE.colon
          else endValue()
        } else if (byte === 0x5c) {
          at += 1
          col += 1
          state = STATE.escape
        } else fail(base + at, REASONS.control)
        continue
      }
      let byte = bytes[at] ?? 0
      if (state <= STATE.lastBetween) {
        while (
          byte <= 0x20 &&
          at < size &&
          (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09)
        ) {
          at += 1
          if (byte === 0x0a) {
            rawLine += 1
            rawLineStart = base + at
          }
          byte = bytes[at] ?? 0
        }
        if (at === size) break
        const offset = base + at
        switch (state) {
          case STATE.after:
            if (byte === 0x2c) comma(offset)
            else if (byte === (isObject[depth - 1] === 1 ? 0x7d : 0x5d)) close(offset)
            else fail(offset, isObject[depth - 1] === 1 ? REASONS.afterMember : REASONS.afterElement)
            break
          case STATE.colon:
            if (byte !== 0x3a) fail(offset, REASONS.colon)
            else {
              col += 2
              state = STATE.value
            }
            break
          case STATE.key:
          case STATE.keyOrEnd:
            if (byte === 0x22) {
              begin(offset)
              isKey = true
              col += 1
              state = STATE.string
            } else if (byte === 0x7d && state === STATE.keyOrEnd) close(offset)
            else fail(offset, REASONS.key)
            break
          case STATE.valueOrEnd:
            if (byte === 0x5d) close(offset)
            else beginValue(byte, offset)
            break
          case STATE.value:
            beginValue(byte, offset)
            break
          default:
            fail(offset, REASONS.end)
        }
        if (problem === null) at += 1
        continue
      }
      if (state >= NUMBER.first) {
        if (state === NUMBER.int || state === NUMBER.fraction) {
          const runStart = at
          while (at < size && byte >= 0x30 && byte <= 0x39) {
            at += 1
            byte = bytes[at] ?? 0
          }
          col += at - runStart
          if (at === size) break
        }
        const next = numberStep(state, byte)
        if (next === 0) endValue()
        else if (next < 0) fail(base + at, REASONS.number)
        else {
          state = next
          col += 1
          at += 1
        }
        continue
      }
      switch (state) {
        case STATE.escape:
          if (byte === 0x75) {
            hexLeft = 4
            state = STATE.hex
          } else if (isEscape(byte)) state = STATE.string
          else {
            fail(base + at, REASONS.escape)
            break
          }
          at += 1
          col += 1
          break
        case STATE.hex:
          if (!isHex(byte)) {
            fail(base + at, REASONS.escape)
            break
          }
          hexLeft -= 1
          at += 1
          col += 1
          if (hexLeft === 0) state = STATE.string
          break
        case STATE.literal:
          if (byte !== literal.charCodeAt(literalAt)) {
            fail(base + at, REASONS.value)
            break
          }
          literalAt += 1
          at += 1
          col += 1
          if (literalAt === literal.length) endValue()
          break
      }
    }
    return at
  }
  return {
    get position() {
      return raw === null ? base : raw.position
    },
    get lines() {
      return raw === null ? line + partsOf(col) : raw.lines
    },
    get problem() {
      return problem
    },
    get isTable() {
      return isTable
    },
    checkpoints,
    feed,
    finish() {
      if (state === STATE.raw || state === STATE.end) return
      if (depth === 0 && numberStep(state, 0x20) === 0) return endValue()
      fail(base, REASONS.early)
    },
    container(offset) {
      const closed = large.get(offset)
      if (closed !== undefined || depth === 0) return closed ?? null
      const index = lastNotAfter(starts, depth, offset)
      if (starts[index] !== offset) return null
      return { end: null, children: openChildren(index), marks: marks[index] ?? [] }
    },
  }

  /** A child that has begun counts. */
  function openChildren(index: number): number {
    const hasOne = index < depth - 1 || !(afterOpen || state === STATE.key || state === STATE.value)
    return (counts[index] ?? 0) + (hasOne ? 1 : 0)
  }
}
