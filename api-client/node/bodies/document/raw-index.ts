// Text as it came: where its lines begin.
import { LINES_APART, PART_BYTES, createCheckpoints, partsOf } from './checkpoints.ts'
import type { Checkpoint, Checkpoints } from './checkpoints.ts'
import type { LinesOut } from './lines-out.ts'
import type { Layout, Printer } from './printer.ts'
import type { Source } from './source.ts'

const NEWLINE = 10
const BLOCK = 64 * 1024
const MARKED_PART = PART_BYTES * LINES_APART
/** Whether a checkpoint is inside of a line is in this bit of its state. */
const IN_LINE = 128

export interface RawStart {
  readonly checkpoints: Checkpoints
  readonly offset: number
  readonly line: number
  /** Bytes of that line already. */
  readonly col: number
  /** Marks checkpoints as of raw text. */
  readonly state: number
}

export interface RawIndex {
  readonly lines: number
  readonly position: number
  feed(bytes: Uint8Array): void
}

/** Counts lines from a place on. */
export function createRawIndex({
  checkpoints,
  offset,
  line: startLine,
  col: startCol,
  state,
}: RawStart): RawIndex {
  let base = offset
  let line = startLine
  let col = startCol
  let nextPart = (Math.floor(startCol / MARKED_PART) + 1) * MARKED_PART
  let lastMark = startLine

  const markParts = (at: number): void => {
    while (col > nextPart) {
      lastMark = line + nextPart / PART_BYTES
      checkpoints.add({ line: lastMark, offset: at - (col - nextPart), depth: 0, state: state | IN_LINE })
      nextPart += MARKED_PART
    }
  }
  return {
    get lines() {
      return line + partsOf(col)
    },
    get position() {
      return base
    },
    feed(bytes) {
      const size = bytes.length
      let runStart = 0
      for (let at = 0; at < size; at += 1) {
        if (bytes[at] !== NEWLINE) continue
        col += at - runStart
        if (col > nextPart) markParts(base + at)
        line += partsOf(col)
        col = 0
        nextPart = MARKED_PART
        runStart = at + 1
        if (line - lastMark < LINES_APART) continue
        lastMark = line
        checkpoints.add({ line, offset: base + at + 1, depth: 0, state })
      }
      col += size - runStart
      base += size
      if (col > nextPart) markParts(base)
    },
  }
}

/** The layout of text as it came. */
export function createRawLayout(start: number): Layout {
  const checkpoints = createCheckpoints({ line: 0, offset: start, depth: 0, state: 0 })
  const index = createRawIndex({ checkpoints, offset: start, line: 0, col: 0, state: 0 })
  return {
    get position() {
      return index.position
    },
    get lines() {
      return index.lines
    },
    problem: null,
    checkpoints,
    feed: index.feed,
    finish: () => undefined,
    isPart: isInLine,
    print: (source, from, out) => printRaw(source, from.offset, out),
  }
}

/** Whether a checkpoint of raw text is inside of a line. */
export function isInLine({ state }: Checkpoint): boolean {
  return (state & IN_LINE) !== 0
}

/** Prints text as it stands. */
export function printRaw(source: Source, from: number, out: LinesOut): Printer {
  let offset = from
  return {
    runTo(stop) {
      while (offset < stop && !out.isFull) {
        const bytes = source.read(offset, Math.min(BLOCK, stop - offset))
        if (bytes.length === 0) return
        let at = 0
        while (at < bytes.length && !out.isFull) {
          const newline = bytes.indexOf(NEWLINE, at)
          out.bytes(bytes, at, newline === -1 ? bytes.length : newline)
          if (newline !== -1 && !out.isFull) out.newline()
          at = newline === -1 ? bytes.length : newline + 1
        }
        offset += at
      }
    },
    contiguousFrom: 0,
    holdsBack: false,
  }
}
