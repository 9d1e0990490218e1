// XML and HTML as indented lines, as a layout: one machine counts the lines while the text arrives, another prints them.
import { LINES_APART, createCheckpoints, partsOf } from './checkpoints.ts'
import { indentOf } from './lines-out.ts'
import { MODE, createMarkupMachine } from './markup-machine.ts'
import type { MarkupSink } from './markup-machine.ts'
import type { Layout } from './printer.ts'

const BLOCK = 64 * 1024

/** The pretty view of XML or HTML that begins at `start`. */
export function createMarkupLayout(start: number, language: 'xml' | 'html'): Layout {
  const checkpoints = createCheckpoints({ line: 0, offset: start, depth: 0, state: 0 })
  let position = start
  let line = 0
  let col = 0
  let lastMark = 0
  const counter: MarkupSink = {
    bytes(_block, from, to) {
      col += to - from
    },
    byte() {
      col += 1
    },
    newline({ depth, offset, mode, isIndented }) {
      line += partsOf(col)
      col = isIndented ? indentOf(depth) : 0
      // In comments and tags the state is more than the mode.
      const isResumable = mode === MODE.text || mode >= MODE.rawText
      if (!isResumable || line - lastMark < LINES_APART) return
      lastMark = line
      checkpoints.add({ line, offset, depth, state: mode })
    },
    isFull: false,
  }
  const machine = createMarkupMachine(counter, { language, depth: 0, mode: 0 })
  let isFinished = false

  return {
    get position() {
      return position
    },
    get lines() {
      return line + partsOf(col)
    },
    problem: null,
    checkpoints,
    feed(bytes) {
      position += machine.feed(bytes, position)
    },
    finish() {
      isFinished = true
      machine.finish()
    },
    isPart: () => false,
    print(source, from, out) {
      let offset = from.offset
      let contiguousFrom = offset
      const sink: MarkupSink = {
        bytes: out.bytes,
        byte: out.byte,
        newline(place) {
          out.newline()
          if (place.isIndented) out.indent(place.depth)
          contiguousFrom = place.offset
        },
        get isFull() {
          return out.isFull
        },
      }
      if (from.line > 0 && from.state < MODE.rawText) out.indent(from.depth)
      const printing = createMarkupMachine(sink, { language, depth: from.depth, mode: from.state })
      let isAtEnd = false
      return {
        runTo(stop) {
          while (offset < stop && !out.isFull) {
            const bytes = source.read(offset, Math.min(BLOCK, stop - offset))
            if (bytes.length === 0) return
            offset += printing.feed(bytes, offset)
          }
          if (offset >= position && isFinished && !isAtEnd) {
            isAtEnd = true
            printing.finish()
          }
        },
        get contiguousFrom() {
          return contiguousFrom
        },
        get holdsBack() {
          return printing.mode === MODE.less || printing.mode === MODE.lessBang
        },
      }
    },
  }
}
