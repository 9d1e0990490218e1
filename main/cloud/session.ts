// Who is signed in: the tokens, sealed in the cache and never given to a page, refreshed once however many calls wait for them.
import { EventEmitter } from 'node:events'
import { Tokens, type Account, type SignedIn } from '#contract/capabilities/auth.ts'
import { AppError, isAppError } from '#contract/errors.ts'
import type { SessionStore } from '../cache/index.ts'
import type { SecretStore } from '../secrets/index.ts'

export type SessionState =
  | { readonly mode: 'undecided' | 'local'; readonly account: null }
  | { readonly mode: 'signed-in' | 'expired'; readonly account: Account }

export interface Session {
  readonly events: EventEmitter<{ changed: [SessionState] }>
  state(): SessionState
  /** Takes over an account and its tokens. Another account's cached records are forgotten first. */
  begin(signedIn: SignedIn): Promise<void>
  stayLocal(): void
  /** Forgets the account and everything cached for it. */
  end(): void
  /** For telling the service that this session ends; undefined when there is none to end. */
  refreshToken(): Promise<string | undefined>
  /** An access token that is valid for a while yet. Throws UNAUTHENTICATED when there is none to be had. */
  accessToken(): Promise<string>
  /** Gets new tokens though the old ones looked valid: the service refused them. Throws UNAUTHENTICATED when it refuses these too. */
  renew(): Promise<void>
}

export interface SessionOptions {
  readonly store: SessionStore
  readonly secretStore: SecretStore
  readonly refresh: (refreshToken: string) => Promise<SignedIn>
  /** Told of a secret store that does not work, which ends the session. */
  readonly onProblem: (problem: { readonly during: string; readonly error: unknown }) => void
  readonly now?: () => Date
}

interface Held {
  readonly tokens: Tokens
  /** When they came, by this machine's clock: tokens just received are used whatever that clock says of their end. */
  readonly receivedAt: number
}

/** An access token with less time left than this is refreshed before it is used. */
const REFRESH_BEFORE_MS = 30_000
const JUST_RECEIVED_MS = 20_000
/** Answers to a refresh that mean: log in again. */
const REFUSALS = [
  'UNAUTHENTICATED',
  'TOKEN_REUSED',
  'CREDENTIALS_REJECTED',
  'NOT_FOUND',
  'FORBIDDEN',
] as const

/** Restores the session from the cache; works without the service. */
export function createSession(options: SessionOptions): Session {
  const { store, secretStore } = options
  const now = options.now ?? (() => new Date())
  const events = new EventEmitter<{ changed: [SessionState] }>()
  let held: Held | undefined
  let refreshing: Promise<Held> | undefined
  /** Rises when another session begins or ends, so that a late answer for the old one is not kept. */
  let generation = 0
  const stored = store.load()
  let sealed = stored?.mode === 'signed-in' ? stored.sealedTokens : undefined
  let state: SessionState =
    stored === undefined || stored.mode === 'local'
      ? { mode: stored?.mode ?? 'undecided', account: null }
      : { mode: stored.mode, account: stored.account }

  function become(next: SessionState): void {
    state = next
    events.emit('changed', state)
  }

  async function keep(signedIn: SignedIn): Promise<Held> {
    const mine = generation
    const next: Held = { tokens: signedIn.tokens, receivedAt: now().getTime() }
    const sealedTokens = await secretStore.seal(JSON.stringify(signedIn.tokens))
    if (mine !== generation) throw sessionEnded()
    store.save({ mode: 'signed-in', account: signedIn.account, sealedTokens })
    held = next
    sealed = sealedTokens
    return next
  }

  function expire(): void {
    if (state.account === null) return
    generation += 1
    held = undefined
    sealed = undefined
    store.save({ mode: 'expired', account: state.account })
    become({ mode: 'expired', account: state.account })
  }

  async function load(): Promise<Held> {
    if (held !== undefined) return held
    if (sealed === undefined) throw sessionEnded()
    const mine = generation
    try {
      const tokens = Tokens.parse(JSON.parse(await secretStore.open(sealed)))
      if (mine !== generation) throw sessionEnded()
      held ??= { tokens, receivedAt: 0 }
      return held
    } catch (error) {
      if (mine !== generation) throw sessionEnded()
      options.onProblem({ during: 'opening the stored session', error })
      expire()
      throw sessionEnded()
    }
  }

  function refresh(): Promise<Held> {
    refreshing ??= exchange().finally(() => (refreshing = undefined))
    return refreshing
  }

  async function exchange(): Promise<Held> {
    const { tokens } = await load()
    const mine = generation
    try {
      const signedIn = await options.refresh(tokens.refreshToken)
      if (mine !== generation) throw sessionEnded()
      const next = await keep(signedIn)
      if (state.mode !== 'signed-in' || !isSameAccount(state.account, signedIn.account))
        become({ mode: 'signed-in', account: signedIn.account })
      return next
    } catch (error) {
      if (mine === generation && REFUSALS.some((code) => isAppError(error, code))) {
        expire()
        throw sessionEnded()
      }
      throw error
    }
  }

  return {
    events,
    state: () => state,
    async begin(signedIn) {
      if (state.account !== null && state.account.id !== signedIn.account.id) store.forget()
      generation += 1
      held = undefined
      sealed = undefined
      await keep(signedIn)
      become({ mode: 'signed-in', account: signedIn.account })
    },
    stayLocal() {
      if (state.account !== null)
        throw new AppError('CONFLICT', 'An account is signed in. Log out to work without one.')
      store.save({ mode: 'local' })
      become({ mode: 'local', account: null })
    },
    end() {
      generation += 1
      held = undefined
      sealed = undefined
      store.forget()
      become({ mode: 'undecided', account: null })
    },
    refreshToken: () =>
      load().then(
        ({ tokens }) => tokens.refreshToken,
        () => undefined,
      ),
    async accessToken() {
      const { tokens, receivedAt } = await load()
      const at = now().getTime()
      const isFresh =
        Date.parse(tokens.accessTokenExpiresAt) - at > REFRESH_BEFORE_MS ||
        Math.abs(at - receivedAt) < JUST_RECEIVED_MS
      return isFresh ? tokens.accessToken : (await refresh()).tokens.accessToken
    },
    async renew() {
      await refresh()
    },
  }
}

function isSameAccount(a: Account, b: Account): boolean {
  return a.id === b.id && a.email === b.email && a.name === b.name
}

function sessionEnded(): AppError {
  return new AppError('UNAUTHENTICATED', 'Your session has ended.', {
    hint: 'Log in again. Local work goes on meanwhile.',
  })
}
