// A mock server: what it answers with, and what it tells of the requests that came.
import type { CollectionTree } from '#api-client/common/collection-tree.ts'
import type { ApiColumn } from '#contract/requests/api-description.ts'

export interface MockTable {
  readonly name: string
  readonly columns: readonly Pick<ApiColumn, 'name' | 'type'>[]
  /** Names of columns; none for a view. */
  readonly primaryKey: readonly string[]
  /** As JSON has them; integers beyond 2^53 as bigint. They are copied: writes change the copy. */
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}

export type MockServerSource =
  | {
      readonly type: 'examples'
      readonly tree: CollectionTree
      /** Name of the environment whose variables fill the answers; null for the collection's alone. */
      readonly environment?: string | null
    }
  /** Answered as PostgREST does, by the simple filters. */
  | { readonly type: 'rows'; readonly tables: readonly MockTable[] }

export interface MockServerOptions {
  readonly source: MockServerSource
  /** Null for a free one. */
  readonly port?: number | null
  /** Milliseconds that each answer waits. */
  readonly delayMs?: number
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** From 0 up to, without, 1: for dynamic values. */
  readonly random: () => number
  /** Called when a request has been answered. */
  readonly onRequest?: (hit: MockHit) => void
}

export interface MockHit {
  /** When it came, ISO 8601. */
  readonly at: string
  readonly method: string
  /** With its query; cut at 4,096 characters. */
  readonly path: string
  readonly status: number
  /** Name of the example or table that answered; null for none. */
  readonly matched: string | null
}

export interface MockServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /** Ends connections too, also those that wait. */
  close(): Promise<void>
}

/** A request as an answerer sees it. */
export interface MockRequest {
  readonly method: string
  /** As it came, percent-encoded. */
  readonly path: string
  /** Without the question mark. */
  readonly query: string
  /** By name in lower case; of repeated ones joined by a comma. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}

export interface MockAnswer {
  readonly status: number
  readonly statusText?: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Null for none. */
  readonly body: string | Uint8Array | null
  readonly matched: string | null
}

export interface Answerer {
  answer(request: MockRequest): MockAnswer
  /** Methods that something at this path answers to. */
  methods(path: string): readonly string[]
}
