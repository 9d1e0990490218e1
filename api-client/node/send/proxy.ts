// Which proxy a request goes through, and how a tunnel is dug through it.
import { request as httpRequest } from 'node:http'
import type { Duplex } from 'node:stream'
import { SocksClient } from 'socks'
import type { ProxySettings } from '#contract/requests/collection.ts'
import { SendError } from './failure.ts'
import { OneSocketAgent } from './one-socket-agent.ts'
import type { SystemProxy } from './types.ts'

export interface Proxy {
  readonly protocol: 'http' | 'https' | 'socks4' | 'socks5'
  readonly host: string
  readonly port: number
  readonly username: string
  readonly password: string
  /** From the system: whoever runs the host chose it, so the guard does not check its address. */
  readonly isTrusted: boolean
}

export interface Target {
  readonly host: string
  readonly port: number
}

const DEFAULT_PORTS = { http: 80, https: 443, socks4: 1080, socks5: 1080 } as const

/** What HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY say, in either case. */
export function proxyFromEnvironment(environment: Readonly<Record<string, string | undefined>>): SystemProxy {
  const read = (name: string): string | null =>
    (environment[name.toLowerCase()] ?? environment[name.toUpperCase()] ?? '').trim() || null
  const all = read('all_proxy')
  return {
    http: read('http_proxy') ?? all,
    https: read('https_proxy') ?? all,
    bypass: read('no_proxy') ?? '',
  }
}

/** The proxy for an address; null to go there directly. */
export function chooseProxy(settings: ProxySettings, system: SystemProxy, url: URL): Proxy | null {
  if (settings.mode === 'off') return null
  if (settings.mode === 'on') {
    if (bypasses(settings.bypass, url)) return null
    const { protocol, host, port, username, password } = settings
    return { protocol, host: host.replace(/^\[|\]$/g, ''), port, username, password, isTrusted: false }
  }
  const isSecure = url.protocol === 'https:' || url.protocol === 'wss:'
  const text = isSecure ? system.https : system.http
  if (text === null || bypasses(system.bypass, url)) return null
  return parseProxy(text)
}

function parseProxy(text: string): Proxy {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`)
  const protocol = {
    http: 'http',
    https: 'https',
    socks: 'socks5',
    socks4: 'socks4',
    socks4a: 'socks4',
    socks5: 'socks5',
    socks5h: 'socks5',
  } as const
  const scheme = url?.protocol.slice(0, -1) ?? ''
  const found = Object.entries(protocol).find(([name]) => name === scheme)?.[1]
  if (url === null || found === undefined || url.hostname === '') {
    throw new SendError(
      'PROXY',
      'The address of the system’s proxy cannot be read.',
      'Write it as http://host:port in HTTP_PROXY, HTTPS_PROXY or ALL_PROXY.',
    )
  }
  return {
    protocol: found,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? DEFAULT_PORTS[found] : Number(url.port),
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    isTrusted: true,
  }
}

/** As NO_PROXY lists hosts: `example.com` and all below it, `.example.com`, `*.example.com`, `10.0.0.1`, `host:8080`, `*`. */
export function bypasses(list: string, url: URL): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const port =
    url.port === '' ? (url.protocol === 'https:' || url.protocol === 'wss:' ? '443' : '80') : url.port
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true
      const match = /^(?:\[([^\]]+)\]|([^:]+)|([0-9a-f:]+))(?::(\d+))?$/.exec(entry)
      if (match === null) return false
      const name = (match[1] ?? match[2] ?? match[3] ?? '').replace(/^\*?\./, '')
      if (match[4] !== undefined && match[4] !== port) return false
      return host === name || host.endsWith(`.${name}`)
    })
}

/** `Basic …` for a proxy with a name; null without. */
export function proxyAuthorization(proxy: Proxy): string | null {
  if (proxy.username === '') return null
  return `Basic ${Buffer.from(`${proxy.username}:${proxy.password}`).toString('base64')}`
}

/** A tunnel to `target` over an open connection to the proxy. On failure the socket is destroyed. */
export async function openTunnel(
  proxy: Proxy,
  socket: Duplex,
  target: Target,
  signal: AbortSignal,
): Promise<Duplex> {
  const abort = (): void => {
    socket.destroy(new Error('aborted'))
  }
  signal.addEventListener('abort', abort, { once: true })
  try {
    if (proxy.protocol === 'http' || proxy.protocol === 'https')
      return await connectThrough(proxy, socket, target)
    return await socksThrough(proxy, socket, target)
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function connectThrough(proxy: Proxy, socket: Duplex, target: Target): Promise<Duplex> {
  const authority = `${target.host.includes(':') ? `[${target.host}]` : target.host}:${String(target.port)}`
  const authorization = proxyAuthorization(proxy)
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      method: 'CONNECT',
      path: authority,
      agent: new OneSocketAgent(socket),
      headers: ['Host', authority, ...(authorization === null ? [] : ['Proxy-Authorization', authorization])],
    })
    request.once('connect', (response, tunnel, head) => {
      const status = response.statusCode ?? 0
      if (status >= 200 && status < 300) {
        if (head.length > 0) tunnel.unshift(head)
        resolve(tunnel)
        return
      }
      tunnel.destroy()
      reject(proxyRefusal(status, response.statusMessage ?? '', proxy))
    })
    request.once('response', (response) => {
      response.destroy()
      reject(proxyRefusal(response.statusCode ?? 0, response.statusMessage ?? '', proxy))
    })
    request.once('error', (error) => {
      reject(
        new SendError(
          'PROXY',
          `The proxy ${proxy.host} closed the connection before it opened a way to ${target.host}.`,
          'Check the proxy’s address, port and protocol in the settings.',
          error,
        ),
      )
    })
    request.end()
  })
}

/** The failure for a proxy that answered with another status than 2xx. */
export function proxyRefusal(status: number, statusText: string, proxy: Proxy): SendError {
  if (status === 407) {
    return new SendError(
      'PROXY',
      `The proxy ${proxy.host} wants ${proxy.username === '' ? 'a name and a password' : 'another name or password'}.`,
      'Set them in the settings of the proxy.',
    )
  }
  return new SendError(
    'PROXY',
    `The proxy ${proxy.host} answered ${`${String(status)} ${statusText}`.trim()} instead of opening the way.`,
    'It may not know the host, or may not let you reach it.',
  )
}

async function socksThrough(proxy: Proxy, socket: Duplex, target: Target): Promise<Duplex> {
  try {
    const { socket: tunnel } = await SocksClient.createConnection({
      command: 'connect',
      existing_socket: socket,
      proxy: {
        host: proxy.host,
        port: proxy.port,
        type: proxy.protocol === 'socks4' ? 4 : 5,
        ...(proxy.username === '' ? {} : { userId: proxy.username, password: proxy.password }),
      },
      destination: target,
      timeout: 2_147_483_647,
    })
    return tunnel
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new SendError(
      'PROXY',
      `The proxy ${proxy.host} did not open a way to ${target.host}: ${message}.`,
      /auth/i.test(message)
        ? 'Check the name and the password in the settings of the proxy.'
        : 'Check the proxy’s address, port and version in the settings, and whether it may reach the host.',
      error,
    )
  }
}
