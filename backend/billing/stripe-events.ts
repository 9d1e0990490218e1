// What Stripe tells: webhooks and the list of events, as references to what must be fetched again.
import type Stripe from 'stripe'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { PaymentError, type GatewayEvent, type GatewayReference, type PaymentGateway } from './gateway.ts'
import { attempt, toDate, toPaymentError, toSeconds } from './stripe-client.ts'

type EventCalls = Pick<PaymentGateway, 'eventsSince' | 'verifyWebhook'>

/** A signature older than this is not taken. */
const TOLERANCE_S = 300

/** What we read of an event. Its object is only a hint of what to fetch, so nothing else is relied on. */
const EventShape = z.object({
  id: z.string().min(1).max(255),
  type: z.string().min(1).max(255),
  created: z.union([z.number().int(), z.iso.datetime()]),
  // A thin event's data, if it has any, is of another shape.
  data: z
    .looseObject({
      object: z
        .looseObject({
          id: z.string().optional(),
          object: z.string().optional(),
          customer: z.union([z.string(), z.looseObject({ id: z.string() })]).nullish(),
          invoice: z.union([z.string(), z.looseObject({ id: z.string() })]).nullish(),
          subscription: z.union([z.string(), z.looseObject({ id: z.string() })]).nullish(),
          released_subscription: z.string().nullish(),
        })
        .optional(),
    })
    .nullish(),
})
type EventShape = z.infer<typeof EventShape>
type EventObject = NonNullable<EventShape['data']>['object']

const text = (reference: string | { id: string } | null | undefined): string | null =>
  reference === null || reference === undefined
    ? null
    : typeof reference === 'string'
      ? reference
      : reference.id

function referenceOf(type: string, eventId: string, object: EventObject | undefined): GatewayReference {
  if (type.startsWith('v1.billing.meter.')) return { kind: 'meter-errors', id: eventId }
  const to = (kind: 'subscription' | 'invoice' | 'customer' | 'hosted-page', id: string | null) =>
    id === null || id === '' ? ({ kind: 'none' } as const) : { kind, id }
  const own = object?.id ?? null
  switch (object?.object) {
    case 'customer':
      return to('customer', own)
    case 'subscription':
      return to('subscription', own)
    case 'subscription_schedule':
      return to('subscription', text(object.subscription) ?? object.released_subscription ?? null)
    case 'invoice':
      return to('invoice', own)
    case 'credit_note':
    case 'invoice_payment':
      return to('invoice', text(object.invoice))
    case 'checkout.session':
      return to('hosted-page', own)
    case 'payment_method':
    case 'setup_intent':
    case 'tax_id':
      return to('customer', text(object.customer))
    default:
      return { kind: 'none' }
  }
}

/** @throws z.ZodError for what is not an event */
function describe(input: unknown): GatewayEvent {
  const event = EventShape.parse(input)
  const object = event.data?.object
  return {
    id: event.id,
    type: event.type,
    createdAt: typeof event.created === 'number' ? toDate(event.created) : new Date(event.created),
    reference: referenceOf(event.type, event.id, object),
    customerId: object?.object === 'customer' ? (object.id ?? null) : text(object?.customer),
  }
}

export function createStripeEvents(
  client: Stripe,
  options: { readonly webhookSecrets: readonly string[]; readonly clock: Clock },
): EventCalls {
  return {
    async *eventsSince(since) {
      // Stripe lists the newest first.
      const found = await attempt(async () => {
        const events: GatewayEvent[] = []
        const list = { created: { gte: toSeconds(since) }, limit: 100 }
        for await (const event of client.events.list(list)) events.push(describe(event))
        return events
      })
      yield* found.reverse()
    },

    verifyWebhook(rawBody, signature) {
      const receivedAt = options.clock.now().getTime()
      let failure: unknown = new PaymentError('bad-signature', 'No webhook secret is configured.')
      const isSigned = options.webhookSecrets.some((secret) => {
        try {
          // Called on its object: it needs its `this`.
          return (
            client.webhooks.signature?.verifyHeader(
              rawBody,
              signature,
              secret,
              TOLERANCE_S,
              undefined,
              receivedAt,
            ) ?? false
          )
        } catch (error) {
          failure = toPaymentError(error)
          return false
        }
      })
      if (!isSigned) throw failure
      try {
        return describe(JSON.parse(new TextDecoder().decode(rawBody)))
      } catch (error) {
        throw new PaymentError('refused', 'The webhook is signed but is not an event.', { cause: error })
      }
    },
  }
}
