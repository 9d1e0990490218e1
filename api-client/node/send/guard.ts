// Keeps a hosted host out of private networks. The address that is checked here is the one that is connected to, so a name that changes its address meanwhile gains nothing.
import { BlockList, isIPv4, isIPv6 } from 'node:net'
import type { NetworkGuard } from './types.ts'

/** IPv4 that is not the public internet's (IANA's special-purpose registry), and the metadata service of Azure, which is. */
const REFUSED_IPV4: readonly (readonly [network: string, prefix: number, what: string])[] = [
  ['0.0.0.0', 8, 'this machine'],
  ['10.0.0.0', 8, 'a private network'],
  ['100.64.0.0', 10, 'the network of a provider'],
  ['127.0.0.0', 8, 'this machine'],
  ['168.63.129.16', 32, 'a metadata service'],
  ['169.254.0.0', 16, 'a link-local network or a metadata service'],
  ['172.16.0.0', 12, 'a private network'],
  ['192.0.0.0', 24, 'a reserved network'],
  ['192.0.2.0', 24, 'a network for documentation'],
  ['192.88.99.0', 24, 'a reserved network'],
  ['192.168.0.0', 16, 'a private network'],
  ['198.18.0.0', 15, 'a network for tests'],
  ['198.51.100.0', 24, 'a network for documentation'],
  ['203.0.113.0', 24, 'a network for documentation'],
  ['224.0.0.0', 4, 'a multicast group'],
  ['240.0.0.0', 4, 'a reserved network'],
]

/** Of IPv6 only 2000::/3 is the public internet's, and not all of that. */
const REFUSED_IPV6: readonly (readonly [network: string, prefix: number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['3fff::', 20],
]

const ipv4Lists = REFUSED_IPV4.map(([network, prefix, what]) => {
  const list = new BlockList()
  list.addSubnet(network, prefix, 'ipv4')
  return { list, what }
})
const ipv6List = new BlockList()
for (const [network, prefix] of REFUSED_IPV6) ipv6List.addSubnet(network, prefix, 'ipv6')

/** A guard that lets everything through (desktop), or only addresses of the public internet (hosted). */
export function createNetworkGuard({ allowsPrivate }: { readonly allowsPrivate: boolean }): NetworkGuard {
  return {
    isRestricted: !allowsPrivate,
    refusal: (address) => (allowsPrivate ? null : refusalOf(address)),
  }
}

function refusalOf(address: string): string | null {
  const what = isIPv4(address) ? whatIpv4(address) : isIPv6(address) ? whatIpv6(address) : 'no address'
  return what === null ? null : `${address} is ${what}, which may not be reached from here`
}

function whatIpv4(address: string): string | null {
  return ipv4Lists.find(({ list }) => list.check(address, 'ipv4'))?.what ?? null
}

function whatIpv6(address: string): string | null {
  if (address.includes('%')) return 'a link-local network'
  const groups = groupsOf(address)
  const [first = 0, second = 0] = groups
  // NAT64 and 6to4 carry an IPv4 address: that one counts.
  if (first === 0x64 && second === 0xff9b && groups.slice(2, 6).every((group) => group === 0)) {
    return whatIpv4(ipv4Of(groups[6], groups[7]))
  }
  if (first === 0x2002) return whatIpv4(ipv4Of(groups[1], groups[2]))
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return whatIpv4(ipv4Of(groups[6], groups[7]))
  }
  if ((first & 0xe000) !== 0x2000) return 'not an address of the public internet'
  return ipv6List.check(address, 'ipv6') ? 'a reserved network' : null
}

/** The eight groups of an IPv6 address that `isIPv6` takes, without a zone. */
function groupsOf(address: string): number[] {
  // The URL parser writes any form as hexadecimal groups, an embedded IPv4 too.
  const text = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [head = '', tail] = text.split('::')
  const parse = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
  const before = parse(head)
  if (tail === undefined) return before
  const after = parse(tail)
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after]
}

function ipv4Of(high = 0, low = 0): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}
