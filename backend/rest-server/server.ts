// The stand-alone REST server: listens at once, waits for the database with back-off, serves, reloads, and ends in order.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { createRestMetrics, type RestMetricValues } from '../monitoring/index.ts'
import { type AdminSources, createAdminServer } from './admin.ts'
import { POSTGREST_VERSION } from './cli.ts'
import { ConfigError, type ServerConfig } from './config.ts'
import { contactDatabase, FatalConnectionError } from './connect.ts'
import { dumpSettings } from './dump.ts'
import { answerUnreadableRequests } from '../rest/index.ts'
import { createEngine, type Engine, type EngineNote, type EngineUsage } from './engine.ts'
import { listen, listeningPort } from './listen.ts'
import type { ServerLog } from './log.ts'

export interface RestServerOptions {
  /** Reads file and environment anew, with these settings of the database. Throws ConfigError. */
  readonly readConfig: (database?: ReadonlyMap<string, string>) => ServerConfig
  readonly log: ServerLog
  /** Something that cannot be mended by waiting: the process should end. */
  readonly onFatal: (error: Error) => void
}

export interface RestServer {
  /** Listens and begins to look for the database. Gives the address to call. Rejects when the address is taken. */
  start(): Promise<string>
  /** SIGUSR1: reads the schema anew, in the background. */
  reloadSchema(): void
  /** SIGUSR2: reads file, environment and database settings anew. A mistake in them is logged, and the old ones stay. */
  reloadConfig(): Promise<void>
  /** Stops accepting, lets requests end, closes all connections. Safe to call twice. */
  close(): Promise<void>
}

const MAX_DELAY_SECONDS = 32
/** Long filters stand in the URL. */
const MAX_HEADER_BYTES = 64 * 1024
const KEEP_ALIVE_MS = 30_000
const NO_DATABASE = JSON.stringify({
  code: 'PGRST002',
  details: null,
  hint: null,
  message: 'Could not query the database for the schema cache. Retrying.',
})
const NO_VALUES: Omit<RestMetricValues, 'pool'> = {
  schemaCache: { loads: 0, failures: 0, querySeconds: 0 },
  jwtCache: { lookups: 0, hits: 0, evictions: 0 },
}
const SERVER = `nebuladb (postgrest/${POSTGREST_VERSION})`

/** Makes the server; nothing happens before `start`. Throws ConfigError. */
export function createRestServer(options: RestServerOptions): RestServer {
  const { log } = options
  let config = options.readConfig()
  let engine: Engine | undefined
  let delaySeconds = 1
  const closing = new AbortController()
  const api = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_MS },
    (request, response) => void serve(request, response),
  )
  answerUnreadableRequests(api)
  const metrics = createRestMetrics(
    () =>
      engine?.metrics() ?? {
        ...NO_VALUES,
        pool: { size: config.database.poolSize, available: 0, waiting: 0, timeouts: 0 },
      },
  )
  const admin =
    config.admin.port === null && config.admin.unixSocket === null
      ? undefined
      : createAdminServer(adminSources())

  function adminSources(): AdminSources {
    return {
      isLive: () => api.listening,
      readiness: () => (engine?.isReady() === true ? 'ready' : 'pending'),
      schemaCache: () => engine?.schemaCache() ?? '',
      config: () => dumpSettings(config, { withSecrets: false }),
      metrics: () => metrics.render(),
    }
  }

  /** Resolves when the database was found, or was not there at the first look. */
  const firstLook = Promise.withResolvers<void>()

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('server', SERVER)
    if (engine === undefined) await firstLook.promise
    if (engine !== undefined) return engine.handle(request, response)
    request.resume()
    response.writeHead(503, {
      'content-type': 'application/json; charset=utf-8',
      'proxy-status': 'PostgREST; error=PGRST002',
      'retry-after': String(delaySeconds),
      'content-length': Buffer.byteLength(NO_DATABASE),
    })
    response.end(request.method === 'HEAD' ? undefined : NO_DATABASE)
    logAccess({ request, role: null, status: 503, sizeBytes: NO_DATABASE.length, statements: [] })
  }

  function logAccess({ request, role, status, sizeBytes, statements }: EngineUsage): void {
    if (config.log.showsQueries) for (const text of statements) log.query(text, status)
    log.access({
      address: request.socket.remoteAddress ?? '-',
      role,
      method: request.method ?? '',
      target: request.url ?? '',
      httpVersion: request.httpVersion,
      status,
      sizeBytes,
      referer: request.headers.referer ?? '',
      userAgent: request.headers['user-agent'] ?? '',
    })
  }

  /** Until it worked: contact, in-database settings, engine. Requests are refused meanwhile, so none is served by half a configuration. */
  async function connect(): Promise<void> {
    for (;;) {
      try {
        const contact = await contactDatabase(config, options.readConfig)
        if (closing.signal.aborted) return
        log.say(`Successfully connected to ${contact.version}`)
        if (contact.problem !== undefined)
          log.say(`Failed to query database settings for the config parameters. ${contact.problem}`)
        adopt(contact.config)
        log.say(`Connection Pool initialized with a maximum size of ${config.database.poolSize} connections`)
        engine = makeEngine()
        firstLook.resolve()
        return
      } catch (error) {
        firstLook.resolve()
        if (closing.signal.aborted) return
        if (error instanceof FatalConnectionError || error instanceof ConfigError)
          return options.onFatal(error)
        log.say(`Failed to establish a connection. ${describe(error)}`)
        if (!config.database.recoversByItself)
          return options.onFatal(new FatalConnectionError('Automatic recovery disabled, exiting.'))
        log.say(`Attempting to reconnect to the database in ${delaySeconds} seconds...`)
        await wait(delaySeconds * 1000, undefined, { signal: closing.signal }).catch(() => undefined)
        if (closing.signal.aborted) return
        delaySeconds = Math.min(delaySeconds * 2, MAX_DELAY_SECONDS)
      }
    }
  }

  function adopt(next: ServerConfig): void {
    config = next
    log.setLevel(next.log.level)
    for (const warning of next.warnings) log.say(`WARNING: ${warning}`)
  }

  function makeEngine(): Engine {
    return createEngine(config, {
      onRequest: logAccess,
      onReloadConfig: () => void reloadConfig(),
      onNote: tell,
    })
  }

  let reloading: Promise<void> | undefined
  let isReloadWanted = false
  /** One at a time; what asks meanwhile is served by one more. */
  function reloadConfig(): Promise<void> {
    isReloadWanted = true
    reloading ??= (async () => {
      while (isReloadWanted && !closing.signal.aborted) {
        isReloadWanted = false
        await reloadOnce()
      }
    })().finally(() => (reloading = undefined))
    return reloading
  }

  async function reloadOnce(): Promise<void> {
    try {
      // Where the database is, and how many connections there are, stays as it was at the start.
      const { targets } = config
      const contact = await contactDatabase({ ...options.readConfig(), targets }, options.readConfig)
      if (closing.signal.aborted) return
      if (contact.problem !== undefined)
        log.say(`Failed to query database settings for the config parameters. ${contact.problem}`)
      const before = config.database
      adopt({ ...contact.config, targets })
      log.say('Config reloaded')
      const { channel, isChannelEnabled } = config.database
      if (engine === undefined) return
      if (channel === before.channel && isChannelEnabled === before.isChannelEnabled)
        return engine.configure(config)
      const previous = engine
      engine = makeEngine()
      await previous.close()
    } catch (error) {
      log.say(`Failed reloading config: ${describe(error)}`)
    }
  }

  function tell(note: EngineNote): void {
    const channel = `"${config.database.channel}"`
    switch (note.kind) {
      case 'connected':
        return note.isListening
          ? log.say(`Listening for database notifications on the ${channel} channel`)
          : log.sayDebug('No database notifications are listened to')
      case 'loaded':
        log.say(`Schema cache queried in ${note.durationMs.toFixed(1)} milliseconds`)
        return log.say(`Schema cache loaded ${note.summary}`)
      case 'failed':
        log.say(`Failed to load the schema cache. ${describe(note.error)}`)
        if (!config.database.recoversByItself)
          return options.onFatal(new FatalConnectionError('Automatic recovery disabled, exiting.'))
        delaySeconds = Math.ceil(note.retryInMs / 1000)
        return log.say(`Attempting to reconnect to the database in ${note.retryInMs / 1000} seconds...`)
      case 'notified':
        return log.say(`Received "${note.payload}" on the ${channel} channel`)
    }
  }

  let closed: Promise<void> | undefined
  async function close(): Promise<void> {
    closing.abort()
    firstLook.resolve()
    await Promise.all([closeServer(api), ...(admin === undefined ? [] : [closeServer(admin)])])
    await engine?.close()
  }

  return {
    async start() {
      log.say(`Starting the REST server (PostgREST ${POSTGREST_VERSION} protocol)...`)
      if (admin !== undefined) log.say(`Admin server listening on ${await listen(admin, config.admin)}`)
      const address = await listen(api, config.server)
      log.say(`API server listening on ${address}`)
      connect().catch((error: unknown) =>
        options.onFatal(error instanceof Error ? error : new Error(String(error))),
      )
      const port = listeningPort(api)
      return port === null ? address : `http://${callableHost(config.server.host)}:${port}`
    },
    reloadSchema: () => engine?.reloadSchema(),
    reloadConfig,
    close: () => (closed ??= close()),
  }
}

/** A name to call the server by from this machine. */
function callableHost(host: string): string {
  if (/^[!*]/.test(host) || host === '0.0.0.0') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

/** Requests get this long to end before their connections are cut. */
const DRAIN_MS = 10_000
const IDLE_CHECK_MS = 50

/** Stops accepting; connections are closed as they fall idle. */
function closeServer(server: Server): Promise<void> {
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS)
  const deadline = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
  return new Promise((resolve) => {
    server.close(() => {
      clearInterval(idle)
      clearTimeout(deadline)
      resolve()
    })
  })
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
