// Steps with their real durations. The current one turns, a failed one stays with its reason and Retry; never a made-up percentage.
import { Check, CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { Spinner } from './spinner.tsx'

export interface ProgressStep {
  readonly id: string
  readonly title: string
  readonly detail?: string
  readonly state: 'waiting' | 'running' | 'done' | 'failed'
  /** Words: "0.21 s". */
  readonly duration?: string | undefined
  /** Why it failed. */
  readonly reason?: string | undefined
  /** At the right of a failed step: Retry. */
  readonly action?: ReactNode
}

const STATE_WORDS = { waiting: 'waiting', running: 'under way', done: 'done', failed: 'failed' } as const

/** The list of steps, announced as it changes. */
export function ProgressSteps(props: {
  readonly label: string
  readonly steps: readonly ProgressStep[]
}): ReactNode {
  return (
    <ol
      aria-label={props.label}
      aria-live="polite"
      className="rounded-card border border-line-2 bg-s2 px-14 py-6 light:bg-s1"
    >
      {props.steps.map((step) => (
        <li key={step.id} data-state={step.state}>
          <div className="flex h-32 items-center gap-10">
            <StepMark state={step.state} />
            <span className={classNames('text-body', step.state === 'waiting' ? 'text-3' : 'font-medium')}>
              {step.title}
              <span className="sr-only">, {STATE_WORDS[step.state]}</span>
            </span>
            {step.detail === undefined ? null : (
              <span className="min-w-0 truncate text-small text-3">{step.detail}</span>
            )}
            <span
              className={classNames(
                'ml-auto font-mono text-data',
                step.state === 'running' ? 'text-accent-text' : 'text-2',
              )}
            >
              {step.duration}
            </span>
          </div>
          {step.state === 'failed' ? (
            <div className="mb-8 ml-24 flex items-center gap-8 rounded-control bg-danger-soft px-10 py-6 text-small text-danger">
              <span className="min-w-0 flex-1 select-text [overflow-wrap:anywhere]">{step.reason}</span>
              {step.action}
            </div>
          ) : null}
        </li>
      ))}
    </ol>
  )
}

function StepMark({ state }: { readonly state: ProgressStep['state'] }): ReactNode {
  switch (state) {
    case 'done':
      return <Check aria-hidden="true" size={14} strokeWidth={1.75} className="text-success" />
    case 'running':
      return (
        <span className="text-accent-text">
          <Spinner />
        </span>
      )
    case 'failed':
      return <CircleAlert aria-hidden="true" size={14} strokeWidth={1.75} className="text-danger" />
    case 'waiting':
      return (
        <span aria-hidden="true" className="flex size-14 items-center justify-center">
          <span className="size-6 rounded-full bg-line-3" />
        </span>
      )
  }
}
