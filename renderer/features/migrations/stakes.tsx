// What a migration loses and what the rows stand against, before it may run: counted, and agreed to by typing a name.
import type { ReactNode } from 'react'
import { TextField } from '../../components/text-field.tsx'
import type { StakesState } from './use-stakes.ts'

/** Nothing where nothing is at stake. */
export function Stakes({ stakes }: { readonly stakes: StakesState }): ReactNode {
  const { lines, obstacles, phrase } = stakes
  return (
    <>
      {obstacles.length === 0 ? null : (
        <div
          role="status"
          className="flex-none rounded-card bg-warning-soft px-12 py-10 text-small text-warning"
        >
          <p className="font-semibold">The rows that are there now stand against it</p>
          <ul className="mt-4 flex flex-col gap-2">
            {obstacles.map(({ number, message }) => (
              <li key={`${number} ${message}`} className="[overflow-wrap:anywhere] select-text">
                Statement {number}: {message}
              </li>
            ))}
          </ul>
        </div>
      )}
      {phrase === null ? null : (
        <fieldset className="flex flex-none flex-col gap-10 rounded-card border border-line-2 px-12 py-10">
          <legend className="px-4 text-small font-semibold text-danger">This loses data</legend>
          <ul className="flex max-h-160 flex-col gap-4 overflow-auto text-small">
            {lines.map(({ statement, number, words }) => (
              <li key={number} className="min-w-0 [overflow-wrap:anywhere]">
                <span className="font-semibold">{words}</span>{' '}
                <span className="text-2">
                  (statement {number}:{' '}
                  {statement.summary ?? <code className="font-mono text-data">{oneLine(statement.sql)}</code>}
                  )
                </span>
              </li>
            ))}
          </ul>
          <div className="w-300">
            <TextField
              label={`Type ${phrase} to confirm`}
              isMono
              value={stakes.typed}
              onChange={stakes.type}
            />
          </div>
        </fieldset>
      )}
    </>
  )
}

function oneLine(sql: string): string {
  const line = sql.replaceAll(/\s+/g, ' ').trim()
  return line.length > 100 ? `${line.slice(0, 100)}…` : line
}
