// The plan, when it is asked for: estimated, or run again and timed in a transaction that is rolled back.
import { GitCompareArrows, Play, TriangleAlert } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { parsePlans } from '#postgres/common/plan/index.ts'
import type { RequestTrace } from '#contract/capabilities/insight.ts'
import { Button } from '../../components/button.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { formatDuration, formatFull } from '../../components/format.ts'
import { PlanView } from '../../components/plan-tree.tsx'
import { useAction } from '../../host/host-provider.tsx'
import { describeError } from '../../host/error-text.ts'
import { changesOfPlan, endpointOf, rememberPlan, usePlanBefore, type AskedPlan } from './earlier-plans.ts'
import { Section } from './section.tsx'
import type { Watched } from './use-insight.ts'

export interface PlanPartProps {
  readonly trace: RequestTrace
  readonly watched: Watched
}

/** The part. Use it with the ticket as its key: a plan is of one request. */
export function PlanPart({ trace, watched }: PlanPartProps): ReactNode {
  const { projectId, ticket } = watched
  const [isAsking, setIsAsking] = useState(false)
  const [isComparing, setIsComparing] = useState(false)
  const endpoint = endpointOf(projectId, trace)
  const plan = useAction(async (host, analyze: boolean) => {
    const found = await host.insight.plan({ projectId, ticket, analyze })
    const parsed = parsePlans(found.json)
    if (parsed === null) return { ...found, now: undefined }
    const now: AskedPlan = {
      id: crypto.randomUUID(),
      at: new Date(),
      isAnalyzed: analyze,
      plans: parsed,
    }
    rememberPlan(endpoint, now)
    return { ...found, now }
  })
  const mayWrite = trace.method !== 'GET' && trace.method !== 'HEAD'
  const analyze = (): void => {
    setIsAsking(false)
    plan.mutate(true)
  }
  const isAnalyzed = plan.variables === true
  const problem = describeError(plan.error)
  const now = plan.data?.now
  const plans = plan.data === undefined ? undefined : (now?.plans ?? null)
  const before = usePlanBefore(endpoint, now)
  return (
    <Section
      title="Plan"
      end={
        plan.data === undefined ? undefined : (
          <span className="flex items-center gap-6">
            {before === undefined ? (
              <span className="font-mono text-data">{formatDuration(plan.data.durationMs)}</span>
            ) : (
              <Button
                size="compact"
                variant="ghost"
                icon={GitCompareArrows}
                isActive={isComparing}
                onPress={() => setIsComparing(!isComparing)}
              >
                Compare with last
              </Button>
            )}
            <CopyButton label="Copy as text" text={plan.data.text} size="compact" variant="ghost" />
          </span>
        )
      }
    >
      <div className="flex flex-col gap-10">
        {plans === undefined || plans === null ? null : (
          <>
            {plans.map((one, index) => (
              <PlanView
                key={index}
                label={plans.length === 1 ? 'Plan' : `Plan of statement ${index + 1}`}
                plan={one}
              />
            ))}
            <p className="text-small text-2">
              {isAnalyzed
                ? 'The request ran again to be timed; the transaction was rolled back.'
                : 'Estimated, in a transaction that was rolled back. Nothing ran.'}
            </p>
          </>
        )}
        {!isComparing || before === undefined || now === undefined ? null : (
          <section
            aria-label="Compared with last"
            className="flex flex-col gap-8 border-t border-line-1 pt-10 text-small"
          >
            {changesOfPlan(before, now).map((line) => (
              <p key={line}>{line}</p>
            ))}
            <h4 className="text-small font-medium text-2">Last time, {formatFull(before.at)}</h4>
            {before.plans.map((one, index) => (
              <PlanView
                key={index}
                label={before.plans.length === 1 ? 'Last plan' : `Last plan of statement ${index + 1}`}
                plan={one}
              />
            ))}
          </section>
        )}
        {plans === null ? (
          <p className="text-small text-2">The plan cannot be drawn. Copy it as text.</p>
        ) : null}
        {problem === undefined ? null : (
          <p role="alert" className="text-small text-danger">
            There is no plan: {problem.message} {problem.hint}
          </p>
        )}
        {isAsking ? (
          <div
            role="group"
            aria-label="Run the write again"
            className="flex flex-col gap-8 rounded-control bg-warning-soft px-12 py-10 text-small"
          >
            <p className="flex gap-8">
              <TriangleAlert
                aria-hidden="true"
                size={14}
                strokeWidth={1.75}
                className="mt-1 flex-none text-warning"
              />
              <span>
                The request runs again, with all that it writes and its triggers, and is rolled back.
                Sequences move on, rows stay locked until then, and nobody is notified. What functions do
                outside of this database stays done.
              </span>
            </p>
            <span className="flex gap-8">
              <Button size="compact" onPress={analyze}>
                Run and roll back
              </Button>
              <Button size="compact" variant="ghost" onPress={() => setIsAsking(false)}>
                Cancel
              </Button>
            </span>
          </div>
        ) : (
          <div className="flex flex-wrap items-center gap-8">
            <Button
              size="compact"
              isBusy={plan.isPending && plan.variables === false}
              onPress={() => plan.mutate(false)}
            >
              {plan.data === undefined ? 'Show plan' : 'Estimate again'}
            </Button>
            <Button
              size="compact"
              icon={Play}
              isBusy={plan.isPending && plan.variables}
              onPress={() => (mayWrite ? setIsAsking(true) : analyze())}
            >
              Run and time it
            </Button>
          </div>
        )}
        {plan.data !== undefined || isAsking ? null : (
          <p className="text-small text-2">
            With the request’s role and claims, in a transaction that is rolled back.
          </p>
        )}
      </div>
    </Section>
  )
}
