// Opens a connection along a route: name, TCP, proxy, TLS, and the protocol that both sides want. Each phase is timed.
import { connect as connectHttp2 } from 'node:http2'
import type { ClientHttp2Session } from 'node:http2'
import { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { ReceivedResponse } from '#contract/requests/exchange.ts'
import { SendError, describeFailure } from './failure.ts'
import { connectTcp, resolveHost, abortReason } from './network.ts'
import { OneSocketAgent } from './one-socket-agent.ts'
import { openTunnel } from './proxy.ts'
import type { Proxy, Target } from './proxy.ts'
import { startTls, tlsFacts } from './tls.ts'
import type { SecureContexts, TlsSettings } from './tls.ts'
import type { NetworkGuard } from './types.ts'

export interface Route {
  readonly isSecure: boolean
  readonly target: Target
  readonly proxy: Proxy | null
  readonly tls: TlsSettings
  readonly httpVersion: 'auto' | '1.1' | '2'
  /** Whether even plain HTTP goes through a tunnel: WebSockets. */
  readonly tunnels: boolean
}

/** Milliseconds; null for a phase that was not needed. */
export interface OpeningTimes {
  readonly dns: number | null
  readonly connect: number
  readonly tls: number | null
}

interface Common {
  readonly key: string
  readonly socket: Socket
  /** Whether requests carry their whole address: a plain proxy, without a tunnel. */
  readonly isForwarding: boolean
  readonly tls: ReceivedResponse['tls']
  readonly remoteAddress: string | null
  readonly opening: OpeningTimes
}

export type Connection =
  | (Common & { readonly protocol: '1.1'; readonly agent: OneSocketAgent })
  | (Common & { readonly protocol: '2'; readonly session: ClientHttp2Session })

export interface ConnectionParts {
  readonly guard: NetworkGuard
  readonly contexts: SecureContexts
}

/** Names a route: connections of the same name may serve each other's requests. */
export function routeKey(route: Route): string {
  const { isSecure, target, proxy, httpVersion, tls, tunnels } = route
  return JSON.stringify([
    isSecure,
    target,
    proxy,
    httpVersion,
    tunnels,
    isSecure || proxy?.protocol === 'https' ? tls : null,
  ])
}

/** Rejects with SendError, or with the reason of the signal. */
export async function openConnection(
  route: Route,
  { guard, contexts }: ConnectionParts,
  signal: AbortSignal,
): Promise<Connection> {
  const { proxy, target, tls, isSecure } = route
  try {
    // Before a proxy is asked: a shared host sends it a checked address, never a name.
    const own = proxy === null || guard.isRestricted ? await resolveHost(target.host, guard, signal) : null
    const first = proxy === null ? own : await resolveProxy(proxy, guard, signal)
    const connectStartedAt = performance.now()
    let socket = await connectFirst(first?.addresses ?? [], proxy, target, signal)
    const remoteAddress = proxy === null ? (socket.remoteAddress ?? null) : null
    const isForwarding = needsNoTunnel(route, guard)
    if (proxy !== null) {
      if (proxy.protocol === 'https') {
        socket = await startTls(socket, proxy.host, {
          context: await contexts.get({ ...tls, certificate: null }),
          verifies: tls.verifies,
          protocols: ['http/1.1'],
          signal,
        })
      }
      if (!isForwarding) {
        const host = guard.isRestricted ? (own?.addresses[0] ?? target.host) : target.host
        const tunnel = await openTunnel(proxy, socket, { host, port: target.port }, signal)
        if (!(tunnel instanceof Socket)) throw new TypeError('The tunnel is not a socket')
        socket = tunnel
      }
    }
    const connectedAt = performance.now()
    const opening = { dns: first?.dnsMs ?? null, connect: connectedAt - connectStartedAt, tls: null }
    const common = { key: routeKey(route), isForwarding, remoteAddress }
    if (!isSecure) {
      const plain = { ...common, socket, opening, tls: null }
      if (route.httpVersion !== '2' || isForwarding)
        return { ...plain, protocol: '1.1', agent: agentOf(socket) }
      return { ...plain, protocol: '2', session: await openSession(route, socket, signal) }
    }
    const secure = await startTls(socket, target.host, {
      context: await contexts.get(tls),
      verifies: tls.verifies,
      protocols: { auto: ['h2', 'http/1.1'], '1.1': ['http/1.1'], '2': ['h2'] }[route.httpVersion],
      signal,
    })
    const done = {
      ...common,
      socket: secure,
      opening: { ...opening, tls: performance.now() - connectedAt },
      tls: tlsFacts(secure),
    }
    if (secure.alpnProtocol === 'h2') {
      return { ...done, protocol: '2', session: await openSession(route, secure, signal) }
    }
    if (route.httpVersion === '2') {
      secure.destroy()
      throw new SendError(
        'PROTOCOL',
        `${target.host} does not speak HTTP/2.`,
        'Choose “auto” or HTTP/1.1 in the request’s settings.',
      )
    }
    return { ...done, protocol: '1.1', agent: agentOf(secure) }
  } catch (error) {
    if (signal.aborted) throw abortReason(signal)
    throw asSendError(error, target.host)
  }
}

/** Plain HTTP through an HTTP proxy is forwarded, unless the guard wants to name the address itself. */
function needsNoTunnel({ proxy, isSecure, tunnels }: Route, guard: NetworkGuard): boolean {
  if (proxy === null || isSecure || tunnels || guard.isRestricted) return false
  return proxy.protocol === 'http' || proxy.protocol === 'https'
}

async function resolveProxy(proxy: Proxy, guard: NetworkGuard, signal: AbortSignal) {
  try {
    return await resolveHost(
      proxy.host,
      proxy.isTrusted ? { isRestricted: false, refusal: () => null } : guard,
      signal,
    )
  } catch (error) {
    throw proxyError(error, proxy)
  }
}

async function connectFirst(
  addresses: readonly string[],
  proxy: Proxy | null,
  target: Target,
  signal: AbortSignal,
): Promise<Socket> {
  try {
    return await connectTcp(addresses, proxy?.port ?? target.port, signal)
  } catch (error) {
    if (proxy !== null) throw proxyError(error, proxy)
    throw asSendError(error, `${target.host}:${String(target.port)}`)
  }
}

function proxyError(error: unknown, proxy: Proxy): Error {
  const failure = describeFailure(error, `the proxy ${proxy.host}:${String(proxy.port)}`)
  if (failure.code === 'BLOCKED' && error instanceof SendError) return error
  return new SendError('PROXY', failure.message, 'Check the address of the proxy in the settings.', error)
}

function asSendError(error: unknown, host: string): SendError {
  if (error instanceof SendError) return error
  const { code, message, hint } = describeFailure(error, host)
  return new SendError(code, message, hint, error)
}

function agentOf(socket: Socket): OneSocketAgent {
  // What happens while nobody listens must not end the process; who uses the connection sees it closed.
  socket.on('error', () => undefined)
  return new OneSocketAgent(socket)
}

function openSession(route: Route, socket: Socket, signal: AbortSignal): Promise<ClientHttp2Session> {
  const { host, port } = route.target
  const scheme = socket instanceof TLSSocket ? 'https' : 'http'
  const authority = `${scheme}://${host.includes(':') ? `[${host}]` : host}:${String(port)}`
  return new Promise((resolve, reject) => {
    const session = connectHttp2(authority, {
      createConnection: () => socket,
      settings: { enablePush: false },
    })
    const settle = (): void => {
      signal.removeEventListener('abort', abort)
      session.removeListener('close', closed)
    }
    const closed = (): void => {
      settle()
      reject(
        new SendError(
          'PROTOCOL',
          `${host} does not speak HTTP/2.`,
          'Choose “auto” or HTTP/1.1 in the request’s settings.',
        ),
      )
    }
    const abort = (): void => {
      settle()
      session.destroy()
      reject(abortReason(signal))
    }
    session.on('error', () => undefined)
    session.once('close', closed)
    signal.addEventListener('abort', abort, { once: true })
    // The server's settings are the first sign that it speaks HTTP/2 at all.
    session.once('remoteSettings', () => {
      settle()
      resolve(session)
    })
  })
}
