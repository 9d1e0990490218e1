// How the owner connects to a project, and giving the owner a new password so that a crash at any point leaves one that works.
import type { Credentials } from '#contract/capabilities/credentials.ts'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { AppError, isAppError } from '#contract/errors.ts'
import type { Actor } from '../actor.ts'
import { audit } from '../audit/index.ts'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import { type ProjectRow, requireProject } from '../projects/index.ts'
import { MAIN_DATABASE, type Provisioning } from '../provisioning/index.ts'
import type { Secrets } from '../secrets/index.ts'
import { generatePassword, sealedFor } from './owner-passwords.ts'
import * as store from './store.ts'

export interface CredentialsDependencies {
  readonly db: Database
  readonly secrets: Secrets
  readonly clock: Clock
  readonly provisioning: Pick<Provisioning, 'endpoints' | 'setOwnerPassword'>
  /** That many random bytes. */
  readonly randomBytes: (count: number) => Uint8Array
}

export interface CredentialsService {
  get(actor: Actor, projectId: ProjectId): Promise<Credentials>
  rotate(actor: Actor, projectId: ProjectId): Promise<Credentials>
  /** Finishes a rotation that a crash interrupted, if there is one. To be called before the service connects as owner. Throws PROJECT_NOT_READY. */
  settle(projectId: ProjectId): Promise<void>
}

/** Makes the service of credentials. */
export function createCredentialsService(deps: CredentialsDependencies): CredentialsService {
  const { db, secrets, clock, provisioning } = deps
  const inTurn = createTurns()

  /** Tells the instance of the pending password and makes it the current one. Repeating it is harmless. */
  const finish = async (
    project: Pick<ProjectRow, 'id' | 'organisationId'>,
    { pending, actor }: { pending: Uint8Array; actor: Actor | null },
  ): Promise<void> => {
    await provisioning.setOwnerPassword(project.id, secrets.open(pending, sealedFor(project.id)))
    await db.transaction(async (tx) => {
      if (!(await store.promotePassword(tx, project.id, clock.now()))) return
      await audit(tx, {
        actor,
        organisationId: project.organisationId,
        action: 'credentials.rotate',
        subjectKind: 'project',
        subjectId: project.id,
      })
    })
  }

  const settlePending = async (project: Pick<ProjectRow, 'id' | 'organisationId'>): Promise<void> => {
    const pending = (await store.findCredential(db, project.id))?.pendingPassword
    if (pending) await finish(project, { pending, actor: null })
  }

  const read = async (project: ProjectRow): Promise<Credentials> => {
    const credential = await existing(project.id)
    const endpoints = await provisioning.endpoints(project.id)
    // A pending password is what the instance gets at its next start, so it is the one that will work.
    const sealed = credential.pendingPassword ?? credential.password
    return {
      projectId: project.id,
      endpoints: [...endpoints],
      database: MAIN_DATABASE,
      password: secrets.open(sealed, sealedFor(project.id)),
      passwordChangedAt: credential.passwordChangedAt.toISOString(),
    }
  }

  const existing = async (projectId: ProjectId): Promise<store.SealedCredential> => {
    const credential = await store.findCredential(db, projectId)
    if (credential === undefined) throw new AppError('NOT_FOUND', 'There is no such project.')
    return credential
  }

  return {
    async get(actor, projectId) {
      const project = await requireProject(db, actor, projectId, 'credentials.read')
      assertNotDeleted(project)
      await inTurn(projectId, () => settlePending(project)).catch((error: unknown) => {
        if (!isAppError(error, 'PROJECT_NOT_READY')) throw error
      })
      return read(project)
    },

    async rotate(actor, projectId) {
      const project = await requireProject(db, actor, projectId, 'credentials.rotate')
      assertNotDeleted(project)
      if (project.status !== 'awake')
        throw new AppError('PROJECT_NOT_READY', 'The database must be running to be given a new password.', {
          hint: 'Start the project and try again.',
        })
      await inTurn(projectId, async () => {
        await settlePending(project)
        const pending = secrets.seal(generatePassword(deps.randomBytes), sealedFor(projectId))
        await store.setPendingPassword(db, projectId, pending)
        try {
          await finish(project, { pending, actor })
        } catch (error) {
          // The instance was never asked, so the old password holds. After any other failure it may have the new one: settle finds out.
          if (isAppError(error, 'PROJECT_NOT_READY')) await store.setPendingPassword(db, projectId, null)
          throw error
        }
      })
      return read(project)
    },

    settle: (projectId) =>
      inTurn(projectId, async () => {
        const pending = (await store.findCredential(db, projectId))?.pendingPassword
        if (!pending) return
        const organisationId = await store.findOrganisationId(db, projectId)
        if (organisationId !== undefined)
          await finish({ id: projectId, organisationId }, { pending, actor: null })
      }),
  }
}

function assertNotDeleted(project: ProjectRow): void {
  if (project.desiredState === 'deleted')
    throw new AppError('CONFLICT', 'The project is deleted.', { hint: 'Restore it first.' })
}

/** Runs the work on one project one after the other: two passwords set at once could end in another order than they are stored. */
function createTurns(): (projectId: ProjectId, work: () => Promise<void>) => Promise<void> {
  const tails = new Map<ProjectId, Promise<void>>()
  return (projectId, work) => {
    const result = (tails.get(projectId) ?? Promise.resolve()).catch(() => undefined).then(work)
    tails.set(projectId, result)
    const forget = (): void => {
      if (tails.get(projectId) === result) tails.delete(projectId)
    }
    result.then(forget, forget)
    return result
  }
}
