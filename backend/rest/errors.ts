// An error as PostgREST's clients know it: code, message, details, hint. The codes stand with the stage that throws them
// (parse/errors.ts, plan/errors.ts, …); https://docs.postgrest.org/en/stable/references/errors.html lists them all.

/** Which step of an atomic batch something is of. */
export interface StepPlace {
  /** From 0. */
  readonly index: number
  readonly name: string | null
}

/** What Postgres says of an error beside its words: the object it is about, where it names one. */
export interface DatabaseObject {
  readonly schema?: string | null | undefined
  readonly table?: string | null | undefined
  readonly column?: string | null | undefined
  readonly constraint?: string | null | undefined
}

/** What a request fails with. */
export class RestError extends Error {
  readonly code: string
  /** HTTP status. */
  readonly status: number
  readonly statusText: string | null
  /** Text, or for ambiguities a list of objects: goes into the JSON as it is. */
  readonly details: unknown
  readonly hint: string | null
  /** Sent beside the usual ones: WWW-Authenticate, Content-Range, Retry-After. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** The step of a batch that failed; null outside of batches, and for the batch as a whole. */
  readonly step: StepPlace | null
  /** What Postgres refused is about; null for what Postgres did not refuse. Never part of an answer. */
  readonly object: DatabaseObject | null
  constructor(
    what: { readonly code: string; readonly status: number; readonly message: string },
    more: {
      readonly details?: unknown
      readonly hint?: string | null
      readonly statusText?: string
      readonly headers?: readonly (readonly [name: string, value: string])[]
      readonly cause?: unknown
      readonly step?: StepPlace | null
      readonly object?: DatabaseObject | null
    } = {},
  ) {
    super(what.message, more.cause === undefined ? undefined : { cause: more.cause })
    this.name = 'RestError'
    this.code = what.code
    this.status = what.status
    this.statusText = more.statusText ?? null
    this.details = more.details ?? null
    this.hint = more.hint ?? null
    this.headers = more.headers ?? []
    this.step = more.step ?? null
    this.object = more.object ?? null
  }
}

/** Whether `error` is a RestError. */
export function isRestError(error: unknown): error is RestError {
  return error instanceof RestError
}
