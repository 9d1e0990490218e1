// From a request to its last response: each redirect and each challenge is a hop.
import { createMask } from '#api-client/common/resolve/mask.ts'
import type { ResolvedRequest } from '#api-client/common/resolve/types.ts'
import type { Cookie, HeaderPair, Hop, SentRequest } from '#contract/requests/exchange.ts'
import { parseAddress, targetOf, userOf, withoutUser } from './address.ts'
import { createAuthenticator } from './auth/authenticator.ts'
import { basicCredentials, nobody, sayingAlways } from './auth/simple.ts'
import type { TokenRequests } from './auth/tokens.ts'
import type { Authenticator } from './auth/types.ts'
import { headerOf, openBody } from './body.ts'
import type { RequestBody } from './body.ts'
import { SendError } from './failure.ts'
import { checkHeaders, checkMethod } from './headers.ts'
import { redirectOf, redirectedHeaders } from './redirect.ts'
import { drain } from './transport.ts'
import type { Arrived, Transport } from './transport.ts'
import type { SendContext, SenderOptions } from './types.ts'

/** More challenges than this in a row are a server that will not be satisfied. */
const MOST_CHALLENGES = 4

export interface FollowParts {
  readonly transport: Transport
  readonly options: SenderOptions
  readonly tokens: TokenRequests
}

/** What is known so far: it counts when the rest fails, too. */
export interface Progress {
  sent: SentRequest | null
  readonly hops: Hop[]
  readonly cookies: Cookie[]
  insight: Authenticator['insight']
}

interface Following {
  readonly progress: Progress
  /** Resolves with the last response, of which the headers are there. */
  readonly run: () => Promise<Arrived>
}

/** A request under way. */
interface Step {
  method: string
  url: URL
  /** As it was written; null after a redirect. */
  written: string | null
  headers: readonly HeaderPair[]
  body: RequestBody | null
  authenticator: Authenticator
}

export function followRequest(request: ResolvedRequest, context: SendContext, parts: FollowParts): Following {
  const progress: Progress = { sent: null, hops: [], cookies: [], insight: () => null }
  return { progress, run: () => follow(request, { context, parts, progress }) }
}

interface Surroundings {
  readonly context: SendContext
  readonly parts: FollowParts
  readonly progress: Progress
}

async function follow(request: ResolvedRequest, around: Surroundings): Promise<Arrived> {
  const { settings } = request
  const { context, progress } = around
  const step = await firstStep(request, around)
  let redirects = 0
  let challenges = 0
  for (;;) {
    const arrived = await askOnce(request, step, around)
    const { status, headers } = arrived.response
    takeCookies(request, step, arrived, around)
    const wantsAgain =
      challenges < MOST_CHALLENGES &&
      (await step.authenticator.challenged({ status, headers }, context.signal))
    const redirect =
      wantsAgain || !settings.followsRedirects
        ? null
        : redirectOf(status, headerOf(headers, 'Location'), step)
    if (!wantsAgain && redirect === null) return arrived
    progress.hops.push(hopOf(step, arrived, createMask(hiddenOf(request, step)).text))
    await drain(arrived.response)
    context.signal.throwIfAborted()
    if (redirect === null) {
      challenges++
      continue
    }
    redirects++
    if (redirects > settings.maxRedirects) throw tooManyRedirects(settings.maxRedirects, progress.hops)
    challenges = 0
    step.headers = redirectedHeaders(step.headers, redirect, settings.keepsAuthorization)
    step.method = redirect.method
    step.url = withoutUser(redirect.url)
    step.written = null
    if (!redirect.keepsBody) step.body = null
    if (redirect.isCrossOrigin && !settings.keepsAuthorization) step.authenticator = nobody()
  }
}

async function firstStep(
  request: ResolvedRequest,
  { parts, progress, context }: Surroundings,
): Promise<Step> {
  checkMethod(request.method)
  checkHeaders(request.headers)
  const address = parseAddress(request.url, ['http:', 'https:'])
  const user = userOf(address)
  // Who writes the header by hand means it.
  const isWritten = headerOf(request.headers, 'Authorization') !== null
  const authenticator = isWritten
    ? nobody()
    : request.auth.type === 'none' && user !== null
      ? sayingAlways(basicCredentials(user.username, user.password))
      : createAuthenticator(request.auth, { ...parts.options, tokens: parts.tokens })
  const insight = (): ReturnType<Authenticator['insight']> => authenticator.insight()
  progress.insight = insight
  context.signal.throwIfAborted()
  const body = await openBody(request.body, {
    directory: request.directory,
    isHosted: parts.options.guard.isRestricted,
    randomBytes: parts.options.randomBytes,
    writtenContentType: headerOf(request.headers, 'Content-Type'),
  })
  return {
    method: request.method,
    url: withoutUser(address),
    written: request.url,
    headers: request.headers,
    body,
    authenticator,
  }
}

async function askOnce(request: ResolvedRequest, step: Step, around: Surroundings): Promise<Arrived> {
  const { context, parts, progress } = around
  const written = step.written ?? step.url.href
  const encodes = request.settings.encodesUrl || step.written === null
  const { method, headers, body } = step
  const credentials = await step.authenticator.authorize(
    { method, url: step.url, target: targetOf(step.url, written, encodes), headers, body },
    context.signal,
  )
  checkHeaders(credentials.headers)
  const target = withQuery(targetOf(step.url, written, encodes), credentials.query)
  const jar = request.settings.sendsCookies ? context.cookies : null
  const hidden = hiddenOf(request, step)
  return parts.transport.exchange(
    {
      method,
      url: step.url,
      target,
      headers,
      body,
      cookie: jar?.headerFor(step.url.href) ?? '',
      extra: credentials.headers,
    },
    request,
    {
      signal: context.signal,
      onSend: (all) => {
        const mask = createMask(hidden).text
        progress.sent = {
          method,
          url: mask(`${step.url.origin}${target}`),
          headers: all.map(({ name, value }) => ({ name, value: maskHeader(name, value, mask) })),
          bodyPreview: mask(body?.preview ?? '') || null,
          bodyBytes: body?.size ?? 0,
          unresolved: [...request.unresolved],
        }
        context.onEvent({ type: 'sent', request: progress.sent })
      },
    },
  )
}

function hiddenOf(request: ResolvedRequest, step: Step): string[] {
  return [...request.secrets, ...step.authenticator.hidden()]
}

/** A name and a password in base64 hide a secret from a search for it. */
function maskHeader(name: string, value: string, mask: (text: string) => string): string {
  const basic = /^(?:proxy-)?authorization$/i.test(name) ? /^Basic\s+(\S+)$/i.exec(value)?.[1] : undefined
  if (basic === undefined) return mask(value)
  const plain = Buffer.from(basic, 'base64').toString()
  return mask(plain) === plain && !/^proxy/i.test(name) ? mask(value) : value.replace(basic, '••••••')
}

function withQuery(
  target: string,
  query: readonly { readonly name: string; readonly value: string }[],
): string {
  if (query.length === 0) return target
  const added = query
    .map(({ name, value }) => `${encodeURIComponent(name)}=${encodeURIComponent(value.toWellFormed())}`)
    .join('&')
  const separator = target.includes('?') ? (/[?&]$/.test(target) ? '' : '&') : '?'
  return `${target}${separator}${added}`
}

function takeCookies(
  request: ResolvedRequest,
  step: Step,
  arrived: Arrived,
  { context, progress }: Surroundings,
): void {
  if (!request.settings.keepsCookies || context.cookies === null) return
  const lines = arrived.response.headers
    .filter(({ name }) => name.toLowerCase() === 'set-cookie')
    .map(({ value }) => value)
  if (lines.length > 0) progress.cookies.push(...context.cookies.receive(step.url.href, lines))
}

function hopOf(step: Step, { response, timings }: Arrived, mask: (text: string) => string): Hop {
  return {
    method: step.method,
    url: mask(step.url.href),
    status: response.status,
    headers: response.headers.map(({ name, value }) => ({ name, value: mask(value) })),
    timings,
  }
}

function tooManyRedirects(limit: number, hops: readonly Hop[]): SendError {
  const last = hops.at(-1)
  const isLoop = hops.slice(0, -1).some(({ url, method }) => url === last?.url && method === last.method)
  return new SendError(
    'TOO_MANY_REDIRECTS',
    isLoop
      ? `The server redirects in a circle: ${last?.url ?? ''} was asked more than once.`
      : `The server redirected more than ${String(limit)} times.`,
    'The redirects are listed; the limit is in the request’s settings, where following them can be switched off too.',
  )
}
