// SQL of what usage costs: the periods that are charged, their amounts so far, and the differences on their way to the provider's meters.
import { z } from 'zod'
import { Metric } from '#contract/billing/metrics.ts'
import { OrganisationId } from '#contract/capabilities/ids.ts'
import { sql, type SqlFragment } from '#postgres/common/sql/sql.ts'
import type { Queryable, Tx } from '../db/database.ts'
import type { UsageReport } from './gateway.ts'
import type { UsageCharge } from './invoices-usage.ts'
import type { RatingPeriod } from './rate.ts'

export interface UsagePeriod extends RatingPeriod {
  readonly organisationId: OrganisationId
  readonly isClosed: boolean
}

const PeriodRow = z.object({
  organisation_id: OrganisationId,
  period_from: z.date(),
  period_to: z.date(),
  closed_at: z.date().nullable(),
})

async function selectPeriods(db: Queryable, condition: SqlFragment): Promise<UsagePeriod[]> {
  const rows = await db.query(sql`
    select organisation_id, period_from, period_to, closed_at from usage_period where ${condition}
     order by organisation_id, period_from`)
  return rows.map((value) => {
    const row = PeriodRow.parse(value)
    return {
      organisationId: row.organisation_id,
      from: row.period_from,
      to: row.period_to,
      isClosed: row.closed_at !== null,
    }
  })
}

/** Opens a period; where it is known its end may move (a trial that was made longer). */
export async function openPeriod(
  tx: Tx,
  organisationId: OrganisationId,
  period: RatingPeriod,
): Promise<void> {
  await tx.query(sql`
    insert into usage_period (organisation_id, period_from, period_to)
    values (${organisationId}, ${period.from}, ${period.to})
    on conflict (organisation_id, period_from) do update set period_to = excluded.period_to
      where usage_period.closed_at is null and usage_period.period_to <> excluded.period_to`)
}

/** Ends a period for good: what its invoice says holds. */
export async function closePeriod(
  tx: Tx,
  organisationId: OrganisationId,
  how: { readonly from: Date; readonly at: Date },
): Promise<void> {
  await tx.query(sql`
    update usage_period set closed_at = ${how.at}
     where organisation_id = ${organisationId} and period_from = ${how.from} and closed_at is null`)
}

/** An organisation's periods that are not invoiced yet, the oldest first. */
export async function listOpenPeriods(
  db: Queryable,
  organisationId: OrganisationId,
): Promise<readonly UsagePeriod[]> {
  return selectPeriods(db, sql`organisation_id = ${organisationId} and closed_at is null`)
}

/** The period that ended when this one began; undefined when it was not charged. */
export async function findPeriodBefore(
  db: Queryable,
  organisationId: OrganisationId,
  from: Date,
): Promise<UsagePeriod | undefined> {
  return (await selectPeriods(db, sql`organisation_id = ${organisationId} and period_to = ${from}`))[0]
}

/** Periods that ended since, of all organisations. */
export async function listPeriodsEndedSince(db: Queryable, since: Date): Promise<readonly UsagePeriod[]> {
  return selectPeriods(db, sql`period_to >= ${since}`)
}

const Line = z.object({
  description: z.string(),
  quantity: z.string().transform(BigInt),
  amount: z.string().transform(BigInt),
  priceVersion: z.string(),
  isLate: z.boolean(),
})
const ChargeRow = z.object({
  metric: Metric,
  quantity: z.string().transform(BigInt),
  amount: z.string().transform(BigInt),
  lines: z.array(Line),
  revision: z.number(),
})

/** What a period costs so far, in the order of the metrics. */
export async function listCharges(
  db: Queryable,
  organisationId: OrganisationId,
  from: Date,
): Promise<readonly (UsageCharge & { readonly revision: number })[]> {
  const rows = await db.query(sql`
    select metric, quantity::text, amount::text, lines, revision from usage_charge
     where organisation_id = ${organisationId} and period_from = ${from}`)
  const charges = rows.map((row) => ChargeRow.parse(row))
  return Metric.options.flatMap((metric) => charges.filter((charge) => charge.metric === metric))
}

export async function saveCharge(
  tx: Tx,
  organisationId: OrganisationId,
  charge: UsageCharge & { readonly from: Date; readonly revision: number },
): Promise<void> {
  const lines = charge.lines.map((line) => ({
    ...line,
    quantity: String(line.quantity),
    amount: String(line.amount),
  }))
  await tx.query(sql`
    insert into usage_charge (organisation_id, period_from, metric, quantity, amount, lines, revision)
    values (${organisationId}, ${charge.from}, ${charge.metric}, ${String(charge.quantity)}, ${String(charge.amount)},
            ${JSON.stringify(lines)}::jsonb, ${charge.revision})
    on conflict (organisation_id, period_from, metric) do update
      set quantity = excluded.quantity, amount = excluded.amount, lines = excluded.lines, revision = excluded.revision`)
}

/** Puts a difference on its way. */
export async function insertExport(
  tx: Tx,
  organisationId: OrganisationId,
  report: UsageReport & { readonly periodFrom: Date },
): Promise<void> {
  await tx.query(sql`
    insert into meter_export (identifier, organisation_id, customer_id, metric, period_from, at, amount)
    values (${report.identifier}, ${organisationId}, ${report.customerId}, ${report.metric}, ${report.periodFrom},
            ${report.at}, ${String(report.amount)})`)
}

const ExportRow = z.object({
  identifier: z.string(),
  customer_id: z.string(),
  metric: Metric,
  at: z.date(),
  amount: z.string().transform(BigInt),
})

/** What the provider was not told yet, the oldest first. */
export async function listUnsent(
  db: Queryable,
  organisationId: OrganisationId,
  limit: number,
): Promise<readonly UsageReport[]> {
  const rows = await db.query(sql`
    select identifier, customer_id, metric, at, amount::text from meter_export
     where sent_at is null and organisation_id = ${organisationId} order by at, identifier limit ${limit}`)
  return rows.map((value) => {
    const row = ExportRow.parse(value)
    return {
      identifier: row.identifier,
      customerId: row.customer_id,
      metric: row.metric,
      at: row.at,
      amount: row.amount,
    }
  })
}

export async function markSent(tx: Tx, identifiers: readonly string[], at: Date): Promise<void> {
  await tx.query(sql`update meter_export set sent_at = ${at} where identifier = any (${identifiers}::text[])`)
}

/** What the provider was told of a period, by metric. */
export async function sumExports(
  db: Queryable,
  organisationId: OrganisationId,
  from: Date,
): Promise<ReadonlyMap<Metric, bigint>> {
  const rows = await db.query<{ metric: string; amount: string }>(sql`
    select metric, sum(amount)::text as amount from meter_export
     where organisation_id = ${organisationId} and period_from = ${from} group by metric`)
  return new Map(rows.map(({ metric, amount }) => [Metric.parse(metric), BigInt(amount)]))
}

/** The charged period that a moment lies in. */
export async function findPeriodAt(
  db: Queryable,
  organisationId: OrganisationId,
  at: Date,
): Promise<RatingPeriod | undefined> {
  const [found] = await selectPeriods(
    db,
    sql`organisation_id = ${organisationId} and period_from <= ${at} and period_to > ${at}`,
  )
  return found === undefined ? undefined : { from: found.from, to: found.to }
}
