// Answers the requests to data APIs on the service's HTTP server: finds the project, lets the gate decide, wakes the database, and hands over to the
// engine. What is refused before the engine looks to clients as if the engine had refused it.
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { networkOf } from '../auth/index.ts'
import type { Observe } from '../monitoring/index.ts'
import {
  corsHeaders,
  isRestError,
  preflight,
  respondError,
  RestError,
  writeResponse,
  type RestResponse,
  type RestUsage,
} from '../rest/index.ts'
import { parseApiAddress, type ApiAddress } from './address.ts'
import type { RestEngine } from './engine.ts'
import type { Admission, Gate, Tally } from './gate.ts'
import type { ProjectApi, ProjectApis } from './project-apis.ts'
import { fromAppError, noProject } from './refusals.ts'
import type { ObserveUsage, UsageEvent } from './usage.ts'
import { takeTicket, type RequestWatch, type WatchRequest } from './watch.ts'

export interface ServeOptions {
  readonly apis: ProjectApis<RestEngine>
  readonly gate: Gate
  /** Whose request it is, trusted proxies looked through. */
  readonly addressOf: (request: IncomingMessage) => string
  /** Where projects have host names of their own. */
  readonly domain: string | undefined
  /** Whether others reach us by HTTPS. */
  readonly isHttps: boolean
  readonly observeUsage: ObserveUsage
  readonly observe: Observe
  /** Who watches a request that came with a ticket. */
  readonly watch: WatchRequest
}

export interface ApiServer {
  /** Takes the request if it is for a data API, and answers it. */
  handle(request: IncomingMessage, response: ServerResponse): boolean
  /** Told by the engine of a request that it has answered. */
  onAnswered(usage: RestUsage, request: IncomingMessage): void
  /** Refuses new requests, waits for those under way, and gives up those that take longer than `graceMs`. */
  drain(graceMs: number): Promise<void>
}

/** What is known of a request while it is served. */
interface Request {
  readonly message: IncomingMessage
  readonly response: ServerResponse
  readonly address: ApiAddress
  readonly startedAt: number
  readonly tally: Tally
  api: ProjectApi<RestEngine> | undefined
  admission: Admission | undefined
  /** What it came with; undefined for nearly all. */
  readonly ticket: string | undefined
  /** Who watches it: only where the ticket is one of this project. */
  watch: RequestWatch | undefined
  /** Of a batch its steps. */
  requests: number
}

const CLIENT_LEFT = 499
const SLOW_CLIENT_MS = 30_000

/** Makes the server. */
export function createApiServer(options: ServeOptions): ApiServer {
  const { apis, gate, addressOf, domain, observe, observeUsage } = options
  /** For the engine's report, which knows no keys. */
  const served = new WeakMap<IncomingMessage, Request>()
  const running = new Set<ServerResponse>()
  let isStopping = false
  let whenIdle: (() => void) | undefined

  const findApi = async ({ address, message }: Request): Promise<ProjectApi<RestEngine>> => {
    const known = apis.known(address.ref)
    if (known !== undefined) return known
    await gate.admitLookup(networkOf(addressOf(message)))
    const found = await apis.find(address.ref)
    if (found === undefined) throw noProject()
    return found
  }

  /** Throws what the request is refused with. */
  const serve = async (request: Request): Promise<void> => {
    if (isStopping) throw stopping()
    const { message, response, address, tally } = request
    const api = await findApi(request)
    request.api = api
    api.begin()
    const { record } = api
    if (request.ticket !== undefined) request.watch = options.watch(record.projectId, request.ticket)
    // A browser asks before it sends a key, and need not wake anything for that.
    const asked = message.method === 'OPTIONS' ? preflight(questionOf(request), record.config) : undefined
    if (asked !== undefined) return write(request, asked)
    const network = networkOf(addressOf(message))
    await gate.admitAddress(record, network, tally)
    const admission = await gate.admitKey(record, message, tally)
    request.admission = admission
    const { rest } = await api.engine()
    setLimitHeaders(response, tally)
    served.set(message, request)
    const { identity, config, key } = admission
    await rest.handle(message, response, {
      path: address.path,
      identity,
      client: network,
      config,
      watch: request.watch?.answered,
      admitBatch: async (steps) => {
        // Unless it is let in, it counts as nothing.
        request.requests = 0
        try {
          await gate.admitSteps(record, { keyId: key.id, network, steps }, tally)
          request.requests = Math.max(1, steps)
        } finally {
          setLimitHeaders(response, tally)
        }
      },
    })
  }

  const refuse = (request: Request, error: unknown): Promise<void> => {
    setLimitHeaders(request.response, request.tally)
    const shown = toRestError(error)
    request.watch?.refused({
      method: request.message.method ?? 'GET',
      path: request.address.path,
      error: shown,
      cause: error,
    })
    return write(request, respondError(shown, 'verbose'))
  }

  /** Answers without the engine. */
  const write = async (request: Request, answer: RestResponse): Promise<void> => {
    const { message, response, api } = request
    // What was refused need not be sent to its end.
    if (!message.complete) response.shouldKeepAlive = false
    const bytesOut = await writeResponse(response, answer, {
      isHead: message.method === 'HEAD',
      headers:
        api === undefined
          ? []
          : corsHeaders({ method: message.method ?? 'GET', headers: headersOf(message) }, api.record.config),
      slowClientTimeoutMs: SLOW_CLIENT_MS,
      ended: null,
      unread: message,
    })
    observeUsage({
      ...ownerOf(request),
      role: null,
      route: null,
      requests: 0,
      status: answer.status,
      rows: 0,
      bytesIn: 0,
      bytesOut,
      durationMs: performance.now() - request.startedAt,
    })
  }

  const toRestError = (error: unknown): RestError => {
    if (isRestError(error)) return error
    const known = fromAppError(error)
    if (known !== undefined) return known
    observe({ type: 'bug', id: randomUUID(), at: 'api', error })
    return new RestError({ code: 'XX000', status: 500, message: 'The request could not be answered.' })
  }

  const run = async (request: Request): Promise<void> => {
    const { response } = request
    running.add(response)
    try {
      await serve(request).catch((error: unknown) => refuse(request, error))
    } catch (error) {
      observe({ type: 'bug', id: randomUUID(), at: 'api', error })
      response.destroy()
    } finally {
      request.api?.end()
      running.delete(response)
      if (running.size === 0) whenIdle?.()
    }
  }

  return {
    handle(message, response) {
      const address = parseApiAddress(message.url ?? '/', message.headers.host, domain)
      if (address === undefined) return false
      setSafetyHeaders(response, options.isHttps)
      void run({
        message,
        response,
        address,
        startedAt: performance.now(),
        tally: { tightest: undefined },
        api: undefined,
        admission: undefined,
        ticket: takeTicket(message.headers),
        watch: undefined,
        requests: 1,
      })
      return true
    },
    onAnswered(usage, message) {
      const request = served.get(message)
      if (request === undefined) return
      if (usage.errorCode === 'XX000')
        observe({ type: 'bug', id: randomUUID(), at: `api ${usage.route}`, error: usage.failure })
      observeUsage({
        ...ownerOf(request),
        role: usage.role,
        route: usage.route,
        // Without a role the engine has refused who asked.
        requests: usage.role === null ? 0 : request.requests,
        status: usage.wasAborted ? CLIENT_LEFT : usage.status,
        rows: usage.rows,
        bytesIn: usage.bytesIn,
        bytesOut: usage.bytesOut,
        durationMs: performance.now() - request.startedAt,
      })
    },
    async drain(graceMs) {
      isStopping = true
      if (running.size === 0) return
      const { promise, resolve } = Promise.withResolvers<void>()
      whenIdle = resolve
      const timer = setTimeout(() => {
        for (const response of running) response.destroy()
        resolve()
      }, graceMs)
      await promise
      clearTimeout(timer)
    },
  }
}

function ownerOf({ api, admission }: Request): Pick<UsageEvent, 'projectId' | 'keyId'> {
  return { projectId: api?.record.projectId ?? null, keyId: admission?.key.id ?? null }
}

function stopping(): RestError {
  return new RestError(
    { code: 'PROJECT_NOT_READY', status: 503, message: 'The service is being restarted.' },
    { hint: 'Try again in a moment.', headers: [['Retry-After', '2']] },
  )
}

/**
 * What a function may answer with is the project's affair, and may be a page: below our own address it must not run as one of ours. Clients that read
 * JSON do not see any of this.
 */
function setSafetyHeaders(response: ServerResponse, isHttps: boolean): void {
  response.setHeader('x-request-id', randomUUID())
  response.setHeader('x-content-type-options', 'nosniff')
  response.setHeader('content-security-policy', "default-src 'none'; frame-ancestors 'none'; sandbox")
  response.setHeader('referrer-policy', 'no-referrer')
  if (isHttps) response.setHeader('strict-transport-security', 'max-age=31536000; includeSubDomains')
}

/** By the names of the IETF's draft (draft-ietf-httpapi-ratelimit-headers-07). */
function setLimitHeaders(response: ServerResponse, { tightest }: Tally): void {
  if (tightest === undefined) return
  response.setHeader('RateLimit-Limit', tightest.limit)
  response.setHeader('RateLimit-Remaining', tightest.remaining)
  response.setHeader('RateLimit-Reset', tightest.resetSeconds)
}

function headersOf(message: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(message.headers))
    if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(', ')
  return headers
}

function questionOf({ message, address }: Request): Parameters<typeof preflight>[0] {
  return {
    method: message.method ?? 'GET',
    path: address.path,
    query: '',
    headers: headersOf(message),
    body: new Uint8Array(),
  }
}
