// Reads a `postgresql://` URI as libpq does (https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-CONNSTRING-URIS), and forgives what people paste.
import { AppError } from '#contract/errors.ts'
import type { ConnectionRecord } from '#contract/capabilities/sync.ts'

/** The parts of a connection that a URI names. */
export type ConnectionAddress = Pick<ConnectionRecord, 'host' | 'port' | 'database' | 'user' | 'sslMode'>

export interface ParsedConnectionUri {
  readonly address: ConnectionAddress
  readonly password: string | undefined
}

const SCHEME = /^(?:jdbc:)?postgres(?:ql)?:\/\//i
const DEFAULT_PORT = 5432

/**
 * Takes a URI apart. What it leaves out gets libpq's defaults: port 5432, the given user, a database named like the user; the host is
 * `localhost`. Options that are not about reaching the server are ignored. Throws INVALID_INPUT, never repeating the URI: it may hold a password.
 */
export function parseConnectionUri(text: string, defaultUser: string): ParsedConnectionUri {
  const uri = text.trim()
  const scheme = SCHEME.exec(uri)
  if (scheme === null) throw invalid('The address must start with postgresql:// or postgres://.')
  const [beforeQuery = '', query = ''] = splitOnce(uri.slice(scheme[0].length).replace(/#.*$/, ''), '?')
  const [authority = '', path = ''] = splitOnce(beforeQuery, '/')
  // Hosts have no @, so the last one ends the credentials, even where a password has an unescaped one.
  const at = authority.lastIndexOf('@')
  const [rawUser = '', rawPassword] = splitOnce(at === -1 ? '' : authority.slice(0, at), ':')
  const options = parseOptions(query)
  const { host, port } = parseHost(authority.slice(at + 1))

  const user = options.get('user') ?? nonEmpty(decode(rawUser, 'user')) ?? defaultUser
  const chosenHost = options.get('host') ?? nonEmpty(host) ?? options.get('hostaddr') ?? 'localhost'
  if (chosenHost.includes(','))
    throw invalid('The address names more than one host. Keep the one to connect to.')
  return {
    address: {
      host: chosenHost,
      port: parsePort(options.get('port') ?? port),
      database: options.get('dbname') ?? nonEmpty(decode(path, 'database')) ?? user,
      user,
      sslMode: parseSslMode(options),
    },
    password:
      options.get('password') ??
      (rawPassword === undefined ? undefined : nonEmpty(decode(rawPassword, 'password'))),
  }
}

function parseHost(text: string): { host: string; port: string } {
  if (text.includes(',')) throw invalid('The address names more than one host. Keep the one to connect to.')
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(text)
  if (bracketed !== null) return { host: bracketed[1] ?? '', port: bracketed[2] ?? '' }
  const [host = '', port = ''] = splitOnce(text, ':')
  return { host: decode(host, 'host'), port }
}

function parseOptions(query: string): ReadonlyMap<string, string> {
  const options = new Map<string, string>()
  for (const pair of query.split('&')) {
    if (pair === '') continue
    const [name = '', value = ''] = splitOnce(pair, '=')
    options.set(decode(name, 'option').toLowerCase(), decode(value, name))
  }
  return options
}

function parsePort(text: string): number {
  if (text === '') return DEFAULT_PORT
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port < 1 || port > 65535) throw invalid('The port must be a number from 1 to 65535.')
  return port
}

/** libpq's six modes on the four that there are here: never to a weaker one. */
function parseSslMode(options: ReadonlyMap<string, string>): ConnectionAddress['sslMode'] {
  const mode = options.get('sslmode')
  switch (mode) {
    case undefined:
      return options.get('ssl') === 'true' ? 'require' : 'prefer'
    case 'disable':
    case 'prefer':
    case 'require':
    case 'verify-full':
      return mode
    case 'allow':
      return 'prefer'
    case 'verify-ca':
      return 'verify-full'
    default:
      throw invalid('sslmode must be disable, allow, prefer, require, verify-ca or verify-full.')
  }
}

function decode(text: string, part: string): string {
  try {
    const decoded = decodeURIComponent(text)
    if (!decoded.includes('\0')) return decoded
  } catch {
    // Said below, without the text.
  }
  throw invalid(`The ${part} in the address has a % that starts no valid escape. Write % as %25.`)
}

/** Both sides of the first separator; the second is undefined where there is none. */
function splitOnce(text: string, separator: string): [string, string | undefined] {
  const index = text.indexOf(separator)
  return index === -1 ? [text, undefined] : [text.slice(0, index), text.slice(index + separator.length)]
}

function nonEmpty(text: string): string | undefined {
  return text === '' ? undefined : text
}

function invalid(message: string): AppError {
  return new AppError('INVALID_INPUT', message, { details: { issues: [{ path: 'uri', message }] } })
}
