// Tokens for tests of who asks: signed with a secret, and shown to an authenticator whose clock the test sets.
import { SignJWT, type CryptoKey } from 'jose'
import { createAuthenticator, type Authenticator, type JwtConfig } from '../backend/rest/authenticate.ts'
import type { Identity } from '../backend/rest/types.ts'

export const SECRET = 'a-secret-of-at-least-thirty-two-bytes'
/** Seconds since 1970. */
export const NOW = 1_800_000_000
/** What the authenticators' clock says, in seconds. */
export const clock = { seconds: NOW }

const jwt: JwtConfig = {
  secret: SECRET,
  isBase64: false,
  audience: null,
  roleClaimKey: '$.role',
  cacheMaxEntries: 100,
}

/** An authenticator with that secret, but for what `more` says. */
export function createTestAuthenticator(
  more: Partial<JwtConfig> = {},
  anonRole: string | null = 'anon',
  fetchKeys: () => Promise<Response> = () => Promise.reject(new Error('Nothing is fetched here.')),
): Authenticator {
  return createAuthenticator({
    jwt: { ...jwt, ...more },
    anonRole,
    now: () => clock.seconds * 1000,
    fetchKeys,
  })
}

/** A token with these claims. */
export function sign(
  claims: Record<string, unknown>,
  key: CryptoKey | Uint8Array | string = SECRET,
  header: { alg: string; kid?: string } = { alg: 'HS256' },
): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader(header)
    .sign(typeof key === 'string' ? new TextEncoder().encode(key) : key)
}

/** Whom a token stands for. */
export async function ask(authenticator: Authenticator, token: string): Promise<Identity> {
  return await authenticator.authenticate(`Bearer ${token}`)
}

/** What it is refused with. */
export async function refusal(
  authenticator: Authenticator,
  authorization: string | undefined,
): Promise<unknown> {
  try {
    await authenticator.authenticate(authorization)
  } catch (error) {
    return error
  }
  throw new Error('It was let in.')
}
