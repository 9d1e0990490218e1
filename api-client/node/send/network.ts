// From a name to an open TCP connection: all addresses of both families, checked, tried one after another (RFC 8305).
import { lookup } from 'node:dns'
import { connect, isIP } from 'node:net'
import type { Socket } from 'node:net'
import { SendError } from './failure.ts'
import type { NetworkGuard } from './types.ts'

/** How long one address may keep the next one waiting. */
const NEXT_ADDRESS_MS = 250

export interface Resolved {
  readonly addresses: readonly string[]
  /** Null when there was nothing to look up. */
  readonly dnsMs: number | null
}

/** The addresses of a host (a name, or an IP without brackets). Rejects with BLOCKED when the guard refuses any of them. */
export async function resolveHost(host: string, guard: NetworkGuard, signal: AbortSignal): Promise<Resolved> {
  const resolved = await addressesOf(host, signal)
  for (const address of resolved.addresses) {
    const refusal = guard.refusal(address)
    if (refusal !== null) {
      throw new SendError(
        'BLOCKED',
        `${host} was not asked: ${refusal}.`,
        'This host is shared, so requests reach the public internet only. The desktop app reaches private networks.',
      )
    }
  }
  return resolved
}

async function addressesOf(host: string, signal: AbortSignal): Promise<Resolved> {
  if (isIP(host) !== 0) return { addresses: [host], dnsMs: null }
  // RFC 6761: this machine, whatever a name server says; many servers listen on one family only.
  if (/(^|\.)localhost\.?$/i.test(host)) return { addresses: ['::1', '127.0.0.1'], dnsMs: null }
  const startedAt = performance.now()
  const addresses = await withSignal(lookupAll(host), signal)
  return { addresses: interleave(addresses), dnsMs: performance.now() - startedAt }
}

function lookupAll(host: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    lookup(host, { all: true, order: 'verbatim' }, (error, found) => {
      if (error !== null) reject(error)
      else resolve(found.map(({ address }) => address))
    })
  })
}

/** The families take turns, beginning with the one that the system prefers. */
function interleave(addresses: readonly string[]): string[] {
  const family = isIP(addresses[0] ?? '')
  const first = addresses.filter((address) => isIP(address) === family)
  const second = addresses.filter((address) => isIP(address) !== family)
  return first
    .flatMap((address, index) => [address, ...second.slice(index, index + 1)])
    .concat(second.slice(first.length))
}

/** Settles as `promise` does, or rejects as soon as the signal is aborted. */
export function withSignal<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(abortReason(signal))
    }
    if (signal.aborted) {
      promise.catch(() => undefined)
      abort()
      return
    }
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort)
    })
  })
}

export function abortReason(signal: AbortSignal): Error {
  const reason: unknown = signal.reason
  return reason instanceof Error ? reason : new Error('aborted')
}

/** Connects to the first address that answers; the others are dropped. Rejects with the reason of the last one. */
export function connectTcp(addresses: readonly string[], port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const trying = new Set<Socket>()
    const errors: Error[] = []
    let next = 0
    let timer: NodeJS.Timeout | undefined

    const settle = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    }
    const abort = (): void => {
      settle()
      for (const socket of trying) socket.destroy()
      reject(abortReason(signal))
    }
    const tryNext = (): void => {
      clearTimeout(timer)
      const host = addresses[next]
      if (host === undefined) {
        if (trying.size > 0) return
        settle()
        reject(errors[0] ?? new Error('There is no address to connect to'))
        return
      }
      next++
      const socket = connect({ host, port, noDelay: true })
      trying.add(socket)
      const onError = (error: Error): void => {
        trying.delete(socket)
        errors.push(error)
        tryNext()
      }
      socket.once('error', onError)
      socket.once('connect', () => {
        settle()
        socket.removeListener('error', onError)
        trying.delete(socket)
        for (const other of trying) {
          other.removeAllListeners()
          other.on('error', () => undefined)
          other.destroy()
        }
        trying.clear()
        resolve(socket)
      })
      if (next < addresses.length) timer = setTimeout(tryNext, NEXT_ADDRESS_MS)
    }

    if (signal.aborted) {
      reject(abortReason(signal))
      return
    }
    signal.addEventListener('abort', abort, { once: true })
    tryNext()
  })
}
