// What capabilities know of background jobs: enqueue inside the transaction of the change that needs them, and register who runs them.
import type { z } from 'zod'
import type { Tx } from '../db/database.ts'

export interface EnqueueOptions {
  /** Not before then. */
  readonly runAt?: Date
  /** A job of the same key that has not started yet is replaced. */
  readonly key?: string
  readonly maxAttempts?: number
}

/** A kind of job. `run` may be called again after a failure or a crash: it must be idempotent. */
export interface JobDefinition<Payload extends z.ZodType = z.ZodType> {
  /** `capability.verb`: `auth.mail-password-reset`. */
  readonly name: string
  readonly payload: Payload
  readonly run: (payload: z.output<Payload>, signal: AbortSignal) => Promise<void>
  /** When it also runs by itself, as a crontab pattern in UTC. The payload is then `{}`. */
  readonly schedule?: string
}

export interface Jobs {
  /** Adds a job that starts once `tx` has committed. */
  enqueue(tx: Tx, name: string, payload: object, options?: EnqueueOptions): Promise<void>
  /** Says who runs a kind of job. To be called before `start`. */
  register<Payload extends z.ZodType>(definition: JobDefinition<Payload>): void
}
