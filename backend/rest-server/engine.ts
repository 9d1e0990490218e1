// The REST engine as the stand-alone server uses it: its configuration in, what the log and the metrics tell out.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RestMetricValues } from '../monitoring/index.ts'
import { createRest, type RestSettings, type RestUsage, type SchemaCache } from '../rest/index.ts'
import type { ServerConfig } from './config.ts'
import { printSchemaCache } from './print-schema.ts'

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

/** Makes the engine and begins to load the schema cache. */
export function createEngine(config: ServerConfig, events: EngineEvents): Engine {
  const { database, targets } = config
  const loads = { loads: 0, failures: 0, querySeconds: 0 }
  const rest = createRest({
    ...settingsOf(config),
    target: targets[0],
    pool: {
      size: database.poolSize,
      acquireTimeoutMs: database.acquisitionTimeoutMs,
      idleTimeoutMs: database.idleTimeoutMs,
      maxLifetimeMs: database.lifetimeMs,
    },
    observe: (usage, request) => events.onRequest(toUsage(usage, request)),
  })

  async function load(): Promise<void> {
    const startedAt = performance.now()
    try {
      await rest.reload()
      loads.loads += 1
      const durationMs = performance.now() - startedAt
      loads.querySeconds = durationMs / 1000
      events.onNote({ kind: 'schema-cache-loaded', durationMs, summary: summaryOf(rest.schemaCache()) })
    } catch (error) {
      loads.failures += 1
      events.onNote({ kind: 'schema-cache-failed', error })
    }
  }
  void load()

  return {
    handle: (request, response) => rest.handle(request, response, { path: request.url ?? '/' }),
    reloadSchema: () => void load(),
    configure: (next) => rest.configure(settingsOf(next)),
    isReady: () => rest.state().hasSchemaCache,
    schemaCache() {
      const cache = rest.schemaCache()
      return cache === undefined ? '' : printSchemaCache(cache)
    },
    metrics() {
      const { pool, jwtCache } = rest.state()
      return {
        pool: { size: pool.size, available: pool.idle, waiting: pool.waiting, timeouts: pool.timeouts },
        schemaCache: { ...loads },
        jwtCache,
      }
    },
    close: () => rest.close(),
  }
}

function settingsOf({ rest, jwt, jwtSecret }: ServerConfig): RestSettings {
  return { config: rest, jwt: { ...jwt, secret: jwtSecret } }
}

function toUsage({ role, status, bytesOut, statements }: RestUsage, request: IncomingMessage): EngineUsage {
  return { request, role, status, sizeBytes: bytesOut, statements }
}

function summaryOf(cache: SchemaCache | undefined): string {
  if (cache === undefined) return 'nothing'
  const count = (map: ReadonlyMap<string, readonly unknown[]>): number =>
    [...map.values()].reduce((sum, items) => sum + items.length, 0)
  return [
    `${cache.tables.size} Relations`,
    `${count(cache.relationships)} Relationships`,
    `${count(cache.routines)} Functions`,
    `${cache.representations.size} Domain Representations`,
    `${cache.handlers.length} Media Type Handlers`,
  ].join(', ')
}
