// A number for each line of a view: equal lines have equal numbers, so that two bodies are compared without their texts.
import type { LineReader } from './find.ts'

const LINES_AT_ONCE = 2_000

/** Numbers of 53 bits. Lines that differ have equal ones so rarely that nobody will see it. */
export function* lineHashes(reader: LineReader): Generator<void, Float64Array<ArrayBuffer>> {
  const hashes = new Float64Array(reader.total)
  let line = 0
  while (line < reader.total) {
    const { lines } = reader.read(line, LINES_AT_ONCE)
    if (lines.length === 0) break
    for (const text of lines) {
      hashes[line] = hashOf(text)
      line += 1
    }
    yield
  }
  return hashes
}

/** Two multiplicative hashes of 32 bits, mixed into one number (after the public domain cyrb53). */
function hashOf(text: string): number {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    high = Math.imul(high ^ unit, 2654435761)
    low = Math.imul(low ^ unit, 1597334677)
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  return 4294967296 * (2097151 & low) + (high >>> 0)
}
