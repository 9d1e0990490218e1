// The REST engine of one project, as this service runs it: logged in as authenticator by the instance's socket, trusting the project's own secrets
// and its issuers.
import type { IncomingMessage } from 'node:http'
import type { SessionTarget } from '#postgres/node/target.ts'
import { createRest, type JwtConfig, type Rest, type RestConfig, type RestUsage } from '../rest/index.ts'
import type { ApiRecord, Engine } from './project-apis.ts'

export interface RestEngine extends Engine {
  readonly rest: Rest
}

const TOKENS_REMEMBERED = 1000
/** Connections per project. An instance takes 100; the person has a use for them too. */
const POOL = { size: 10, acquireTimeoutMs: 10_000, idleTimeoutMs: 20_000, maxLifetimeMs: 1_800_000 }

export interface RestEngineOptions {
  readonly record: ApiRecord
  readonly target: SessionTarget
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
    observe: options.observe,
  })
  return {
    rest,
    configure: (record) => rest.configure(settingsOf(record)),
    close: () => rest.close(),
  }
}

function toJwtConfig({ jwtSecrets, issuers }: ApiRecord): JwtConfig {
  const [current, ...former] = jwtSecrets
  return {
    secret: current?.secret ?? null,
    formerSecrets: former.map(({ secret }) => secret),
    isBase64: false,
    audience: null,
    roleClaimKey: '$.role',
    cacheMaxEntries: TOKENS_REMEMBERED,
    issuers: issuers.map(({ issuer, jwksUrl, audience, roleClaim }) => ({
      issuer,
      jwksUrl,
      audience,
      roleClaimKey: roleClaim,
    })),
  }
}
