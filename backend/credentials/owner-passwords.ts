// The owner's password of each project: made with the project, kept sealed. Apart from the service because provisioning needs it too, and
// the service needs provisioning.
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { AppError } from '#contract/errors.ts'
import type { Clock } from '../clock.ts'
import type { Database, Tx } from '../db/database.ts'
import type { Secrets } from '../secrets/index.ts'
import { findCredential, insertCredential } from './store.ts'

/** 192 bits. */
const PASSWORD_BYTES = 24

export interface OwnerPasswords {
  /** Gives a new project its password, in the transaction that makes the project. */
  create(tx: Tx, projectId: ProjectId): Promise<void>
  /** What the role `owner` must have when its instance starts: a pending password comes first. Throws NOT_FOUND. */
  wanted(projectId: ProjectId): Promise<string>
}

export interface OwnerPasswordsDependencies {
  readonly db: Database
  readonly secrets: Secrets
  readonly clock: Clock
  /** That many random bytes. */
  readonly randomBytes: (count: number) => Uint8Array
}

/** Makes the store of owner passwords. */
export function createOwnerPasswords(deps: OwnerPasswordsDependencies): OwnerPasswords {
  return {
    async create(tx, projectId) {
      const password = deps.secrets.seal(generatePassword(deps.randomBytes), sealedFor(projectId))
      await insertCredential(tx, { projectId, password, at: deps.clock.now() })
    },
    async wanted(projectId) {
      const credential = await findCredential(deps.db, projectId)
      if (credential === undefined) throw new AppError('NOT_FOUND', 'There is no such project.')
      return deps.secrets.open(credential.pendingPassword ?? credential.password, sealedFor(projectId))
    },
  }
}

/** 32 characters of the URL-safe base64 alphabet: fit for a connection string as they are. */
export function generatePassword(randomBytes: (count: number) => Uint8Array): string {
  return Buffer.from(randomBytes(PASSWORD_BYTES)).toString('base64url')
}

/** The associated data of a sealed owner password. */
export function sealedFor(projectId: ProjectId): string {
  return `credential:${projectId}:password`
}
