// Delivers events as Stripe does: signed, again until they are taken, in no order that can be relied on. Tests hold, shuffle, double and drop them.
import { createHmac } from 'node:crypto'
import type { StoredEvent, ThinEvent } from './state.ts'

export interface WebhookEndpoint {
  readonly url: string
  /** Two while one is being rotated: both sign. */
  readonly secrets: readonly string[]
}

/** The header `stripe-signature`. Written here by Stripe's published scheme, not with its package, which the other side uses. */
export function signWebhook(payload: string, secrets: readonly string[], timestamp: number): string {
  const signatures = secrets.map((secret) => {
    const hash = createHmac('sha256', secret).update(`${timestamp}.${payload}`).digest('hex')
    return `v1=${hash}`
  })
  return [`t=${timestamp}`, ...signatures].join(',')
}

export interface WebhookQueue {
  /** Where events go from now on; null: they stay in the queue. */
  endpoint(endpoint: WebhookEndpoint | null): void
  push(event: StoredEvent | ThinEvent): void
  /** Nothing is sent until `release`; events wait in the queue. */
  hold(): void
  release(): void
  /** What waits, oldest first. */
  waiting(): readonly (StoredEvent | ThinEvent)[]
  /** Takes what waits out of the queue: lost, unless it is sent. */
  drain(): (StoredEvent | ThinEvent)[]
  /** Sends one now. @returns the status of the answer; 0: no answer */
  send(event: StoredEvent | ThinEvent): Promise<number>
  /** Every event is sent this many times more. Default 0. */
  duplicate(times: number): void
  /** The order of each batch is given by this; null: as it happened. */
  reorder(order: ((events: (StoredEvent | ThinEvent)[]) => (StoredEvent | ThinEvent)[]) | null): void
  /** Each waits this long before it is sent. Default 0. */
  delay(delayMs: number): void
  /** Until nothing is under way; what waits because it is held or without an endpoint does not count. */
  settled(): Promise<void>
  /** Ids that were given up, after all attempts. */
  readonly failed: string[]
  close(): void
}

export interface WebhookOptions {
  /** Seconds, for the signature. */
  readonly now: () => number
  /** How often an event is sent until a 2xx. Default 5. */
  readonly attempts?: number
  /** Between attempts, doubling. Default 50 ms; Stripe takes hours. */
  readonly retryMs?: number
}

export function createWebhookQueue(options: WebhookOptions): WebhookQueue {
  const attempts = options.attempts ?? 5
  const queue: (StoredEvent | ThinEvent)[] = []
  const failed: string[] = []
  const underWay = new Set<Promise<void>>()
  const timers = new Set<{ cancel: () => void }>()
  let target: WebhookEndpoint | null = null
  let held = false
  let copies = 0
  let order: ((events: (StoredEvent | ThinEvent)[]) => (StoredEvent | ThinEvent)[]) | null = null
  let delayMs = 0
  let flushing = false

  const wait = (ms: number): Promise<void> =>
    ms === 0
      ? Promise.resolve()
      : new Promise((resolve) => {
          const entry = {
            cancel: () => {
              clearTimeout(timer)
              timers.delete(entry)
              resolve()
            },
          }
          const timer = setTimeout(entry.cancel, ms)
          timers.add(entry)
        })

  async function send(event: StoredEvent | ThinEvent): Promise<number> {
    if (target === null) return 0
    const payload = JSON.stringify(event)
    try {
      const response = await fetch(target.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
          'stripe-signature': signWebhook(payload, target.secrets, options.now()),
        },
        body: payload,
        signal: AbortSignal.timeout(10_000),
      })
      await response.body?.cancel()
      return response.status
    } catch {
      return 0
    }
  }

  async function deliver(event: StoredEvent | ThinEvent): Promise<void> {
    await wait(delayMs)
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (target === null) break
      const status = await send(event)
      if (status >= 200 && status < 300) return
      await wait((options.retryMs ?? 50) * 2 ** attempt)
    }
    failed.push(event.id)
  }

  /** One after the other, so that the order that was asked for is the order that arrives. */
  async function flush(): Promise<void> {
    while (!held && target !== null && queue.length > 0) {
      const batch = queue.splice(0)
      const ordered = order === null ? batch : order(batch)
      const repeated = ordered.flatMap((event) => Array.from({ length: copies + 1 }, () => event))
      for (const event of repeated) await deliver(event)
    }
  }

  function start(): void {
    if (flushing || held || target === null || queue.length === 0) return
    flushing = true
    // After the request that caused them was answered.
    const work = new Promise<void>((resolve) => setImmediate(resolve)).then(flush).finally(() => {
      flushing = false
      underWay.delete(work)
      start()
    })
    underWay.add(work)
  }

  return {
    failed,
    endpoint(next) {
      target = next
      start()
    },
    push(event) {
      queue.push(event)
      start()
    },
    hold() {
      held = true
    },
    release() {
      held = false
      start()
    },
    waiting: () => [...queue],
    drain: () => queue.splice(0),
    send,
    duplicate(times) {
      copies = times
    },
    reorder(next) {
      order = next
    },
    delay(ms) {
      delayMs = ms
    },
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay)
    },
    close() {
      target = null
      for (const timer of timers) timer.cancel()
    },
  }
}
