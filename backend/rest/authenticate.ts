// Who asks: a token's signature and claims become a role and what request.jwt.claims will hold. Tokens that were checked once are remembered.
import { z } from 'zod'
import { anonymousRefused, claimsInvalid, noJwtSecret, tokenInvalid } from './jwt-errors.ts'
import { parseRolePath, walkRolePath, type RolePath } from './role-path.ts'
import {
  isKnownAlgorithm,
  verifierOf,
  verifierOfIssuer,
  type FetchKeys,
  type TokenHeader,
  type TokenIssuer,
  type VerifySignature,
} from './token-keys.ts'
import type { Identity } from './types.ts'

/** What tokens are checked by, in the names of PostgREST's configuration. */
export interface JwtConfig {
  /** jwt-secret: text, a JWK or a JWK set; null: tokens are refused. */
  readonly secret: string | null
  /** jwt-secret-is-base64 */
  readonly isBase64: boolean
  /** jwt-aud */
  readonly audience: string | null
  /** jwt-role-claim-key */
  readonly roleClaimKey: string
  /** jwt-cache-max-entries; 0 remembers none. */
  readonly cacheMaxEntries: number
  /** Secrets that are accepted too: those before a rotation. Not a setting of PostgREST. */
  readonly formerSecrets?: readonly string[]
  /** Roles that no token may name, an issuer's neither. Not a setting of PostgREST, which leaves that to Postgres. */
  readonly excludedRoles?: readonly string[]
  /** Third parties whose tokens are accepted. Not a setting of PostgREST. */
  readonly issuers?: readonly TokenIssuer[]
}

export interface Authenticator {
  /** Whom the value of an Authorization header stands for; at once for tokens that are remembered. Throws or rejects with PGRST300 to 303. */
  authenticate(authorization: string | undefined): Identity | Promise<Identity>
  cacheStats(): { readonly lookups: number; readonly hits: number; readonly evictions: number }
}

export interface AuthenticatorOptions {
  readonly jwt: JwtConfig
  readonly anonRole: string | null
  /** Milliseconds since 1970. */
  now(): number
  /** Reads the key sets of issuers; the global fetch when left out. */
  readonly fetchKeys?: FetchKeys | undefined
}

/** What is known of a token whose signature is right. */
interface Verified {
  readonly times: Times
  /** Why audience or role do not let it in; null when they do. */
  readonly refusal: string | null
  /** Null where it names no role and there is none for anonymous requests. */
  readonly identity: Identity | null
  isVisited: boolean
}

/** Seconds since 1970; undefined where the claim is missing, null where it is no number. */
interface Times {
  readonly exp: number | null | undefined
  readonly nbf: number | null | undefined
  readonly iat: number | null | undefined
}

const SKEW_SECONDS = 30
/** Letters of a token. Longer ones are verified each time, so that what is remembered stays small. */
const LONGEST_REMEMBERED = 4_096
const BEARER = /^bearer(?:$|\s+)/i
const DEFAULT_ROLE_PATH: RolePath = [{ kind: 'key', name: 'role' }]
const Header = z.object({ alg: z.string(), kid: z.string().optional() })

/** Makes an authenticator. It remembers by token, so a change of keys makes another one. */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { jwt, anonRole, now, fetchKeys = fetch } = options
  const anonymous = anonRole === null ? null : anonymousIdentity(anonRole)
  const excludedRoles = jwt.excludedRoles ?? []
  const secrets = [...(jwt.secret === null ? [] : [jwt.secret]), ...(jwt.formerSecrets ?? [])]
  const own: Source = {
    verify: verifierOf(secrets.map((text) => ({ text, isBase64: jwt.isBase64 }))),
    audience: jwt.audience,
    needsAudience: false,
    rolePath: parseRolePath(jwt.roleClaimKey) ?? DEFAULT_ROLE_PATH,
    excludedRoles,
  }
  const issuers = new Map(
    (jwt.issuers ?? []).map((one): [string, Source] => [
      one.issuer,
      {
        verify: verifierOfIssuer(one, fetchKeys),
        audience: one.audience,
        // Third parties sign for many: a token that does not say whom it is for is not for us.
        needsAudience: one.audience !== null,
        rolePath: parseRolePath(one.roleClaimKey) ?? DEFAULT_ROLE_PATH,
        excludedRoles: [...excludedRoles, ...(one.excludedRoles ?? [])],
      },
    ]),
  )
  const canVerify = secrets.length > 0 || issuers.size > 0
  const verified = new Map<string, Verified>()
  const stats = { lookups: 0, hits: 0, evictions: 0 }

  const remember = (token: string, entry: Verified): void => {
    if (jwt.cacheMaxEntries <= 0 || token.length > LONGEST_REMEMBERED) return
    verified.set(token, entry)
    // The oldest that was not used since it was last looked at goes.
    for (const [oldest, one] of verified) {
      if (verified.size <= jwt.cacheMaxEntries) return
      verified.delete(oldest)
      if (one.isVisited && oldest !== token) {
        one.isVisited = false
        verified.set(oldest, one)
      } else stats.evictions++
    }
  }

  const admit = (entry: Verified): Identity => {
    const problem = timeError(entry.times, Math.floor(now() / 1000)) ?? entry.refusal
    if (problem !== null) throw claimsInvalid(problem)
    if (entry.identity === null) throw anonymousRefused()
    return entry.identity
  }

  const verifyToken = async (token: string): Promise<Identity> => {
    const { header, claims: unverified } = readToken(token)
    const issuer = typeof unverified?.['iss'] === 'string' ? issuers.get(unverified['iss']) : undefined
    const source = issuer ?? own
    const payload = Buffer.from(await source.verify(token, header)).toString('utf8')
    const entry = readClaims(payload, source, anonRole)
    remember(token, entry)
    return admit(entry)
  }

  return {
    authenticate(authorization) {
      const scheme = authorization === undefined ? null : BEARER.exec(authorization)
      if (authorization === undefined || scheme === null) {
        if (anonymous === null) throw anonymousRefused()
        return anonymous
      }
      const token = authorization.slice(scheme[0].length).trim()
      stats.lookups++
      const known = verified.get(token)
      if (known === undefined) {
        if (!canVerify) throw noJwtSecret()
        return verifyToken(token)
      }
      stats.hits++
      known.isVisited = true
      return admit(known)
    },
    cacheStats: () => ({ ...stats }),
  }
}

/** Who signs, and what else their tokens must say. */
interface Source {
  readonly verify: VerifySignature
  readonly audience: string | null
  /** Whether a token without `aud` is refused. */
  readonly needsAudience: boolean
  readonly rolePath: RolePath
  readonly excludedRoles: readonly string[]
}

/** Whom requests without a token act as. */
export function anonymousIdentity(role: string): Identity {
  return { role, claims: JSON.stringify({ role }), isAnonymous: true }
}

/** Reads header and claims without trusting them. Throws PGRST301. */
function readToken(token: string): {
  readonly header: TokenHeader
  readonly claims: Readonly<Record<string, unknown>> | undefined
} {
  if (token === '') throw tokenInvalid('Empty JWT is sent in Authorization header')
  const parts = token.split('.')
  if (parts.length !== 3) throw tokenInvalid(`Expected 3 parts in JWT; got ${parts.length}`)
  const [headerText, claimsText] = parts.map(decodeBase64Url)
  if (headerText === undefined || parts.some((part) => decodeBase64Url(part) === undefined))
    throw unreadable()
  const header = Header.safeParse(parseJson(headerText))
  if (!header.success) throw unreadable()
  const { alg, kid } = header.data
  if (alg === 'none')
    throw tokenInvalid(
      'Wrong or unsupported encoding algorithm',
      "JWT is unsecured but expected 'alg' was not 'none'",
    )
  if (!isKnownAlgorithm(alg)) throw unreadable()
  return { header: { alg, kid }, claims: objectOf(parseJson(claimsText ?? '')) }
}

/** Three parts, but not of a token that could be checked. */
function unreadable(): Error {
  return tokenInvalid('JWT cryptographic operation failed')
}

/** What a payload says. Throws PGRST303 when it is no object. */
function readClaims(text: string, source: Source, anonRole: string | null): Verified {
  const claims = objectOf(parseJson(text))
  if (claims === undefined) throw claimsInvalid('Parsing claims failed')
  const named = walkRolePath(claims, source.rolePath)
  const role = roleText(named) ?? anonRole
  return {
    times: { exp: timeOf(claims['exp']), nbf: timeOf(claims['nbf']), iat: timeOf(claims['iat']) },
    refusal: audienceError(claims['aud'], source) ?? roleError(role, source),
    identity:
      role === null ? null : { role, claims: withRole(text, claims, role), isAnonymous: role === anonRole },
    isVisited: false,
  }
}

/** The claims as they came, so that no number is rounded, with the role that was found. Of a repeated key Postgres takes the last. */
function withRole(text: string, claims: Readonly<Record<string, unknown>>, role: string): string {
  if (claims['role'] === role) return text
  const end = text.lastIndexOf('}')
  const separator = Object.keys(claims).length === 0 ? '' : ','
  return `${text.slice(0, end)}${separator}"role":${JSON.stringify(role)}}`
}

function roleText(value: unknown): string | null {
  if (value === undefined) return null
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function timeOf(claim: unknown): number | null | undefined {
  if (claim === undefined || claim === null) return undefined
  if (typeof claim !== 'number') return null
  // As PostgREST, which takes what is no 64-bit integer for 0.
  return Number.isInteger(claim) && Math.abs(claim) <= 2 ** 63 ? claim : 0
}

/** Why the time does not let a token in, in the order in which PostgREST looks; null when it does. */
function timeError({ exp, nbf, iat }: Times, nowSeconds: number): string | null {
  if (exp === null) return "The JWT 'exp' claim must be a number"
  if (exp !== undefined && nowSeconds - SKEW_SECONDS > exp) return 'JWT expired'
  if (nbf === null) return "The JWT 'nbf' claim must be a number"
  if (nbf !== undefined && nowSeconds + SKEW_SECONDS < nbf) return 'JWT not yet valid'
  if (iat === null) return "The JWT 'iat' claim must be a number"
  if (iat !== undefined && nowSeconds + SKEW_SECONDS < iat) return 'JWT issued at future'
  return null
}

function audienceError(claim: unknown, { audience, needsAudience }: Source): string | null {
  if (claim === undefined || claim === null) return needsAudience ? 'JWT not in audience' : null
  const named: unknown[] = Array.isArray(claim) ? claim : [claim]
  if (!named.every((one) => typeof one === 'string'))
    return "The JWT 'aud' claim must be a string or an array of strings"
  return audience === null || (named.length === 0 && !needsAudience) || named.includes(audience)
    ? null
    : 'JWT not in audience'
}

function roleError(role: string | null, { excludedRoles }: Source): string | null {
  return role !== null && excludedRoles.includes(role) ? `The JWT may not name the role ${role}` : null
}

function decodeBase64Url(text: string): string | undefined {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) return undefined
  return Buffer.from(text, 'base64url').toString('utf8')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return Object.fromEntries(Object.entries(value))
}
