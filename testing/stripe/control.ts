// What a test in another process does to the fake: POST /_fake/… with JSON. Inside one process, use the object that `startStripeFake` gives.
import { z } from 'zod'
import { Fault, type Faults } from './faults.ts'
import type { PageAnswer, PageHandler } from './server.ts'
import type { StripeState } from './state.ts'
import type { WebhookQueue } from './webhooks.ts'

export interface ControlParts {
  readonly state: StripeState
  readonly faults: Faults
  readonly webhooks: WebhookQueue
  /** Moves the server's own time forward. */
  readonly advance: (seconds: number) => void
}

const Commands = {
  /** The next requests that match fail. */
  fault: Fault,
  'clear-faults': z.object({}),
  /** How a payment method behaves from now on; null pays. */
  card: z.object({ paymentMethod: z.string(), decline: z.string().nullable() }),
  /** The same for every method of a customer. */
  cards: z.object({ customer: z.string(), decline: z.string().nullable() }),
  /** Time goes on: periods end, invoices are closed and collected. */
  advance: z.object({ days: z.number().min(0).default(0), hours: z.number().min(0).default(0) }),
  'webhook-endpoint': z.object({ url: z.url(), secrets: z.array(z.string()).min(1) }),
  webhooks: z.object({
    hold: z.boolean().optional(),
    duplicate: z.number().int().min(0).max(10).optional(),
    delayMs: z.number().int().min(0).optional(),
    order: z.enum(['as-it-happened', 'backwards']).optional(),
  }),
} as const

export function createControl(parts: ControlParts): PageHandler {
  const { state, faults, webhooks } = parts

  function run(command: string, body: unknown): unknown {
    switch (command) {
      case 'fault':
        faults.add(Commands.fault.parse(body))
        return {}
      case 'clear-faults':
        faults.clear()
        return {}
      case 'card': {
        const { paymentMethod, decline } = Commands.card.parse(body)
        state.cards.set(paymentMethod, decline)
        return {}
      }
      case 'cards': {
        const { customer, decline } = Commands.cards.parse(body)
        for (const method of state.paymentMethods.values())
          if (method.customer === customer) state.cards.set(method.id, decline)
        return {}
      }
      case 'advance': {
        const { days, hours } = Commands.advance.parse(body)
        parts.advance(Math.round((days * 24 + hours) * 3600))
        return { now: state.now(null) }
      }
      case 'webhook-endpoint':
        webhooks.endpoint(Commands['webhook-endpoint'].parse(body))
        return {}
      case 'webhooks': {
        const wanted = Commands.webhooks.parse(body)
        if (wanted.duplicate !== undefined) webhooks.duplicate(wanted.duplicate)
        if (wanted.delayMs !== undefined) webhooks.delay(wanted.delayMs)
        if (wanted.order !== undefined)
          webhooks.reorder(wanted.order === 'backwards' ? (events) => events.reverse() : null)
        if (wanted.hold === true) webhooks.hold()
        if (wanted.hold === false) webhooks.release()
        return { waiting: webhooks.waiting().length, failed: webhooks.failed }
      }
      default:
        return null
    }
  }

  return ({ method, path, form }): PageAnswer | null => {
    const command = /^\/_fake\/([a-z-]+)$/.exec(path)?.[1]
    if (command === undefined) return null
    if (method !== 'POST') return { status: 405, json: { error: 'POST' } }
    try {
      const json = run(command, form)
      return json === null ? { status: 404, json: { error: `No command ${command}` } } : { status: 200, json }
    } catch (error) {
      if (error instanceof z.ZodError) return { status: 400, json: { error: z.prettifyError(error) } }
      throw error
    }
  }
}
