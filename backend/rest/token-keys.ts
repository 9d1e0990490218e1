// The keys that tokens are checked with: a secret, a JSON Web Key or a set of them, and the key sets of third-party issuers.
import { webcrypto } from 'node:crypto'
import { compactVerify, createRemoteJWKSet, customFetch, errors, importJWK, type JWK } from 'jose'
import { z } from 'zod'
import { tokenInvalid } from './jwt-errors.ts'

/** Somebody else who signs tokens: their keys are read from their JWKS. */
export interface TokenIssuer {
  /** The `iss` of their tokens. */
  readonly issuer: string
  readonly jwksUrl: string
  /** The `aud` that their tokens must have; null for any. */
  readonly audience: string | null
  /** Where the role stands in their claims. */
  readonly roleClaimKey: string
  /** Roles that their tokens may not name, beside those that none may. */
  readonly excludedRoles?: readonly string[] | undefined
}

export interface TokenHeader {
  readonly alg: string
  readonly kid: string | undefined
}

/** Checks a signature and gives the payload. Rejects with PGRST301. */
export type VerifySignature = (token: string, header: TokenHeader) => Promise<Uint8Array>

/** Reads an issuer's key set: the global fetch, or what stands in for it. */
export type FetchKeys = (url: string, options: RequestInit) => Promise<Response>

type KeyType = 'oct' | 'RSA' | 'EC' | 'OKP'
const KEY_TYPES: Readonly<Record<string, KeyType>> = {
  HS256: 'oct',
  HS384: 'oct',
  HS512: 'oct',
  RS256: 'RSA',
  RS384: 'RSA',
  RS512: 'RSA',
  PS256: 'RSA',
  PS384: 'RSA',
  PS512: 'RSA',
  ES256: 'EC',
  ES384: 'EC',
  ES512: 'EC',
  EdDSA: 'OKP',
  Ed25519: 'OKP',
}
const CURVES: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }
const ASYMMETRIC = Object.keys(KEY_TYPES).filter((alg) => KEY_TYPES[alg] !== 'oct')

/** Whether `alg` is one that is understood at all. */
export function isKnownAlgorithm(alg: string): boolean {
  return alg in KEY_TYPES
}

const Jwk = z.looseObject({
  kty: z.enum(['oct', 'RSA', 'EC', 'OKP']),
  kid: z.string().optional(),
  alg: z.string().optional(),
  use: z.string().optional(),
  k: z.string().optional(),
  n: z.string().optional(),
  e: z.string().optional(),
  crv: z.string().optional(),
  x: z.string().optional(),
  y: z.string().optional(),
})
const JwkSet = z.object({ keys: z.array(z.unknown()) })

interface Key {
  readonly jwk: z.infer<typeof Jwk>
  /** Imported for each algorithm that it was used with. */
  readonly imported: Map<string, Promise<webcrypto.CryptoKey>>
}

/** Verifies with the keys of `secret`: text (for HS256 alone), a JWK or a set of them; with `isBase64` text in base64 (URL-safe or not). */
export function verifierOf(
  secrets: readonly { readonly text: string; readonly isBase64: boolean }[],
): VerifySignature {
  const keys = secrets.flatMap(readKeys)
  return async (token, header) => {
    const suitable = keys.filter(({ jwk }) => suits(jwk, header))
    if (suitable.length === 0)
      throw tokenInvalid('No suitable key or wrong key type', 'No suitable key was found to decode the JWT')
    for (const key of suitable) {
      try {
        const imported = await importKey(key, header.alg)
        return (await compactVerify(token, imported, { algorithms: [header.alg] })).payload
      } catch (error) {
        if (!(error instanceof errors.JOSEError) && !(error instanceof DOMException)) throw error
      }
    }
    throw noKeyFits()
  }
}

function noKeyFits(): Error {
  return tokenInvalid('No suitable key or wrong key type', 'None of the keys was able to decode the JWT')
}

function readKeys({ text, isBase64 }: { readonly text: string; readonly isBase64: boolean }): Key[] {
  const bytes = isBase64 ? Buffer.from(text.replaceAll('.', '='), 'base64') : Buffer.from(text)
  const json = parseJson(bytes.toString('utf8'))
  const set = JwkSet.safeParse(json)
  const one = Jwk.safeParse(json)
  const jwks = set.success
    ? set.data.keys.flatMap((key) => Jwk.safeParse(key).data ?? [])
    : [one.success ? one.data : { kty: 'oct' as const, k: bytes.toString('base64url'), alg: 'HS256' }]
  return jwks.map((jwk) => ({ jwk, imported: new Map() }))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A token that names its key wants that one; else every key of the right kind may be it. */
function suits(jwk: z.infer<typeof Jwk>, { alg, kid }: TokenHeader): boolean {
  return (
    (kid === undefined || kid === jwk.kid) &&
    jwk.kty === KEY_TYPES[alg] &&
    (jwk.alg === undefined || jwk.alg === alg || (alg === 'EdDSA' && jwk.alg === 'Ed25519')) &&
    jwk.use !== 'enc' &&
    (CURVES[alg] === undefined || CURVES[alg] === jwk.crv)
  )
}

function importKey({ jwk, imported }: Key, alg: string): Promise<webcrypto.CryptoKey> {
  const known = imported.get(alg)
  if (known !== undefined) return known
  const importing = jwk.kty === 'oct' ? importSecret(jwk.k ?? '', alg) : importPublic(jwk, alg)
  imported.set(alg, importing)
  return importing
}

/** The secret as a key of its own: so it is not imported again for each token. */
function importSecret(k: string, alg: string): Promise<webcrypto.CryptoKey> {
  const algorithm = { name: 'HMAC', hash: `SHA-${alg.slice(2)}` }
  return webcrypto.subtle.importKey('raw', Buffer.from(k, 'base64url'), algorithm, false, ['verify'])
}

/** The public half alone, whatever else the key holds. */
async function importPublic(jwk: z.infer<typeof Jwk>, alg: string): Promise<webcrypto.CryptoKey> {
  const { kty, n, e, crv, x, y } = jwk
  const parts = { n, e, crv, x, y }
  const bare: JWK = { kty }
  for (const [name, value] of Object.entries(parts))
    if (value !== undefined) Object.assign(bare, { [name]: value })
  const key = await importJWK(bare, alg)
  if (key instanceof Uint8Array) throw new errors.JWKInvalid('The key is no public key.')
  return key
}

const JWKS_TIMEOUT_MS = 5_000
const JWKS_MAX_BYTES = 256 * 1024

/** Verifies with an issuer's keys, which are fetched when they are first needed, kept, and fetched again for a key that is not among them. */
export function verifierOfIssuer({ jwksUrl }: TokenIssuer, fetchKeys: FetchKeys): VerifySignature {
  const keys = createRemoteJWKSet(new URL(jwksUrl), {
    timeoutDuration: JWKS_TIMEOUT_MS,
    [customFetch]: async (url, options) => shorten(await fetchKeys(url, options)),
  })
  return async (token) => {
    try {
      return (await compactVerify(token, keys, { algorithms: ASYMMETRIC })).payload
    } catch (error) {
      if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey)
        throw noKeyFits()
      throw tokenInvalid(
        'No suitable key or wrong key type',
        "The keys of the token's issuer could not be used",
      )
    }
  }
}

/** The same answer, read to its end. Rejects when it is too long. */
async function shorten(response: Response): Promise<Response> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > JWKS_MAX_BYTES) throw new errors.JWKSInvalid('The key set is too large.')
    chunks.push(chunk)
  }
  return new Response(Buffer.concat(chunks), { status: response.status, headers: response.headers })
}
