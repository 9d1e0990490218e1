// A request and its response between the sender and a protocol.
import type { Readable } from 'node:stream'
import type { HeaderPair } from '#contract/requests/exchange.ts'
import type { RequestBody } from './body.ts'

export interface WireRequest {
  readonly method: string
  /** Path and query; the whole address for a forwarding proxy. */
  readonly target: string
  readonly url: URL
  /** All of them, in order. */
  readonly headers: readonly HeaderPair[]
  readonly body: RequestBody | null
  readonly expectsContinue: boolean
}

export interface WireResponse {
  readonly status: number
  readonly statusText: string
  readonly httpVersion: string
  readonly headers: readonly HeaderPair[]
  readonly headerBytes: number
  /** As it comes, still compressed; null when there cannot be one. */
  readonly body: Readable | null
  /** Complete when the body has ended. */
  trailers(): HeaderPair[]
  /** Why the body broke off, when the protocol knows more than the body's own error. */
  brokenBy(): Error | null
  /** Of performance.now(). */
  readonly times: { readonly startedAt: number; readonly sentAt: number; readonly firstByteAt: number }
  /** Resolves when the connection can serve the next request, or is closed: soon after the body has ended. */
  readonly released: Promise<void>
  /** Lets the rest go, and the connection with it when there is a rest. */
  discard(): void
}
