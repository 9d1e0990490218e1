// What is set for the transaction before anything else runs: who asks, what was asked, and how the database shall behave meanwhile.
import { join, sql, type SqlFragment } from '#postgres/common/sql/sql.ts'
import { quoteIdentifier } from '#postgres/common/sql/quote.ts'
import type { ApiRequest } from '../parse/api-request.ts'
import type { TransactionPlan } from '../plan/plan.ts'
import type { Identity, RestConfig, SchemaCache } from '../types.ts'

interface SettingsInput {
  readonly request: ApiRequest
  readonly config: RestConfig
  readonly cache: SchemaCache
  readonly identity: Identity
}

/**
 * One SELECT of set_config(…, true). The settings of the role come before the role itself, since the login role may set what the role
 * may not.
 */
export function settingsSql(
  transaction: TransactionPlan,
  { request, config, cache, identity }: SettingsInput,
): SqlFragment {
  const { http } = request
  const { statementTimeoutMs = null } = config
  const searchPath = [request.schema, ...config.extraSearchPath].map(quoteIdentifier).join(', ')
  return sql`select ${join([
    sql`set_config('search_path', ${searchPath}, true)`,
    // Before the role's own, which win.
    ...(statementTimeoutMs === null ? [] : [setting(['statement_timeout', String(statementTimeoutMs)])]),
    ...(cache.roleSettings.get(identity.role)?.settings ?? []).map(setting),
    sql`set_config('role', ${identity.role}, true)`,
    sql`set_config('request.jwt.claims', ${identity.claims}, true)`,
    sql`set_config('request.method', ${http.method}, true)`,
    sql`set_config('request.path', ${http.path}, true)`,
    sql`set_config('request.headers', ${JSON.stringify(http.headers)}, true)`,
    sql`set_config('request.cookies', ${JSON.stringify(http.cookies)}, true)`,
    ...(transaction.timezone === null ? [] : [setting(['timezone', transaction.timezone])]),
    ...transaction.settings.map(setting),
    ...Object.entries(config.appSettings).map(setting),
  ])}`
}

/**
 * Between two steps of one transaction: back to the login role, and to what held before the step before set it. `names` are the settings
 * that not every step sets.
 */
export function resetSql(names: readonly string[]): SqlFragment {
  return sql`select ${join([
    sql`set_config('role', 'none', true)`,
    ...[...STEP_SETTINGS, ...names].map((name) => sql`set_config(${name}, null, true)`),
  ])}`
}

/** What a step's answer is made by. */
const STEP_SETTINGS = ['response.headers', 'response.status', 'nebuladb.updated']

function setting([name, value]: readonly [string, string]): SqlFragment {
  return sql`set_config(${name}, ${value}, true)`
}
