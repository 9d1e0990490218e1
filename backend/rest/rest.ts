// The engine of one database: a pool, a schema cache that follows the schema, and whom it trusts. Serves requests of Node's HTTP server.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { availableParallelism } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { openPipelineConnection } from '#postgres/node/pipeline/connection.ts'
import type { SessionTarget } from '#postgres/node/session.ts'
import { createAuthenticator, type Authenticator, type JwtConfig } from './authenticate.ts'
import type { AdmitBatch } from './batch.ts'
import { type BodyBudget, shareOf } from './body-budget.ts'
import { corsHeaders, preflight } from './cors.ts'
import { describe, type DescribeQuery } from './describe.ts'
import { isRestError, type RestError } from './errors.ts'
import { answer, type Answer } from './handler.ts'
import { readBody, toHttpRequest, writeResponse } from './http.ts'
import type { RestUsage, StageTimes, WatchedAnswer } from './observe.ts'
import type { HttpRequest } from './parse/api-request.ts'
import { paceFor } from './pool-pace.ts'
import { createConnectionPool, type ConnectionPool, type PoolState } from './pool.ts'
import { clientLeft, internalError, noSchemaCache, requestTimeout } from './respond/errors.ts'
import { respondError } from './respond/index.ts'
import { createSchemaCacheFollower, type FollowerOptions, type SchemaScope } from './schema-cache/index.ts'
import type { FetchKeys } from './token-keys.ts'
import type { Identity, RestConfig, RestResponse, SchemaCache } from './types.ts'

/** What can be changed while the engine runs. */
export interface RestSettings {
  readonly config: RestConfig
  readonly jwt: JwtConfig
}

export interface RestOptions extends RestSettings {
  /** Where the database is, and the role that logs in. */
  readonly target: SessionTarget
  readonly pool?: Partial<PoolSettings> | undefined
  readonly http?: Partial<HttpSettings> | undefined
  /** How the schema is followed: channel, poll, and who is told. */
  readonly schemaCache?: Omit<FollowerOptions, 'target' | 'scope'> | undefined
  /** How the key sets of issuers are fetched; a service that takes their URLs from its customers must not ask everywhere. */
  readonly fetchKeys?: FetchKeys | undefined
  /** What bodies of requests may take of the memory; no limit when left out. */
  readonly bodyBudget?: BodyBudget | undefined
  /** Told once of each request, when it is over. */
  readonly observe?: ((usage: RestUsage, message: IncomingMessage) => void) | undefined
}

export interface PoolSettings {
  /** db-pool */
  readonly size: number
  /** db-pool-acquisition-timeout */
  readonly acquireTimeoutMs: number
  /** db-pool-max-idletime */
  readonly idleTimeoutMs: number
  /** db-pool-max-lifetime */
  readonly maxLifetimeMs: number
}

export interface HttpSettings {
  /** A client that takes nothing of its answer for so long is given up. */
  readonly slowClientTimeoutMs: number
  /** How long a request waits for the first schema cache. */
  readonly readyTimeoutMs: number
  /** A request that takes longer is cancelled and answered with 504; null lets Postgres decide (statement_timeout). */
  readonly requestTimeoutMs: number | null
}

export interface HandleOptions {
  /** Below the API's root, with leading slash and the query: `/films?id=eq.1`. */
  readonly path: string
  /** Who asks, where that is decided already (by an API key); otherwise the request's token is looked at. */
  readonly identity?: Identity | undefined
  /** Where the request comes from, an address or a network: who has no subject is told apart by it. The socket's when left out. */
  readonly client?: string | undefined
  /** In place of the engine's for this request: one with fewer schemas, for a key of a narrow scope. */
  readonly config?: RestConfig | undefined
  /** Asked with the number of its steps before a batch runs. What it rejects with refuses the batch. */
  readonly admitBatch?: AdmitBatch | undefined
  /** Told of the request before its answer is written, where somebody watches it. Must not throw. */
  readonly watch?: ((answer: WatchedAnswer) => void) | undefined
}

export interface RestState {
  readonly hasSchemaCache: boolean
  readonly pool: PoolState
  readonly jwtCache: ReturnType<Authenticator['cacheStats']>
  readonly running: number
}

export interface Rest {
  /** Answers the request, whatever happens. Resolves when the answer is written. */
  handle(message: IncomingMessage, response: ServerResponse, options: HandleOptions): Promise<void>
  /** Describes a schema, as a role sees it. Rejects with RestError. */
  describe(query: DescribeQuery): Promise<Readonly<Record<string, unknown>>>
  /** Reads the schema anew. Rejects when that is not possible; the old snapshot stays. */
  reload(): Promise<void>
  /**
   * From the next request on. Requests that run keep what they began with. Resolves when the schema cache covers the exposed schemas, at once when
   * they are the same; never rejects.
   */
  configure(settings: RestSettings): Promise<void>
  state(): RestState
  /** The current snapshot. */
  schemaCache(): SchemaCache | undefined
  /** Lets running requests end, then closes all connections. */
  close(): Promise<void>
}

const DEFAULT_POOL: PoolSettings = {
  size: 10,
  acquireTimeoutMs: 10_000,
  idleTimeoutMs: 30_000,
  maxLifetimeMs: 1_800_000,
}
const DEFAULT_HTTP: HttpSettings = {
  slowClientTimeoutMs: 60_000,
  readyTimeoutMs: 10_000,
  requestTimeoutMs: null,
}

/** Makes the engine of a database. It begins to load the schema at once; connections for requests are opened when they are needed. */
export function createRest(options: RestOptions): Rest {
  const { target, observe } = options
  const httpSettings = { ...DEFAULT_HTTP, ...options.http }
  const now = (): number => performance.now()
  let settings: RestSettings = { config: options.config, jwt: options.jwt }
  let authenticator = makeAuthenticator(settings, options.fetchKeys)
  let running = 0
  let whenIdle: (() => void) | undefined
  const pool = createConnectionPool({
    ...DEFAULT_POOL,
    ...options.pool,
    pace: paceFor(target.host, availableParallelism()),
    open: () => openPipelineConnection(target),
    now,
  })

  const poolOf = (from: string | undefined): ConnectionPool => ({
    ...pool,
    acquire: (identity) => pool.acquire(identity, from),
  })

  /** Why there is no snapshot yet; undefined while the first load runs. */
  let hasFailed = false
  const failed = Promise.withResolvers<void>()
  const follower = createSchemaCacheFollower({
    ...options.schemaCache,
    target,
    scope: scopeOf(settings.config),
    observe(event) {
      if (event.kind === 'failed') {
        hasFailed = true
        failed.resolve()
      }
      options.schemaCache?.observe?.(event)
    },
  })
  /** The first requests wait for the first load; when that failed none does. */
  const ready = async (): Promise<void> => {
    if (hasFailed) return
    const timer = new AbortController()
    const late = wait(httpSettings.readyTimeoutMs, undefined, { signal: timer.signal }).catch(() => undefined)
    await Promise.race([follower.ready().catch(() => undefined), failed.promise, late])
    timer.abort()
  }

  const serve = async (
    message: IncomingMessage,
    response: ServerResponse,
    { path, identity, client: from, config = settings.config, admitBatch, watch }: HandleOptions,
  ): Promise<void> => {
    const startedAt = now()
    const client = followClient(response, httpSettings.requestTimeoutMs)
    let request = toHttpRequest(message, path, NO_BYTES)
    let given: Answer | undefined
    let reply: RestResponse
    let refusal: RestError | null = null
    let cache: SchemaCache | undefined
    let hasRead = true
    const share = shareOf(options.bodyBudget)
    try {
      const body = readBody(message, config.maxBodyBytes, share)
      if (body instanceof Promise) {
        // Comes also where the answer cannot be written.
        response.once('close', () => share.giveBack())
        hasRead = false
        request = { ...request, body: await body }
        hasRead = true
      }
      const asked = preflight(request, config)
      if (asked === undefined) {
        if (follower.current() === undefined) await ready()
        cache = follower.current()
        given = await answer(
          request,
          {
            config,
            cache,
            authenticator,
            pool: poolOf(from ?? message.socket.remoteAddress),
          },
          { identity: identity ?? null, signal: client.signal, admitBatch, now },
        )
        reply = given.response
      } else reply = asked
    } catch (error) {
      refusal = isRestError(error) ? error : internalError(error)
      reply = respondError(refusal, config.errorVerbosity)
      if (!hasRead) response.shouldKeepAlive = false
    }
    watch?.({
      request,
      status: reply.status,
      error: given?.error ?? refusal,
      identity: given?.identity ?? identity ?? null,
      ms: given?.times ?? NO_TIMES,
      rows: given?.rows ?? 0,
      work: given?.work ?? [],
      config,
      schema: cache === undefined ? null : { version: cache.version, loadedAt: cache.loadedAt },
    })
    const bytesOut = await writeResponse(response, reply, {
      isHead: request.method === 'HEAD',
      headers: [...corsHeaders(request, config, namesOf(reply, response)), ...traceHeaders(request, config)],
      slowClientTimeoutMs: httpSettings.slowClientTimeoutMs,
      ended: given?.ended ?? null,
      ...(hasRead ? {} : { unread: message }),
    })
    client.done()
    observe?.(
      {
        role: given?.role ?? identity?.role ?? null,
        route: routeOf(request),
        status: reply.status,
        errorCode: given?.errorCode ?? null,
        rows: given?.rows ?? 0,
        bytesIn: request.body.byteLength,
        bytesOut,
        ms: given?.times ?? NO_TIMES,
        totalMs: now() - startedAt,
        statements: given?.statements ?? [],
        failure: given?.failure ?? null,
        wasAborted: client.signal.aborted,
      },
      message,
    )
  }

  return {
    async handle(message, response, handleOptions) {
      running++
      try {
        await serve(message, response, handleOptions)
      } catch (error) {
        // A mistake of ours in writing the answer: the client must not wait for the rest of it.
        response.destroy()
        observe?.({ ...UNSERVED, route: `${message.method ?? 'GET'} ?`, failure: error }, message)
      } finally {
        running--
        if (running === 0) whenIdle?.()
      }
    },
    async describe(query) {
      if (follower.current() === undefined) await ready()
      const cache = follower.current()
      if (cache === undefined) throw noSchemaCache()
      return describe({ pool, cache, config: settings.config }, query)
    },
    async reload() {
      await follower.reload()
    },
    async configure(next) {
      const changesScope = JSON.stringify(scopeOf(next.config)) !== JSON.stringify(scopeOf(settings.config))
      settings = next
      authenticator = makeAuthenticator(next, options.fetchKeys)
      // A failure is observed by the follower, which tries again.
      if (changesScope) await follower.configure(scopeOf(next.config)).catch(() => undefined)
    },
    state: () => ({
      hasSchemaCache: follower.current() !== undefined,
      pool: pool.state(),
      jwtCache: authenticator.cacheStats(),
      running,
    }),
    schemaCache: () => follower.current(),
    async close() {
      if (running > 0) await new Promise<void>((resolve) => (whenIdle = resolve))
      await Promise.all([pool.close(), follower.close()])
    },
  }
}

const NO_BYTES = new Uint8Array()
const NO_TIMES: StageTimes = { jwt: 0, parse: 0, plan: 0, transaction: 0, response: 0 }

const UNSERVED: RestUsage = {
  role: null,
  route: '',
  status: 500,
  errorCode: 'XX000',
  rows: 0,
  bytesIn: 0,
  bytesOut: 0,
  ms: NO_TIMES,
  totalMs: 0,
  statements: [],
  failure: null,
  wasAborted: false,
}

function makeAuthenticator({ config, jwt }: RestSettings, fetchKeys: FetchKeys | undefined): Authenticator {
  return createAuthenticator({ jwt, anonRole: config.anonRole, now: Date.now, fetchKeys })
}

/** What the schema cache holds depends on these. */
function scopeOf({ schemas, extraSearchPath, hoistedTxSettings }: RestConfig): SchemaScope {
  return { schemas, extraSearchPath, hoistedTxSettings }
}

interface Client {
  /** Aborts, with the RestError that says why, when the client leaves before it has its answer, or the time is over. */
  readonly signal: AbortSignal
  /** The answer is written. */
  done(): void
}

function followClient(response: ServerResponse, timeoutMs: number | null): Client {
  const controller = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) controller.abort(clientLeft())
  })
  const timer =
    timeoutMs === null ? undefined : setTimeout(() => controller.abort(requestTimeout(timeoutMs)), timeoutMs)
  return { signal: controller.signal, done: () => clearTimeout(timer) }
}

/** What the answer carries, and what the server around the engine has set before. */
function namesOf(reply: RestResponse, response: ServerResponse): string[] {
  return [...reply.headers.map(([name]) => name), ...response.getHeaderNames()]
}

/** The header by which requests are traced comes back, empty where none came. */
function traceHeaders(
  { headers }: HttpRequest,
  { traceHeader }: RestConfig,
): readonly (readonly [string, string])[] {
  return traceHeader === null ? [] : [[traceHeader, headers[traceHeader.toLowerCase()] ?? '']]
}

const ROUTE = /^\/(?:rpc\/)?[^/]*\/?$/

/** Method and resource, without values: `GET /films`. */
function routeOf({ method, path }: HttpRequest): string {
  return `${method} ${ROUTE.test(path) ? path : '?'}`
}
