// What the provider tells us. An event is stored once and a job put behind it in one transaction, then it is answered; the job reads the customer again and
// forgets what the event said. What never came is found by the sweep.
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { Database, Tx } from '../db/database.ts'
import type { Jobs } from '../jobs/index.ts'
import type { Observe } from '../monitoring/index.ts'
import { type GatewayEvent, PaymentError, type PaymentGateway } from './gateway.ts'
import { deleteEventsBefore, findEvent, insertEvent, markIgnored, newestEventAt } from './store-events.ts'
import { findByCustomer, listCustomers } from './store.ts'
import type { Refresh } from './subscriptions-refresh.ts'

export const APPLY_EVENT = 'billing.apply-event'
const DAY_MS = 24 * 60 * 60 * 1000
/** The sweep looks back further than the newest event: events may become visible out of order, and some take days to be repeated. */
const SWEEP_BACK_MS = 3 * DAY_MS
const KEEP_EVENTS_MS = 45 * DAY_MS
const Payload = z.object({ id: z.string() })

export interface Webhooks {
  /** Takes a webhook's bytes as they came. False: it is not the provider's, or too old. Throws what the database throws; the provider then repeats it. */
  receive(rawBody: Uint8Array, signature: string): Promise<boolean>
  /** Deals with a stored event; again does no harm. */
  apply(id: string): Promise<void>
  /** Fetches events that never came, reads every customer again, forgets old events. */
  sweep(signal?: AbortSignal): Promise<void>
}

export interface WebhooksDependencies {
  readonly db: Database
  readonly clock: Clock
  readonly jobs: Jobs
  readonly observe: Observe
  readonly gateway: PaymentGateway
  readonly refresh: Refresh
}

/** Makes it and registers its jobs. */
export function createWebhooks(deps: WebhooksDependencies): Webhooks {
  const { db, clock, jobs, gateway, refresh, observe } = deps

  async function store(tx: Tx, event: GatewayEvent): Promise<boolean> {
    const isNew = await insertEvent(tx, event, clock.now())
    if (isNew) await jobs.enqueue(tx, APPLY_EVENT, { id: event.id }, { maxAttempts: 25 })
    return isNew
  }

  const webhooks: Webhooks = {
    async receive(rawBody, signature) {
      let event: GatewayEvent
      try {
        event = gateway.verifyWebhook(rawBody, signature)
      } catch (error) {
        if (error instanceof PaymentError && error.reason === 'bad-signature') return false
        throw error
      }
      await db.transaction((tx) => store(tx, event))
      return true
    },

    async apply(id) {
      const event = await findEvent(db, id)
      if (event === undefined || event.isApplied) return
      const owner = event.customerId === null ? undefined : await findByCustomer(db, event.customerId)
      // Of a customer of somebody else's service at the same provider, or of nothing that we keep.
      if (owner === undefined) await db.transaction((tx) => markIgnored(tx, id, clock.now()))
      else await refresh.organisation(owner.organisationId)
    },

    async sweep(signal) {
      const newest = await newestEventAt(db)
      const since = new Date((newest ?? clock.now()).getTime() - SWEEP_BACK_MS)
      let missed = 0
      for await (const event of gateway.eventsSince(since)) {
        if (signal?.aborted === true) return
        if (await db.transaction((tx) => store(tx, event))) missed += 1
      }
      if (missed > 0) observe({ type: 'billing.events-missed', missed })
      for (const { organisationId } of await listCustomers(db)) {
        if (signal?.aborted === true) return
        await refresh.organisation(organisationId)
      }
      await db.transaction((tx) => deleteEventsBefore(tx, new Date(clock.now().getTime() - KEEP_EVENTS_MS)))
    },
  }

  jobs.register({ name: APPLY_EVENT, payload: Payload, run: ({ id }) => webhooks.apply(id) })
  jobs.register({
    name: 'billing.sweep-events',
    payload: z.object({}),
    schedule: '23 * * * *',
    run: (_, signal) => webhooks.sweep(signal),
  })
  return webhooks
}
