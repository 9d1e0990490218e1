// Whom the database took the request for.
import type { ReactNode } from 'react'
import type { RequestTrace } from '#contract/capabilities/insight.ts'
import { formatDuration } from '../../components/format.ts'
import { Section } from './section.tsx'

/** Claims that every token of a test session has. */
const OF_EVERY_TOKEN = new Set(['role', 'iat', 'exp', 'jti', 'iss', 'aud'])

/** Role, claims, and how long a statement may take. */
export function ActedAs({ trace }: { readonly trace: RequestTrace }): ReactNode {
  const { role, claims, statementTimeoutMs } = trace
  const chosen = Object.entries(claims).filter(([name]) => !OF_EVERY_TOKEN.has(name))
  const others = Object.entries(claims).filter(([name]) => OF_EVERY_TOKEN.has(name) && name !== 'role')
  return (
    <Section
      title="Acted as"
      end={
        <span className="font-mono text-data">
          {statementTimeoutMs === null
            ? 'no statement timeout'
            : `statement_timeout ${formatDuration(statementTimeoutMs)}`}
        </span>
      }
    >
      {role === null ? (
        <p className="text-small text-2">Nobody: it was refused before a role was taken on.</p>
      ) : (
        <ul aria-label="Role and claims" className="flex flex-wrap gap-6">
          <Claim name="role" value={role} />
          {chosen.map(([name, value]) => (
            <Claim key={name} name={name} value={wordOf(value)} />
          ))}
        </ul>
      )}
      {others.length === 0 ? null : (
        <details className="mt-8 text-small text-2">
          <summary className="rounded-badge">The token’s other claims</summary>
          <dl className="mt-6 grid grid-cols-[auto_1fr] gap-x-12 gap-y-3 font-mono text-data select-text">
            {others.map(([name, value]) => (
              <div key={name} className="contents">
                <dt>{name}</dt>
                <dd className="[overflow-wrap:anywhere] text-1">{wordOf(value)}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </Section>
  )
}

function Claim({ name, value }: { readonly name: string; readonly value: string }): ReactNode {
  return (
    <li className="max-w-full truncate rounded-badge bg-active px-6 py-1 font-mono text-data light:bg-s2">
      <span className="text-2">{name}</span> <span className="select-text">{value}</span>
    </li>
  )
}

function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
