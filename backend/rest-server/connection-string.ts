// A libpq connection string, as URI or as keyword=value, into targets. What it leaves open comes from libpq's variables, then from libpq's defaults.
import { AppError } from '#contract/errors.ts'
import type { SessionTarget, SslMode } from '#postgres/node/session.ts'

/** What a connection string is completed from. */
export interface ConnectionDefaults {
  /** PGHOST, PGPORT, PGUSER, … */
  readonly variable: (name: string) => string | undefined
  /** The user of the operating system: the login role where none is named. */
  readonly systemUser: string
  /** Directory of the server's sockets: the host where none is named. */
  readonly socketDirectory: string
  /** Text of the password file, or undefined where there is none. */
  readonly passwordFile?: ((path: string | undefined) => string | undefined) | undefined
}

/** Parameters of a connection string and the variable that stands in for each. */
const VARIABLES = {
  host: 'PGHOST',
  hostaddr: 'PGHOSTADDR',
  port: 'PGPORT',
  dbname: 'PGDATABASE',
  user: 'PGUSER',
  password: 'PGPASSWORD',
  passfile: 'PGPASSFILE',
  sslmode: 'PGSSLMODE',
  connect_timeout: 'PGCONNECT_TIMEOUT',
  application_name: 'PGAPPNAME',
} as const

/** As libpq's modes read for us: `allow` tries TLS first, `verify-ca` checks the name as well. */
const SSL_MODES: Readonly<Record<string, SslMode>> = {
  disable: 'disable',
  allow: 'prefer',
  prefer: 'prefer',
  require: 'require',
  'verify-ca': 'verify-full',
  'verify-full': 'verify-full',
}

/**
 * The targets that a connection string names, in the order they are tried (several hosts stand with commas). Throws INVALID_INPUT, which never
 * quotes the string: it may hold a password.
 */
export function parseConnectionString(
  text: string,
  defaults: ConnectionDefaults,
): readonly [SessionTarget, ...SessionTarget[]] {
  const given = /^postgres(ql)?:\/\//.test(text) ? parseUri(text) : parseKeywords(text)
  const value = (name: keyof typeof VARIABLES): string | undefined => {
    const own = given.get(name)
    return own !== undefined && own !== '' ? own : defaults.variable(VARIABLES[name])
  }
  const user = value('user') ?? defaults.systemUser
  const database = value('dbname') ?? user
  const names = (value('host') ?? '').split(',')
  const addresses = (value('hostaddr') ?? '').split(',')
  const hosts = addresses.length > names.length ? addresses : names
  const ports = (value('port') ?? '').split(',')
  if (ports.length > 1 && ports.length !== hosts.length)
    throw invalid(`It names ${ports.length} ports for ${hosts.length} hosts.`)
  const sslMode = parseSslMode(value('sslmode') ?? 'prefer')
  const timeoutSeconds = parseInteger('connect_timeout', value('connect_timeout') ?? '0')
  const applicationName = value('application_name') ?? given.get('fallback_application_name')

  const targets = hosts.map((name, index): SessionTarget => {
    const host = addresses[index] || name || defaults.socketDirectory
    const port = parseInteger('port', (ports.length > 1 ? ports[index] : ports[0]) || '5432')
    if (port < 1 || port > 65_535) throw invalid(`The port ${port} is not between 1 and 65535.`)
    const password =
      value('password') ??
      passwordOf(defaults.passwordFile?.(value('passfile')), { host, port, database, user })
    return {
      host,
      port,
      database,
      user,
      sslMode,
      ...(password === undefined ? {} : { password }),
      ...(applicationName === undefined ? {} : { applicationName }),
      ...(timeoutSeconds > 0 ? { connectTimeoutMs: timeoutSeconds * 1000 } : {}),
    }
  })
  const [first, ...others] = targets
  if (first === undefined) throw invalid('It names no host.')
  return [first, ...others]
}

function parseUri(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  const rest = text.replace(/^postgres(ql)?:\/\//, '')
  // A password may hold "?" unescaped: libpq looks for the "@" before the first slash.
  const authorityEnd = /^[^@/]*@/.test(rest) ? rest.indexOf('@') : -1
  const address = authorityEnd === -1 ? rest : rest.slice(authorityEnd + 1)
  if (authorityEnd !== -1) {
    const login = rest.slice(0, authorityEnd)
    const colon = login.indexOf(':')
    values.set('user', decode(colon === -1 ? login : login.slice(0, colon)))
    if (colon !== -1) values.set('password', decode(login.slice(colon + 1)))
  }
  const [, hosts = '', path = '', query = ''] = /^([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(address) ?? []
  const parts = hosts.split(',').map((part) => {
    const [, name = '', port = ''] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(part) ?? []
    return { name: decode(name.replace(/^\[|\]$/g, '')), port }
  })
  if (parts.some((part) => part.name !== '')) values.set('host', parts.map((part) => part.name).join(','))
  const ports = parts.map((part) => part.port)
  if (ports.some((port) => port !== ''))
    values.set('port', ports.every((port) => port === ports[0]) ? (ports[0] ?? '') : ports.join(','))
  if (path !== '') values.set('dbname', decode(path))
  for (const pair of query.split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    if (equals === -1) throw invalid(`Its parameter "${pair}" has no value.`)
    values.set(decode(pair.slice(0, equals)), decode(pair.slice(equals + 1)))
  }
  return values
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw invalid('A percent sign in it is not followed by two hexadecimal digits.')
  }
}

const KEYWORD = /\s*([\w.]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))(?=\s|$)/sy

function parseKeywords(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  let at = 0
  while (text.slice(at).trim() !== '') {
    KEYWORD.lastIndex = at
    const [all, name, quoted, plain] = KEYWORD.exec(text) ?? []
    if (all === undefined || name === undefined)
      throw invalid('It is neither a URI (postgresql://…) nor keyword=value pairs.')
    values.set(name, (quoted ?? plain ?? '').replace(/\\(.)/gs, '$1'))
    at += all.length
  }
  return values
}

function parseSslMode(text: string): SslMode {
  const mode = SSL_MODES[text]
  if (mode === undefined) throw invalid(`Its sslmode "${text}" is unknown.`)
  return mode
}

function parseInteger(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw invalid(`Its ${name} is not a number.`)
  return Number(text)
}

/** The first line of a password file (host:port:database:user:password, `*` for any) that fits. */
function passwordOf(
  text: string | undefined,
  target: { host: string; port: number; database: string; user: string },
): string | undefined {
  const wanted = [
    target.host.startsWith('/') ? 'localhost' : target.host,
    String(target.port),
    target.database,
    target.user,
  ]
  for (const line of (text ?? '').split(/\r?\n/)) {
    if (line.startsWith('#')) continue
    const fields = (line.match(/(?:[^:\\]|\\.)*(?::|$)/g) ?? []).map((field) =>
      field.replace(/:$/, '').replace(/\\(.)/g, '$1'),
    )
    const fits = wanted.every((value, index) => fields[index] === '*' || fields[index] === value)
    if (fits && fields[4] !== undefined) return fields[4]
  }
  return undefined
}

function invalid(reason: string): AppError {
  return new AppError('INVALID_INPUT', `The setting db-uri is not valid. ${reason}`)
}
