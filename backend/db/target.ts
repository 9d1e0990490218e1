// Reads NEBULADB_DATABASE_URL.
import { AppError } from '#contract/errors.ts'
import type { SessionTarget, SslMode } from '#postgres/node/target.ts'

const SSL_MODES: readonly SslMode[] = ['disable', 'prefer', 'require', 'verify-full']

/**
 * The target of a `postgresql://user:password@host:port/database?sslmode=…` URL; `?host=/directory` means a socket. Throws INVALID_INPUT without
 * repeating the URL, which has a password in it.
 */
export function parseDatabaseUrl(text: string): SessionTarget {
  if (!URL.canParse(text)) throw invalid('it is not a URL')
  const url = new URL(text)
  const host = url.searchParams.get('host') ?? decodeURIComponent(url.hostname)
  const database = decodeURIComponent(url.pathname.slice(1))
  if (host === '') throw invalid('it names no host')
  if (database === '') throw invalid('it names no database')
  const wanted = url.searchParams.get('sslmode') ?? 'prefer'
  const sslMode = SSL_MODES.find((mode) => mode === wanted)
  if (sslMode === undefined) throw invalid(`its sslmode is none of ${SSL_MODES.join(', ')}`)
  return {
    // An IPv6 address stands in brackets in a URL only.
    host: host.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 5432 : Number(url.port),
    database,
    user: decodeURIComponent(url.username) || 'postgres',
    password: url.password === '' ? undefined : decodeURIComponent(url.password),
    sslMode,
    applicationName: 'nebuladb-service',
  }
}

function invalid(why: string): AppError {
  return new AppError('INVALID_INPUT', `NEBULADB_DATABASE_URL cannot be used: ${why}.`)
}
