// Faults on demand: by a header of one request, or planted for the next requests that match.
import { z } from 'zod'
import { StripeFailure } from './errors.ts'

export const FaultKind = z.enum([
  /** 429 before anything happened. */
  'rate-limit',
  /** 500 before anything happened. */
  'error',
  /** 500 after it was done; the same key gets the result. */
  'error-after-commit',
  /** The connection ends after it was done, without an answer. */
  'drop-after-commit',
  /** It was done and no answer ever comes. */
  'hang-after-commit',
  /** The connection ends before anything happened. */
  'drop',
])
export type FaultKind = z.infer<typeof FaultKind>

export const Fault = z.object({
  kind: FaultKind,
  /** `POST /v1/subscriptions`: the beginning of method and path. Default: every request. */
  match: z.string().default(''),
  /** How many requests it hits. Default 1. */
  times: z.number().int().min(1).default(1),
})
export type Fault = z.input<typeof Fault>

export const FAULT_HEADER = 'x-fake-stripe-fault'

export interface Faults {
  add(fault: Fault): void
  clear(): void
  /** The fault that hits this request, counted. */
  take(call: string, header: string | undefined): FaultKind | null
}

export function createFaults(): Faults {
  let planted: { kind: FaultKind; match: string; times: number }[] = []
  return {
    add(fault) {
      planted.push(Fault.parse(fault))
    },
    clear() {
      planted = []
    },
    take(call, header) {
      const asked = FaultKind.safeParse(header)
      if (asked.success) return asked.data
      const fault = planted.find((entry) => entry.times > 0 && call.startsWith(entry.match))
      if (fault === undefined) return null
      fault.times -= 1
      return fault.kind
    },
  }
}

export const rateLimited = (): StripeFailure =>
  new StripeFailure(429, 'invalid_request_error', 'Too many requests', { code: 'rate_limit' })
export const brokenDown = (): StripeFailure =>
  new StripeFailure(500, 'api_error', 'An unknown error occurred')
