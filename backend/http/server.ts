// The HTTP server: headers, limits, errors, request ids, and the routes of the contract beside a few of its own.
import { randomUUID } from 'node:crypto'
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { toWireError } from '#contract/errors.ts'
import type { Contract } from '#contract/rpc/definition.ts'
import type { Authenticate } from '../auth/index.ts'
import type { Config } from '../config.ts'
import type { Metrics, Observe, Readiness } from '../monitoring/index.ts'
import { addBillingRoutes, type BillingWebhooks } from './billing-routes.ts'
import { isLoopback } from './client-address.ts'
import { addContractRoutes, BODY_BYTES } from './contract-routes.ts'
import { toHttpError } from './errors.ts'
import { createOpenApi } from './openapi.ts'
import { addResetPasswordPage } from './reset-password-page.ts'

const HEARTBEAT_MS = 15_000
const REQUEST_TIMEOUT_MS = 60_000
const KEEP_ALIVE_MS = 72_000

export interface HttpServerOptions {
  readonly config: Config['http']
  readonly contract: Contract
  /** Already guarded (guard.ts). */
  readonly handlers: object
  readonly authenticate: Authenticate
  readonly addressOf: (request: IncomingMessage) => string
  readonly observe: Observe
  readonly metrics: Metrics
  readonly readiness: () => Promise<Readiness>
  readonly jwks: () => Promise<object>
  /** Sets a password by a mailed token, for the page that the mail links to. */
  readonly resetPassword: (input: { token: string; newPassword: string; address: string }) => Promise<void>
  /** Null where nothing is sold. */
  readonly webhooks?: BillingWebhooks | null
  readonly heartbeatMs?: number
  /** Sees every request first. True when it answers it itself: nothing of what is done here for the others is done for it. */
  readonly front?: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined
}

export interface HttpServer {
  /** Node's server, for the gateway. */
  readonly raw: FastifyInstance['server']
  /** Listens; resolves with the address others can use. Throws what listen throws (EADDRINUSE). */
  listen(): Promise<string>
  /** Answers a request in this process, for tests. */
  readonly inject: FastifyInstance['inject']
  /** Every route as `METHOD /path` with parameters in braces. */
  readonly routes: readonly string[]
  /** Stops accepting, ends streams, waits for requests under way. */
  close(): Promise<void>
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the request is called in metrics. */
    operation?: string
  }
}

/** Builds the server without listening. */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { config, observe } = options
  const stopping = new AbortController()
  const routes: string[] = []
  const server = fastify({
    logger: false,
    bodyLimit: BODY_BYTES,
    serverFactory: (handler) => createNodeServer(handler, options.front),
    forceCloseConnections: 'idle',
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 512 },
    exposeHeadRoutes: false,
    frameworkErrors: (error, request, reply) => void sendError(error, request, reply),
  })

  const bugId =
    (at: string) =>
    (error: unknown): string => {
      const id = randomUUID()
      observe({ type: 'bug', id, at, error })
      return id
    }
  const sendError = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const answer = toHttpError(error, bugId(operationOf(request)))
    return reply.code(answer.status).headers(answer.headers).send(answer.body)
  }

  server.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.push(`${one} ${url.replace(/:(\w+)/g, '{$1}')}`)
  })
  addHeaders(server, config)
  server.addHook('onResponse', async (request, reply) => {
    observe({
      type: 'request',
      operation: operationOf(request),
      transport: 'http',
      status: reply.statusCode,
      durationMs: reply.elapsedTime,
      requestId: request.id,
    })
  })
  server.setErrorHandler(sendError)
  server.setNotFoundHandler((request, reply) =>
    sendError(Object.assign(new Error('Not found'), { statusCode: 404, code: 'NOT_FOUND' }), request, reply),
  )

  addContractRoutes(server, {
    contract: options.contract,
    handlers: options.handlers,
    authenticate: options.authenticate,
    stopping: stopping.signal,
    addressOf: options.addressOf,
    heartbeatMs: options.heartbeatMs ?? HEARTBEAT_MS,
    toError: (error) => toWireError(error, bugId('stream')(error)),
  })
  addOwnRoutes(server, options)
  addBillingRoutes(server, options.webhooks ?? null, () => observe({ type: 'billing.webhook-refused' }))
  addResetPasswordPage(server, (form, request) =>
    options.resetPassword({ ...form, address: options.addressOf(request) }),
  )
  await server.ready()

  return {
    raw: server.server,
    inject: server.inject.bind(server),
    routes,
    listen: () => server.listen({ host: config.host, port: config.port }),
    async close() {
      stopping.abort()
      // A connection whose last answer went out after the start of the close would be kept alive.
      const sweep = setInterval(() => server.server.closeIdleConnections(), 50)
      await server.close().finally(() => clearInterval(sweep))
    },
  }
}

/** Node's server. What the front takes never enters Fastify: a data API has its own headers, bodies and errors, and pays for nothing that it does not use. */
function createNodeServer(handler: RequestListener, front: HttpServerOptions['front']): Server {
  const server = createServer((request, response) => {
    if (front?.(request, response) !== true) handler(request, response)
  })
  server.requestTimeout = REQUEST_TIMEOUT_MS
  server.keepAliveTimeout = KEEP_ALIVE_MS
  return server
}

function addOwnRoutes(server: FastifyInstance, options: HttpServerOptions): void {
  const document = createOpenApi(options.contract)
  server.get('/openapi.json', () => document)
  server.get('/.well-known/jwks.json', async (_, reply) =>
    reply.header('cache-control', 'public, max-age=300').send(await options.jwks()),
  )
  server.get('/healthz', () => ({ status: 'ok' }))
  server.get('/readyz', async (_, reply) => {
    const readiness = await options.readiness()
    return reply.code(readiness.isReady ? 200 : 503).send(readiness)
  })
  server.get('/metrics', async (request, reply) => {
    // For a scraper beside the service; what is measured is nobody else's business.
    if (!isLoopback(options.addressOf(request.raw))) return reply.callNotFound()
    const { contentType, text } = await options.metrics.render()
    return reply.header('content-type', contentType).send(text)
  })
}

function addHeaders(server: FastifyInstance, config: Config['http']): void {
  server.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'x-request-id': request.id,
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      ...(config.publicUrl?.startsWith('https:') === true
        ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' }
        : {}),
    })
    const { origin } = request.headers
    if (origin === undefined || !config.allowedOrigins.includes(origin)) return
    reply.headers({
      'access-control-allow-origin': origin,
      'access-control-expose-headers': 'retry-after, x-request-id',
      'cross-origin-resource-policy': 'cross-origin',
      vary: 'origin',
    })
    if (request.method !== 'OPTIONS') return
    await reply
      .code(204)
      .headers({
        'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers': 'authorization, content-type',
        'access-control-max-age': '600',
      })
      .send()
  })
}

function operationOf(request: FastifyRequest): string {
  return request.routeOptions.config.operation ?? request.routeOptions.url ?? 'unknown'
}
