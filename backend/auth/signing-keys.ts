// The keys that sign access tokens: made here, sealed in the database, rotated by a job, published as JWKS. The newest signs; the one before it
// stays published for a day, so that two are live while rotating.
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import type { Secrets } from '../secrets/index.ts'
import {
  insertSigningKey,
  listSigningKeys,
  lockSigningKeys,
  pruneSigningKeys,
  retireSigningKeys,
} from './store.ts'

export const SIGNING_ALGORITHM = 'EdDSA'
const ROTATE_AFTER_MS = 30 * 24 * 60 * 60 * 1000
const PUBLISH_RETIRED_MS = 24 * 60 * 60 * 1000
/** How long this process trusts what it read, and how often at most an unknown key id makes it read again. */
const CACHE_MS = 60_000
const REREAD_MS = 5_000

const PublicJwk = z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string() })
const PrivateJwk = PublicJwk.extend({ d: z.string() })
type Key = Exclude<Awaited<ReturnType<typeof importJWK>>, Uint8Array>

/** The public document at /.well-known/jwks.json (RFC 7517). */
export interface JsonWebKeySet {
  readonly keys: readonly (z.infer<typeof PublicJwk> & { kid: string; use: 'sig'; alg: string })[]
}

export interface SigningKeys {
  /** The key that signs now; makes the first one if there is none. */
  current(): Promise<{ readonly kid: string; readonly privateKey: Key }>
  /** The key of an id as long as it is published. */
  verificationKey(kid: string): Promise<Key | undefined>
  jwks(): Promise<JsonWebKeySet>
  /** Makes a new key when the newest is 30 days old (or `force`), and forgets keys whose time is over. */
  rotate(force?: boolean): Promise<void>
}

interface LoadedKey {
  readonly kid: string
  readonly publicJwk: z.infer<typeof PublicJwk>
  readonly publicKey: Key
  readonly privateKey: Key
  readonly createdAt: Date
  readonly isSigning: boolean
}

/** Makes the keys over the database. */
export function createSigningKeys(deps: { db: Database; secrets: Secrets; clock: Clock }): SigningKeys {
  const { db, secrets, clock } = deps
  let loaded: readonly LoadedKey[] = []
  let loadedAt = Number.NEGATIVE_INFINITY

  async function load(): Promise<readonly LoadedKey[]> {
    const now = clock.now()
    const rows = await listSigningKeys(db, now)
    loaded = await Promise.all(
      rows.map(async (row) => {
        const publicJwk = PublicJwk.parse(row.public_jwk)
        const privateJwk = PrivateJwk.parse(JSON.parse(secrets.open(row.private_sealed, aad(row.kid))))
        return {
          kid: row.kid,
          publicJwk,
          publicKey: await importKey(publicJwk),
          privateKey: await importKey(privateJwk),
          createdAt: row.created_at,
          isSigning: row.published_until === null,
        }
      }),
    )
    loadedAt = now.getTime()
    return loaded
  }

  const cached = async (): Promise<readonly LoadedKey[]> =>
    clock.now().getTime() - loadedAt < CACHE_MS ? loaded : load()

  async function rotate(force = false): Promise<void> {
    const pair = await generateKeyPair(SIGNING_ALGORITHM, { extractable: true })
    const publicJwk = PublicJwk.parse(await exportJWK(pair.publicKey))
    const privateJwk = PrivateJwk.parse(await exportJWK(pair.privateKey))
    const kid = await calculateJwkThumbprint(publicJwk)
    await db.transaction(async (tx) => {
      await lockSigningKeys(tx)
      const now = clock.now()
      await pruneSigningKeys(tx, now)
      const signing = (await listSigningKeys(tx, now)).find((row) => row.published_until === null)
      const isFresh = signing !== undefined && now.getTime() - signing.created_at.getTime() < ROTATE_AFTER_MS
      if (isFresh && !force) return
      await retireSigningKeys(tx, new Date(now.getTime() + PUBLISH_RETIRED_MS))
      const privateSealed = secrets.seal(JSON.stringify(privateJwk), aad(kid))
      await insertSigningKey(tx, { kid, publicJwk, privateSealed, createdAt: now })
    })
    await load()
  }

  return {
    async current() {
      const signing = (await cached()).find((key) => key.isSigning)
      if (signing !== undefined) return signing
      await rotate()
      const made = loaded.find((key) => key.isSigning)
      if (made === undefined) throw new Error('There is no signing key after making one.')
      return made
    },
    async verificationKey(kid) {
      const known = (await cached()).find((key) => key.kid === kid)
      if (known !== undefined || clock.now().getTime() - loadedAt < REREAD_MS) return known?.publicKey
      return (await load()).find((key) => key.kid === kid)?.publicKey
    },
    async jwks() {
      const keys = await cached()
      return {
        keys: keys.map((key) => ({ ...key.publicJwk, kid: key.kid, use: 'sig', alg: SIGNING_ALGORITHM })),
      }
    },
    rotate,
  }
}

function aad(kid: string): string {
  return `signing_key:${kid}:private`
}

async function importKey(jwk: z.infer<typeof PublicJwk>): Promise<Key> {
  const key = await importJWK(jwk, SIGNING_ALGORITHM)
  if (key instanceof Uint8Array) throw new Error('A signing key was read as a shared secret.')
  return key
}
