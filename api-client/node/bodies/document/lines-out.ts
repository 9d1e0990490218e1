// Takes the bytes of a view as they are printed, cuts them into lines and long lines into parts, and keeps those that were asked for.
import { PART_BYTES } from './checkpoints.ts'

const RETURN = 13
const INDENT = 2
const SHORT = 48
/** Deeper levels are not indented further: ten thousand levels would be a page of spaces each. */
const DEEPEST_INDENT = 100
const SPACES = Buffer.alloc(INDENT * DEEPEST_INDENT, ' ')

/** Spaces before a line. */
export function indentOf(depth: number): number {
  return (depth < DEEPEST_INDENT ? depth : DEEPEST_INDENT) * INDENT
}

export interface LinesOutOptions {
  /** Line with which the printing begins. */
  readonly startLine: number
  /** Whether that line goes on the one before, and so many bytes of it (0 to 3) belong before the place where a part begins by count. */
  readonly continues: boolean
  readonly carry: number
  /** The lines that are kept. */
  readonly from: number
  readonly count: number
  /** Bytes after which no line is added. */
  readonly maxBytes: number
}

export interface LinesOut {
  /** Appends bytes of the text to the line. */
  bytes(block: Uint8Array, from: number, to: number): void
  byte(value: number): void
  indent(depth: number): void
  newline(): void
  /** Ends the last line. */
  end(): void
  readonly isFull: boolean
  readonly lines: readonly string[]
  readonly continuing: readonly number[]
  /** The line that is being printed. */
  readonly line: number
  /** Of its current part: UTF-16 units, and what they are. */
  column(): number
  text(): string
}

/** Makes the taker of a view's bytes. */
export function createLinesOut(options: LinesOutOptions): LinesOut {
  const { from, count, maxBytes } = options
  const lines: string[] = []
  const continuing: number[] = []
  const pending = Buffer.allocUnsafe(PART_BYTES * 2)
  let length = 0
  let line = options.startLine
  let continues = options.continues
  let carry = options.carry
  let kept = 0
  let isFull = count === 0
  let isAscii = true

  const keep = (bytes: number): void => {
    if (line >= from && !isFull) {
      if (continues) continuing.push(lines.length)
      lines.push(pending.toString(isAscii ? 'latin1' : 'utf8', 0, bytes))
      kept += bytes
      isFull = lines.length >= count || kept >= maxBytes
    }
    line += 1
  }
  /** A part is full when a byte comes after it. It ends before the character that would be cut. */
  const cut = (): void => {
    const end = carry + PART_BYTES
    let at = end
    while (at > end - 3 && isContinuation(pending[at] ?? 0)) at -= 1
    keep(at)
    continues = true
    carry = end - at
    pending.copy(pending, 0, at, length)
    length -= at
  }
  const bytes = (block: Uint8Array, start: number, to: number): void => {
    let at = start
    while (at < to && !isFull) {
      const some = Math.min(to - at, pending.length - length)
      // Most tokens are shorter than what a view on them costs.
      if (some < SHORT)
        for (let index = 0; index < some; index += 1) {
          const value = block[at + index] ?? 0
          if (value >= 0x80) isAscii = false
          pending[length + index] = value
        }
      else {
        pending.set(block.subarray(at, at + some), length)
        isAscii = false
      }
      length += some
      at += some
      while (length > carry + PART_BYTES && !isFull) cut()
    }
  }
  const endLine = (): void => {
    keep(length > 0 && pending[length - 1] === RETURN ? length - 1 : length)
    length = 0
    isAscii = true
    carry = 0
    continues = false
  }
  return {
    bytes,
    byte(value) {
      if (value >= 0x80) isAscii = false
      pending[length] = value
      length += 1
      if (length > carry + PART_BYTES) cut()
    },
    indent: (depth) => bytes(SPACES, 0, indentOf(depth)),
    newline: endLine,
    end: endLine,
    get isFull() {
      return isFull
    },
    lines,
    continuing,
    get line() {
      return line
    },
    column: () => (isAscii ? length : pending.toString('utf8', 0, length).length),
    text: () => pending.toString('utf8', 0, length),
  }
}

/** Bytes (0 to 3) by which a place in UTF-8 moves back to the beginning of its character, as lines are cut. */
export function movedBack(around: Uint8Array, at: number): number {
  let moved = 0
  while (moved < 3 && moved < at && isContinuation(around[at - moved] ?? 0)) moved += 1
  return moved
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80
}
