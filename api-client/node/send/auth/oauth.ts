// OAuth 2: asks authorization servers for tokens, over the same proxies, certificates and guard as the request itself.
import * as oauth from 'oauth4webapi'
import { z } from 'zod'
import { decodeBody, encodingsOf } from '../decode.ts'
import { headerOf } from '../body.ts'
import { SendError } from '../failure.ts'
import { readAll } from '../transport.ts'
import type { Transport, Way } from '../transport.ts'
import type { OAuth2Auth, StoredToken } from '../types.ts'
import { waitForCallback } from './callback.ts'
import type { TokenFetcher } from './tokens.ts'

const MOST_ANSWER_BYTES = 1_000_000

export interface TokenFetcherParts {
  readonly transport: Transport
  readonly way: Way
  readonly now: () => number
  readonly openBrowser: (url: string) => Promise<void> | void
  readonly authorizationMs: number
  /** A shared host has no browser beside it. */
  readonly isHosted: boolean
}

/** What servers answer; more forgiving than the standard, since a tester meets all of them. */
const TokenAnswer = z.looseObject({
  access_token: z.string().optional(),
  token_type: z.string().default('Bearer').catch('Bearer'),
  expires_in: z.coerce.number().nonnegative().optional().catch(undefined),
  refresh_token: z.string().optional().catch(undefined),
  id_token: z.string().optional().catch(undefined),
  scope: z.string().optional().catch(undefined),
})
type TokenAnswer = z.infer<typeof TokenAnswer>

export function createTokenFetcher(parts: TokenFetcherParts): TokenFetcher {
  return {
    fetch: (auth, signal) =>
      inWords(() => {
        switch (auth.flow) {
          case 'authorization_code':
            return byBrowser(auth, parts, signal)
          case 'client_credentials':
            return byGrant(auth, parts, signal, {})
          case 'password':
            return byGrant(auth, parts, signal, { username: auth.username, password: auth.password })
          case 'implicit':
            throw new SendError(
              'AUTH',
              'The implicit flow hands tokens to a page in a browser and is no longer safe to use.',
              'Choose the authorization code with PKCE: the server needs no secret for it.',
            )
        }
      }),
    refresh: (auth, refreshToken, signal) => inWords(() => byRefresh(auth, refreshToken, parts, signal)),
  }
}

interface Asking {
  readonly server: oauth.AuthorizationServer
  readonly client: oauth.Client
  readonly identity: oauth.ClientAuth
  readonly options: oauth.TokenEndpointRequestOptions
  readonly extra: Readonly<Record<string, string>>
  /** The raw answer, once it is there. */
  answer(): TokenAnswer
}

function prepare(
  auth: OAuth2Auth,
  parts: TokenFetcherParts,
  {
    tokenUrl,
    issuer,
    signal,
    stage,
  }: { tokenUrl: string; issuer?: string; signal: AbortSignal; stage: 'token' | 'refresh' },
): Asking {
  const endpoint = URL.parse(tokenUrl)
  if (endpoint === null) {
    throw new SendError(
      'AUTH',
      'The address of the token server is missing or cannot be read.',
      'Set the access token URL.',
    )
  }
  let answer: TokenAnswer | undefined
  const extra: Record<string, string> = auth.audience === '' ? {} : { audience: auth.audience }
  for (const { name, value, isEnabled, sentTo } of auth.extraParameters) {
    if (isEnabled && sentTo === stage) extra[name] = value
  }
  return {
    server: { issuer: issuer ?? endpoint.origin, token_endpoint: tokenUrl },
    client: { client_id: auth.clientId },
    identity: identityOf(auth),
    options: {
      signal,
      additionalParameters: extra,
      // A server on this machine or in a test network has no certificate; the person wrote its address.
      [oauth.allowInsecureRequests]: true,
      [oauth.customFetch]: async (url, request) => {
        const asked = await ask(url, request, parts, signal)
        answer = asked.answer
        return asked.response
      },
    },
    extra,
    answer: () => answer ?? TokenAnswer.parse({}),
  }
}

function identityOf({ clientSecret, clientAuthentication }: OAuth2Auth): oauth.ClientAuth {
  if (clientSecret === '') return oauth.None()
  return clientAuthentication === 'header'
    ? oauth.ClientSecretBasic(clientSecret)
    : oauth.ClientSecretPost(clientSecret)
}

async function byGrant(
  auth: OAuth2Auth,
  parts: TokenFetcherParts,
  signal: AbortSignal,
  credentials: Readonly<Record<string, string>>,
): Promise<StoredToken> {
  const { server, client, identity, options, extra, answer } = prepare(auth, parts, {
    tokenUrl: auth.accessTokenUrl,
    signal,
    stage: 'token',
  })
  const parameters = new URLSearchParams(extra)
  for (const [name, value] of Object.entries(credentials)) parameters.set(name, value)
  if (auth.scope !== '') parameters.set('scope', auth.scope)
  const response = await oauth.genericTokenEndpointRequest(
    server,
    client,
    identity,
    auth.flow,
    parameters,
    options,
  )
  await oauth.processGenericTokenEndpointResponse(server, client, response)
  return storedToken(answer(), auth, parts.now())
}

async function byRefresh(
  auth: OAuth2Auth,
  refreshToken: string,
  parts: TokenFetcherParts,
  signal: AbortSignal,
): Promise<StoredToken> {
  const { server, client, identity, options, answer } = prepare(auth, parts, {
    tokenUrl: auth.refreshTokenUrl === '' ? auth.accessTokenUrl : auth.refreshTokenUrl,
    signal,
    stage: 'refresh',
  })
  const response = await oauth.refreshTokenGrantRequest(server, client, identity, refreshToken, options)
  await oauth.processRefreshTokenResponse(server, client, response)
  const token = storedToken(answer(), auth, parts.now())
  // A server that gives no new one means the old one to be used again.
  return { ...token, refreshToken: token.refreshToken ?? refreshToken }
}

async function byBrowser(
  auth: OAuth2Auth,
  parts: TokenFetcherParts,
  signal: AbortSignal,
): Promise<StoredToken> {
  if (parts.isHosted) {
    throw new SendError(
      'AUTH',
      'This host has no browser beside it to log in with.',
      'Use the desktop app for this flow, or the client credentials.',
    )
  }
  const page = URL.parse(auth.authorizationUrl)
  if (page === null || (page.protocol !== 'https:' && page.protocol !== 'http:')) {
    throw new SendError(
      'AUTH',
      'The address of the login page is missing or cannot be read.',
      'Set the authorization URL.',
    )
  }
  const state = auth.state === '' ? oauth.generateRandomState() : auth.state
  const verifier = oauth.generateRandomCodeVerifier()
  await using callback = await waitForCallback({
    callbackUrl: auth.callbackUrl,
    state,
    timeoutMs: parts.authorizationMs,
    signal,
  })
  page.searchParams.set('response_type', 'code')
  page.searchParams.set('client_id', auth.clientId)
  page.searchParams.set('redirect_uri', callback.redirectUri)
  page.searchParams.set('state', state)
  if (auth.scope !== '') page.searchParams.set('scope', auth.scope)
  if (auth.audience !== '') page.searchParams.set('audience', auth.audience)
  if (auth.pkce !== 'none') {
    page.searchParams.set('code_challenge_method', auth.pkce)
    page.searchParams.set(
      'code_challenge',
      auth.pkce === 'S256' ? await oauth.calculatePKCECodeChallenge(verifier) : verifier,
    )
  }
  for (const { name, value, isEnabled, sentTo } of auth.extraParameters) {
    if (isEnabled && sentTo === 'authorization') page.searchParams.set(name, value)
  }
  await parts.openBrowser(page.href)
  const given = await callback.parameters
  const issuer = given.get('iss')
  const { server, client, identity, options, answer } = prepare(auth, parts, {
    tokenUrl: auth.accessTokenUrl,
    ...(issuer === null ? {} : { issuer }),
    signal,
    stage: 'token',
  })
  const checked = oauth.validateAuthResponse(server, client, given, state)
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    identity,
    checked,
    callback.redirectUri,
    auth.pkce === 'none' ? oauth.nopkce : verifier,
    options,
  )
  await oauth.processAuthorizationCodeResponse(server, client, response)
  return storedToken(answer(), auth, parts.now())
}

function storedToken(answer: TokenAnswer, auth: OAuth2Auth, now: number): StoredToken {
  return {
    accessToken: answer.access_token ?? '',
    tokenType: answer.token_type,
    refreshToken: answer.refresh_token ?? null,
    idToken: answer.id_token ?? null,
    scope: answer.scope ?? auth.scope,
    expiresAtMs: answer.expires_in === undefined ? null : now + answer.expires_in * 1_000,
  }
}

/** One request to a token endpoint. The answer is given on in the form that the standard wants. */
async function ask(
  url: string,
  request: oauth.CustomFetchOptions<'POST', URLSearchParams>,
  { transport, way }: TokenFetcherParts,
  signal: AbortSignal,
): Promise<{ response: Response; answer: TokenAnswer }> {
  const address = new URL(url)
  const bytes = Buffer.from(request.body.toString())
  const { response } = await transport.exchange(
    {
      method: request.method,
      url: address,
      target: `${address.pathname}${address.search}`,
      headers: [
        ...Object.entries(request.headers).map(([name, value]) => ({ name, value })),
        { name: 'accept-encoding', value: 'identity' },
      ],
      body: { size: bytes.length, contentType: null, preview: null, open: () => bytes },
      cookie: '',
      extra: [],
    },
    way,
    { signal },
  )
  const encodings = encodingsOf(headerOf(response.headers, 'Content-Encoding')) ?? []
  const text = (
    await readAll(response, MOST_ANSWER_BYTES, (source) => decodeBody(source, encodings))
  ).toString()
  const answer = readAnswer(text)
  // ID tokens came straight from the server over TLS; they are handed on, not relied on here.
  const { id_token: _idToken, ...rest } = answer
  const isGood = response.status >= 200 && response.status < 300
  return {
    answer,
    response: new Response(JSON.stringify(rest), {
      status: isGood ? ('error' in answer && answer.access_token === undefined ? 400 : 200) : response.status,
      headers: { 'content-type': 'application/json' },
    }),
  }
}

/** JSON, or a form as some servers send it. */
function readAnswer(text: string): TokenAnswer {
  try {
    const parsed = TokenAnswer.safeParse(JSON.parse(text))
    if (parsed.success) return parsed.data
  } catch {
    // Then it is a form, or nothing.
  }
  return TokenAnswer.parse(Object.fromEntries(new URLSearchParams(text)))
}

/** The library's errors in words that say what to do. */
async function inWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof oauth.ResponseBodyError || error instanceof oauth.AuthorizationResponseError) {
      const description = error.error_description === undefined ? '' : ` (${error.error_description})`
      throw new SendError(
        'AUTH',
        `The authorization server refused with ${error.error}${description}.`,
        HINTS[error.error] ??
          'Check the client, its secret and the scope in the authentication of the request.',
        error,
      )
    }
    if (
      error instanceof oauth.OperationProcessingError ||
      error instanceof oauth.WWWAuthenticateChallengeError
    ) {
      throw new SendError(
        'AUTH',
        `The authorization server did not give a token: ${error.message}.`,
        'Check the access token URL, and the client with its secret.',
        error,
      )
    }
    throw error
  }
}

const HINTS: Readonly<Record<string, string>> = {
  access_denied: 'Somebody refused in the browser, or the account may not do this.',
  invalid_client:
    'Check the client id and its secret, and whether the server wants them in the header or in the body.',
  invalid_grant:
    'The code or the refresh token is used up, or the name and password are wrong. Get a new token.',
  invalid_scope: 'Check the scope: names are separated by spaces.',
  unauthorized_client: 'The server does not allow this flow for this client.',
  unsupported_grant_type: 'The server does not know this flow. Choose another one.',
}
