// Whose request this is, when proxies stand in between: the nearest address that is not a trusted proxy.
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { AppError } from '#contract/errors.ts'

/** Makes the reader. `trusted` are addresses or networks (`10.0.0.0/8`) of proxies. Throws INVALID_INPUT for anything else. */
export function createClientAddress(trusted: readonly string[]): (request: IncomingMessage) => string {
  const proxies = new BlockList()
  for (const one of trusted) {
    const [address = '', prefix] = one.split('/')
    const family = familyOf(address)
    const bits = Number(prefix)
    if (family === undefined || (prefix !== undefined && !Number.isInteger(bits)))
      throw new AppError('INVALID_INPUT', `NEBULADB_TRUSTED_PROXIES: ${one} is no address or network.`)
    if (prefix === undefined) proxies.addAddress(address, family)
    else proxies.addSubnet(address, bits, family)
  }
  const isTrusted = (address: string): boolean => {
    const family = familyOf(address)
    return family !== undefined && proxies.check(address, family)
  }
  return (request) => {
    const forwarded = [request.headers['x-forwarded-for'] ?? []]
      .flat()
      .flatMap((header) => header.split(','))
      .map((address) => plain(address.trim()))
    let address = plain(request.socket.remoteAddress ?? '')
    // From the nearest outwards: what an untrusted address claims of those before it is not believed.
    while (isTrusted(address)) {
      const before = forwarded.pop()
      if (before === undefined || familyOf(before) === undefined) break
      address = before
    }
    return address
  }
}

/** IPv4 addresses may come dressed as IPv6. */
function plain(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  switch (isIP(address)) {
    case 4:
      return 'ipv4'
    case 6:
      return 'ipv6'
    default:
      return undefined
  }
}

/** Whether an address is this machine's own. */
export function isLoopback(address: string): boolean {
  return address === '::1' || (familyOf(address) === 'ipv4' && address.startsWith('127.'))
}
