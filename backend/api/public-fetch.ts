// Fetches what a project's people have named (the key sets of issuers) from the internet only. Without it anybody with a project could make the service
// ask machines that only the service can reach: the cloud's metadata, a database beside it. The address that is connected to is the one that was looked
// at: a name that changes its address in between gains nothing.
import { lookup as lookupHost, type LookupAddress, type LookupOptions } from 'node:dns'
import { request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'
import { BlockList, isIP } from 'node:net'
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
export function isPlainlyPrivate(url: string): boolean {
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
  if (isIP(host) !== 0) return !isPublicAddress(host)
  return host === 'localhost' || host.endsWith('.localhost') || !host.includes('.')
}

/** Fetches by GET, from public addresses only; redirects are not followed. Rejects when the address is not public, and with the socket's errors. */
export function fetchPublic(url: string, { headers, signal }: RequestInit): Promise<Response> {
  const target = new URL(url)
  if (isPlainlyPrivate(url)) return Promise.reject(notPublic())
  const request = target.protocol === 'https:' ? requestSecure : requestPlain
  return new Promise((resolve, reject) => {
    const sent = request(
      target,
      {
        headers: Object.fromEntries(new Headers(headers)),
        agent: false,
        lookup: lookupPublic,
        ...(signal === null || signal === undefined ? {} : { signal }),
      },
      (response) => {
        const answered = new Headers()
        const type = response.headers['content-type']
        if (type !== undefined) answered.set('content-type', type)
        const status = response.statusCode ?? 502
        const hasBody = status === 200
        if (!hasBody) response.resume()
        resolve(new Response(hasBody ? bodyOf(response) : null, { status, headers: answered }))
      },
    )
    sent.on('error', reject)
    sent.end()
  })
}

/** As dns.lookup, and fails when any of the addresses is not public. */
function lookupPublic(
  host: string,
  options: LookupOptions,
  done: (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void,
): void {
  lookupHost(host, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return done(error, '')
    const [first] = addresses
    if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address)))
      return done(notPublic(), '')
    if (options.all === true) return done(null, addresses)
    done(null, first.address, first.family)
  })
}

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
