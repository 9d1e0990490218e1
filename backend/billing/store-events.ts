// SQL of the provider's events: each is stored once, and marked when what it is about has been read again.
import { z } from 'zod'
import { sql } from '#postgres/common/sql/sql.ts'
import type { Queryable, Tx } from '../db/database.ts'
import type { GatewayEvent } from './gateway.ts'

/** Stores an event; false when it is there already. */
export async function insertEvent(tx: Tx, event: GatewayEvent, at: Date): Promise<boolean> {
  const objectId = event.reference.kind === 'none' ? null : event.reference.id
  const rows = await tx.query(sql`
    insert into webhook_event (id, type, customer_id, object_id, created_at, received_at)
    values (${event.id}, ${event.type}, ${event.customerId}, ${objectId}, ${event.createdAt}, ${at})
    on conflict do nothing returning 1`)
  return rows.length > 0
}

const Row = z.object({ id: z.string(), customer_id: z.string().nullable(), applied_at: z.date().nullable() })

/** An event that was stored. */
export async function findEvent(
  db: Queryable,
  id: string,
): Promise<{ customerId: string | null; isApplied: boolean } | undefined> {
  const [value] = await db.query(sql`select id, customer_id, applied_at from webhook_event where id = ${id}`)
  if (value === undefined) return undefined
  const row = Row.parse(value)
  return { customerId: row.customer_id, isApplied: row.applied_at !== null }
}

/** All events of a customer that were received until then are dealt with: its state was read after them. */
export async function markApplied(
  tx: Tx,
  about: { readonly customerId: string; readonly receivedUntil: Date; readonly at: Date },
): Promise<void> {
  await tx.query(sql`
    update webhook_event set applied_at = ${about.at}
     where applied_at is null and customer_id = ${about.customerId} and received_at <= ${about.receivedUntil}`)
}

/** An event that is about nothing that we keep. */
export async function markIgnored(tx: Tx, id: string, at: Date): Promise<void> {
  await tx.query(sql`update webhook_event set applied_at = ${at} where id = ${id} and applied_at is null`)
}

/** When the newest event was made, by the provider's clock; null before the first. */
export async function newestEventAt(db: Queryable): Promise<Date | null> {
  const [row] = await db.query<{ at: Date | null }>(sql`select max(created_at) as at from webhook_event`)
  return row?.at ?? null
}

/** Forgets events that were dealt with before then: longer than the provider repeats them. */
export async function deleteEventsBefore(tx: Tx, before: Date): Promise<void> {
  await tx.query(sql`delete from webhook_event where applied_at is not null and received_at < ${before}`)
}
