// Where the servers listen: PostgREST's special host names, ports, and Unix sockets with their mode.
import { chmod, rm, stat } from 'node:fs/promises'
import type { Server } from 'node:http'
import type { ListenAddress } from './settings.ts'

/** Names that stand for every address of a family; the first that the machine has is taken. */
const SPECIAL_HOSTS: Readonly<Record<string, readonly { host: string; ipv6Only?: boolean }[]>> = {
  '*': [{ host: '::' }, { host: '0.0.0.0' }],
  '*4': [{ host: '0.0.0.0' }, { host: '::' }],
  '!4': [{ host: '0.0.0.0' }],
  '*6': [{ host: '::' }, { host: '0.0.0.0' }],
  '!6': [{ host: '::', ipv6Only: true }],
}

/** Whether the name stands for addresses that cannot be called by that name. */
export function isSpecialHost(host: string): boolean {
  return host in SPECIAL_HOSTS
}

/** Listens; gives the address as PostgREST's log names it: `0.0.0.0:3000`, `[::]:3000`, `/run/rest.sock`. Rejects as `server.listen` fails. */
export async function listen(
  server: Server,
  address: ListenAddress & { readonly reusesPort?: boolean },
): Promise<string> {
  if (address.unixSocket !== null) {
    await removeStaleSocket(address.unixSocket)
    await listenOn(server, { path: address.unixSocket })
    await chmod(address.unixSocket, address.unixSocketMode)
    return address.unixSocket
  }
  const candidates = SPECIAL_HOSTS[address.host] ?? [{ host: address.host }]
  for (const [index, candidate] of candidates.entries()) {
    try {
      const options = { ...candidate, port: address.port ?? 0, reusePort: address.reusesPort ?? false }
      await listenOn(server, options)
      break
    } catch (error) {
      const isFamilyMissing =
        error instanceof Error &&
        'code' in error &&
        (error.code === 'EAFNOSUPPORT' || error.code === 'EADDRNOTAVAIL')
      if (!isFamilyMissing || index === candidates.length - 1) throw error
    }
  }
  return describeAddress(server)
}

/** The port that is listened on; null on a Unix socket. */
export function listeningPort(server: Server): number | null {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : null
}

function describeAddress(server: Server): string {
  const address = server.address()
  if (typeof address !== 'object' || address === null) return String(address)
  return address.family === 'IPv6'
    ? `[${address.address}]:${address.port}`
    : `${address.address}:${address.port}`
}

function listenOn(
  server: Server,
  options: { path?: string; host?: string; port?: number; ipv6Only?: boolean; reusePort?: boolean },
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(options, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** A socket that an earlier run left behind; any other file is not ours to remove. */
async function removeStaleSocket(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isSocket() === true) await rm(path)
}
