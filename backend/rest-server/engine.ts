// The REST engine as the stand-alone server uses it: its configuration in, what the log and the metrics tell out.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RestMetricValues } from '../monitoring/index.ts'
import {
  createRest,
  type FollowerEvent,
  type RestSettings,
  type RestUsage,
  type SchemaCache,
} from '../rest/index.ts'
import type { ServerConfig } from './config.ts'
import { printSchemaCache } from './print-schema.ts'

export interface EngineEvents {
  /** A request was answered. */
  onRequest(usage: EngineUsage): void
  /** The settings should be read anew: it was asked for by NOTIFY, or the database came back. */
  onReloadConfig(): void
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

/** What happens to the schema cache, for the log. */
export type EngineNote =
  | { readonly kind: 'loaded'; readonly durationMs: number; readonly summary: string }
  /** The connection, or the load, failed: it is tried again after a while. */
  | { readonly kind: 'failed'; readonly error: unknown; readonly retryInMs: number }
  /** Connected, and whether notifications can come. */
  | { readonly kind: 'connected'; readonly isListening: boolean }
  | { readonly kind: 'notified'; readonly payload: string }

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
  let isLost = false

  function follow(event: FollowerEvent): void {
    switch (event.kind) {
      case 'loaded': {
        loads.loads += 1
        loads.querySeconds = event.milliseconds / 1000
        // Settings may have changed while nobody could tell us.
        if (isLost) events.onReloadConfig()
        isLost = false
        const { milliseconds: durationMs, cache } = event
        return events.onNote({ kind: 'loaded', durationMs, summary: summaryOf(cache) })
      }
      case 'failed':
        loads.failures += 1
        isLost = true
        return events.onNote(event)
      case 'notified':
        events.onNote(event)
        // The settings of the database go with its schema.
        if (event.payload === 'reload schema' && database.readsSettings) events.onReloadConfig()
        return
      case 'connected':
        return events.onNote(event)
    }
  }

  const rest = createRest({
    ...settingsOf(config),
    target: targets[0],
    pool: {
      size: database.poolSize,
      acquireTimeoutMs: database.acquisitionTimeoutMs,
      idleTimeoutMs: database.idleTimeoutMs,
      maxLifetimeMs: database.lifetimeMs,
    },
    schemaCache: {
      channel: database.isChannelEnabled ? database.channel : null,
      onConfigReload: () => events.onReloadConfig(),
      observe: follow,
    },
    observe: (usage, request) => events.onRequest(toUsage(usage, request)),
  })

  return {
    handle: (request, response) => rest.handle(request, response, { path: request.url ?? '/' }),
    // A failure is told as a note.
    reloadSchema: () => void rest.reload().catch(() => undefined),
    configure: (next) => rest.configure(settingsOf(next)),
    isReady: () => rest.state().hasSchemaCache && !isLost,
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

function summaryOf(cache: SchemaCache): string {
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
