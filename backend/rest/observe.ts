// What is told of each request once it is over: for logs, metrics and metering. Names of resources, never values. What is told of a request that
// somebody watches (WatchedAnswer) has the values too, and goes nowhere else.
import type { RestError } from './errors.ts'
import type { HttpRequest } from './parse/api-request.ts'
import type { Plan } from './plan/plan.ts'
import type { Identity, RestConfig, Transaction } from './types.ts'

/** Milliseconds by stage; those that were not reached are 0. */
export interface StageTimes {
  readonly jwt: number
  readonly parse: number
  readonly plan: number
  readonly transaction: number
  readonly response: number
}

export interface RestUsage {
  /** Null when it was refused before a role was known. */
  readonly role: string | null
  /** `GET /films`, `POST /rpc/add`; `GET ?` for a path that names nothing. */
  readonly route: string
  readonly status: number
  /** Code of the error that was answered. */
  readonly errorCode: string | null
  /** Rows in the body, or affected. */
  readonly rows: number
  readonly bytesIn: number
  readonly bytesOut: number
  readonly ms: StageTimes
  /** From the request's first byte of body to the last one that was written. */
  readonly totalMs: number
  /** SQL that was sent, in order, without values. */
  readonly statements: readonly string[]
  /** A mistake of ours, for the log. */
  readonly failure: unknown
  /** Whether the client left before it had everything. */
  readonly wasAborted: boolean
}

/** What one step is to do, and the statements that do it. */
export interface PlannedWork {
  readonly plan: Plan
  readonly transaction: Transaction
}

/** All that is known of a request when its answer begins, values and claims included: for whoever watches it, never for a log. */
export interface WatchedAnswer {
  readonly request: HttpRequest
  readonly status: number
  readonly error: RestError | null
  /** Null where it was refused before it was known. */
  readonly identity: Identity | null
  readonly ms: StageTimes
  /** In the body, or affected. */
  readonly rows: number
  /** One, or one for each step of a batch; none where it was refused before. */
  readonly work: readonly PlannedWork[]
  readonly config: RestConfig
  /** The snapshot of the schema that it was planned with. */
  readonly schema: { readonly version: number; readonly loadedAt: Date } | null
}

/** Measures the stages of one request in the order in which they come. */
export interface StageClock {
  /** The stage that ends now. */
  end(stage: keyof StageTimes): void
  times(): StageTimes
}

/** Makes a clock that starts now. */
export function startStageClock(now: () => number): StageClock {
  const times = { jwt: 0, parse: 0, plan: 0, transaction: 0, response: 0 }
  let last = now()
  return {
    end(stage) {
      const at = now()
      times[stage] = at - last
      last = at
    },
    times: () => times,
  }
}
