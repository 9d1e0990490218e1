// What assertions know of a response.
import type { HeaderPair } from '#contract/requests/exchange.ts'

/** What assertions are held against. */
export interface ResponseFacts {
  readonly status: number
  readonly statusText: string
  /** Milliseconds. */
  readonly durationMs: number
  /** Bytes, decompressed. */
  readonly bodyBytes: number
  readonly headers: readonly HeaderPair[]
  /** Null where `bodyProblem` says why. */
  readonly body: string | null
  /** “The body has 30 MB; assertions read up to 10 MB.” */
  readonly bodyProblem: string | null
}
