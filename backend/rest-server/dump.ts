// The settings as text: `--dump-config` (which can be read back as a file) and `/config` of the admin server (where secrets are left out).
import type { QualifiedName } from '../rest/index.ts'
import type { Settings } from './settings.ts'

/** What takes a secret's place for readers that are not the operator at the terminal. */
const HIDDEN = '<hidden>'

/** All settings in the form of a file, sorted by name. Without `withSecrets` the JWT secret, the password of db-uri and app.settings.* are hidden. */
export function dumpSettings(settings: Settings, options: { readonly withSecrets: boolean }): string {
  const { rest, jwt, database, server, admin, log } = settings
  const secret = (text: string): string => (options.withSecrets || text === '' ? text : HIDDEN)
  const lines: Readonly<Record<string, string | number | boolean>> = {
    'admin-server-host': admin.host,
    'admin-server-port': admin.port ?? '',
    'admin-server-unix-socket': admin.unixSocket ?? '',
    'admin-server-unix-socket-mode': admin.unixSocketMode.toString(8),
    'client-error-verbosity': rest.errorVerbosity,
    'db-aggregates-enabled': rest.aggregatesEnabled,
    'db-anon-role': rest.anonRole ?? '',
    'db-channel': database.channel,
    'db-channel-enabled': database.isChannelEnabled,
    'db-config': database.readsSettings,
    'db-extra-search-path': rest.extraSearchPath.join(','),
    'db-hoisted-tx-settings': rest.hoistedTxSettings.join(','),
    'db-max-rows': rest.maxRows ?? '',
    'db-plan-enabled': rest.planEnabled,
    'db-pool': database.poolSize,
    'db-pool-acquisition-timeout': database.acquisitionTimeoutMs / 1000,
    'db-pool-automatic-recovery': database.recoversByItself,
    'db-pool-max-idletime': database.idleTimeoutMs / 1000,
    'db-pool-max-lifetime': database.lifetimeMs / 1000,
    'db-pre-config': printName(database.preConfig),
    'db-pre-request': printName(rest.preRequest),
    'db-prepared-statements': rest.preparedStatements,
    'db-root-spec': printName(rest.rootSpec),
    'db-schemas': rest.schemas.join(','),
    'db-timezone-enabled': rest.timezoneEnabled,
    'db-tx-end': rest.txEnd,
    'db-uri': options.withSecrets ? database.uri : hidePassword(database.uri),
    'jwt-aud': jwt.audience ?? '',
    'jwt-cache-max-entries': jwt.cacheMaxEntries,
    'jwt-role-claim-key': jwt.roleClaimKey,
    'jwt-secret': secret(jwt.secret ?? ''),
    'jwt-secret-is-base64': jwt.isBase64,
    'log-level': log.level,
    'log-query': log.showsQueries,
    'openapi-mode': rest.openApiMode,
    'openapi-security-active': rest.openApiSecurityActive,
    'openapi-server-proxy-uri': rest.openApiServerProxyUri ?? '',
    'server-cors-allowed-origins': rest.corsAllowedOrigins.join(','),
    'server-host': server.host,
    'server-port': server.port,
    'server-reuseport': server.reusesPort,
    'server-timing-enabled': rest.serverTimingEnabled,
    'server-trace-header': rest.traceHeader ?? '',
    'server-unix-socket': server.unixSocket ?? '',
    'server-unix-socket-mode': server.unixSocketMode.toString(8),
    'url-use-legacy-target-names': rest.useLegacyTargetNames,
  }
  const app = Object.entries(rest.appSettings).map(([name, value]) => [name, secret(value)] as const)
  return [...Object.entries(lines), ...app]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name} = ${typeof value === 'string' ? quote(value) : value}\n`)
    .join('')
}

function printName(name: QualifiedName | null): string {
  if (name === null) return ''
  return name.schema === '' ? name.name : `${name.schema}.${name.name}`
}

/** A string as the file's parser reads it back. */
function quote(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
  return `"${escaped.replaceAll('$', '$$$$')}"`
}

function hidePassword(uri: string): string {
  return uri
    .replace(/^(postgres(?:ql)?:\/\/[^:@/]*):[^@/]*@/, `$1:${HIDDEN}@`)
    .replace(/([?&]password=)[^&]*/g, `$1${HIDDEN}`)
    .replace(/(^|\s)(password\s*=\s*)('(?:[^'\\]|\\.)*'|\S+)/g, `$1$2${HIDDEN}`)
}
