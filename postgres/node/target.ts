// Where a Postgres is and who asks: everything that opening a session or a pool needs.

/** As libpq's sslmode means them. On a socket directory TLS is never used. */
export type SslMode = 'disable' | 'prefer' | 'require' | 'verify-full'

export interface SessionTarget {
  /** A name, an address, or the directory of the Unix socket (it starts with a slash). */
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password?: string | undefined
  /** `prefer` when left out. */
  readonly sslMode?: SslMode | undefined
  readonly applicationName?: string | undefined
  /** 10,000 when left out. Covers reaching the server, TLS and logging in. */
  readonly connectTimeoutMs?: number | undefined
}

export const DEFAULT_CONNECT_TIMEOUT_MS = 10_000

/** Whether the host is the directory of a Unix socket. */
export function isSocketDirectory(host: string): boolean {
  return host.startsWith('/')
}

/** The file of the Unix socket in the target's directory. */
export function socketPath(target: Pick<SessionTarget, 'host' | 'port'>): string {
  return `${target.host}/.s.PGSQL.${target.port}`
}

/** `host:port` or the socket, as a person reads it. Never has the password. */
export function describeServer(target: Pick<SessionTarget, 'host' | 'port'>): string {
  if (isSocketDirectory(target.host)) return socketPath(target)
  return target.host.includes(':') ? `[${target.host}]:${target.port}` : `${target.host}:${target.port}`
}
