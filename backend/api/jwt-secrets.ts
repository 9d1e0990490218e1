// The secrets that sign a project's tokens: made when they are first needed, sealed in the database, replaced with an overlap.
import type { ProjectId } from '#contract/capabilities/ids.ts'
import type { Clock } from '../clock.ts'
import type { Queryable, Tx } from '../db/database.ts'
import type { Secrets } from '../secrets/index.ts'
import { insertSecret, listSecrets, retireSecrets } from './store.ts'

/** 256 bits: what HS256 asks for, and all it can use. */
const SECRET_BYTES = 32

export interface JwtSecret {
  readonly id: string
  /** Its UTF-8 bytes are the key, as other makers of tokens take a secret. */
  readonly secret: string
  readonly createdAt: Date
  /** Null for the current one. */
  readonly acceptedUntil: Date | null
}

export interface JwtSecrets {
  /** What is accepted now, the current one first; made now if there was none. */
  accepted(db: Queryable, projectId: ProjectId): Promise<readonly [JwtSecret, ...JwtSecret[]]>
  /** Makes a new current secret; the one before is accepted for `overlapSeconds` more. */
  rotate(tx: Tx, projectId: ProjectId, overlapSeconds: number): Promise<JwtSecret>
}

export interface JwtSecretsDependencies {
  readonly secrets: Secrets
  readonly clock: Clock
  /** That many random bytes. */
  readonly randomBytes: (count: number) => Uint8Array
  readonly newId: () => string
}

/** Makes them. */
export function createJwtSecrets(deps: JwtSecretsDependencies): JwtSecrets {
  const { secrets, clock } = deps

  const insert = async (db: Queryable, projectId: ProjectId): Promise<void> => {
    const id = deps.newId()
    const plain = Buffer.from(deps.randomBytes(SECRET_BYTES)).toString('base64url')
    await insertSecret(db, projectId, {
      id,
      sealed: secrets.seal(plain, sealedFor(projectId, id)),
      at: clock.now(),
    })
  }

  const read = async (db: Queryable, projectId: ProjectId): Promise<readonly JwtSecret[]> =>
    (await listSecrets(db, projectId, clock.now())).map(({ sealed, ...secret }) => ({
      ...secret,
      secret: secrets.open(sealed, sealedFor(projectId, secret.id)),
    }))

  const accepted: JwtSecrets['accepted'] = async (db, projectId) => {
    const [first, ...others] = await read(db, projectId)
    if (first?.acceptedUntil === null) return [first, ...others]
    // Of several who find none, one makes it; all read that one.
    await insert(db, projectId)
    const [made, ...rest] = await read(db, projectId)
    if (made === undefined) throw new Error('A secret that was just made is not there.')
    return [made, ...rest]
  }

  return {
    accepted,
    async rotate(tx, projectId, overlapSeconds) {
      const now = clock.now()
      await retireSecrets(tx, projectId, { until: new Date(now.getTime() + overlapSeconds * 1000), now })
      await insert(tx, projectId)
      return (await accepted(tx, projectId))[0]
    },
  }
}

/** The associated data of a sealed secret. */
function sealedFor(projectId: ProjectId, id: string): string {
  return `jwt-secret:${projectId}:${id}`
}
