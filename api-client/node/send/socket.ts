// WebSockets, over the same proxies, certificates, authentication and guard as other requests.
import { WebSocket } from 'ws'
import type { RawData } from 'ws'
import { createMask } from '#api-client/common/resolve/mask.ts'
import type { ResolvedRequest } from '#api-client/common/resolve/types.ts'
import type { HeaderPair, SocketEvent } from '#contract/requests/exchange.ts'
import { parseAddress, targetOf, userOf, withoutUser } from './address.ts'
import { createAuthenticator } from './auth/authenticator.ts'
import { basicCredentials } from './auth/simple.ts'
import type { TokenRequests } from './auth/tokens.ts'
import { headerOf } from './body.ts'
import { openConnection } from './connection.ts'
import type { ConnectionParts } from './connection.ts'
import { SendError, cancelledError, describeFailure, timeoutError } from './failure.ts'
import { checkHeaders, pairsOf, toWire } from './headers.ts'
import { routeOf } from './transport.ts'
import type { OpenSocket, SenderLimits, SenderOptions, SocketOptions } from './types.ts'

/** Characters of a message that are shown. */
const SHOWN = 1_000_000

interface SocketParts {
  readonly options: SenderOptions
  readonly limits: SenderLimits
  readonly connecting: ConnectionParts
  readonly tokens: TokenRequests
}

/** Opens at once; what happens is told by events, of which `closed` or `failed` is last. */
export function connectSocket(
  request: ResolvedRequest,
  options: SocketOptions,
  parts: SocketParts,
): OpenSocket {
  const startedAt = performance.now()
  const done = Promise.withResolvers<void>()
  const stopper = new AbortController()
  let socket: WebSocket | undefined
  let isOver = false
  const tell = (event: SocketEvent): void => {
    if (isOver) return
    options.onEvent(event)
  }
  const end = (event: SocketEvent): void => {
    tell(event)
    isOver = true
    clearTimeout(timer)
    options.signal.removeEventListener('abort', abort)
    done.resolve()
  }
  const fail = (error: unknown): void => {
    const mask = createMask(request.secrets).text
    const { code, message, hint } = describeFailure(error, URL.parse(request.url)?.host ?? 'the server')
    end({ type: 'failed', failure: { code, message: mask(message), hint } })
    socket?.terminate()
  }
  const abort = (): void => {
    if (socket?.readyState === WebSocket.OPEN) {
      socket.close(1000)
      return
    }
    stopper.abort(cancelledError())
    fail(cancelledError())
  }
  const { timeoutMs } = request.settings
  const timer =
    timeoutMs === 0
      ? undefined
      : setTimeout(() => {
          stopper.abort(timeoutError(timeoutMs))
          fail(timeoutError(timeoutMs))
        }, timeoutMs)

  const open = async (): Promise<void> => {
    const opened = await openWebSocket(request, options, parts, stopper.signal)
    if (isOver) {
      opened.terminate()
      return
    }
    socket = opened
    opened.on('upgrade', (response) => {
      const headers = pairsOf(response.rawHeaders)
      clearTimeout(timer)
      keepCookies(request, options, headers)
      opened.once('open', () => {
        tell({ type: 'opened', protocol: opened.protocol, headers })
      })
    })
    opened.on('message', (data, isBinary) => {
      tell(messageEvent('received', bytesOf(data), isBinary, performance.now() - startedAt))
    })
    opened.on('unexpected-response', (_request, response) => {
      fail(refused(response.statusCode ?? 0, response.headers.location))
      response.destroy()
    })
    opened.on('error', (error) => {
      fail(socketError(error, parts.limits.messageBytes))
    })
    opened.on('close', (code, reason) => {
      end({ type: 'closed', code, reason: reason.toString() })
    })
  }
  if (options.signal.aborted) abort()
  else {
    options.signal.addEventListener('abort', abort, { once: true })
    open().catch(fail)
  }

  return {
    closed: done.promise,
    close: (code = 1000, reason = '') => {
      if (socket === undefined) abort()
      else socket.close(code, reason)
    },
    send: (format, data) => {
      const bytes = Buffer.from(data, format === 'binary' ? 'base64' : 'utf8')
      const target = socket
      if (isOver || target?.readyState !== WebSocket.OPEN) {
        return Promise.reject(new SendError('CLOSED', 'The WebSocket is not open.', 'Connect it first.'))
      }
      return new Promise((resolve, reject) => {
        target.send(bytes, { binary: format === 'binary' }, (error) => {
          if (error !== undefined && error !== null) {
            reject(error)
            return
          }
          tell(messageEvent('sent', bytes, format === 'binary', performance.now() - startedAt))
          resolve()
        })
      })
    },
  }
}

async function openWebSocket(
  request: ResolvedRequest,
  socketOptions: SocketOptions,
  { options, limits, connecting, tokens }: SocketParts,
  signal: AbortSignal,
): Promise<WebSocket> {
  checkHeaders(request.headers)
  const address = parseAddress(request.url.trim().replace(/^http/i, 'ws'), ['ws:', 'wss:'])
  const url = withoutUser(address)
  const user = userOf(address)
  const isWritten = headerOf(request.headers, 'Authorization') !== null
  const asked = {
    method: 'GET',
    url,
    target: targetOf(url, url.href, true),
    headers: request.headers,
    body: null,
  }
  const credentials = isWritten
    ? { headers: [], query: [] }
    : request.auth.type === 'none' && user !== null
      ? basicCredentials(user.username, user.password)
      : await createAuthenticator(request.auth, { ...options, tokens }).authorize(asked, signal)
  for (const { name, value } of credentials.query) url.searchParams.append(name, value)
  const route = routeOf(url, request, options.systemProxy(), true)
  const connection = await openConnection(route, connecting, signal)
  const cookie = request.settings.sendsCookies ? (socketOptions.cookies?.headerFor(url.href) ?? '') : ''
  const headers = [...request.headers, ...credentials.headers]
  if (cookie !== '' && headerOf(headers, 'Cookie') === null) headers.push({ name: 'Cookie', value: cookie })
  if (headerOf(headers, 'User-Agent') === null) headers.push({ name: 'User-Agent', value: options.userAgent })
  try {
    return new WebSocket(url, [...socketOptions.protocols], {
      headers: headerRecord(headers),
      createConnection: () => connection.socket,
      maxPayload: limits.messageBytes,
      followRedirects: false,
    })
  } catch (error) {
    connection.socket.destroy()
    const reason = error instanceof Error ? error.message : String(error)
    throw new SendError(
      'PROTOCOL',
      `The WebSocket could not be asked for: ${reason}.`,
      'Check the subprotocols.',
      error,
    )
  }
}

/** Repeated ones as lists, which Node writes as lines of their own. */
function headerRecord(headers: readonly HeaderPair[]): Record<string, string | string[]> {
  const record: Record<string, string | string[]> = {}
  for (const { name, value } of headers) {
    const known = Object.keys(record).find((key) => key.toLowerCase() === name.toLowerCase())
    if (known === undefined) record[name] = toWire(value)
    else record[known] = [record[known] ?? [], toWire(value)].flat()
  }
  return record
}

function keepCookies(
  request: ResolvedRequest,
  { cookies }: SocketOptions,
  headers: readonly HeaderPair[],
): void {
  if (!request.settings.keepsCookies) return
  const lines = headers.filter(({ name }) => name.toLowerCase() === 'set-cookie').map(({ value }) => value)
  cookies?.receive(request.url, lines)
}

function messageEvent(
  direction: 'sent' | 'received',
  bytes: Buffer,
  isBinary: boolean,
  atMs: number,
): SocketEvent {
  return {
    type: 'message',
    direction,
    format: isBinary ? 'binary' : 'text',
    data: isBinary
      ? bytes.subarray(0, (SHOWN * 3) / 4).toString('base64')
      : bytes
          .subarray(0, SHOWN * 4)
          .toString()
          .slice(0, SHOWN),
    bytes: bytes.length,
    atMs,
  }
}

function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)
}

function refused(status: number, location: string | undefined): SendError {
  const where = location === undefined ? '' : ` and leads to ${location}`
  return new SendError(
    'PROTOCOL',
    `The server answered ${String(status)}${where} instead of opening a WebSocket.`,
    status === 401 || status === 403
      ? 'Check the authentication of the request.'
      : 'Check the address: this one may not be a WebSocket’s.',
  )
}

function socketError(error: Error, limit: number): Error {
  const code = 'code' in error ? String(error.code) : ''
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') {
    return new SendError('TOO_LARGE', `A message is longer than ${String(limit)} bytes.`, '', error)
  }
  if (code.startsWith('WS_ERR') || code === '') {
    return new SendError(
      'PROTOCOL',
      `The server does not speak as a WebSocket should: ${error.message}.`,
      '',
      error,
    )
  }
  return error
}
