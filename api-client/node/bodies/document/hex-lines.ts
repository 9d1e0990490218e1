// Bytes as lines of sixteen: place, values, and the characters of those that are ASCII.
import type { PrintedLines } from './printer.ts'
import type { Source } from './source.ts'

const WIDTH = 16

/** Lines of so many bytes. */
export function hexLineCount(bytes: number): number {
  return Math.ceil(bytes / WIDTH)
}

/** Reads lines: `00000010  48 65 6c 6c 6f …  |Hello…|`. */
export function hexLines(source: Source, from: number, count: number): PrintedLines {
  const bytes = source.copy(from * WIDTH, (from + count) * WIDTH)
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += WIDTH) {
    const row = bytes.subarray(at, at + WIDTH)
    const place = (from * WIDTH + at).toString(16).padStart(8, '0')
    const values = row
      .toString('hex')
      .replaceAll(/../g, '$& ')
      .trimEnd()
      .padEnd(WIDTH * 3 - 1)
    const characters = row.toString('latin1').replaceAll(/[^\x20-\x7e]/g, '.')
    lines.push(`${place}  ${values}  |${characters}|`)
  }
  return { lines, continues: [] }
}
