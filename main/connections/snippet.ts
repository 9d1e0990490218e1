// How to connect to a database from elsewhere: the text behind "copy connection string", each quoted for where it will be pasted.
import type { CopyFormat } from '#contract/capabilities/connections.ts'
import type { ConnectionAddress } from './parse-uri.ts'

/** What a preview shows in place of a password. */
export const PASSWORD_MASK = '********'

/** The snippet in a format. `password` is undefined where there is none; pass PASSWORD_MASK for the screen. */
export function renderSnippet(
  format: CopyFormat,
  address: ConnectionAddress,
  password: string | undefined,
): string {
  // It has neither quotes nor backslashes, so it may stand in any kind of quotes.
  const uri = connectionUri(address, password)
  switch (format) {
    case 'uri':
      return uri
    case 'psql':
      return `psql '${uri}'`
    case 'env':
      return environmentLines(address, password)
    case 'node':
      return [
        "import pg from 'pg'",
        '',
        `const client = new pg.Client({ connectionString: '${uri}' })`,
        'await client.connect()',
      ].join('\n')
    case 'python':
      return ['import psycopg', '', `connection = psycopg.connect("${uri}")`].join('\n')
    case 'go':
      return ['import "github.com/jackc/pgx/v5"', '', `connection, err := pgx.Connect(ctx, "${uri}")`].join(
        '\n',
      )
    case 'jdbc':
      return jdbcUrl(address, password)
  }
}

/** `postgresql://…` with everything escaped that is not plain in a URI. */
export function connectionUri(address: ConnectionAddress, password: string | undefined): string {
  const { host, port, database, user, sslMode } = address
  const credentials = password === undefined ? encode(user) : `${encode(user)}:${encodeSecret(password)}`
  const options = sslMode === 'prefer' ? '' : `?sslmode=${sslMode}`
  return `postgresql://${credentials}@${hostInUri(host)}:${port}/${encode(database)}${options}`
}

function environmentLines(address: ConnectionAddress, password: string | undefined): string {
  const variables: [string, string][] = [
    ['PGHOST', address.host],
    ['PGPORT', String(address.port)],
    ['PGDATABASE', address.database],
    ['PGUSER', address.user],
    ...(password === undefined ? [] : [['PGPASSWORD', password] satisfies [string, string]]),
    ['PGSSLMODE', address.sslMode],
  ]
  return variables.map(([name, value]) => `${name}=${shellQuote(value)}`).join('\n')
}

function jdbcUrl(address: ConnectionAddress, password: string | undefined): string {
  const options: [string, string][] = [
    ['user', encode(address.user)],
    ...(password === undefined ? [] : [['password', encodeSecret(password)] satisfies [string, string]]),
    ...(address.sslMode === 'prefer' ? [] : [['sslmode', address.sslMode] satisfies [string, string]]),
  ]
  const query = options.map(([name, value]) => `${name}=${value}`).join('&')
  return `jdbc:postgresql://${hostInUri(address.host)}:${address.port}/${encode(address.database)}?${query}`
}

/** An IPv6 address stands in brackets; the directory of a socket is escaped. */
function hostInUri(host: string): string {
  return host.includes(':') ? `[${host}]` : encode(host)
}

/** encodeURIComponent leaves ! ' ( ) * as they are; a shell or a string literal may not. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** The mask is for eyes, so it is not escaped. */
function encodeSecret(password: string): string {
  return password === PASSWORD_MASK ? password : encode(password)
}

/** A word of a POSIX shell that stands for exactly this text. */
export function shellQuote(text: string): string {
  return /^[A-Za-z0-9_./:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
