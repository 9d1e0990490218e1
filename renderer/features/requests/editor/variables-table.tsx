// The request's own variables, and below all others that it sees with where they come from.
import { Lock } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Variable } from '#contract/requests/parts.ts'
import { useVariables } from './variables.tsx'
import type { RequestTab } from '../tabs/open-tab.ts'
import { PairTable } from './pair-table.tsx'

export interface VariablesTableProps {
  readonly tab: RequestTab
  readonly variables: readonly Variable[]
  readonly onChange: (variables: readonly Variable[]) => void
}

/** The table. */
export function VariablesTable({ variables, onChange }: VariablesTableProps): ReactNode {
  const others = useVariables()
    .all()
    .filter((found) => found.scope !== 'request')
  return (
    <>
      <PairTable<Variable>
        label="Of this request"
        noun="variable"
        pairs={variables}
        make={(pair) => ({ type: 'string', isSecret: false, ...pair })}
        meta={(variable) => (variable.isSecret ? 'secret' : variable.type === 'string' ? '' : variable.type)}
        onChange={onChange}
      />
      <h2 className="flex h-26 items-center border-b border-line-1 px-12 text-small font-normal text-3">
        Seen from here
      </h2>
      {others.length === 0 ? (
        <p className="px-12 py-8 text-small text-3">
          No folder, collection, environment or globals give this request a variable.
        </p>
      ) : (
        <ul>
          {others.map(({ variable, scope, from }) => (
            <li
              key={variable.name}
              className="flex h-28 items-center gap-8 border-b border-line-1 pr-12 pl-36 text-small"
            >
              <span className="w-[28%] min-w-90 flex-none truncate font-mono text-data">{variable.name}</span>
              <span className="min-w-0 flex-1 truncate font-mono text-data text-2">
                {variable.isSecret ? (
                  <span className="inline-flex items-center gap-6 text-3">
                    <Lock aria-hidden="true" size={12} strokeWidth={1.75} />
                    secret
                  </span>
                ) : (
                  variable.value
                )}
              </span>
              <span className="flex-none text-3">{from === '' ? scope : `${scope} ${from}`}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
