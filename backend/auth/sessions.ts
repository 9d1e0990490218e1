// Sessions and their refresh tokens. A refresh token is for one use; showing a used one ends the session, because two parties then hold its chain.
// One exception, for a response that got lost: the token used last may be shown again within ten seconds, as long as nobody has used what it was
// exchanged for. That exchange is then void: whoever shows its token later is an intruder. See docs/decisions/0030.
import { AppError } from '#contract/errors.ts'
import type { Tokens } from '#contract/capabilities/auth.ts'
import type { AccountId } from '#contract/capabilities/ids.ts'
import type { Actor } from '../actor.ts'
import { audit } from '../audit/index.ts'
import type { Clock } from '../clock.ts'
import type { Database, Tx } from '../db/database.ts'
import type { Observe } from '../monitoring/index.ts'
import type { AccessTokens } from './access-tokens.ts'
import { hashOpaqueToken, newOpaqueToken } from './opaque-tokens.ts'
import * as store from './store.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** A session ends this long after log-in, whatever happens. */
export const SESSION_MS = 180 * DAY_MS
/** A refresh token that nobody uses for this long is over. */
export const REFRESH_IDLE_MS = 30 * DAY_MS
/** How long after its use the last token may be shown again. */
export const RETRY_MS = 10_000

export interface Sessions {
  /** Starts a session inside the transaction; give `tokens` out only once it has committed. */
  start(tx: Tx, accountId: AccountId): Promise<{ actor: Actor; tokens: Tokens }>
  /** Exchanges a refresh token. Throws UNAUTHENTICATED or, after ending the session, TOKEN_REUSED. */
  refresh(refreshToken: string): Promise<{ actor: Actor; tokens: Tokens }>
  /** New tokens for a session that goes on; its refresh tokens so far are forgotten. */
  renew(tx: Tx, actor: Actor): Promise<Tokens>
  /** Ends the session of a refresh token. Does nothing for a token that is not known. */
  end(refreshToken: string): Promise<void>
  /** Throws UNAUTHENTICATED when the session of an access token has ended. */
  assertLive(actor: Actor): Promise<void>
}

interface SessionsDependencies {
  readonly db: Database
  readonly accessTokens: AccessTokens
  readonly clock: Clock
  readonly observe: Observe
}

/** Makes the sessions over the database. */
export function createSessions({ db, accessTokens, clock, observe }: SessionsDependencies): Sessions {
  async function tokensFor(actor: Actor, refreshToken: string): Promise<Tokens> {
    const access = await accessTokens.issue(actor)
    return {
      accessToken: access.token,
      accessTokenExpiresAt: access.expiresAt.toISOString(),
      refreshToken,
    }
  }

  async function addRefreshToken(tx: Tx, sessionId: string): Promise<string> {
    const token = newOpaqueToken()
    await store.insertRefreshToken(tx, { hash: hashOpaqueToken(token), sessionId, at: clock.now() })
    return token
  }

  /** What is to be done with a token that was shown. */
  async function judge(tx: Tx, chain: store.RefreshChain): Promise<'exchange' | 'retry' | 'over' | 'reused'> {
    const { token } = chain
    const now = clock.now().getTime()
    if (chain.endReason === 'token-reused') return 'reused'
    if (chain.endReason !== null || chain.expiresAt.getTime() <= now) return 'over'
    if (token.isSuperseded) return 'reused'
    if (token.replacedAt === null || token.successor === null)
      return now - token.createdAt.getTime() > REFRESH_IDLE_MS ? 'over' : 'exchange'
    const successor = await store.findRefreshToken(tx, token.successor)
    const isUnused = successor !== undefined && successor.replacedAt === null && !successor.isSuperseded
    return isUnused && now - token.replacedAt.getTime() <= RETRY_MS ? 'retry' : 'reused'
  }

  async function exchange(tx: Tx, refreshToken: string): Promise<Exchange> {
    const chain = await store.lockRefreshChain(tx, hashOpaqueToken(refreshToken))
    if (chain === undefined) return { kind: 'over' }
    const actor = { accountId: chain.accountId, sessionId: chain.sessionId }
    const verdict = await judge(tx, chain)
    if (verdict === 'over') return { kind: 'over' }
    if (verdict === 'reused') {
      if (chain.endReason === null) {
        await store.endSession(tx, { id: chain.sessionId, at: clock.now(), reason: 'token-reused' })
        await audit(tx, {
          actor,
          organisationId: null,
          action: 'session.end',
          subjectKind: 'session',
          subjectId: chain.sessionId,
          details: { reason: 'token-reused' },
        })
      }
      return { kind: 'reused', sessionId: chain.sessionId }
    }
    if (verdict === 'retry' && chain.token.successor !== null)
      await store.supersedeRefreshToken(tx, chain.token.successor)
    const next = await addRefreshToken(tx, chain.sessionId)
    await store.replaceRefreshToken(tx, {
      hash: chain.token.hash,
      successor: hashOpaqueToken(next),
      at: clock.now(),
    })
    return { kind: 'exchanged', actor, refreshToken: next }
  }

  return {
    async start(tx, accountId) {
      const now = clock.now()
      const expiresAt = new Date(now.getTime() + SESSION_MS)
      const sessionId = await store.insertSession(tx, { accountId, at: now, expiresAt })
      const actor = { accountId, sessionId }
      return { actor, tokens: await tokensFor(actor, await addRefreshToken(tx, sessionId)) }
    },
    async refresh(refreshToken) {
      const outcome = await db.transaction((tx) => exchange(tx, refreshToken))
      switch (outcome.kind) {
        case 'exchanged':
          return { actor: outcome.actor, tokens: await tokensFor(outcome.actor, outcome.refreshToken) }
        case 'reused':
          observe({ type: 'auth.token-reused', sessionId: outcome.sessionId })
          throw new AppError(
            'TOKEN_REUSED',
            'This refresh token was used before, so its session has been ended.',
            { hint: 'Log in again. If you did not expect this, change your password.' },
          )
        case 'over':
          throw sessionOver()
      }
    },
    async renew(tx, actor) {
      await store.deleteRefreshTokensOf(tx, actor.sessionId)
      return tokensFor(actor, await addRefreshToken(tx, actor.sessionId))
    },
    async end(refreshToken) {
      await db.transaction(async (tx) => {
        const chain = await store.lockRefreshChain(tx, hashOpaqueToken(refreshToken))
        if (chain === undefined || chain.endReason !== null) return
        await store.endSession(tx, { id: chain.sessionId, at: clock.now(), reason: 'logged-out' })
        await audit(tx, {
          actor: { accountId: chain.accountId, sessionId: chain.sessionId },
          organisationId: null,
          action: 'session.end',
          subjectKind: 'session',
          subjectId: chain.sessionId,
          details: { reason: 'logged-out' },
        })
      })
    },
    async assertLive(actor) {
      const isLive = await store.isSessionLive(db, {
        id: actor.sessionId,
        accountId: actor.accountId,
        at: clock.now(),
      })
      if (!isLive) throw sessionOver()
    },
  }
}

type Exchange =
  | { readonly kind: 'exchanged'; readonly actor: Actor; readonly refreshToken: string }
  | { readonly kind: 'reused'; readonly sessionId: string }
  | { readonly kind: 'over' }

function sessionOver(): AppError {
  return new AppError('UNAUTHENTICATED', 'The session has ended. Log in again.')
}
