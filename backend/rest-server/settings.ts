// Every setting of PostgREST v16 by its name there: where it comes from, its default, what it is checked for. Pure: sources are handed in.
import type { QualifiedName, RestConfig, TransactionEnd } from '../rest/index.ts'
import { type FileValue, printValue } from './config-file.ts'

/** Where values come from: the database wins over the environment, which wins over the file. */
export interface SettingSources {
  /** By setting name: `db-uri`, `app.settings.host`. */
  readonly file: ReadonlyMap<string, FileValue>
  /** Variables of the environment by their names: `PGRST_DB_URI`. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** In-database settings without their prefix: `db_schemas`. */
  readonly database: ReadonlyMap<string, string>
}

export type LogLevel = 'crit' | 'error' | 'warn' | 'info' | 'debug'

/** A port, or a Unix socket with its mode. */
export interface ListenAddress {
  readonly host: string
  /** null where only a socket is given. */
  readonly port: number | null
  readonly unixSocket: string | null
  /** 0o660 */
  readonly unixSocketMode: number
}

/** All settings, read and checked. */
export interface Settings {
  readonly rest: RestConfig
  readonly jwt: {
    /** As given: text, `@file`, base64, a key or a set of keys as JSON. */
    readonly secret: string | null
    readonly isBase64: boolean
    readonly audience: string | null
    readonly roleClaimKey: string
    readonly cacheMaxEntries: number
  }
  readonly database: {
    /** As given: a URI, keywords, or `@file`. */
    readonly uri: string
    readonly poolSize: number
    readonly acquisitionTimeoutMs: number
    readonly idleTimeoutMs: number
    readonly lifetimeMs: number
    readonly recoversByItself: boolean
    readonly channel: string
    readonly isChannelEnabled: boolean
    /** db-config: whether settings are read from the database. */
    readonly readsSettings: boolean
    readonly preConfig: QualifiedName | null
  }
  readonly server: ListenAddress & { readonly port: number; readonly reusesPort: boolean }
  readonly admin: ListenAddress
  readonly log: { readonly level: LogLevel; readonly showsQueries: boolean }
  /** What was given but not understood, and therefore left at its default. */
  readonly warnings: readonly string[]
}

/** A setting that cannot be accepted. The message is PostgREST's own where it has one. */
export class SettingError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'SettingError'
  }
}

export const DEFAULT_ROLE_CLAIM_KEY = '$.role'
const HOISTED = ['statement_timeout', 'plan_filter.statement_cost_limit', 'default_transaction_isolation']
const TRANSACTION_ENDS = [
  'commit',
  'commit-allow-override',
  'rollback',
  'rollback-allow-override',
] as const satisfies readonly TransactionEnd[]

/** The in-database settings that are looked at, as they are named there below `pgrst.`. */
export const DATABASE_SETTINGS = [
  'client_error_verbosity',
  'db_aggregates_enabled',
  'db_anon_role',
  'db_extra_search_path',
  'db_hoisted_tx_settings',
  'db_max_rows',
  'db_plan_enabled',
  'db_pre_config',
  'db_pre_request',
  'db_prepared_statements',
  'db_root_spec',
  'db_schemas',
  'db_timezone_enabled',
  'db_tx_end',
  'jwt_aud',
  'jwt_cache_max_entries',
  'jwt_role_claim_key',
  'jwt_secret',
  'jwt_secret_is_base64',
  'openapi_mode',
  'openapi_security_active',
  'openapi_server_proxy_uri',
  'server_cors_allowed_origins',
  'server_timing_enabled',
  'server_trace_header',
  'url_use_legacy_target_names',
] as const

/** Reads all settings. Throws SettingError for the first that is wrong. */
export function readSettings(sources: SettingSources): Settings {
  const warnings: string[] = []
  const raw = (name: string): FileValue | undefined =>
    sources.database.get(name.replaceAll('-', '_')) ??
    sources.environment[environmentName(name)] ??
    sources.file.get(name)

  /** The first of the names that has a text; '' counts as not given. */
  const text = (...names: readonly string[]): string | null => {
    for (const name of names) {
      const value = raw(name)
      if (value !== undefined && printValue(value) !== '') return printValue(value)
    }
    return null
  }
  const parsed = <T>(
    names: readonly string[],
    parse: (text: string) => T | undefined,
    what: string,
  ): T | null => {
    for (const name of names) {
      const value = text(name)
      if (value === null) continue
      const result = parse(value)
      if (result !== undefined) return result
      warnings.push(`${name} is not ${what}, so its default is used.`)
    }
    return null
  }
  const integer = (...names: readonly string[]): number | null => parsed(names, parseInteger, 'an integer')
  const boolean = (...names: readonly string[]): boolean | null =>
    parsed(names, parseBoolean, 'true or false')
  const choice = <T extends string>(
    names: readonly string[],
    values: readonly T[],
    problem: string,
  ): T | null => {
    const value = text(...names)
    if (value === null) return null
    const found = values.find((candidate) => candidate === value)
    if (found === undefined) throw new SettingError(problem)
    return found
  }
  const list = (...names: readonly string[]): readonly string[] | null => {
    const value = text(...names)
    return value === null ? null : splitOnCommas(value)
  }
  const name = (...names: readonly string[]): QualifiedName | null => {
    const value = text(...names)
    return value === null ? null : parseName(value)
  }
  const socketMode = (setting: string): number => parseSocketMode(setting, text(setting) ?? '660')

  const serverPort = integer('server-port') ?? 3000
  const adminPort = integer('admin-server-port')
  if (adminPort !== null && adminPort === serverPort)
    throw new SettingError('admin-server-port cannot be the same as server-port')

  return {
    rest: {
      schemas: parseSchemas(text('db-schemas', 'db-schema') ?? 'public'),
      // '' is a value of its own here: no extra schema.
      extraSearchPath: parseSearchPath(raw('db-extra-search-path')),
      anonRole: text('db-anon-role'),
      maxRows: integer('db-max-rows', 'max-rows'),
      aggregatesEnabled: boolean('db-aggregates-enabled') ?? false,
      planEnabled: boolean('db-plan-enabled') ?? false,
      preRequest: name('db-pre-request', 'pre-request'),
      rootSpec: name('db-root-spec', 'root-spec'),
      txEnd:
        choice(
          ['db-tx-end'],
          TRANSACTION_ENDS,
          'Invalid transaction termination. Check your configuration.',
        ) ?? 'commit',
      hoistedTxSettings: list('db-hoisted-tx-settings') ?? HOISTED,
      preparedStatements: boolean('db-prepared-statements') ?? true,
      timezoneEnabled: boolean('db-timezone-enabled') ?? true,
      openApiMode:
        choice(
          ['openapi-mode'],
          ['follow-privileges', 'ignore-privileges', 'disabled'],
          'Invalid openapi-mode. Check your configuration.',
        ) ?? 'follow-privileges',
      openApiSecurityActive: boolean('openapi-security-active') ?? false,
      openApiServerProxyUri: checkProxyUri(text('openapi-server-proxy-uri')),
      corsAllowedOrigins: list('server-cors-allowed-origins') ?? [],
      serverTimingEnabled: boolean('server-timing-enabled') ?? false,
      traceHeader: checkHeaderName(text('server-trace-header')),
      errorVerbosity:
        choice(
          ['client-error-verbosity'],
          ['verbose', 'minimal'],
          'Invalid client-error-verbosity. Check your configuration.',
        ) ?? 'verbose',
      useLegacyTargetNames: boolean('url-use-legacy-target-names') ?? true,
      appSettings: readAppSettings(sources),
      maxBodyBytes: null,
      maxPlanCost: null,
    },
    jwt: {
      secret: text('jwt-secret'),
      isBase64: boolean('jwt-secret-is-base64', 'secret-is-base64') ?? false,
      audience: checkAudience(text('jwt-aud')),
      roleClaimKey: text('jwt-role-claim-key', 'role-claim-key') ?? DEFAULT_ROLE_CLAIM_KEY,
      cacheMaxEntries: integer('jwt-cache-max-entries') ?? 1000,
    },
    database: {
      uri: text('db-uri') ?? 'postgresql://',
      poolSize: integer('db-pool') ?? 10,
      acquisitionTimeoutMs: (integer('db-pool-acquisition-timeout') ?? 10) * 1000,
      idleTimeoutMs: (integer('db-pool-timeout', 'db-pool-max-idletime') ?? 30) * 1000,
      lifetimeMs: (integer('db-pool-max-lifetime') ?? 1800) * 1000,
      recoversByItself: boolean('db-pool-automatic-recovery') ?? true,
      channel: text('db-channel') ?? 'pgrst',
      isChannelEnabled: boolean('db-channel-enabled') ?? true,
      readsSettings: boolean('db-config') ?? true,
      preConfig: name('db-pre-config'),
    },
    server: {
      host: text('server-host') ?? '!4',
      port: serverPort,
      reusesPort: boolean('server-reuseport') ?? false,
      unixSocket: text('server-unix-socket'),
      unixSocketMode: socketMode('server-unix-socket-mode'),
    },
    admin: {
      host: text('admin-server-host', 'server-host') ?? '!4',
      port: adminPort,
      unixSocket: text('admin-server-unix-socket'),
      unixSocketMode: socketMode('admin-server-unix-socket-mode'),
    },
    log: {
      level:
        choice(
          ['log-level'],
          ['crit', 'error', 'warn', 'info', 'debug'],
          'Invalid logging level. Check your configuration.',
        ) ?? 'error',
      showsQueries: parsed(['log-query'], parseQueryLog, 'true or false') ?? false,
    },
    warnings,
  }
}

function environmentName(setting: string): string {
  return `PGRST_${setting.replaceAll('-', '_').toUpperCase()}`
}

/** As PostgREST reads booleans: words in any case, and numbers, of which those above 0 are true. */
function parseBoolean(text: string): boolean | undefined {
  const word = text.replace(/[^A-Za-z]/g, '').toLowerCase()
  if (word === 'true' || word === 'false') return word === 'true'
  return /^-?\d+$/.test(text) ? Number(text) > 0 : undefined
}

/** `main-query` and `disabled` are how earlier versions name true and false. */
function parseQueryLog(text: string): boolean | undefined {
  if (text === 'main-query') return true
  return text === 'disabled' ? false : parseBoolean(text)
}

function parseInteger(text: string): number | undefined {
  const value = Number(text)
  return text.trim() !== '' && Number.isSafeInteger(value) ? value : undefined
}

function splitOnCommas(text: string): readonly string[] {
  return text.split(',').map((part) => part.trim())
}

function parseSchemas(text: string): readonly [string, ...string[]] {
  const [first, ...others] = splitOnCommas(text)
  const schemas = [first ?? '', ...others] as const
  for (const schema of ['pg_catalog', 'information_schema'])
    if (schemas.includes(schema)) throw new SettingError(`db-schemas does not allow schema: '${schema}'`)
  return schemas
}

function parseSearchPath(value: FileValue | undefined): readonly string[] {
  if (value === undefined) return ['public']
  const text = printValue(value)
  return text === '' ? [] : splitOnCommas(text)
}

/** `schema.function`, or a function alone, whose schema is '' then: the search path finds it. */
export function parseName(text: string): QualifiedName {
  const dot = text.indexOf('.')
  if (dot === -1) return { schema: '', name: text }
  return { schema: text.slice(0, dot), name: text.slice(dot + 1) }
}

function parseSocketMode(setting: string, text: string): number {
  const digits = /^[0-7]+/.exec(text)?.[0]
  if (digits === undefined) throw new SettingError(`Invalid ${setting}: not an octal`)
  const mode = Number.parseInt(digits, 8)
  if (mode < 0o600 || mode > 0o777)
    throw new SettingError(`Invalid ${setting}: needs to be between 600 and 777`)
  return mode
}

function checkProxyUri(text: string | null): string | null {
  if (text === null) return null
  const url = URL.parse(text)
  const isFine =
    url !== null &&
    (url.protocol === 'http:' || url.protocol === 'https:') &&
    /^https?:\/\/[^/]/i.test(text) &&
    url.username === '' &&
    url.password === '' &&
    !text.includes('?') &&
    !text.includes('#') &&
    url.port !== '0'
  if (!isFine)
    throw new SettingError('Malformed proxy uri, a correct example: https://example.com:8443/basePath')
  return text
}

/** What a header may be called (RFC 9110): another name could not be answered with. */
function checkHeaderName(text: string | null): string | null {
  if (text !== null && !/^[!#$%&'*+.^_`|~\w-]+$/.test(text))
    throw new SettingError('server-trace-header should be the name of a header')
  return text
}

const URI = /^[A-Za-z][\w+.-]*:(?:[\w.~:/?#[\]@!$&'()*+,;=-]|%[\dA-Fa-f]{2})*$/

/** RFC 7519: an audience with a colon must be a URI. */
function checkAudience(text: string | null): string | null {
  if (text !== null && text.includes(':') && !URI.test(text))
    throw new SettingError('jwt-aud should be a string or a valid URI')
  return text
}

const APP_SETTINGS_VARIABLE = 'PGRST_APP_SETTINGS_'

function readAppSettings({ file, environment }: SettingSources): Readonly<Record<string, string>> {
  const settings: Record<string, string> = {}
  for (const [name, value] of file) if (name.startsWith('app.settings.')) settings[name] = printValue(value)
  for (const [name, value] of Object.entries(environment))
    if (name.startsWith(APP_SETTINGS_VARIABLE) && value !== undefined)
      settings[`app.settings.${name.slice(APP_SETTINGS_VARIABLE.length)}`] = value
  return settings
}
