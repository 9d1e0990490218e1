// The rules of test sessions: who may act as whom towards a project's data API, for how long, and that it is written down.
import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import type { testSessions } from '#contract/capabilities/test-sessions.ts'
import { AppError } from '#contract/errors.ts'
import type { Actor } from '../actor.ts'
import type { Api } from '../api/index.ts'
import { audit } from '../audit/index.ts'
import type { RateLimits } from '../auth/index.ts'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import { mayWatch, type Tickets } from '../insight/index.ts'
import { requireProject } from '../projects/index.ts'
import type { TestKeys } from './keys.ts'
import { signToken } from './token.ts'

type Input = z.output<(typeof testSessions)['members']['open']['input']>
type Output = z.output<(typeof testSessions)['members']['open']['output']>

export interface TestSessionsDependencies {
  readonly db: Database
  readonly clock: Clock
  readonly limits: Pick<RateLimits, 'consume'>
  readonly api: Pick<Api, 'restUrl' | 'signingSecret'>
  readonly keys: TestKeys
  readonly tickets: Pick<Tickets, 'open'>
}

export interface TestSessionsService {
  /**
   * Headers to act as a role with chosen claims. Throws NOT_FOUND, FORBIDDEN (service_role needs an admin), RATE_LIMITED, PROJECT_NOT_READY for a
   * deleted project, INVALID_INPUT for claims that are too long for a header.
   */
  open(actor: Actor, address: string, input: Input): Promise<Output>
}

/** Bytes of the claims as JSON: all headers of a request have 16 KB. */
const MAX_CLAIMS_BYTES = 6_000

/** Makes the service. */
export function createTestSessionsService(deps: TestSessionsDependencies): TestSessionsService {
  const { db, clock, api, keys, tickets } = deps
  return {
    async open(actor, address, { projectId, as, claims, lifetimeSeconds }) {
      const action = as === 'service_role' ? 'testSessions.openAsService' : 'testSessions.open'
      const project = await requireProject(db, actor, projectId, action)
      if (project.desiredState === 'deleted')
        throw new AppError('PROJECT_NOT_READY', 'The project is deleted.', { hint: 'Restore it first.' })
      await deps.limits.consume('testSession', { address, account: actor.accountId })
      if (Buffer.byteLength(JSON.stringify(claims)) > MAX_CLAIMS_BYTES)
        throw new AppError('INVALID_INPUT', `The claims are longer than ${MAX_CLAIMS_BYTES} bytes.`)

      const issuedAt = Math.floor(clock.now().getTime() / 1000)
      const expiresAt = new Date((issuedAt + lifetimeSeconds) * 1000)
      const jti = randomUUID()
      const secret = await api.signingSecret(projectId)
      await db.transaction((tx) =>
        audit(tx, {
          actor,
          organisationId: project.organisationId,
          subjectKind: 'project',
          subjectId: projectId,
          action: 'testSessions.open',
          details: {
            as,
            jti,
            lifetimeSeconds,
            claims: Object.keys(claims),
            // Whom the member acts as is what an audit is for; the other claims' values are nobody's business.
            subject: typeof claims['sub'] === 'string' ? claims['sub'] : null,
          },
        }),
      )
      const token = signToken(
        { ...claims, role: as, iat: issuedAt, exp: issuedAt + lifetimeSeconds, jti },
        secret,
      )
      const ticket = (await mayWatch(db, { projectId, actor }))
        ? tickets.open({ projectId, actor }, expiresAt)
        : null
      return {
        headers: [
          { name: 'apikey', value: keys.open(projectId, expiresAt) },
          { name: 'Authorization', value: `Bearer ${token}` },
          ...(ticket === null ? [] : [{ name: 'Nebula-Insight', value: ticket }]),
        ],
        ticket,
        restUrl: api.restUrl(project.ref),
        expiresAt: expiresAt.toISOString(),
      }
    },
  }
}
