// What the stand-alone server asks of the REST engine: the composition root puts the engine behind it.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RestMetricValues } from '../monitoring/index.ts'
import type { ServerConfig } from './config.ts'

export interface EngineEvents {
  /** A request was answered. */
  onRequest(usage: EngineUsage): void
  /** `notify pgrst, 'reload config'` came. */
  onReloadConfig(): void
  /** Something happened that the log tells: the schema cache was loaded or could not be, the listener connected or was lost. */
  onNote(note: EngineNote): void
}

/** What is known of a request once it is answered. */
export interface EngineUsage {
  readonly request: IncomingMessage
  /** null when it was refused before a role was known. */
  readonly role: string | null
  readonly status: number
  /** Bytes of the answer's body. */
  readonly sizeBytes: number
  /** SQL that was run, in order. */
  readonly statements: readonly string[]
}

export type EngineNote =
  | { readonly kind: 'connected'; readonly version: string }
  | { readonly kind: 'schema-cache-loaded'; readonly durationMs: number; readonly summary: string }
  | { readonly kind: 'schema-cache-failed'; readonly error: unknown }
  | { readonly kind: 'listening' }
  | { readonly kind: 'listening-failed'; readonly error: unknown }
  | { readonly kind: 'notified'; readonly about: 'schema' | 'config' }

export interface Engine {
  /** Answers the request, whatever happens. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Reads the schema anew, in the background. */
  reloadSchema(): void
  /** Takes what can be changed while it runs; requests under way keep what they began with. */
  configure(config: ServerConfig): void
  /** Whether a schema cache is there and the database is reachable. */
  isReady(): boolean
  /** The snapshot as JSON, '' while there is none. */
  schemaCache(): string
  metrics(): RestMetricValues
  /** Lets running requests end, then closes all connections. */
  close(): Promise<void>
}

export type CreateEngine = (config: ServerConfig, events: EngineEvents) => Engine
