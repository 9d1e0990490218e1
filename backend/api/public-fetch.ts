// Fetches what a project's people have named (the key sets of issuers) from the internet only. Without it anybody with a project could make the service
// ask machines that only the service can reach: the cloud's metadata, a database beside it. The address that is connected to is the one that was looked
// at: a name that changes its address in between gains nothing.
import { lookup as lookupHost, type LookupAddress, type LookupOptions } from 'node:dns'
import { request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import type { Readable } from 'node:stream'

/** Networks that are not the internet: own machine, private, link-local, carrier-grade NAT, documentation, multicast. */
const PRIVATE_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]
/** The same, and those that lead back to IPv4. */
const PRIVATE_IPV6 = [
  '::/96',
  '::ffff:0:0/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/32',
  '2001:db8::/32',
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
]

function blockList(networks: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    list.addSubnet(address, Number(bits), family)
  }
  return list
}

// Apart, because a list takes IPv4 addresses for the same as their form in IPv6.
const privateIpv4 = blockList(PRIVATE_IPV4, 'ipv4')
const privateIpv6 = blockList(PRIVATE_IPV6, 'ipv6')

/** Whether an address may be asked: everybody could reach it. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !privateIpv4.check(address, 'ipv4')
    case 6:
      return !privateIpv6.check(address, 'ipv6')
    default:
      return false
  }
}

/** Whether the host of a URL is plainly no public one: an address that is not, or this machine's name. Other names are looked up when they are used. */
export function isPlainlyPrivate(url: string, isAllowed = isPublicAddress): boolean {
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
  if (isIP(host) !== 0) return !isAllowed(host)
  return host === 'localhost' || host.endsWith('.localhost') || !host.includes('.')
}

/** As dns.lookup with `all`. */
export type LookupAll = (
  host: string,
  options: LookupOptions & { readonly all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

export type GuardedFetch = (url: string, init: RequestInit) => Promise<Response>

/**
 * Makes a function that fetches by GET from allowed addresses only; redirects are not followed. It rejects when an address is not allowed, and with the
 * socket's errors.
 */
export function createGuardedFetch(
  isAllowed: (address: string) => boolean,
  lookupAll: LookupAll = lookupHost,
): GuardedFetch {
  /** As dns.lookup, and fails when any of the addresses is not allowed. */
  const lookup: LookupFunction = (host, options, done) => {
    lookupAll(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return done(error, '')
      const [first] = addresses
      if (first === undefined || !addresses.every(({ address }) => isAllowed(address)))
        return done(notPublic(), '')
      if (options.all === true) return done(null, addresses)
      done(null, first.address, first.family)
    })
  }
  return (url, { headers, signal }) => {
    if (isPlainlyPrivate(url, isAllowed)) return Promise.reject(notPublic())
    const target = new URL(url)
    const request = target.protocol === 'https:' ? requestSecure : requestPlain
    return new Promise((resolve, reject) => {
      const sent = request(
        target,
        {
          headers: Object.fromEntries(new Headers(headers)),
          agent: false,
          lookup,
          ...(signal === null || signal === undefined ? {} : { signal }),
        },
        (response) => {
          const status = response.statusCode ?? 502
          if (status !== 200) response.resume()
          resolve(new Response(status === 200 ? bodyOf(response) : null, { status }))
        },
      )
      sent.on('error', reject)
      sent.end()
    })
  }
}

/** Fetches from the internet only. */
export const fetchPublic = createGuardedFetch(isPublicAddress)

function notPublic(): Error {
  return new Error('The address is not a public one.')
}

function bodyOf(response: Readable): ReadableStream<Uint8Array> {
  const reader = response[Symbol.asyncIterator]()
  return new ReadableStream({
    async pull(controller) {
      const next: IteratorResult<unknown> = await reader.next()
      if (next.done === true) controller.close()
      else if (next.value instanceof Uint8Array) controller.enqueue(next.value)
    },
    cancel() {
      response.destroy()
    },
  })
}
