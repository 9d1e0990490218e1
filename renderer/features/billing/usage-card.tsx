// Usage of the period: against the plan, by project, by day. Members who see no money see everything of it but the amounts.
import { TriangleAlert } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { METRICS, type Metric } from '#contract/billing/metrics.ts'
import type { BillingOverview } from '#contract/capabilities/billing.ts'
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import type { UsageSummary } from '#contract/capabilities/usage.ts'
import { Button } from '../../components/button.tsx'
import { Card } from '../../components/card.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { formatAge, formatFull } from '../../components/format.ts'
import { Segmented } from '../../components/toggles.tsx'
import { useNow } from '../../components/use-now.ts'
import { BarLegend, LimitBar } from './bars.tsx'
import { DailyUsage } from './daily-usage.tsx'
import { ExportUsageDialog } from './export-usage-dialog.tsx'
import { formatMoney } from './money.ts'
import { ProjectUsage } from './project-usage.tsx'
import { formatExactly, periodSeconds } from './quantity.ts'
import { formatDay, lastDayOf, usageWords, type UsageTone } from './words.ts'

type View = 'metrics' | 'projects' | 'days'

export interface UsageCardProps {
  readonly organisationId: OrganisationId
  readonly usage: UsageSummary
  /** Undefined for members who see no money, and where nothing is sold. */
  readonly overview: BillingOverview | undefined
  readonly offReason: string | undefined
}

/** The card with its three views. */
export function UsageCard({ organisationId, usage, overview, offReason }: UsageCardProps): ReactNode {
  const [view, setView] = useState<View>('metrics')
  const [isExporting, setIsExporting] = useState(false)
  const now = useNow()
  const { period, asOf } = usage
  return (
    <Card
      title={
        <>
          {overview === undefined ? 'Usage' : 'Usage against the plan'}{' '}
          <span className="ml-6 text-small font-normal text-3" title={formatFull(asOf)}>
            {formatDay(period.from)} to {formatDay(asOf)}, updated {formatAge(asOf, now)}
          </span>
        </>
      }
      actions={
        <>
          {view === 'metrics' ? <BarLegend forecastUntil={lastDayOf(period)} /> : null}
          <Segmented
            label="Usage by"
            options={[
              { id: 'metrics', label: 'Total' },
              { id: 'projects', label: 'Projects' },
              { id: 'days', label: 'Days' },
            ]}
            value={view}
            onChange={setView}
          />
          <Button size="compact" disabledReason={offReason} onPress={() => setIsExporting(true)}>
            Export
          </Button>
        </>
      }
    >
      {view === 'metrics' ? (
        <MetricRows usage={usage} overview={overview} />
      ) : view === 'projects' ? (
        <ProjectUsage
          organisationId={organisationId}
          usage={usage}
          overview={overview}
          offReason={offReason}
        />
      ) : (
        <DailyUsage organisationId={organisationId} usage={usage} />
      )}
      {isExporting ? (
        <ExportUsageDialog
          organisationId={organisationId}
          period={period}
          onClose={() => setIsExporting(false)}
        />
      ) : null}
    </Card>
  )
}

/** What every project uses; of the rest those rows are shown that say something. */
const ALWAYS_SHOWN: readonly Metric[] = ['compute', 'storage', 'egress', 'api-requests']
/** What needs somebody comes first. */
const TONE_ORDER: readonly UsageTone[] = ['stopped', 'near', 'charged', 'rest']

function MetricRows({ usage, overview }: Pick<UsageCardProps, 'usage' | 'overview'>): ReactNode {
  const { period } = usage
  const [showsAll, setShowsAll] = useState(false)
  const rows = usage.metrics
    .map((one) => ({ one, words: usageWords(one, { period, atQuota: overview?.plan.atQuota ?? 'charge' }) }))
    .toSorted((a, b) => TONE_ORDER.indexOf(a.words.tone) - TONE_ORDER.indexOf(b.words.tone))
  const shown = rows.filter(
    ({ one }) => showsAll || ALWAYS_SHOWN.includes(one.metric) || one.used !== '0' || one.forecast !== '0',
  )
  const seconds = periodSeconds(period)
  if (usage.metrics.length === 0)
    return (
      <EmptyState title="Nothing used yet">
        Compute, storage and requests of this organisation’s projects are counted here.
      </EmptyState>
    )
  const hidden = rows.length - shown.length
  return (
    <>
      <table aria-label="Usage by metric" className="w-full border-collapse text-small">
        <thead className="sr-only">
          <tr>
            <th scope="col">Metric</th>
            <th scope="col">Used</th>
            <th scope="col">Share</th>
            <th scope="col">Outlook</th>
            {overview === undefined ? null : <th scope="col">Cost at the end</th>}
          </tr>
        </thead>
        <tbody>
          {shown.map(({ one, words }) => {
            return (
              <tr key={one.metric} className="h-32 border-b border-line-1 last:border-b-0">
                <th scope="row" className="w-150 pl-14 text-left font-medium whitespace-nowrap">
                  {METRICS[one.metric].title}
                </th>
                <td
                  className="w-140 px-8 whitespace-nowrap tabular-nums"
                  title={formatExactly(one.metric, one.used, seconds)}
                >
                  {words.used} <span className="text-3">{words.included}</span>
                </td>
                <td className="min-w-80 px-4">
                  <LimitBar
                    used={BigInt(one.used)}
                    forecast={BigInt(one.forecast)}
                    limit={one.included === null ? null : BigInt(one.included)}
                    tone={words.tone}
                  />
                </td>
                <td className="w-250 pr-8 pl-16 whitespace-nowrap max-wide:w-200">
                  <span className={words.tone === 'rest' ? 'text-2' : 'text-1'}>
                    {words.tone === 'near' || words.tone === 'stopped' ? (
                      <TriangleAlert
                        aria-hidden="true"
                        size={14}
                        strokeWidth={1.75}
                        className={
                          words.tone === 'near'
                            ? 'mr-6 inline align-[-2px] text-warning'
                            : 'mr-6 inline align-[-2px] text-danger'
                        }
                      />
                    ) : null}
                    {words.note}
                  </span>
                </td>
                {overview === undefined ? null : (
                  <td className="w-80 pr-14 text-right tabular-nums">
                    {one.costForecast === null || one.costForecast === '0' ? (
                      <span className="text-3">included</span>
                    ) : (
                      formatMoney(one.costForecast, overview.currency)
                    )}
                  </td>
                )}
              </tr>
            )
          })}
        </tbody>
      </table>
      {hidden === 0 && !showsAll ? null : (
        <div className="border-t border-line-1 px-6 py-4">
          <Button size="compact" variant="ghost" onPress={() => setShowsAll(!showsAll)}>
            {showsAll ? 'Only what is used' : `${hidden} more, not used`}
          </Button>
        </div>
      )}
    </>
  )
}
