// Puts auth together: keys, tokens, sessions, limits, service, jobs.
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { ServiceContract } from '#contract/contract.ts'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import type { Jobs } from '../jobs/index.ts'
import type { Mailer } from '../mail/index.ts'
import type { Observe } from '../monitoring/index.ts'
import type { Secrets } from '../secrets/index.ts'
import { createAccessTokens } from './access-tokens.ts'
import { type Authenticate, createAuthenticate } from './authenticate.ts'
import { createPasswordResetMailJob } from './password-reset-mail.ts'
import { createPasswords } from './passwords.ts'
import type { RateLimits } from './rate-limits.ts'
import { createAuthRoutes } from './routes.ts'
import { type AccountOrganisations, type AuthService, createAuthService } from './service.ts'
import { createSessions } from './sessions.ts'
import { createSigningKeys, type SigningKeys } from './signing-keys.ts'
import { pruneExpired } from './store.ts'

const KEPT_MS = 30 * 24 * 60 * 60 * 1000

export interface AuthDependencies {
  readonly db: Database
  readonly secrets: Secrets
  readonly clock: Clock
  readonly observe: Observe
  readonly jobs: Jobs
  readonly mailer: Mailer
  readonly limits: RateLimits
  readonly organisations: AccountOrganisations
  /** The address in mailed links. */
  readonly publicUrl: () => string
}

export interface Auth {
  readonly handlers: CapabilityHandlers<ServiceContract['auth']>
  readonly authenticate: Authenticate
  readonly signingKeys: SigningKeys
  readonly service: AuthService
}

/** Makes auth and registers its jobs. */
export async function createAuth(deps: AuthDependencies): Promise<Auth> {
  const { db, clock, jobs } = deps
  const signingKeys = createSigningKeys(deps)
  const accessTokens = createAccessTokens({ keys: signingKeys, clock })
  const sessions = createSessions({ ...deps, accessTokens })
  const authenticate = createAuthenticate({ accessTokens, sessions })
  const service = createAuthService({ ...deps, sessions, passwords: await createPasswords() })

  jobs.register(createPasswordResetMailJob(deps))
  jobs.register({
    name: 'auth.rotate-signing-keys',
    payload: z.object({}),
    schedule: '17 3 * * *',
    run: () => signingKeys.rotate(),
  })
  jobs.register({
    name: 'auth.prune-expired',
    payload: z.object({}),
    schedule: '47 * * * *',
    run: async () => {
      const at = clock.now()
      await db.transaction((tx) => pruneExpired(tx, { at, keptSince: new Date(at.getTime() - KEPT_MS) }))
    },
  })
  return { handlers: createAuthRoutes(service, authenticate), authenticate, signingKeys, service }
}
