// The REST engine of one project, as this service runs it: logged in as authenticator by the instance's socket, trusting the project's own secrets
// and its issuers.
import type { IncomingMessage } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { SessionTarget } from '#postgres/node/target.ts'
import { AUTHENTICATOR_ROLE, OWNER_ROLE } from '../provisioning/index.ts'
import {
  type BodyBudget,
  createBodyBudget,
  createRest,
  type JwtConfig,
  type Rest,
  type RestConfig,
  type RestUsage,
} from '../rest/index.ts'
import type { ApiRecord, Engine } from './project-apis.ts'
import { fetchPublic } from './public-fetch.ts'
import { SERVICE_ROLE } from './settings.ts'

export interface RestEngine extends Engine {
  readonly rest: Rest
}

const TOKENS_REMEMBERED = 1000
const CONFIGURE_MS = 5_000
/** Connections per project. An instance takes 100; the person has a use for them too. */
const POOL = { size: 10, acquireTimeoutMs: 10_000, idleTimeoutMs: 20_000, maxLifetimeMs: 1_800_000 }

/** Bodies of a project's requests at once. */
const PROJECT_BODIES_BYTES = 100 * 1024 * 1024

export interface RestEngineOptions {
  readonly record: ApiRecord
  readonly target: SessionTarget
  /** Whether issuers may be on private networks. */
  readonly privateIssuers: boolean
  /** What the bodies of all projects share. */
  readonly bodies: BodyBudget
  readonly observe: (usage: RestUsage, message: IncomingMessage) => void
}

/** Makes the engine. Nothing is opened before its first request. */
export function createRestEngine(options: RestEngineOptions): RestEngine {
  const settingsOf = (record: ApiRecord): { config: RestConfig; jwt: JwtConfig } => ({
    config: record.config,
    jwt: toJwtConfig(record),
  })
  const rest = createRest({
    ...settingsOf(options.record),
    target: options.target,
    pool: POOL,
    bodyBudget: createBodyBudget(PROJECT_BODIES_BYTES, options.bodies),
    fetchKeys: options.privateIssuers ? undefined : fetchPublic,
    observe: options.observe,
  })
  return {
    rest,
    async configure(record) {
      const timer = new AbortController()
      // A database that does not answer must not hold up who changes a setting: it takes effect for the schema when it is back.
      const late = wait(CONFIGURE_MS, undefined, { signal: timer.signal }).catch(() => undefined)
      await Promise.race([rest.configure(settingsOf(record)), late])
      timer.abort()
    },
    close: () => rest.close(),
  }
}

/** The roles that log in: `none` is what Postgres calls the one that the session began with. No token makes a request theirs. docs/decisions/0125. */
const NOT_FOR_TOKENS = [AUTHENTICATOR_ROLE, 'none', OWNER_ROLE]

/** The role that row-level security does not hold: what another's claims say must not come so far. */
const NOT_FOR_ISSUERS = [SERVICE_ROLE]

function toJwtConfig({ jwtSecrets, issuers }: ApiRecord): JwtConfig {
  const [current, ...former] = jwtSecrets
  return {
    secret: current?.secret ?? null,
    formerSecrets: former.map(({ secret }) => secret),
    isBase64: false,
    audience: null,
    roleClaimKey: '$.role',
    cacheMaxEntries: TOKENS_REMEMBERED,
    excludedRoles: NOT_FOR_TOKENS,
    issuers: issuers.map(({ issuer, jwksUrl, audience, roleClaim }) => ({
      issuer,
      jwksUrl,
      audience,
      roleClaimKey: roleClaim,
      excludedRoles: NOT_FOR_ISSUERS,
    })),
  }
}
