// The HTTP server: authentication, idempotency, faults, parameters, expansion. What is answered is in the resources' files.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { StripeFailure } from './errors.ts'
import { expand } from './expand.ts'
import { brokenDown, FAULT_HEADER, rateLimited, type FaultKind, type Faults } from './faults.ts'
import { parseForm } from './form.ts'
import { createIdempotencyStore, type Answer } from './idempotency.ts'
import type { Route } from './route.ts'
import { API_VERSION, type StripeState } from './state.ts'

/** An HTML page outside the API. `null`: not mine. */
export type PageHandler = (request: {
  readonly method: string
  readonly path: string
  readonly form: Record<string, unknown>
}) => PageAnswer | null
export interface PageAnswer {
  readonly status: number
  readonly html?: string
  readonly location?: string
  readonly json?: unknown
}

export interface ServerParts {
  readonly state: StripeState
  readonly routes: readonly Route[]
  readonly pages: readonly PageHandler[]
  readonly faults: Faults
  readonly apiKeys: readonly string[]
  /** Called before each request: what is due happens first. */
  readonly tick: () => void
  /** `POST /v1/customers`, one per request, for tests. */
  readonly calls: string[]
  /** Is told of every request that may change something, before it is done. */
  readonly journal?: ((entry: JournalEntry) => void) | undefined
}

/** A request as it is kept, to be done again by the next process. */
export interface JournalEntry {
  readonly method: string
  readonly path: string
  readonly body: string
  readonly key: string | null
  /** Of pages and commands: the body is JSON, not a form. */
  readonly isJson: boolean
}

export interface StripeServer {
  readonly server: Server
  /** Does a kept request again, without an answer. */
  replay(entry: JournalEntry): void
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) if (chunk instanceof Uint8Array) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

const headerOf = (request: IncomingMessage, name: string): string | undefined => {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** Splits `expand` from the parameters; every call takes it. */
function splitExpand(form: Record<string, unknown>): { params: Record<string, unknown>; paths: string[] } {
  const { expand: asked, ...params } = form
  const paths = Array.isArray(asked) ? asked.filter((path) => typeof path === 'string') : []
  return { params, paths }
}

export function createStripeServer(parts: ServerParts): StripeServer {
  const keys = createIdempotencyStore()
  let requests = 0

  function checkCaller(request: IncomingMessage): void {
    const token = /^Bearer (.+)$/.exec(headerOf(request, 'authorization') ?? '')?.[1] ?? ''
    if (!parts.apiKeys.includes(token))
      throw new StripeFailure(401, 'invalid_request_error', 'Invalid API Key provided')
    const version = headerOf(request, 'stripe-version')
    if (version !== undefined && version !== API_VERSION)
      throw new StripeFailure(400, 'invalid_request_error', `Invalid Stripe API version: ${version}`)
  }

  function handle(method: string, path: string, form: Record<string, unknown>): Answer {
    const { params, paths } = splitExpand(form)
    for (const route of parts.routes) {
      const match = route.method === method ? route.pattern.exec(path) : null
      if (match === null) continue
      const result = route.handle(params, match.slice(1).map(decodeURIComponent))
      return { status: 200, body: JSON.stringify(expand(parts.state, result, paths)) }
    }
    throw new StripeFailure(
      404,
      'invalid_request_error',
      `Unrecognized request URL (${method}: ${path}). This server may not have it: see docs/specs/stripe.md.`,
    )
  }

  const answerOf = (failure: StripeFailure): Answer => ({
    status: failure.status,
    body: JSON.stringify(failure.body()),
  })

  /** Does a call of the API, or gives the answer that its key has. */
  function perform(call: {
    method: string
    path: string
    query: string
    body: string
    key: string | null
  }): Answer {
    const identity = `${call.method} ${call.path} ${call.body}`
    let result: Answer
    try {
      const replayed = call.key === null ? null : keys.replay(call.key, identity)
      if (replayed !== null) return replayed
      parts.tick()
      result = handle(call.method, call.path, parseForm(call.method === 'POST' ? call.body : call.query))
    } catch (error) {
      if (!(error instanceof StripeFailure)) throw error
      result = answerOf(error)
    }
    if (call.key !== null) keys.save(call.key, identity, result)
    return result
  }

  /** @returns null where the fault is that nothing is answered */
  function answer(request: IncomingMessage, url: URL, body: string, fault: FaultKind | null): Answer | null {
    const method = request.method ?? 'GET'
    try {
      checkCaller(request)
      if (fault === 'rate-limit') throw rateLimited()
      if (fault === 'error') throw brokenDown()
    } catch (error) {
      if (error instanceof StripeFailure) return answerOf(error)
      throw error
    }
    const key = method === 'POST' ? (headerOf(request, 'idempotency-key') ?? null) : null
    if (method !== 'GET') parts.journal?.({ method, path: url.pathname, body, key, isJson: false })
    const result = perform({ method, path: url.pathname, query: url.search.slice(1), body, key })
    if (fault === 'error-after-commit') return answerOf(brokenDown())
    return fault === 'drop-after-commit' || fault === 'hang-after-commit' ? null : result
  }

  /** A page or a command; null: there is none of that path. */
  function performPage(call: {
    method: string
    path: string
    body: string
    isJson: boolean
  }): PageAnswer | null {
    const parsed: unknown = call.isJson && call.body !== '' ? JSON.parse(call.body) : parseForm(call.body)
    const form = typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
    parts.tick()
    for (const page of parts.pages) {
      const answered = page({ method: call.method, path: call.path, form })
      if (answered !== null) return answered
    }
    return null
  }

  function servePage(request: IncomingMessage, response: ServerResponse, url: URL, body: string): boolean {
    const method = request.method ?? 'GET'
    const isJson = headerOf(request, 'content-type')?.startsWith('application/json') ?? false
    if (method !== 'GET') parts.journal?.({ method, path: url.pathname, body, key: null, isJson })
    const answered = performPage({ method, path: url.pathname, body, isJson })
    if (answered === null) return false
    response.writeHead(answered.status, {
      'cache-control': 'no-store',
      ...(answered.location === undefined ? {} : { location: answered.location }),
      'content-type': answered.json === undefined ? 'text/html; charset=utf-8' : 'application/json',
    })
    response.end(answered.json === undefined ? (answered.html ?? '') : JSON.stringify(answered.json))
    return true
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fake')
    const body = await readBody(request)
    if (!url.pathname.startsWith('/v1/') && servePage(request, response, url, body)) return
    const call = `${request.method ?? 'GET'} ${url.pathname}`
    parts.calls.push(call)
    const fault = parts.faults.take(call, headerOf(request, FAULT_HEADER))
    if (fault === 'drop') {
      request.socket.destroy()
      return
    }
    const result = answer(request, url, body, fault)
    if (result === null) {
      if (fault === 'drop-after-commit') request.socket.destroy()
      return
    }
    response.writeHead(result.status, {
      'content-type': 'application/json',
      // Not an id of the state: reading must not change what later ids are.
      'request-id': `req_fake${++requests}`,
      'stripe-version': API_VERSION,
    })
    response.end(result.body)
  }

  function replay(entry: JournalEntry): void {
    if (entry.path.startsWith('/v1/')) perform({ ...entry, query: '' })
    else performPage(entry)
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      // A defect of this server, not of what is tested: said with its stack, so that a test that meets it can be mended.
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
      if (!response.headersSent) response.writeHead(599, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ error: { type: 'api_error', message } }))
    })
  })

  return { server, replay }
}
