// The settings of a data API: defaults, what may be set, and what the engine is told. Pure.
import { z } from 'zod'
import { ApiSettings } from '#contract/capabilities/api.ts'
import { AppError } from '#contract/errors.ts'
import type { RestConfig } from '../rest/index.ts'

const Stored = z.record(z.string(), z.unknown())

/** What a project has until somebody changes it. */
export const DEFAULT_SETTINGS: ApiSettings = {
  schemas: ['public'],
  extraSearchPath: ['public'],
  maxRows: 1000,
  aggregatesEnabled: false,
  planEnabled: false,
  maxBodyBytes: 10_000_000,
  statementTimeoutMs: 8_000,
  maxPlanCost: null,
  rateLimit: { perKey: null, perProject: null, perAddress: 500 },
  corsAllowedOrigins: [],
}

/** Roles that every instance comes with. */
export const ANON_ROLE = 'anon'
export const SERVICE_ROLE = 'service_role'

/** Only the fields that were set are stored, so that a better default reaches the projects that never chose. */
export function resolveSettings(stored: unknown): ApiSettings {
  return ApiSettings.parse({ ...DEFAULT_SETTINGS, ...Stored.parse(stored ?? {}) })
}

/** Schemas that describe the database itself, or belong to the service. */
export function isReservedSchema(name: string): boolean {
  return /^(pg|nebuladb)_/.test(name) || name === 'information_schema'
}

/** Some of the settings. */
export type SettingsChange = { readonly [Name in keyof ApiSettings]?: ApiSettings[Name] | undefined }

/** Throws INVALID_INPUT for schemas that are never exposed or named twice, and origins that no browser would send. */
export function assertSettings(settings: SettingsChange): void {
  const reserved = settings.schemas?.find(isReservedSchema)
  if (reserved !== undefined)
    throw new AppError('INVALID_INPUT', `The schema ${reserved} cannot be exposed: it is the system’s own.`)
  if (new Set(settings.schemas).size !== (settings.schemas?.length ?? 0))
    throw new AppError('INVALID_INPUT', 'A schema is named twice.')
  const wrong = settings.corsAllowedOrigins?.find((origin) => !isOrigin(origin))
  if (wrong !== undefined)
    throw new AppError('INVALID_INPUT', `${wrong} is not an origin.`, {
      hint: 'An origin is a scheme and a host, with a port if it has one: https://app.example.com',
    })
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text
}

/** The engine's configuration for a project. `restUrl` is what its documents name as the server. */
export function toRestConfig(settings: ApiSettings, restUrl: string): RestConfig {
  const [first = 'public', ...others] = settings.schemas
  return {
    schemas: [first, ...others],
    extraSearchPath: settings.extraSearchPath,
    anonRole: ANON_ROLE,
    maxRows: settings.maxRows,
    aggregatesEnabled: settings.aggregatesEnabled,
    planEnabled: settings.planEnabled,
    preRequest: null,
    rootSpec: null,
    txEnd: 'commit',
    hoistedTxSettings: [
      'statement_timeout',
      'plan_filter.statement_cost_limit',
      'default_transaction_isolation',
    ],
    preparedStatements: true,
    timezoneEnabled: true,
    openApiMode: 'follow-privileges',
    openApiSecurityActive: true,
    openApiServerProxyUri: restUrl,
    corsAllowedOrigins: settings.corsAllowedOrigins,
    serverTimingEnabled: false,
    traceHeader: null,
    errorVerbosity: 'verbose',
    useLegacyTargetNames: true,
    appSettings: {},
    maxBodyBytes: settings.maxBodyBytes,
    maxPlanCost: settings.maxPlanCost,
    statementTimeoutMs: settings.statementTimeoutMs,
  }
}
