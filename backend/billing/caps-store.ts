// SQL of spend caps: what may be spent, that it was reached, and the money that is set aside for what is not metered yet.
import { z } from 'zod'
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import { ProjectId } from '#contract/capabilities/ids.ts'
import type { Plan } from '#contract/billing/price-book.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import type { Queryable, Tx } from '../db/database.ts'

export interface CapRow {
  /** Null: of the organisation. */
  readonly projectId: ProjectId | null
  /** Minor units of a period; null: none. */
  readonly amount: bigint | null
}

export interface ReachedRow {
  readonly projectId: ProjectId | null
  readonly reachedAt: Date
}

/** Whose cap: `projectId` null is the organisation's own. */
export interface CapSubject {
  readonly organisationId: OrganisationId
  readonly projectId: ProjectId | null
}

const Cap = z.object({
  projectId: ProjectId.nullable(),
  amount: z.string().transform(BigInt).nullable(),
})
const Reached = z.object({ projectId: ProjectId.nullable(), reachedAt: z.date() })

/** The caps that were set, of the organisation and of its projects. */
export async function listCaps(db: Queryable, organisationId: OrganisationId): Promise<CapRow[]> {
  const rows = await db.query(sql`
    select project_id as "projectId", amount::text as amount from spend_cap
     where organisation_id = ${organisationId} order by project_id nulls first`)
  return rows.map((row) => Cap.parse(row))
}

/** The organisation's own cap in minor units: what was set, else its plan's default, which is on; null: none. */
export function organisationCap(caps: readonly CapRow[], plan: Plan): bigint | null {
  const own = caps.find(({ projectId }) => projectId === null)
  if (own !== undefined) return own.amount
  return plan.defaultSpendCap === null ? null : BigInt(plan.defaultSpendCap)
}

/** Sets a cap; what was reached under the old one is forgotten, the next decision is made anew. */
export async function setCap(
  tx: Tx,
  { organisationId, projectId }: CapSubject,
  { amount, at }: { readonly amount: bigint | null; readonly at: Date },
): Promise<void> {
  await tx.query(sql`
    insert into spend_cap (organisation_id, project_id, amount, updated_at)
    values (${organisationId}, ${projectId}, ${amount === null ? null : String(amount)}, ${at})
    on conflict (organisation_id, project_id) do update set amount = excluded.amount, updated_at = excluded.updated_at`)
  await tx.query(sql`
    delete from spend_cap_reached
     where organisation_id = ${organisationId} and project_id is not distinct from ${projectId}`)
}

/** Which caps were reached in the period that started then. */
export async function listReached(
  db: Queryable,
  organisationId: OrganisationId,
  periodFrom: Date,
): Promise<ReachedRow[]> {
  const rows = await db.query(sql`
    select project_id as "projectId", reached_at as "reachedAt" from spend_cap_reached
     where organisation_id = ${organisationId} and period_from = ${periodFrom} order by reached_at, project_id nulls first`)
  return rows.map((row) => Reached.parse(row))
}

/** Notes that a cap is reached; false when it was noted before. It stays until the cap is set anew or the period ends. */
export async function markReached(
  tx: Tx,
  { organisationId, projectId }: CapSubject,
  { periodFrom, at }: { readonly periodFrom: Date; readonly at: Date },
): Promise<boolean> {
  const rows = await tx.query(sql`
    insert into spend_cap_reached (organisation_id, project_id, period_from, reached_at)
    values (${organisationId}, ${projectId}, ${periodFrom}, ${at}) on conflict do nothing returning organisation_id`)
  return rows.length > 0
}

export interface Reservation {
  readonly organisationId: OrganisationId
  readonly projectId: ProjectId
  /** Names what begins: asking again with it changes the reservation and does not add to it. */
  readonly key: string
  /** Minor units: the most that it can cost until it is metered. */
  readonly amount: bigint
  /** When metering shows it at the latest. */
  readonly expiresAt: Date
}

export interface Room {
  /** Minor units that are left, the worst case of what runs taken off (decideCap); null: without an end. */
  readonly organisation: bigint | null
  readonly project: bigint | null
  readonly now: Date
}

/**
 * Sets money aside before something begins that costs. False, and nothing is kept, when it does not fit beside the other reservations. Several at once take
 * turns, so that together they cannot pass the cap.
 */
export async function reserve(tx: Tx, one: Reservation, room: Room): Promise<boolean> {
  if (one.amount < 0n) throw new RangeError('A reservation is not negative.')
  await tx.query(
    sql`select pg_advisory_xact_lock(hashtextextended(${`spend reservations ${one.organisationId}`}, 0))`,
  )
  const rows = await tx.query<{ total: string; project: string }>(sql`
    select coalesce(sum(amount), 0)::text as total,
           coalesce(sum(amount) filter (where project_id = ${one.projectId}), 0)::text as project
      from spend_reservation
     where organisation_id = ${one.organisationId} and expires_at > ${room.now} and key <> ${one.key}`)
  const fits = (left: bigint | null, reserved: string | undefined): boolean =>
    left === null || BigInt(reserved ?? '0') + one.amount <= left
  if (!fits(room.organisation, rows[0]?.total) || !fits(room.project, rows[0]?.project)) return false
  await tx.query(sql`
    insert into spend_reservation (organisation_id, key, project_id, amount, expires_at)
    values (${one.organisationId}, ${one.key}, ${one.projectId}, ${String(one.amount)}, ${one.expiresAt})
    on conflict (organisation_id, key) do update
      set project_id = excluded.project_id, amount = excluded.amount, expires_at = excluded.expires_at`)
  return true
}

/** Gives back what was set aside: it did not begin, or it is metered. */
export async function releaseReservation(
  db: Queryable,
  organisationId: OrganisationId,
  key: string,
): Promise<void> {
  await db.query(
    sql`delete from spend_reservation where organisation_id = ${organisationId} and key = ${key}`,
  )
}

/** Removes reservations whose time is over; gives how many. */
export async function sweepReservations(db: Queryable, now: Date): Promise<number> {
  const rows = await db.query(
    sql`delete from spend_reservation where expires_at <= ${now} returning organisation_id`,
  )
  return rows.length
}
