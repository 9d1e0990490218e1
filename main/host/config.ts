// Reads the environment of the desktop host, once. Nothing else in `main` looks at it.
import { homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { proxyFromEnvironment } from '#api-client/node/send/proxy.ts'
import type { SystemProxy } from '#api-client/node/send/types.ts'
import { AppError } from '#contract/errors.ts'

export interface HostConfig {
  /** The host's own folder, `<data>/desktop`. */
  readonly dataDirectory: string
  /** Port of the headless host on 127.0.0.1; 0 takes any free one. */
  readonly port: number
  /** Where the service is, unless the person chose another one. */
  readonly serviceUrl: string
  /** Bearer token of the headless host; a new random one at each start unless given (tests, supervisors). */
  readonly token: string | undefined
  readonly logLevel: LogLevel
  /** The page as built by Vite. */
  readonly rendererDirectory: string
  /** Whether a native clipboard may be there: a display, or a system that always has one. */
  readonly hasDisplay: boolean
  /** How this machine reaches others: HTTP_PROXY, HTTPS_PROXY, NO_PROXY. */
  readonly systemProxy: SystemProxy
  /** Whether requests of the tester may go to this machine and to private networks: not where the host serves people who are elsewhere. */
  readonly reachesPrivateNetworks: boolean
}

export type Environment = Readonly<Record<string, string | undefined>>
export type LogLevel = z.infer<typeof LogLevel>

const LogLevel = z.enum(['debug', 'info', 'warn', 'error', 'silent'])
const port = z.coerce.number().int().min(0).max(65535)
const Variables = z.object({
  NEBULADB_DATA_DIR: z.string().min(1).optional(),
  NEBULADB_HOST_PORT: port.default(7410),
  NEBULADB_HOST_TOKEN: z
    .string()
    .regex(/^[A-Za-z0-9_-]{32,128}$/, 'use 32 to 128 letters, digits, dashes and underscores')
    .optional(),
  NEBULADB_SERVICE_URL: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:7400'),
  NEBULADB_LOG_LEVEL: LogLevel.default('info'),
  NEBULADB_PRIVATE_NETWORKS: z.enum(['allowed', 'refused']).default('allowed'),
})

/** Reads the configuration. Throws INVALID_INPUT that names each bad variable, but never its value. */
export function readHostConfig(environment: Environment = process.env): HostConfig {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const parsed = Variables.safeParse(present)
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    throw new AppError('INVALID_INPUT', `The environment cannot be used. ${problems.join('; ')}`)
  }
  const variables = parsed.data
  return {
    dataDirectory: join(variables.NEBULADB_DATA_DIR ?? defaultDataDirectory(present), 'desktop'),
    port: variables.NEBULADB_HOST_PORT,
    serviceUrl: variables.NEBULADB_SERVICE_URL,
    token: variables.NEBULADB_HOST_TOKEN,
    logLevel: variables.NEBULADB_LOG_LEVEL,
    rendererDirectory: join(import.meta.dirname, '../../dist/renderer'),
    hasDisplay:
      process.platform === 'darwin' ||
      process.platform === 'win32' ||
      present['DISPLAY'] !== undefined ||
      present['WAYLAND_DISPLAY'] !== undefined,
    systemProxy: proxyFromEnvironment(present),
    reachesPrivateNetworks: variables.NEBULADB_PRIVATE_NETWORKS === 'allowed',
  }
}

/** Where data lives when nobody says: each platform's own place. */
function defaultDataDirectory(environment: Environment): string {
  switch (process.platform) {
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support', 'NebulaDB')
    case 'win32':
      return join(environment['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'NebulaDB')
    default:
      if (environment['XDG_DATA_HOME'] !== undefined) return join(environment['XDG_DATA_HOME'], 'nebuladb')
      return process.getuid?.() === 0 ? '/var/lib/nebuladb' : join(homedir(), '.local', 'share', 'nebuladb')
  }
}
