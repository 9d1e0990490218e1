// What an import or an export could not keep, collected while it goes on.
import type { z } from 'zod'
import type { ExchangeProblem as Schema } from '#contract/capabilities/collections.ts'

export type ExchangeProblem = z.infer<typeof Schema>
export type Severity = ExchangeProblem['severity']

/** More than a person reads: the rest is counted. */
const MOST = 5_000

/** Says what is not kept of one item. */
export type Report = (part: string, message: string, severity?: Severity) => void

export interface Problems {
  add(item: string, part: string, message: string, severity?: Severity): void
  /** For one item. */
  of(item: string): Report
  /** All, and at the end how many more there were. */
  list(): ExchangeProblem[]
}

/** The same problem of the same item is said once. */
export function collectProblems(): Problems {
  const known = new Map<string, ExchangeProblem>()
  let more = 0
  const add: Problems['add'] = (item, part, message, severity = 'lost') => {
    const key = JSON.stringify([item, part, message])
    if (known.has(key)) return
    if (known.size >= MOST) more++
    else known.set(key, { item, part, message, severity })
  }
  return {
    add,
    of: (item) => (part, message, severity) => add(item, part, message, severity),
    list: () =>
      more === 0
        ? [...known.values()]
        : [
            ...known.values(),
            { item: '', part: 'problems', message: `${more} more are not listed.`, severity: 'note' },
          ],
  }
}

/** Says nothing: for parts that are read twice. */
export const SILENT: Report = () => undefined
