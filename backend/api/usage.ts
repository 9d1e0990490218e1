// The one place that is told of every request to a data API, whether the engine answered it or it was refused before. Metering and analytics read here.
import type { ApiKeyId } from '#contract/capabilities/api-keys.ts'
import type { ProjectId } from '#contract/capabilities/ids.ts'

/** One request, when it is over. */
export interface UsageEvent {
  /** Null when the project is not known. */
  readonly projectId: ProjectId | null
  readonly keyId: ApiKeyId | null
  /** The database role it acted as; null when it was refused before that was known. */
  readonly role: string | null
  /** Method and path with names only, never values: `GET /films`, `POST /rpc/search`. Null when it was refused before its path was looked at. */
  readonly route: string | null
  /** 1, of a batch its steps; 0 for what was refused before the engine: nobody pays for what strangers send. */
  readonly requests: number
  /** HTTP status; 499 when the client went away first. */
  readonly status: number
  /** Rows in the answer, or written. */
  readonly rows: number
  readonly bytesIn: number
  readonly bytesOut: number
  readonly durationMs: number
}

export type ObserveUsage = (event: UsageEvent) => void

/** Hands each event to all readers. A reader must be quick and never throw: it runs in the request. */
export function createUsage(readers: readonly ObserveUsage[]): ObserveUsage {
  return (event) => {
    for (const read of readers) read(event)
  }
}
