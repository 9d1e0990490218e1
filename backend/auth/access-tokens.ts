// Access tokens: JWTs that live ten minutes. Algorithm, issuer, audience and type are pinned when they are read.
import { jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { AppError } from '#contract/errors.ts'
import { AccountId } from '#contract/capabilities/ids.ts'
import type { Actor } from '../actor.ts'
import type { Clock } from '../clock.ts'
import { SIGNING_ALGORITHM, type SigningKeys } from './signing-keys.ts'

export const ACCESS_TOKEN_MS = 10 * 60 * 1000
const ISSUER = 'nebuladb'
const AUDIENCE = 'nebuladb-service'
const TYPE = 'at+jwt'
const Claims = z.object({ sub: AccountId, sid: z.uuid() })

export interface AccessTokens {
  /** Signs a token for the actor. */
  issue(actor: Actor): Promise<{ token: string; expiresAt: Date }>
  /** The actor of a token. Throws UNAUTHENTICATED for anything that is not a token of ours that is still valid. */
  verify(token: string): Promise<Actor>
}

/** Makes the signer and reader of access tokens. */
export function createAccessTokens(deps: { keys: SigningKeys; clock: Clock }): AccessTokens {
  const { keys, clock } = deps
  return {
    async issue(actor) {
      const { kid, privateKey } = await keys.current()
      const now = clock.now()
      const expiresAt = new Date(now.getTime() + ACCESS_TOKEN_MS)
      const token = await new SignJWT({ sid: actor.sessionId })
        .setProtectedHeader({ alg: SIGNING_ALGORITHM, kid, typ: TYPE })
        .setSubject(actor.accountId)
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setIssuedAt(seconds(now))
        .setExpirationTime(seconds(expiresAt))
        .sign(privateKey)
      return { token, expiresAt: new Date(seconds(expiresAt) * 1000) }
    },
    async verify(token) {
      try {
        const { payload } = await jwtVerify(
          token,
          async ({ kid }) => {
            const key = kid === undefined ? undefined : await keys.verificationKey(kid)
            if (key === undefined) throw rejected()
            return key
          },
          {
            algorithms: [SIGNING_ALGORITHM],
            issuer: ISSUER,
            audience: AUDIENCE,
            typ: TYPE,
            requiredClaims: ['exp', 'iat', 'sub', 'sid'],
            currentDate: clock.now(),
          },
        )
        const claims = Claims.parse(payload)
        return { accountId: claims.sub, sessionId: claims.sid }
      } catch (error) {
        // A database that does not answer is no reason to call a token invalid.
        if (error instanceof AppError) throw error
        throw rejected(error)
      }
    },
  }
}

function rejected(cause?: unknown): AppError {
  return new AppError('UNAUTHENTICATED', 'The access token is not valid or has expired.', { cause })
}

function seconds(moment: Date): number {
  return Math.floor(moment.getTime() / 1000)
}
