// How assertions and tests went, failed ones first; and which variables scripts set.
import { Check, Minus, X } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Exchange, TestResult } from '#contract/requests/exchange.ts'
import { classNames } from '../../../components/class-names.ts'

const MARKS = {
  passed: { icon: Check, word: 'passed', className: 'text-success' },
  failed: { icon: X, word: 'failed', className: 'text-danger' },
  skipped: { icon: Minus, word: 'skipped', className: 'text-3' },
} as const

/** The list. */
export function TestsPart(props: {
  readonly tests: readonly TestResult[]
  readonly changed: Exchange['changedVariables']
}): ReactNode {
  const ordered = [
    ...props.tests.filter((test) => test.outcome === 'failed'),
    ...props.tests.filter((test) => test.outcome !== 'failed'),
  ]
  return (
    <div className="min-h-0 flex-1 overflow-auto select-text">
      {ordered.length === 0 ? (
        <p className="px-14 py-12 text-small text-3">
          Nothing was tested. Add assertions under Tests, or pm.test in a script.
        </p>
      ) : (
        <ul aria-label="Results of tests">
          {ordered.map((test, at) => {
            const { icon: Icon, word, className } = MARKS[test.outcome]
            return (
              <li
                key={at}
                className="flex min-h-26 items-start gap-8 border-b border-line-1 px-12 py-4 text-small hover:bg-hover"
              >
                <Icon
                  aria-hidden="true"
                  size={14}
                  strokeWidth={2}
                  className={classNames('mt-1', className)}
                />
                <span className="sr-only">{word}: </span>
                <span className="min-w-0 flex-1">
                  <span className="[overflow-wrap:anywhere]">{test.name}</span>
                  {test.message === null ? null : (
                    <span className="block [overflow-wrap:anywhere] text-2">{test.message}</span>
                  )}
                </span>
                <span className="flex-none text-3">{test.source}</span>
              </li>
            )
          })}
        </ul>
      )}
      {props.changed.length === 0 ? null : (
        <>
          <h2 className="flex h-28 items-center px-12 text-small font-semibold">
            Variables that scripts set
          </h2>
          <ul aria-label="Variables that scripts set">
            {props.changed.map((one, at) => (
              <li
                key={at}
                className="flex h-26 items-center gap-8 border-b border-line-1 px-12 font-mono text-data"
              >
                <span className="w-[28%] flex-none truncate">{one.name}</span>
                <span className="min-w-0 flex-1 truncate text-2">{one.value}</span>
                <span className="flex-none text-small text-3">{one.scope}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}
