// Prints JSON that the index has read, from any checkpoint on, in lines with indentation. Tokens are copied as they stand. After a problem the text is
// printed as it came.
import type { Checkpoint } from './checkpoints.ts'
import { AT } from './json-index.ts'
import type { LinesOut } from './lines-out.ts'
import type { Printer } from './printer.ts'
import { printRaw } from './raw-index.ts'
import type { Source } from './source.ts'

const BLOCK = 64 * 1024
const MODE = { between: 0, string: 1, escape: 2, token: 3 } as const

/** Prints from a checkpoint. `problemAt` is where the JSON is not valid any more. */
export function printJson(
  source: Source,
  from: Checkpoint,
  { out, problemAt }: { readonly out: LinesOut; readonly problemAt: number | null },
): Printer {
  let offset = from.offset
  let { depth } = from
  const rawFrom = (from.state & AT.raw) === AT.raw ? offset : (problemAt ?? Number.POSITIVE_INFINITY)
  let raw: Printer | null = null
  let mode: number =
    from.state === AT.string ? MODE.string : from.state === AT.escaped ? MODE.escape : MODE.between
  let afterOpen = false
  let afterComma = false
  let contiguousFrom = offset
  if (from.state === AT.lineStart) out.indent(depth)

  const newline = (at: number): void => {
    out.newline()
    out.indent(depth)
    contiguousFrom = at
  }
  const feed = (bytes: Uint8Array, base: number): number => {
    let at = 0
    const size = bytes.length
    while (at < size && !out.isFull) {
      if (mode === MODE.string) {
        const runStart = at
        let byte = bytes[at] ?? 0
        while (at < size && byte !== 0x22 && byte !== 0x5c) {
          at += 1
          byte = bytes[at] ?? 0
        }
        if (at < size) {
          at += 1
          mode = byte === 0x22 ? MODE.between : MODE.escape
        }
        out.bytes(bytes, runStart, at)
        continue
      }
      if (mode === MODE.escape) {
        out.byte(bytes[at] ?? 0)
        at += 1
        mode = MODE.string
        continue
      }
      const byte = bytes[at] ?? 0
      if (mode === MODE.token) {
        const runStart = at
        while (at < size && !endsToken(bytes[at] ?? 0)) at += 1
        out.bytes(bytes, runStart, at)
        if (at < size) mode = MODE.between
        continue
      }
      if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
        at += 1
        contiguousFrom = base + at
        continue
      }
      if (afterComma || (afterOpen && byte !== 0x7d && byte !== 0x5d)) {
        afterOpen = false
        afterComma = false
        newline(base + at)
      }
      at += 1
      switch (byte) {
        case 0x7b:
        case 0x5b:
          out.byte(byte)
          depth += 1
          afterOpen = true
          break
        case 0x7d:
        case 0x5d:
          depth -= 1
          if (!afterOpen) newline(base + at - 1)
          afterOpen = false
          out.byte(byte)
          break
        case 0x2c:
          out.byte(byte)
          afterComma = true
          break
        case 0x3a:
          out.byte(byte)
          out.byte(0x20)
          contiguousFrom = base + at
          break
        case 0x22:
          out.byte(byte)
          mode = MODE.string
          break
        default:
          at -= 1
          mode = MODE.token
      }
    }
    return at
  }
  return {
    runTo(stop) {
      while (offset < stop && !out.isFull) {
        if (raw !== null || offset >= rawFrom) {
          if (raw === null && afterComma) newline(offset)
          raw ??= printRaw(source, offset, out)
          raw.runTo(stop)
          return
        }
        const bytes = source.read(offset, Math.min(BLOCK, Math.min(stop, rawFrom) - offset))
        if (bytes.length === 0) return
        offset += feed(bytes, offset)
      }
    },
    get contiguousFrom() {
      return contiguousFrom
    },
    holdsBack: false,
  }
}

/** What ends a number or word: space, comma, colon, brackets, a quote. */
function endsToken(byte: number): boolean {
  return (
    byte <= 0x20 ||
    byte === 0x2c ||
    byte === 0x3a ||
    byte === 0x7d ||
    byte === 0x5d ||
    byte === 0x7b ||
    byte === 0x5b ||
    byte === 0x22
  )
}
