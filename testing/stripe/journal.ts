// Keeps the requests that changed something, one line of JSON each. The fake is deterministic: the same requests at the same times make the same state.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import type { JournalEntry } from './server.ts'

const Line = z.object({
  at: z.number().int(),
  entry: z.object({
    method: z.string(),
    path: z.string(),
    body: z.string(),
    key: z.string().nullable(),
    isJson: z.boolean(),
  }),
})

/** @param at seconds, of the server's own clock */
export function appendJournal(file: string, at: number, entry: JournalEntry): void {
  appendFileSync(file, `${JSON.stringify({ at, entry } satisfies z.infer<typeof Line>)}\n`, { mode: 0o600 })
}

/** @returns what was kept, oldest first. A last line that a crash cut off is taken out of the file: its request was not answered. */
export function readJournal(file: string): z.infer<typeof Line>[] {
  if (!existsSync(file)) return []
  const text = readFileSync(file, 'utf8')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  if (whole !== text) writeFileSync(file, whole)
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Line.parse(JSON.parse(line)))
}
