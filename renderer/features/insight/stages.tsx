// How long each stage of the request took in the service, and what it came to.
import type { ReactNode } from 'react'
import type { RequestTrace } from '#contract/capabilities/insight.ts'
import { formatCount, formatDuration, formatFull } from '../../components/format.ts'
import { Section } from './section.tsx'

/** Server-Timing's names, in words. */
const WORDS: Readonly<Record<string, string>> = {
  jwt: 'Token checked',
  parse: 'Request read',
  plan: 'SQL composed',
  transaction: 'Postgres',
  response: 'Response made',
}

/** A bar per stage. */
export function Stages({ trace }: { readonly trace: RequestTrace }): ReactNode {
  const total = trace.stages.reduce((sum, { durationMs }) => sum + durationMs, 0)
  if (trace.stages.length === 0) return null
  return (
    <Section
      title="Time per stage"
      end={<span className="font-mono text-data">{formatDuration(total)} in all</span>}
    >
      <table aria-label="Stages" className="w-full border-collapse text-small">
        <tbody>
          {trace.stages.map(({ name, durationMs }) => (
            <tr key={name} className="h-24">
              <th scope="row" className="w-110 text-left font-normal text-2">
                {WORDS[name] ?? name}
              </th>
              <td>
                <span className="block h-4 rounded-badge bg-active">
                  <span
                    className="block h-4 min-w-2 rounded-badge bg-accent-text"
                    style={{ width: `${(durationMs / Math.max(total, 0.001)) * 100}%` }}
                  />
                </span>
              </td>
              <td className="w-80 text-right font-mono text-data">{formatDuration(durationMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  )
}

/** Rows given back and written, and which reading of the schema it was planned with. */
export function Outcome({ trace }: { readonly trace: RequestTrace }): ReactNode {
  const { rowsReturned, rowsWritten, schemaVersion } = trace
  return (
    <footer className="sticky bottom-0 flex min-h-34 items-center gap-8 border-t border-line-1 bg-s0 px-14 text-small text-2">
      <span className="flex-1">
        {formatCount(rowsReturned)} {rowsReturned === 1 ? 'row' : 'rows'} returned,{' '}
        {rowsWritten === null ? 'written not known' : `${formatCount(rowsWritten)} written`}
      </span>
      {schemaVersion === null ? null : (
        <span
          className="font-mono text-data"
          title={`The schema was read ${formatFull(schemaVersion.readAt)}`}
        >
          schema {schemaVersion.version}
        </span>
      )}
    </footer>
  )
}
