// Digest authentication (RFC 7616): the server asks, and we answer with a hash that holds the password.
import { createHash } from 'node:crypto'
import type { HeaderPair } from '#contract/requests/exchange.ts'
import { hashBody, headerOf } from '../body.ts'
import { parseChallenges, parseParameters } from './challenge.ts'
import { NO_CREDENTIALS } from './types.ts'
import type { Authenticator, Unauthorised } from './types.ts'

interface DigestOptions {
  readonly username: string
  readonly password: string
  readonly randomBytes: (size: number) => Uint8Array
}

interface Challenge {
  readonly realm: string
  readonly nonce: string
  readonly opaque: string | null
  readonly algorithm: Algorithm
  /** As the server wrote it; null when it did not: then it is not sent back. */
  readonly algorithmName: string | null
  readonly qop: 'auth' | 'auth-int' | null
  readonly hashesUsername: boolean
}

type Hash = 'md5' | 'sha256' | 'sha512-256'

interface Algorithm {
  readonly hash: Hash
  readonly isSession: boolean
}

/** The strongest first. */
const ALGORITHMS: readonly (readonly [name: string, algorithm: Algorithm])[] = [
  ['SHA-512-256-SESS', { hash: 'sha512-256', isSession: true }],
  ['SHA-512-256', { hash: 'sha512-256', isSession: false }],
  ['SHA-256-SESS', { hash: 'sha256', isSession: true }],
  ['SHA-256', { hash: 'sha256', isSession: false }],
  ['MD5-SESS', { hash: 'md5', isSession: true }],
  ['MD5', { hash: 'md5', isSession: false }],
]

export function digestAuthenticator({ username, password, randomBytes }: DigestOptions): Authenticator {
  let challenge: Challenge | null = null
  let nonceCount = 0
  let answers = 0

  const authorize = async (request: Unauthorised) => {
    if (challenge === null) return NO_CREDENTIALS
    nonceCount++
    const cnonce = Buffer.from(randomBytes(33)).toString('base64')
    const value = await answer(challenge, { username, password, cnonce, nonceCount, request })
    return { headers: [{ name: 'Authorization', value }], query: [] }
  }

  return {
    authorize,
    challenged: ({ status, headers }) => {
      const nextNonce = parseParameters(headerOf(headers, 'Authentication-Info') ?? '').get('nextnonce')
      if (nextNonce !== undefined && challenge !== null) {
        challenge = { ...challenge, nonce: nextNonce }
        nonceCount = 0
      }
      if (status !== 401) return Promise.resolve(false)
      const next = readChallenge(headers)
      if (next === null) return Promise.resolve(false)
      // Once for the first challenge, and once more when the server says that its nonce is too old.
      if (answers > 0 && !(next.isStale && answers < 3)) return Promise.resolve(false)
      answers++
      challenge = next.challenge
      nonceCount = 0
      return Promise.resolve(true)
    },
    hidden: () => [],
    insight: () => null,
  }
}

/** The strongest challenge that we can answer. */
function readChallenge(headers: readonly HeaderPair[]): { challenge: Challenge; isStale: boolean } | null {
  const challenges = headers
    .filter(({ name }) => name.toLowerCase() === 'www-authenticate')
    .flatMap(({ value }) => parseChallenges(value))
    .filter(({ scheme }) => scheme.toLowerCase() === 'digest')
  for (const [name, algorithm] of ALGORITHMS) {
    const found = challenges.find(
      ({ parameters }) => (parameters.get('algorithm') ?? 'MD5').toUpperCase() === name,
    )
    if (found === undefined) continue
    const { parameters } = found
    const offered = parameters
      .get('qop')
      ?.toLowerCase()
      .split(/[\s,]+/)
    const qop =
      offered?.includes('auth') === true ? 'auth' : offered?.includes('auth-int') === true ? 'auth-int' : null
    return {
      isStale: parameters.get('stale')?.toLowerCase() === 'true',
      challenge: {
        realm: parameters.get('realm') ?? '',
        nonce: parameters.get('nonce') ?? '',
        opaque: parameters.get('opaque') ?? null,
        algorithm,
        algorithmName: parameters.get('algorithm') ?? null,
        qop,
        hashesUsername: parameters.get('userhash')?.toLowerCase() === 'true',
      },
    }
  }
  return null
}

interface Answer {
  readonly username: string
  readonly password: string
  readonly cnonce: string
  readonly nonceCount: number
  readonly request: Unauthorised
}

/** The value of the Authorization header. */
async function answer(challenge: Challenge, given: Answer): Promise<string> {
  const { username, password, cnonce, nonceCount, request } = given
  const { algorithm, realm, nonce, qop } = challenge
  const h = (text: string): string => createHash(algorithm.hash).update(text).digest('hex')
  const secret = h(`${username}:${realm}:${password}`)
  const a1 = algorithm.isSession ? h(`${secret}:${nonce}:${cnonce}`) : secret
  const bodyHash = qop === 'auth-int' ? `:${await hashBody(request.body, algorithm.hash)}` : ''
  const a2 = h(`${request.method}:${request.target}${bodyHash}`)
  const nc = nonceCount.toString(16).padStart(8, '0')
  const response = qop === null ? h(`${a1}:${nonce}:${a2}`) : h(`${a1}:${nonce}:${nc}:${cnonce}:${qop}:${a2}`)
  const isAscii = /^[ -~]*$/.test(username)
  const name = challenge.hashesUsername
    ? `username="${h(`${username}:${realm}`)}"`
    : isAscii
      ? `username="${escape(username)}"`
      : `username*=UTF-8''${encodeURIComponent(username.toWellFormed())}`
  const parts = [
    name,
    `realm="${escape(realm)}"`,
    `nonce="${escape(nonce)}"`,
    `uri="${escape(request.target)}"`,
    ...(challenge.algorithmName === null ? [] : [`algorithm=${challenge.algorithmName}`]),
    `response="${response}"`,
    ...(challenge.opaque === null ? [] : [`opaque="${escape(challenge.opaque)}"`]),
    ...(qop === null && !algorithm.isSession ? [] : [`cnonce="${cnonce}"`]),
    ...(qop === null ? [] : [`qop=${qop}`, `nc=${nc}`]),
    ...(challenge.hashesUsername ? ['userhash=true'] : []),
  ]
  return `Digest ${parts.join(', ')}`
}

function escape(text: string): string {
  return text.replace(/["\\]/g, '\\$&')
}
