// The service as a whole, built without listening: entry.ts and the tests use the same function.
import { serviceContract } from '#contract/contract.ts'
import { AppError } from '#contract/errors.ts'
import type { Contract } from '#contract/rpc/definition.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import { createPool } from '#postgres/node/pool.ts'
import type { SessionTarget } from '#postgres/node/target.ts'
import { type Clock, systemClock } from './clock.ts'
import { compose, type ComposeDependencies } from './compose.ts'
import type { Config } from './config.ts'
import type { Database } from './db/database.ts'
import { migrateDatabase } from './db/migrate.ts'
import { createDatabase } from './db/pool-database.ts'
import { parseDatabaseUrl } from './db/target.ts'
import { createGateway } from './gateway/index.ts'
import { createClientAddress } from './http/client-address.ts'
import { guardHandlers, type SettledCall } from './http/guard.ts'
import { createHttpServer, type HttpServer } from './http/server.ts'
import { createJobQueue } from './jobs/index.ts'
import {
  checkReadiness,
  createLog,
  createMetrics,
  type Metrics,
  type Observation,
  type Observe,
  type ReadinessCheck,
} from './monitoring/index.ts'
import { lockDirectory, startControlServer } from './provisioning/index.ts'
import { createSecrets, loadKey } from './secrets/index.ts'

const POOL_CONNECTIONS = 20

export interface AppOptions {
  readonly clock?: Clock
  /** Added to the readers of observations; with `log: false` the only one beside the metrics. */
  readonly observe?: Observe
  readonly log?: boolean
  /** Whether what handlers give is checked over WebSocket too (it always is over HTTP). */
  readonly validateOutputs?: boolean
  readonly rateLimitScale?: number
  readonly createProvisioning?: ComposeDependencies['createProvisioning']
}

export interface CloseOptions {
  readonly leaveRunning?: boolean
  /** For the log. */
  readonly reason?: string
}

export interface App {
  /** Adopts databases, starts jobs and listens. Gives the address; on failure everything is closed again. Throws CONFLICT when the port is taken. */
  listen(): Promise<string>
  /**
   * Stops accepting, drains, ends jobs and stops the databases, in this order; with `leaveRunning` the databases of projects go on and are adopted
   * by the next start. Safe to call twice.
   */
  close(options?: CloseOptions): Promise<void>
  readonly inject: HttpServer['inject']
  readonly routes: readonly string[]
}

/** Builds the service: locks its directory, reaches and migrates its database, makes everything. Throws AppErrors in words for the person who starts it. */
export async function buildApp(config: Config, options: AppOptions = {}): Promise<App> {
  const { clock = systemClock } = options
  await using opened = new AsyncDisposableStack()
  const metrics = createMetrics()
  const observe = createObserve(config, metrics, options)

  const lock = await lockDirectory(config.directory)
  opened.defer(() => lock.release())
  const target = await openControlDatabase(config, opened)
  const pool = createPool(target, {
    max: POOL_CONNECTIONS,
    onIdleError: (error) => observe({ type: 'database.connection-lost', error }),
  })
  const db = createDatabase(pool)
  opened.defer(() => db.close())
  const jobs = createJobQueue({ pool, observe })
  const applied = await migrateDatabase(pool)
  await jobs.migrate()
  if (applied.length > 0) observe({ type: 'migrated', applied })

  const key = await loadKey({ directory: config.directory, configured: config.secretKey })
  let url = config.http.publicUrl ?? ''
  const addressOf = createClientAddress(config.http.trustedProxies)
  const {
    auth,
    provisioning,
    api,
    billing,
    handlers,
    start: startCapabilities,
    close: closeCapabilities,
  } = await compose({
    config,
    db,
    jobs,
    secrets: createSecrets(key),
    clock,
    observe,
    addressOf,
    publicUrl: () => url,
    rateLimitScale: options.rateLimitScale ?? 1,
    createProvisioning: options.createProvisioning,
  })

  const contract: Contract = serviceContract
  const state = { isReady: false, leaveRunning: false }
  const http = await createHttpServer({
    config: config.http,
    contract,
    handlers: guardHandlers({ contract, handlers, authenticate: auth.authenticate }),
    authenticate: auth.authenticate,
    addressOf,
    observe,
    metrics,
    readiness: () => checkReadiness(readinessChecks(db, state)),
    jwks: () => auth.signingKeys.jwks(),
    resetPassword: ({ address, ...input }) => auth.service.resetPassword(input, { address }),
    front: api.handle,
    webhooks: billing.webhooks,
  })
  addGauges(metrics, db)
  metrics.gauge('nebuladb_api_engines', 'Data APIs that are in use.', () => api.size().engines)

  const gateway = createGateway({
    server: http.raw,
    contract,
    handlers: guardHandlers({
      contract,
      handlers,
      authenticate: auth.authenticate,
      onSettled: (call) => observe(toRpcRequest(call)),
    }),
    observe,
    allowedOrigins: config.http.allowedOrigins,
    addressOf,
    validateOutputs: options.validateOutputs ?? false,
  })
  // Closed in the reverse order: callers first, then what works for them, the database last.
  opened.defer(() => provisioning.close({ leaveRunning: state.leaveRunning }))
  opened.defer(closeCapabilities)
  opened.defer(() => jobs.stop())
  opened.defer(() => http.close())
  opened.defer(() => api.drain())
  opened.defer(() => gateway.close())
  const running = opened.move()

  async function listen(): Promise<string> {
    const startedAt = performance.now()
    // First, because a taken port is found out at once; until all is up /readyz says no.
    const address = await http.listen().catch((error: unknown) => {
      throw listenError(error, config)
    })
    url = config.http.publicUrl ?? address
    await provisioning.start()
    startCapabilities()
    await jobs.start()
    state.isReady = true
    observe({ type: 'service.started', url: address, durationMs: performance.now() - startedAt })
    return address
  }

  let closing: Promise<void> | undefined
  const close: App['close'] = (how = {}) => {
    closing ??= shutDown(how)
    return closing
  }
  async function shutDown(how: CloseOptions): Promise<void> {
    const startedAt = performance.now()
    observe({ type: 'service.stopping', reason: how.reason ?? 'asked to' })
    state.leaveRunning = how.leaveRunning ?? false
    state.isReady = false
    await running.disposeAsync()
    observe({ type: 'service.stopped', durationMs: performance.now() - startedAt })
  }

  return {
    listen: () =>
      listen().catch(async (error: unknown) => {
        await close()
        throw error
      }),
    close,
    inject: http.inject,
    routes: http.routes,
  }
}

function createObserve(config: Config, metrics: Metrics, options: AppOptions): Observe {
  const readers = [
    metrics.observe,
    ...(options.log === false ? [] : [createLog(config.logLevel)]),
    ...(options.observe === undefined ? [] : [options.observe]),
  ]
  return (observation: Observation) => {
    for (const read of readers) read(observation)
  }
}

/** The configured database, or our own, which is stopped again with the service. */
async function openControlDatabase(config: Config, opened: AsyncDisposableStack): Promise<SessionTarget> {
  if (config.databaseUrl !== undefined) return parseDatabaseUrl(config.databaseUrl)
  const server = await startControlServer({ directory: config.directory })
  opened.defer(() => server.stop())
  return server.target
}

function readinessChecks(db: Database, state: { readonly isReady: boolean }): readonly ReadinessCheck[] {
  return [
    { name: 'database', check: async () => void (await db.query(sql`select 1`)) },
    {
      name: 'service',
      check: async () => {
        if (!state.isReady) throw new Error('The service starts or stops.')
      },
    },
  ]
}

function toRpcRequest({ operation, status, durationMs, context }: SettledCall): Observation {
  const requestId = context.metadata['request-id'] ?? ''
  return { type: 'request', operation, transport: 'rpc', status, durationMs, requestId }
}

function addGauges(metrics: Metrics, db: Database): void {
  metrics.gauge('nebuladb_projects', 'Projects that are not deleted.', async () => {
    const rows = await db.query<{ count: string }>(
      sql`select count(*) from project where desired_state in ('awake', 'asleep')`,
    )
    return Number(rows[0]?.count)
  })
}

function listenError(error: unknown, config: Config): unknown {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined
  const at = `${config.http.host}:${config.http.port}`
  if (code === 'EADDRINUSE')
    return new AppError('CONFLICT', `The address ${at} is taken by another program.`, {
      hint: 'End that program, or choose another port with NEBULADB_SERVICE_PORT.',
      cause: error,
    })
  if (code === 'EACCES')
    return new AppError('CONFLICT', `The address ${at} may not be used by this user.`, {
      hint: 'Choose a port above 1023 with NEBULADB_SERVICE_PORT.',
      cause: error,
    })
  return error
}
