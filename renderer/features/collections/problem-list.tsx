// What an import or an export could not keep, the gravest first, and as text to copy.
import type { ReactNode } from 'react'
import type { z } from 'zod'
import type { ExchangeProblem as Schema } from '#contract/capabilities/collections.ts'
import { Badge, type BadgeTone } from '../../components/badge.tsx'
import { formatCount } from '../../components/format.ts'

export type ExchangeProblem = z.infer<typeof Schema>
type Severity = ExchangeProblem['severity']

const ORDER: readonly Severity[] = ['lost', 'changed', 'note']
const WORDS: Readonly<Record<Severity, string>> = { lost: 'Not kept', changed: 'Changed', note: 'Notes' }
const TONES: Readonly<Record<Severity, BadgeTone>> = { lost: 'danger', changed: 'warning', note: 'neutral' }
/** More than this nobody reads in a dialog; the copied text has them all. */
const MOST_SHOWN = 500

/** How many there are of each kind: "2 not kept, 1 changed"; empty for none. */
export function problemCounts(problems: readonly ExchangeProblem[]): string {
  return ORDER.flatMap((severity) => {
    const count = problems.filter((one) => one.severity === severity).length
    const word = severity === 'note' && count === 1 ? 'note' : WORDS[severity].toLowerCase()
    return count === 0 ? [] : [`${formatCount(count)} ${word}`]
  }).join(', ')
}

/** The problems as lines, for the clipboard. */
export function problemText(problems: readonly ExchangeProblem[]): string {
  return ORDER.flatMap((severity) => {
    const some = problems.filter((one) => one.severity === severity)
    return some.length === 0
      ? []
      : [
          `${WORDS[severity]}:`,
          ...some.map(
            ({ item, part, message }) => `- ${[item, part].filter(Boolean).join(', ')}: ${message}`,
          ),
        ]
  }).join('\n')
}

export interface ProblemListProps {
  readonly label: string
  readonly problems: readonly ExchangeProblem[]
}

/** The list, scrolled where it is long. */
export function ProblemList({ label, problems }: ProblemListProps): ReactNode {
  if (problems.length === 0) return null
  const sorted = ORDER.flatMap((severity) => problems.filter((one) => one.severity === severity))
  const more = sorted.length - MOST_SHOWN
  return (
    <div
      role="region"
      aria-label={label}
      tabIndex={0}
      className="max-h-240 overflow-y-auto rounded-control border border-line-1 bg-s1"
    >
      <ul>
        {sorted.slice(0, MOST_SHOWN).map((one, at) => (
          <li
            key={at}
            className="flex items-baseline gap-10 border-b border-line-1 px-12 py-6 last:border-b-0"
          >
            <span className="w-70 flex-none">
              <Badge tone={TONES[one.severity]}>
                {one.severity === 'note' ? 'Note' : WORDS[one.severity]}
              </Badge>
            </span>
            <span className="min-w-0 flex-1 text-small [overflow-wrap:anywhere] select-text">
              {one.item === '' ? null : <span className="font-medium">{one.item} </span>}
              {one.part === '' ? null : <span className="font-mono text-data text-2">{one.part} </span>}
              <span className="text-2">{one.message}</span>
            </span>
          </li>
        ))}
      </ul>
      {more > 0 ? (
        <p className="px-12 py-6 text-small text-3">{`${formatCount(more)} more are in the copied report.`}</p>
      ) : null}
    </div>
  )
}
