// The one place where the stand-alone REST server reads the environment and files: PostgREST's configuration file, PGRST_… and libpq's variables.
import { readFileSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { SessionTarget } from '#postgres/node/session.ts'
import { parseRolePath } from '../rest/index.ts'
import { ConfigFileError, type FileValue, parseConfigFile } from './config-file.ts'
import { parseConnectionString } from './connection-string.ts'
import { readSettings, SettingError, type Settings } from './settings.ts'

export interface ServerConfig extends Settings {
  /** The configuration file, undefined when there is none. */
  readonly path: string | undefined
  /** Where the database is, in the order that is tried. */
  readonly targets: readonly [SessionTarget, ...SessionTarget[]]
  /** The JWT secret with `@file` read: text, base64, or a key (set) as JSON; null refuses tokens. */
  readonly jwtSecret: string | null
}

export interface ConfigSources {
  readonly path: string | undefined
  /** In-database settings without their prefix. */
  readonly database?: ReadonlyMap<string, string>
  readonly environment?: Readonly<Record<string, string | undefined>>
}

/** What is wrong with the configuration, for the operator. Never quotes a secret. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(`Error in config ${message}`)
    this.name = 'ConfigError'
  }
}

/** Reads the configuration anew from file and environment, with what the database adds. Throws ConfigError. */
export function readServerConfig(sources: ConfigSources): ServerConfig {
  const environment = sources.environment ?? process.env
  try {
    const file =
      sources.path === undefined ? new Map<string, FileValue>() : readFile(sources.path, environment)
    const settings = readSettings({ file, environment, database: sources.database ?? new Map() })
    const targets = parseConnectionString(readReference(settings.database.uri), {
      variable: (name) => environment[name] || undefined,
      systemUser: environment['USER'] || userInfo().username,
      socketDirectory: process.platform === 'win32' ? 'localhost' : '/var/run/postgresql',
      passwordFile: (path) => tryRead(path ?? join(homedir(), '.pgpass')),
    })
    const { roleClaimKey } = settings.jwt
    if (parseRolePath(roleClaimKey) === undefined)
      throw new SettingError(`failed to parse role-claim-key value (${roleClaimKey})`)
    return { ...settings, path: sources.path, targets, jwtSecret: readSecret(settings.jwt) }
  } catch (error) {
    if (error instanceof ConfigError) throw error
    throw new ConfigError(error instanceof Error ? error.message : String(error))
  }
}

function readFile(
  path: string,
  environment: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, FileValue> {
  try {
    return parseConfigFile(readFileSync(path, 'utf8'), {
      readImport: (name) => readFileSync(resolve(dirname(path), name), 'utf8'),
      variable: (name) => environment[name],
    })
  } catch (error) {
    throw error instanceof ConfigFileError ? new ConfigError(`${path}, ${error.message}`) : error
  }
}

/** A value that may be `@file`: the file's text, without spaces around it. */
function readReference(value: string): string {
  return value.startsWith('@') ? readFileSync(value.slice(1), 'utf8').trim() : value
}

function tryRead(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

const MINIMUM_SECRET_BYTES = 32

function readSecret({ secret, isBase64 }: Settings['jwt']): string | null {
  if (secret === null) return null
  const text = secret.startsWith('@') ? readFileSync(secret.slice(1), 'utf8').replace(/\n$/, '') : secret
  const bytes = isBase64 ? decodeBase64(text.trim()) : Buffer.from(text, 'utf8')
  if (!isKey(bytes) && bytes.byteLength < MINIMUM_SECRET_BYTES)
    throw new SettingError('The JWT secret must be at least 32 characters long.')
  return text
}

/** Base64 in both alphabets, `.` standing for the padding as some issuers write it. */
function decodeBase64(text: string): Uint8Array {
  const standard = text.replaceAll('_', '/').replaceAll('-', '+').replaceAll('.', '=')
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(standard)) throw new SettingError('jwt-secret is not valid base64.')
  return Buffer.from(standard, 'base64')
}

/** Whether the secret is a JSON Web Key or a set of them; their length is their own matter. */
function isKey(bytes: Uint8Array): boolean {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
    return typeof parsed === 'object' && parsed !== null && ('keys' in parsed || 'kty' in parsed)
  } catch {
    return false
  }
}
