// One metric a day at a time, of all projects or one: bars for the eye, the same numbers as a table for assistive technology.
import { useState, type ReactNode } from 'react'
import { METRICS, Metric } from '#contract/billing/metrics.ts'
import type { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import type { Period, UsageSummary } from '#contract/capabilities/usage.ts'
import { FormError } from '../../components/form-error.tsx'
import { Select } from '../../components/select.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { describeError } from '../../host/error-text.ts'
import { percentOf } from './money.ts'
import { formatQuantity } from './quantity.ts'
import { useDailyUse } from './use-billing.ts'
import { formatDay } from './words.ts'

const DAY_MS = 86_400_000
const DAY_SECONDS = 86_400n
const EVERY_PROJECT = 'all'

export interface DayOfUse {
  /** ISO 8601, midnight in UTC. */
  readonly at: string
  readonly quantity: bigint
}

/** Every day of the period with what was used on it: 0 where nothing was. */
export function fillDays(
  period: Period,
  series: readonly { readonly at: string; readonly quantity: string }[],
): readonly DayOfUse[] {
  const used = new Map<number, bigint>()
  for (const { at, quantity } of series) {
    const day = Math.floor(Date.parse(at) / DAY_MS)
    used.set(day, (used.get(day) ?? 0n) + BigInt(quantity))
  }
  const first = Math.floor(Date.parse(period.from) / DAY_MS)
  const last = Math.floor((Date.parse(period.to) - 1) / DAY_MS)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => ({
    at: new Date((first + index) * DAY_MS).toISOString(),
    quantity: used.get(first + index) ?? 0n,
  }))
}

export interface DailyUsageProps {
  readonly organisationId: OrganisationId
  readonly usage: UsageSummary
}

/** The chart with its two choices. */
export function DailyUsage({ organisationId, usage }: DailyUsageProps): ReactNode {
  const [metric, setMetric] = useState<Metric>(usage.metrics[0]?.metric ?? 'api-requests')
  const [project, setProject] = useState<string>(EVERY_PROJECT)
  const projectId: ProjectId | null =
    usage.projects.find((one) => one.projectId === project)?.projectId ?? null
  const reading = useDailyUse({ organisationId, projectId, metric, period: usage.period })
  return (
    <div className="flex flex-col gap-12 px-14 py-14">
      <div className="flex items-center gap-8">
        <div className="w-200">
          <Select
            label="Metric"
            isLabelHidden
            options={Metric.options.map((id) => ({ id, label: METRICS[id].title }))}
            value={metric}
            onChange={setMetric}
          />
        </div>
        <div className="w-200">
          <Select
            label="Project"
            isLabelHidden
            options={[
              { id: EVERY_PROJECT, label: 'All projects' },
              ...usage.projects.map(({ projectId: id, name }) => ({ id, label: name })),
            ]}
            value={project}
            onChange={setProject}
          />
        </div>
      </div>
      {reading.data === undefined ? (
        reading.error === null ? (
          <SkeletonRows count={3} label="Reading the days" />
        ) : (
          <FormError
            message={describeError(reading.error)?.message}
            hint={describeError(reading.error)?.hint}
          />
        )
      ) : (
        <DailyChart metric={metric} days={fillDays(usage.period, reading.data)} asOf={usage.asOf} />
      )}
    </div>
  )
}

interface DailyChartProps {
  readonly metric: Metric
  readonly days: readonly DayOfUse[]
  readonly asOf: string
}

function DailyChart({ metric, days, asOf }: DailyChartProps): ReactNode {
  const most = days.reduce((highest, day) => (day.quantity > highest ? day.quantity : highest), 0n)
  const say = (quantity: bigint): string => formatQuantity(metric, quantity, DAY_SECONDS)
  const title = `${METRICS[metric].title} of each day`
  return (
    <figure className="m-0">
      <div aria-hidden="true" className="flex h-160 items-end gap-2 border-b border-line-2">
        {days.map((day) => (
          <span
            key={day.at}
            title={`${formatDay(day.at)}: ${say(day.quantity)}`}
            className="flex h-full flex-1 items-end hover:bg-hover"
          >
            <span
              className="min-h-0 w-full rounded-t-badge bg-chart-1"
              style={{ height: `${percentOf(day.quantity, most)}%` }}
            />
          </span>
        ))}
      </div>
      <div aria-hidden="true" className="mt-4 flex justify-between text-micro font-normal text-3">
        <span>{days[0] === undefined ? '' : formatDay(days[0].at)}</span>
        <span>most on a day: {say(most)}</span>
        <span>{days.length === 0 ? '' : formatDay(days[days.length - 1]?.at ?? asOf)}</span>
      </div>
      <table aria-label={title} className="sr-only">
        <tbody>
          {days
            .filter((day) => day.at <= asOf)
            .map((day) => (
              <tr key={day.at}>
                <th scope="row">{formatDay(day.at)}</th>
                <td>{say(day.quantity)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </figure>
  )
}
