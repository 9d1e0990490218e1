// What the layouts of a body have in common: an index that is fed while the text arrives, and printing from one of its checkpoints.
import type { Checkpoint, Checkpoints } from './checkpoints.ts'
import { createLinesOut, movedBack } from './lines-out.ts'
import type { LinesOut } from './lines-out.ts'
import type { Source } from './source.ts'

export interface Printer {
  /** Prints up to a place in the text, or until `out` is full. */
  runTo(offset: number): void
  /** Since this place what was printed is what stands in the text. */
  readonly contiguousFrom: number
  /** Whether it waits for the next byte before it prints the last one. */
  readonly holdsBack: boolean
}

/** How a text is laid out in lines. */
export interface Layout {
  /** Bytes read. */
  readonly position: number
  /** Lines so far; the last one may still grow. */
  readonly lines: number
  /** Why the rest is shown as it came. */
  readonly problem: string | null
  readonly checkpoints: Checkpoints
  feed(bytes: Uint8Array): void
  /** No more comes. */
  finish(): void
  /** Prints from a checkpoint, which continues a line when `isPart`. */
  print(source: Source, from: Checkpoint, out: LinesOut): Printer
  /** Whether a checkpoint is inside of a line. */
  isPart(checkpoint: Checkpoint): boolean
}

/** At most so much is given at once. */
const MOST_BYTES = 4 * 1024 * 1024

export interface PrintedLines {
  readonly lines: readonly string[]
  readonly continues: readonly number[]
}

/** Reads lines of a layout. */
export function readLines(
  layout: Layout,
  source: Source,
  {
    from,
    count,
    maxBytes = MOST_BYTES,
  }: { readonly from: number; readonly count: number; readonly maxBytes?: number },
): PrintedLines {
  const wanted = Math.min(count, layout.lines - from)
  if (wanted <= 0 || layout.position === 0) return { lines: [], continues: [] }
  const checkpoint = layout.checkpoints.ofLine(from)
  const { out, printer } = startAt({ layout, source, checkpoint, kept: { from, count: wanted, maxBytes } })
  printer.runTo(layout.position)
  if (!out.isFull) out.end()
  return { lines: out.lines, continues: out.continuing }
}

export interface Place {
  readonly line: number
  readonly column: number
}

export interface Locator {
  /** Line and column of a place in the text. Null where the `length` bytes from there are not printed as they stand. Places must not go down. */
  locate(offset: number, length: number): Place | null
  /**
   * The same for what may be printed with other spaces: `lengthAtEnd` says how many characters at the end of the line, as it is printed up to `end`, are
   * what was looked for; 0 when it is something else.
   */
  locatePrinted(offset: number, end: number, lengthAtEnd: (line: string) => number): Place | null
}

/** So far ahead one prints on; further it is faster to begin at a checkpoint. */
const NEAR = 64 * 1024
/** Markup is told by its first three bytes. */
const MOST_HELD = 2

/** Finds where in the view places of the text are. */
export function createLocator(layout: Layout, source: Source): Locator {
  let position = -1
  let current: { readonly out: LinesOut; readonly printer: Printer } | undefined

  const approach = (offset: number): { readonly out: LinesOut; readonly printer: Printer } => {
    if (current === undefined || position > offset + 1 || offset - position > NEAR) {
      const checkpoint = layout.checkpoints.ofOffset(offset)
      if (current === undefined || checkpoint.offset > position || position > offset + 1)
        current = startAt({
          layout,
          source,
          checkpoint,
          kept: { from: Number.POSITIVE_INFINITY, count: 1, maxBytes: MOST_BYTES },
        })
    }
    return current
  }
  return {
    locate(offset, length) {
      const { out, printer } = approach(offset)
      // The first byte too: what is put before it, a line break say, comes with it.
      let ahead = 1
      printer.runTo(offset + ahead)
      while (printer.holdsBack && ahead <= MOST_HELD && offset + ahead < layout.position) {
        ahead += 1
        printer.runTo(offset + ahead)
      }
      const place = { line: out.line, column: Math.max(0, out.column() - ahead) }
      const { contiguousFrom } = printer
      position = offset + Math.max(length, ahead)
      printer.runTo(position)
      return contiguousFrom <= offset && printer.contiguousFrom <= offset ? place : null
    },
    locatePrinted(offset, end, lengthAtEnd) {
      const { out, printer } = approach(offset)
      printer.runTo(end)
      position = end
      const text = out.text()
      const length = lengthAtEnd(text)
      return length === 0 ? null : { line: out.line, column: text.length - length }
    },
  }
}

function startAt({
  layout,
  source,
  checkpoint,
  kept,
}: {
  readonly layout: Layout
  readonly source: Source
  readonly checkpoint: Checkpoint
  readonly kept: { readonly from: number; readonly count: number; readonly maxBytes: number }
}): { readonly out: LinesOut; readonly printer: Printer } {
  const isPart = layout.isPart(checkpoint)
  const before = Math.max(0, checkpoint.offset - 3)
  const carry = isPart ? movedBack(source.copy(before, checkpoint.offset + 1), checkpoint.offset - before) : 0
  const out = createLinesOut({ startLine: checkpoint.line, continues: isPart, carry, ...kept })
  const moved = carry === 0 ? checkpoint : { ...checkpoint, offset: checkpoint.offset - carry }
  return { out, printer: layout.print(source, moved, out) }
}
