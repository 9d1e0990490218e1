// A stateful stand-in for Stripe's HTTP API, for tests and for trying the app without an account. What it cannot do is listed in docs/specs/stripe.md.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type Stripe from 'stripe'
import { createCheckout, type CheckoutInput } from './checkout.ts'
import { createControl } from './control.ts'
import { couponRoutes } from './coupons.ts'
import { creditNoteRoutes } from './credit-notes.ts'
import { customerRoutes } from './customers.ts'
import { createDueWork } from './due.ts'
import { entitlementRoutes } from './entitlements.ts'
import { eventRoutes } from './events.ts'
import { createFaults, type Faults } from './faults.ts'
import { appendJournal, readJournal } from './journal.ts'
import { intentRoutes } from './intents.ts'
import { invoiceRoutes } from './invoices.ts'
import { FAKE_API_KEY, FAKE_WEBHOOK_SECRET } from './keys.ts'
import { meterRoutes } from './meters.ts'
import { createPages } from './pages.ts'
import { paymentMethodRoutes } from './payment-methods.ts'
import { portalRoutes } from './portal.ts'
import { productRoutes } from './products.ts'
import { scheduleRoutes } from './schedules.ts'
import { createStripeServer } from './server.ts'
import { createState, type StripeState } from './state.ts'
import { subscriptionRoutes } from './subscriptions.ts'
import { testClockRoutes } from './test-clocks.ts'
import { createWebhookQueue, type WebhookEndpoint, type WebhookQueue } from './webhooks.ts'

export { FAKE_API_KEY, FAKE_WEBHOOK_SECRET } from './keys.ts'

export interface StripeFakeOptions {
  /** 0: any that is free. */
  readonly port?: number
  /** The time of what lives on no test clock, and of signatures. Default: the machine's. */
  readonly now?: () => Date
  /** Where events are sent. Default: nowhere, they wait. */
  readonly webhook?: WebhookEndpoint
  /** See `WebhookOptions`. */
  readonly webhookAttempts?: number
  readonly webhookRetryMs?: number
  /** What happened is kept in this file, and happens again at the next start: the state survives. Default: it does not. */
  readonly journal?: string
}

export interface StripeFake {
  readonly url: string
  /** What `createStripeGateway` takes. */
  readonly config: {
    readonly apiKey: string
    readonly webhookSecrets: readonly string[]
    readonly host: string
    readonly port: number
    readonly protocol: 'http'
  }
  readonly state: StripeState
  readonly faults: Faults
  readonly webhooks: WebhookQueue
  /** `POST /v1/customers`: every request of the API, in order. */
  readonly calls: string[]
  /** Does what a person does on a hosted page. Default: pays with a good card, from Germany. @throws StripeFailure when the card is refused */
  complete(session: string, input?: Partial<CheckoutInput>): Stripe.Checkout.Session
  /** Makes all payment methods of a customer fail with this from now on; null: pay. */
  setCards(customerId: string, decline: string | null): void
  /** Makes everything happen that is due by `options.now()` plus what was advanced. Each request does so too. */
  tick(): void
  /** Moves the server's own time forward and ticks. */
  advance(seconds: number): void
  close(): Promise<void>
}

/** Starts it on 127.0.0.1. */
export async function startStripeFake(options: StripeFakeOptions = {}): Promise<StripeFake> {
  let ahead = 0
  let replayedAt: number | null = null
  const seconds = (): number => replayedAt ?? Math.floor((options.now?.() ?? new Date()).getTime() / 1000)
  const now = (): number => seconds() + ahead
  const webhooks = createWebhookQueue({
    now,
    ...(options.webhookAttempts === undefined ? {} : { attempts: options.webhookAttempts }),
    ...(options.webhookRetryMs === undefined ? {} : { retryMs: options.webhookRetryMs }),
  })
  const state = createState(now, webhooks.push)
  const faults = createFaults()
  const checkout = createCheckout(state)
  const runDue = createDueWork(state)
  const tick = (): void => runDue(null, now())
  const advance = (seconds: number): void => {
    ahead += seconds
    tick()
  }
  const calls: string[] = []
  const { journal } = options
  const { server, replay } = createStripeServer({
    state,
    faults,
    calls,
    tick,
    apiKeys: [FAKE_API_KEY],
    journal: journal === undefined ? undefined : (entry) => appendJournal(journal, seconds(), entry),
    pages: [createPages(state, checkout), createControl({ state, faults, webhooks, advance })],
    routes: [
      ...customerRoutes(state),
      ...productRoutes(state),
      ...couponRoutes(state),
      ...paymentMethodRoutes(state),
      ...intentRoutes(state),
      ...checkout.routes,
      ...subscriptionRoutes(state),
      ...scheduleRoutes(state),
      ...invoiceRoutes(state),
      ...creditNoteRoutes(state),
      ...meterRoutes(state),
      ...entitlementRoutes(state),
      ...portalRoutes(state),
      ...eventRoutes(state),
      ...testClockRoutes(state, runDue),
    ],
  })
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const address: AddressInfo | string | null = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  state.origin = `http://127.0.0.1:${port}`
  if (journal !== undefined) {
    for (const { at, entry } of readJournal(journal)) {
      replayedAt = at
      replay(entry)
    }
    replayedAt = null
    // It was all told then; what a test or a person had switched on is off again.
    webhooks.drain()
    webhooks.release()
    faults.clear()
  }
  if (options.webhook !== undefined) webhooks.endpoint(options.webhook)

  return {
    url: state.origin,
    config: {
      apiKey: FAKE_API_KEY,
      webhookSecrets: options.webhook?.secrets ?? [FAKE_WEBHOOK_SECRET],
      host: '127.0.0.1',
      port,
      protocol: 'http',
    },
    state,
    faults,
    webhooks,
    calls,
    complete: (session, input = {}) =>
      checkout.complete(session, { number: '4242424242424242', country: 'DE', ...input }),
    setCards(customerId, decline) {
      for (const method of state.paymentMethods.values())
        if (method.customer === customerId) state.cards.set(method.id, decline)
    },
    tick,
    advance,
    async close() {
      webhooks.close()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
