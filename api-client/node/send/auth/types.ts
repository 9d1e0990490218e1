// What an authentication does to a request.
import type { HeaderPair } from '#contract/requests/exchange.ts'
import type { RequestBody } from '../body.ts'

export interface Unauthorised {
  readonly method: string
  readonly url: URL
  /** Path and query as they are sent. */
  readonly target: string
  readonly headers: readonly HeaderPair[]
  readonly body: RequestBody | null
}

export interface Credentials {
  readonly headers: readonly HeaderPair[]
  /** Added to the query. */
  readonly query: readonly { readonly name: string; readonly value: string }[]
}

export interface Authenticator {
  /** For each request anew: a redirect asks another address. */
  authorize(request: Unauthorised, signal: AbortSignal): Promise<Credentials>
  /** After a 401: whether it is worth asking again, with what `authorize` gives now. At most a few times. */
  challenged(
    response: { readonly status: number; readonly headers: readonly HeaderPair[] },
    signal: AbortSignal,
  ): Promise<boolean>
  /** What must not be shown, known after `authorize`. */
  hidden(): readonly string[]
  insight(): { readonly projectId: string; readonly ticket: string } | null
}

export const NO_CREDENTIALS: Credentials = { headers: [], query: [] }
