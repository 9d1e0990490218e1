// The mock server: HTTP on loopback for this machine alone. What is answered is decided by the examples of a collection or by rows of tables.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { AppError } from '#contract/errors.ts'
import { exampleAnswerer } from './examples.ts'
import { problem } from './problem.ts'
import { rowAnswerer } from './rows.ts'
import type { Answerer, MockAnswer, MockRequest, MockServer, MockServerOptions } from './types.ts'

export type { MockHit, MockServer, MockServerOptions, MockServerSource, MockTable } from './types.ts'

const MOST_BODY = 10_000_000
const MOST_PATH = 4_096

/**
 * Starts a mock server on 127.0.0.1. Requests that name another host, or that a page of another machine's origin sends, are refused: else any web page could
 * read what is mocked. INVALID_INPUT for a port that cannot be used.
 */
export async function createMockServer(options: MockServerOptions): Promise<MockServer> {
  const { source } = options
  const answerer = source.type === 'examples' ? exampleAnswerer(source, options) : rowAnswerer(source.tables)
  const closing = new AbortController()
  const server = createServer({ requestTimeout: 60_000, headersTimeout: 30_000 }, (request, response) => {
    void respond({ request, response, answerer, options, signal: closing.signal }).catch(() => {
      response.destroy()
    })
  })
  // A client that speaks no HTTP is its own affair.
  server.on('clientError', (_, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
    else socket.destroy()
  })
  await listen(server, options.port ?? 0)
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${String(port)}`,
    async close() {
      if (closing.signal.aborted) return
      closing.abort()
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function listen(server: ReturnType<typeof createServer>, port: number): Promise<void> {
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const why = code === 'EADDRINUSE' ? 'is in use' : code === 'EACCES' ? 'is not allowed' : 'cannot be used'
    throw new AppError('INVALID_INPUT', `Port ${String(port)} ${why}.`, {
      hint: 'Choose another one, or none for a free one.',
    })
  }
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly answerer: Answerer
  readonly options: MockServerOptions
  readonly signal: AbortSignal
}

async function respond({ request, response, answerer, options, signal }: Exchange): Promise<void> {
  const at = new Date(options.now()).toISOString()
  const method = request.method ?? 'GET'
  const target = request.url ?? '/'
  const answer = await answerTo(request, answerer)
  if (answer === null) return
  if ((options.delayMs ?? 0) > 0) await wait(options.delayMs, undefined, { signal })
  write(response, answer, { method, origin: request.headers.origin })
  options.onRequest?.({
    at,
    method,
    path: target.slice(0, MOST_PATH),
    status: answer.status,
    matched: answer.matched,
  })
}

/** Null when the client went away before its request was whole. */
async function answerTo(request: IncomingMessage, answerer: Answerer): Promise<MockAnswer | null> {
  if (!isLocalHost(request.headers.host, request.socket.localPort))
    return problem(403, 'This mock server answers at 127.0.0.1 and localhost only.')
  const { origin } = request.headers
  if (origin !== undefined && !isLocalOrigin(origin))
    return problem(403, 'This mock server answers pages of this machine only (http://localhost).')
  const target = request.url ?? '/'
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  const method = request.method ?? 'GET'
  if (!path.startsWith('/')) return problem(400, 'The path has to begin with a slash.')
  if (method === 'OPTIONS' && isPreflight(request)) return preflight(request, answerer.methods(path))
  const body = await readBody(request)
  if (body === 'lost') return null
  if (body === 'large')
    return problem(413, `The body is larger than the ${String(MOST_BODY / 1_000_000)} MB that a mock takes.`)
  const asked: MockRequest = {
    method,
    path,
    query: mark < 0 ? '' : target.slice(mark + 1),
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : value,
      ]),
    ),
    body,
  }
  return answerer.answer(asked)
}

/** Whoever comes by another name was sent here by a name server that changed its mind (DNS rebinding). */
function isLocalHost(host: string | undefined, port: number | undefined): boolean {
  const match = /^(127\.0\.0\.1|localhost)(?::(\d+))?$/i.exec(host ?? '')
  return match !== null && (match[2] === undefined ? port === 80 : Number(match[2]) === port)
}

function isLocalOrigin(origin: string): boolean {
  return /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\]|[a-z0-9.-]+\.localhost)(:\d+)?$/i.test(origin)
}

function isPreflight({ headers }: IncomingMessage): boolean {
  return headers.origin !== undefined && headers['access-control-request-method'] !== undefined
}

function preflight({ headers }: IncomingMessage, methods: readonly string[]): MockAnswer {
  const allowed = methods.length > 0 ? methods : [headers['access-control-request-method'] ?? 'GET']
  return {
    status: 204,
    headers: [
      ['Access-Control-Allow-Methods', [...new Set([...allowed, 'OPTIONS'])].join(', ')],
      ['Access-Control-Allow-Headers', headers['access-control-request-headers'] ?? '*'],
      ['Access-Control-Max-Age', '600'],
    ],
    body: null,
    matched: null,
  }
}

async function readBody(request: IncomingMessage): Promise<string | 'large' | 'lost'> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      if (!(chunk instanceof Uint8Array)) continue
      size += chunk.length
      if (size > MOST_BODY) return 'large'
      chunks.push(chunk)
    }
  } catch {
    return 'lost'
  }
  return Buffer.concat(chunks).toString()
}

/** Fields that are the connection's, or that no longer fit a body which is sent as it is. */
const OURS = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
  ...['content-length', 'content-encoding', 'date', 'alt-svc', 'strict-transport-security'],
])

function write(
  response: ServerResponse,
  { status, statusText, headers, body }: MockAnswer,
  { method, origin }: { readonly method: string; readonly origin: string | undefined },
): void {
  for (const [name, value] of headers) {
    const lower = name.toLowerCase()
    if (OURS.has(lower) || (origin !== undefined && lower === 'access-control-allow-origin')) continue
    // An example may hold anything; what cannot stand in a header is left out.
    if (/^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value))
      response.appendHeader(name, value)
  }
  response.setHeader('Vary', 'Origin')
  if (origin !== undefined && isLocalOrigin(origin)) {
    response.setHeader('Access-Control-Allow-Origin', origin)
    response.setHeader('Access-Control-Allow-Credentials', 'true')
    response.setHeader(
      'Access-Control-Expose-Headers',
      response.getHeaderNames().join(', ') || 'content-type',
    )
  }
  // More of a body that was too large may be on its way.
  if (status === 413) response.setHeader('Connection', 'close')
  const hasBody = body !== null && status !== 204 && status !== 304
  const bytes = hasBody ? (typeof body === 'string' ? Buffer.from(body) : body) : null
  if (status !== 204 && status !== 304) response.setHeader('Content-Length', bytes?.length ?? 0)
  response.statusCode = status
  if (statusText !== undefined && /^[\t\x20-\x7e]+$/.test(statusText)) response.statusMessage = statusText
  response.end(method === 'HEAD' ? null : bytes)
}
