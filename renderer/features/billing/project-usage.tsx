// Usage and cost of each project, and its spend cap.
import { useState, type ReactNode } from 'react'
import { METRICS, type Metric } from '#contract/billing/metrics.ts'
import type { Currency } from '#contract/billing/money.ts'
import type { BillingOverview, SpendCap } from '#contract/capabilities/billing.ts'
import type { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import type { UsageSummary } from '#contract/capabilities/usage.ts'
import { Badge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { DataList, type DataListColumn } from '../../components/data-list.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { formatMoney } from './money.ts'
import { formatQuantity, periodSeconds } from './quantity.ts'
import { ProjectCapDialog } from './spend-cap-card.tsx'

const SHOWN: readonly Metric[] = ['compute', 'storage', 'egress', 'api-requests']

export interface ProjectUsageProps {
  readonly organisationId: OrganisationId
  readonly usage: UsageSummary
  readonly overview: BillingOverview | undefined
  readonly offReason: string | undefined
}

/** The list; amounts and caps only for those who see money. */
export function ProjectUsage(props: ProjectUsageProps): ReactNode {
  const { organisationId, usage, overview } = props
  const [asked, setAsked] = useState<{ readonly projectId: ProjectId; readonly name: string }>()
  const seconds = periodSeconds(usage.period)
  const capOf = (projectId: ProjectId): SpendCap | undefined =>
    overview?.projectCaps.find((cap) => cap.projectId === projectId)
  if (usage.projects.length === 0)
    return <EmptyState title="No project used anything">Usage of each project is shown here.</EmptyState>
  const columns: DataListColumn[] = [
    { id: 'name', title: 'Project', isFluid: true },
    ...SHOWN.map((metric): DataListColumn => ({ id: metric, title: METRICS[metric].title, align: 'right' })),
    ...(overview === undefined
      ? []
      : [
          { id: 'cost', title: 'Cost so far', align: 'right' } as const,
          { id: 'cap', title: 'Spend cap', align: 'right' } as const,
        ]),
  ]
  return (
    <>
      <DataList
        label="Usage by project"
        columns={columns}
        rows={usage.projects.map((project) => {
          const cap = capOf(project.projectId)
          return {
            id: project.projectId,
            isMuted: project.isDeleted,
            cells: [
              <span key="name" className="flex items-center gap-8">
                <span className="truncate text-body font-medium">{project.name}</span>
                {project.isDeleted ? <Badge>Deleted</Badge> : null}
                {(cap?.reachedAt ?? null) === null ? null : <Badge tone="danger">Cap reached</Badge>}
              </span>,
              ...SHOWN.map((metric) => formatQuantity(metric, project.used[metric] ?? '0', seconds)),
              ...(overview === undefined
                ? []
                : [
                    project.cost === null ? '–' : formatMoney(project.cost, overview.currency),
                    project.isDeleted ? (
                      '–'
                    ) : (
                      <Button
                        key="cap"
                        size="compact"
                        variant="ghost"
                        label={`${capWord(cap, overview.currency)}: spend cap of ${project.name}`}
                        disabledReason={props.offReason}
                        onPress={() => setAsked(project)}
                      >
                        {capWord(cap, overview.currency)}
                      </Button>
                    ),
                  ]),
            ],
          }
        })}
      />
      {asked === undefined || overview === undefined ? null : (
        <ProjectCapDialog
          organisationId={organisationId}
          projectId={asked.projectId}
          name={asked.name}
          amount={capOf(asked.projectId)?.amount ?? null}
          currency={overview.currency}
          onClose={() => setAsked(undefined)}
        />
      )}
    </>
  )
}

function capWord(cap: SpendCap | undefined, currency: Currency): string {
  const amount = cap?.amount ?? null
  return amount === null ? 'Set cap' : formatMoney(amount, currency)
}
