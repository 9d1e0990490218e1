// Sends requests: redirects, challenges, cookies, the body as it comes, and in the end what happened.
import { createMask } from '#api-client/common/resolve/mask.ts'
import type { ResolvedRequest } from '#api-client/common/resolve/types.ts'
import { AppError } from '#contract/errors.ts'
import type { ExchangeFailure, SentRequest } from '#contract/requests/exchange.ts'
import { currentToken, fetchToken, tokenKey } from './auth/tokens.ts'
import type { TokenRequests } from './auth/tokens.ts'
import { createTokenFetcher } from './auth/oauth.ts'
import { headerOf } from './body.ts'
import { cancelledError, describeFailure, timeoutError } from './failure.ts'
import { followRequest } from './follow.ts'
import type { FollowParts } from './follow.ts'
import { ConnectionPool } from './pool.ts'
import { receiveBody } from './receive.ts'
import { connectSocket } from './socket.ts'
import { SecureContexts } from './tls.ts'
import { Transport } from './transport.ts'
import { NO_TIMINGS } from './types.ts'
import type { OAuth2Auth, SendContext, SendOutcome, Sender, SenderLimits, SenderOptions } from './types.ts'

const DEFAULT_LIMITS: SenderLimits = {
  bodyBytes: 2_000_000_000,
  headerBytes: 262_144,
  idleMs: 30_000,
  authorizationMs: 300_000,
  messageBytes: 64_000_000,
}

/** A sender with connections of its own. Close it when it is not needed any more. */
export function createSender(options: SenderOptions): Sender {
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const connecting = {
    guard: options.guard,
    contexts: new SecureContexts(options.authorities ?? [], options.guard.isRestricted),
  }
  const pool = new ConnectionPool(connecting, limits.idleMs)
  const transport = new Transport({
    pool,
    systemProxy: options.systemProxy,
    userAgent: options.userAgent,
    headerBytes: limits.headerBytes,
  })
  const pending: TokenRequests['pending'] = new Map()
  const tokensOf = (request: ResolvedRequest, onBrowser?: (url: string) => void): TokenRequests => ({
    store: options.tokens,
    now: options.now,
    pending,
    fetcher: createTokenFetcher({
      transport,
      way: request,
      now: options.now,
      openBrowser: async (url) => {
        onBrowser?.(url)
        await options.openBrowser(url)
      },
      authorizationMs: limits.authorizationMs,
      isHosted: options.guard.isRestricted,
    }),
  })

  return {
    send: (request, context) =>
      sendOne(request, context, { transport, options, limits, tokens: tokensOf(request) }),
    connectSocket: (request, socketOptions) =>
      connectSocket(request, socketOptions, { options, limits, connecting, tokens: tokensOf(request) }),
    async authorize(request, { signal, onBrowser }) {
      const auth = oauthOf(request)
      await options.tokens.remove(tokenKey(auth))
      try {
        const token = await fetchToken(auth, tokensOf(request, onBrowser), signal)
        return { expiresAtMs: token.expiresAtMs, scope: token.scope }
      } catch (error) {
        if (signal.aborted) throw new AppError('CANCELLED', 'Getting the token was cancelled.')
        const { message, hint } = describeFailure(error, 'the authorization server')
        throw new AppError('INVALID_INPUT', message, { hint, cause: error })
      }
    },
    async forgetTokens(request) {
      if (request.auth.type === 'oauth2') await options.tokens.remove(tokenKey(request.auth))
    },
    close: () => {
      pool.close()
      return Promise.resolve()
    },
  }
}

function oauthOf({ auth }: ResolvedRequest): OAuth2Auth {
  if (auth.type === 'oauth2') return auth
  throw new AppError('INVALID_INPUT', 'This request does not get its tokens from an authorization server.', {
    hint: 'Choose OAuth 2 in its authentication.',
  })
}

interface SendParts extends FollowParts {
  readonly limits: SenderLimits
}

async function sendOne(
  request: ResolvedRequest,
  context: SendContext,
  parts: SendParts,
): Promise<SendOutcome> {
  const startedAt = performance.now()
  const stopper = new AbortController()
  const cancel = (): void => {
    stopper.abort(cancelledError())
  }
  if (context.signal.aborted) cancel()
  else context.signal.addEventListener('abort', cancel, { once: true })
  const { timeoutMs } = request.settings
  let timer: NodeJS.Timeout | undefined
  const startTimer = (): void => {
    if (timeoutMs <= 0) return
    timer = setTimeout(() => {
      stopper.abort(timeoutError(timeoutMs))
    }, timeoutMs)
  }

  const { progress, run } = followRequest(request, { ...context, signal: stopper.signal }, parts)
  const finish = (rest: Partial<SendOutcome>): SendOutcome => ({
    sent: progress.sent ?? unsent(request),
    response: null,
    failure: null,
    interruption: null,
    timings: { ...NO_TIMINGS, total: performance.now() - startedAt },
    hops: progress.hops,
    cookies: progress.cookies,
    insight: progress.insight(),
    ...rest,
  })
  try {
    // A person in a browser is not the server's slowness.
    await prepareToken(request, parts.tokens, stopper.signal)
    startTimer()
    const arrived = await run()
    const received = await receiveBody(arrived, {
      method: progress.sent?.method ?? request.method,
      context,
      limit: parts.limits.bodyBytes,
      startedAt,
      stopper,
      // Events come for as long as the server likes.
      stopTimer: () => {
        clearTimeout(timer)
      },
    })
    return finish({
      response: received.response,
      interruption: received.interruption,
      timings: { ...received.timings, total: performance.now() - startedAt },
    })
  } catch (error) {
    return finish({ failure: failureOf(error, stopper.signal, request) })
  } finally {
    clearTimeout(timer)
    context.signal.removeEventListener('abort', cancel)
  }
}

async function prepareToken(
  request: ResolvedRequest,
  tokens: TokenRequests,
  signal: AbortSignal,
): Promise<void> {
  if (request.auth.type !== 'oauth2' || headerOf(request.headers, 'Authorization') !== null) return
  await currentToken(request.auth, tokens, { signal })
}

function failureOf(error: unknown, signal: AbortSignal, request: ResolvedRequest): ExchangeFailure {
  const mask = createMask(request.secrets).text
  const host = URL.parse(request.url)?.host ?? request.url
  const { code, message, hint } = describeFailure(signal.aborted ? signal.reason : error, host)
  return { code, message: mask(message), hint: mask(hint) }
}

/** What would have been sent. */
function unsent(request: ResolvedRequest): SentRequest {
  const mask = createMask(request.secrets).text
  return {
    method: request.method,
    url: mask(request.url),
    headers: request.headers.map(({ name, value }) => ({ name, value: mask(value) })),
    bodyPreview: null,
    bodyBytes: 0,
    unresolved: [...request.unresolved],
  }
}
