// The log of a server: what it said when it would not start, and keeping the file from growing without end.
import { open, stat, truncate } from 'node:fs/promises'

const TAIL_BYTES = 8 * 1024

/** The last words of a log file that were written after byte `from`; empty when there is none. */
export async function readLogTail(file: string, from = 0): Promise<string> {
  const handle = await open(file, 'r').catch(() => undefined)
  if (handle === undefined) return ''
  try {
    const { size } = await handle.stat()
    const start = Math.max(from > size ? 0 : from, size - TAIL_BYTES)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(TAIL_BYTES), 0, TAIL_BYTES, start)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await handle.close()
  }
}

/** The sentence that explains a failure in the output of Postgres or initdb, in words for a person. */
export function failureReason(output: string): string {
  if (/No space left on device|Disk quota exceeded/i.test(output)) {
    return 'The disk is full. Free some space and try again.'
  }
  const lines = output.split('\n').map((line) => line.trim())
  const line =
    lines.findLast((text) => /\b(FATAL|PANIC):/.test(text)) ??
    lines.findLast((text) => /\b(error|ERROR):/.test(text)) ??
    lines.findLast((text) => text !== '') ??
    'It gave no reason.'
  const words = line.replace(/^.*?\b(FATAL|PANIC|error|ERROR):\s*/, '')
  return `Postgres said: ${words}`
}

/** Empties a log that has grown beyond `maxBytes`. The server appends, so it goes on writing at the start. */
export async function boundLog(file: string, maxBytes: number): Promise<void> {
  const stats = await stat(file).catch(() => undefined)
  if (stats !== undefined && stats.size > maxBytes) await truncate(file)
}
