// The rules of projects. Nothing is provisioned here: a change writes what is wanted, the reconciler of provisioning makes it so.
import { EventEmitter } from 'node:events'
import type { z } from 'zod'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { type OrganisationId } from '#contract/capabilities/ids.ts'
import type { CreateProject, Project, ProjectList, ProjectProgress } from '#contract/capabilities/projects.ts'
import { AppError, isAppError, postgresDetails } from '#contract/errors.ts'
import type { Actor } from '../actor.ts'
import { audit } from '../audit/index.ts'
import type { Clock } from '../clock.ts'
import type { Database, Queryable, Tx } from '../db/database.ts'
import type { Jobs } from '../jobs/index.ts'
import { requireRole } from '../organisations/index.ts'
import { heldAsleep, type Provisioning } from '../provisioning/index.ts'
import { noSuchProject, requireProject, requireProjectLocked } from './access.ts'
import { MINIMUM_ROLE, type ProjectAction } from './permissions.ts'
import { createRef } from './ref.ts'
import * as store from './store.ts'
import { watchState } from './watch.ts'

/** Job that tells provisioning of projects that another capability's transaction has purged. */
export const WAKE_JOB = 'projects.wake'

export interface ProjectLimits {
  /** Projects of one organisation, deleted ones in their grace period included. */
  readonly maxPerOrganisation: number
  /** How long a deleted project can be restored, in milliseconds. */
  readonly deleteGraceMs: number
}

/** What billing knows of a limit. */
export interface LimitCheck {
  /** Reads what is not known yet. */
  ensure(organisationId: OrganisationId): Promise<void>
  /** Throws LIMIT_REACHED or PAYMENT_REQUIRED when there may not be `count` projects. */
  assert(organisationId: OrganisationId, what: { readonly limit: 'projects'; readonly count: number }): void
}

export interface ProjectsDependencies {
  readonly db: Database
  readonly clock: Clock
  readonly jobs: Jobs
  readonly limits: ProjectLimits
  readonly provisioning: Pick<Provisioning, 'wake' | 'progress' | 'onProgress'>
  /** What the plan allows; left out where nothing but `limits` holds. */
  readonly entitlements?: LimitCheck | undefined
  /** Gives a new project its owner password, in the transaction that makes the project. */
  readonly createCredential: (tx: Tx, projectId: ProjectId) => Promise<void>
  /** That many random bytes. */
  readonly randomBytes: (count: number) => Uint8Array
  readonly newProjectId: () => ProjectId
}

export interface ProjectsService {
  list(
    actor: Actor,
    filter: { organisationId?: OrganisationId | undefined; includeDeleted: boolean },
  ): Promise<ProjectList>
  get(actor: Actor, projectId: ProjectId): Promise<Project>
  create(actor: Actor, input: z.output<typeof CreateProject>): Promise<Project>
  rename(actor: Actor, projectId: ProjectId, name: string): Promise<Project>
  delete(actor: Actor, projectId: ProjectId): Promise<Project>
  restore(actor: Actor, projectId: ProjectId): Promise<Project>
  start(actor: Actor, projectId: ProjectId): Promise<Project>
  stop(actor: Actor, projectId: ProjectId): Promise<Project>
  watch(actor: Actor, projectId: ProjectId, signal: AbortSignal): AsyncIterable<ProjectProgress>
  /** Whether an organisation has projects that are not deleted. */
  hasAny(tx: Queryable, organisationId: OrganisationId): Promise<boolean>
  /** Purges all projects of an organisation, without a grace period: it or its last account is being deleted. */
  deleteAllOf(tx: Tx, organisationId: OrganisationId): Promise<void>
  /** The live projects of an organisation, and why billing holds them asleep. */
  holds(
    db: Queryable,
    organisationId: OrganisationId,
  ): Promise<readonly { readonly projectId: ProjectId; readonly hold: store.Hold | null }[]>
  /** Puts projects to sleep so that nobody wakes them, or lets them be woken again (null). For billing; the caller has decided that. */
  setHolds(
    tx: Tx,
    organisationId: OrganisationId,
    changes: readonly { readonly projectId: ProjectId; readonly hold: store.Hold | null }[],
  ): Promise<void>
  /** Deletes all live projects with the usual time to restore them. For billing, after its notices. */
  deleteLiveOf(tx: Tx, organisationId: OrganisationId): Promise<void>
}

const REGION = 'local'
const POSTGRES_VERSION = '18'

/** Makes the service of projects. */
export function createProjectsService(deps: ProjectsDependencies): ProjectsService {
  const { db, clock, limits, provisioning } = deps
  /** Changes made here; those of the database itself come from provisioning. */
  const emitter = new EventEmitter<Record<string, []>>()
  emitter.setMaxListeners(0)

  /** Locks the project, changes it, and tells provisioning once that is committed. */
  const change = async (
    actor: Actor,
    { projectId, action }: { projectId: ProjectId; action: ProjectAction },
    apply: (tx: Tx, project: store.ProjectRow) => Promise<void>,
  ): Promise<Project> => {
    const project = await db.transaction(async (tx) => {
      await apply(tx, await requireProjectLocked(tx, actor, projectId, action))
      return requireProject(tx, actor, projectId, action)
    })
    provisioning.wake(projectId)
    emitter.emit(projectId)
    return store.toContractProject(project)
  }

  /** Start, stop, delete and restore: each is harmless where it is already so. */
  const setDesiredState = (
    actor: Actor,
    target: { projectId: ProjectId; action: ProjectAction },
    decide: (project: store.ProjectRow, at: Date) => { state: store.DesiredState; purgeAt?: Date } | null,
  ): Promise<Project> =>
    change(actor, target, async (tx, project) => {
      const at = clock.now()
      const wanted = decide(project, at)
      if (wanted === null) return
      await nameTaken(() =>
        store.updateDesiredState(tx, project.id, {
          desiredState: wanted.state,
          purgeAt: wanted.purgeAt ?? null,
          at,
        }),
      )
      await audit(tx, {
        ...about(actor, project),
        action: target.action,
        details: { from: project.desiredState, to: wanted.state },
      })
    })

  return {
    async list(actor, { organisationId, includeDeleted }) {
      const asOf = clock.now().toISOString()
      if (organisationId !== undefined)
        await requireRole(db, actor, organisationId, MINIMUM_ROLE['project.read'])
      const items = await store.listVisibleProjects(db, actor.accountId, { organisationId, includeDeleted })
      return { items: items.map(store.toContractProject), asOf, isStale: false }
    },

    async get(actor, projectId) {
      return store.toContractProject(await requireProject(db, actor, projectId, 'project.read'))
    },

    async create(actor, input) {
      const id = input.projectId ?? deps.newProjectId()
      await deps.entitlements?.ensure(input.organisationId)
      const project = await db
        .transaction(async (tx) => {
          // Locked before the role is looked up, so that neither the count nor the role changes meanwhile.
          const exists = await store.lockOrganisation(tx, input.organisationId)
          await requireRole(tx, actor, input.organisationId, MINIMUM_ROLE['project.create'])
          if (!exists) throw new AppError('NOT_FOUND', 'There is no such organisation.')
          const existing = await store.findProject(tx, id)
          if (existing !== undefined) return alreadyCreated(existing, input)
          await assertBelowLimit(tx, input.organisationId)
          const { name, organisationId, environment } = input
          await nameTaken(() =>
            store.insertProject(tx, {
              id,
              organisationId,
              name,
              environment,
              ref: createRef(deps.randomBytes),
              region: REGION,
              postgresVersion: POSTGRES_VERSION,
              createdBy: actor.accountId,
              at: clock.now(),
            }),
          )
          await deps.createCredential(tx, id)
          await audit(tx, {
            ...about(actor, { id, organisationId }),
            action: 'project.create',
            details: { name, environment },
          })
          return requireProject(tx, actor, id, 'project.read')
        })
        .catch((error: unknown) => {
          // The id is a purged project's, or another tenant's that was made at the same moment.
          throw violates(error, 'project_pkey') ? noSuchProject() : error
        })
      provisioning.wake(id)
      return store.toContractProject(project)
    },

    rename: (actor, projectId, name) =>
      change(actor, { projectId, action: 'project.rename' }, async (tx, project) => {
        assertNotDeleted(project)
        if (project.name === name) return
        await nameTaken(() => store.updateName(tx, projectId, { name, at: clock.now() }))
        await audit(tx, {
          ...about(actor, project),
          action: 'project.rename',
          details: { from: project.name, to: name },
        })
      }),

    delete: (actor, projectId) =>
      setDesiredState(actor, { projectId, action: 'project.delete' }, (project, at) =>
        project.desiredState === 'deleted'
          ? null
          : { state: 'deleted', purgeAt: new Date(at.getTime() + limits.deleteGraceMs) },
      ),

    restore: (actor, projectId) =>
      setDesiredState(actor, { projectId, action: 'project.restore' }, (project, at) => {
        if (project.purgeAt === null) return null
        if (Date.parse(project.purgeAt) <= at.getTime())
          throw new AppError('CONFLICT', 'The time to restore this project is over.')
        return { state: project.hold === null ? 'awake' : 'asleep' }
      }),

    start: (actor, projectId) =>
      setDesiredState(actor, { projectId, action: 'project.start' }, (project) => {
        assertNotDeleted(project)
        if (project.hold !== null) throw heldAsleep(project.hold)
        return project.desiredState === 'awake' ? null : { state: 'awake' }
      }),

    stop: (actor, projectId) =>
      setDesiredState(actor, { projectId, action: 'project.stop' }, (project) => {
        assertNotDeleted(project)
        return project.desiredState === 'asleep' ? null : { state: 'asleep' }
      }),

    watch: (actor, projectId, signal) =>
      watchState({
        signal,
        // Read with the role each time: who is removed from the organisation sees no more.
        read: async () => {
          const project = await requireProject(db, actor, projectId, 'project.read')
          const progress = await provisioning.progress(projectId)
          // Provisioning knows sooner than the database what goes on.
          const now =
            project.desiredState === 'deleted' ? {} : { status: progress.status, problem: progress.problem }
          return { project: { ...store.toContractProject(project), ...now }, steps: [...progress.steps] }
        },
        subscribe: (listener) => {
          const stop = provisioning.onProgress((changed) => {
            if (changed === projectId) listener()
          })
          emitter.on(projectId, listener)
          return () => {
            emitter.off(projectId, listener)
            stop()
          }
        },
      }),

    hasAny: store.hasLiveProjects,

    holds: store.listHolds,

    async setHolds(tx, organisationId, changes) {
      const changed: ProjectId[] = []
      for (const { projectId, hold } of changes) {
        if (!(await store.updateHold(tx, projectId, { hold, at: clock.now() }))) continue
        changed.push(projectId)
        await audit(tx, {
          actor: null,
          organisationId,
          action: 'project.hold',
          subjectKind: 'project',
          subjectId: projectId,
          details: { hold },
        })
      }
      if (changed.length > 0) await deps.jobs.enqueue(tx, WAKE_JOB, { projectIds: changed })
    },

    async deleteLiveOf(tx, organisationId) {
      const at = clock.now()
      const purgeAt = new Date(at.getTime() + limits.deleteGraceMs)
      const projectIds = await store.deleteLiveOf(tx, organisationId, { purgeAt, at })
      for (const projectId of projectIds)
        await audit(tx, {
          actor: null,
          organisationId,
          action: 'project.delete',
          subjectKind: 'project',
          subjectId: projectId,
          details: { why: 'unpaid' },
        })
      if (projectIds.length > 0) await deps.jobs.enqueue(tx, WAKE_JOB, { projectIds })
    },

    async deleteAllOf(tx, organisationId) {
      const projectIds = await store.purgeAllOf(tx, organisationId, clock.now())
      if (projectIds.length === 0) return
      for (const projectId of projectIds)
        await audit(tx, {
          actor: null,
          organisationId,
          action: 'project.purge',
          subjectKind: 'project',
          subjectId: projectId,
        })
      // A job, because only the caller's transaction knows when it commits.
      await deps.jobs.enqueue(tx, WAKE_JOB, { projectIds })
    },
  }

  async function assertBelowLimit(tx: Tx, organisationId: OrganisationId): Promise<void> {
    const count = await store.countProjects(tx, organisationId)
    if (count < limits.maxPerOrganisation) {
      deps.entitlements?.assert(organisationId, { limit: 'projects', count: count + 1 })
      return
    }
    throw new AppError(
      'LIMIT_REACHED',
      `An organisation has at most ${limits.maxPerOrganisation} projects, deleted ones that can be restored included.`,
      { details: { limit: limits.maxPerOrganisation } },
    )
  }
}

/** A repeated call of create. The same id for something else is refused. */
function alreadyCreated(
  existing: store.ProjectRow,
  input: { readonly organisationId: OrganisationId },
): store.ProjectRow {
  if (existing.organisationId === input.organisationId) return existing
  // The caller's role was checked in the other organisation only.
  throw noSuchProject()
}

function assertNotDeleted(project: store.ProjectRow): void {
  if (project.desiredState === 'deleted')
    throw new AppError('CONFLICT', 'The project is deleted.', { hint: 'Restore it first.' })
}

function about(
  actor: Actor,
  project: { readonly id: ProjectId; readonly organisationId: OrganisationId },
): { actor: Actor; organisationId: OrganisationId; subjectKind: 'project'; subjectId: string } {
  return { actor, organisationId: project.organisationId, subjectKind: 'project', subjectId: project.id }
}

async function nameTaken(write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (!violates(error, 'project_name_key')) throw error
    throw new AppError('ALREADY_EXISTS', 'The organisation has a project with this name.', {
      hint: 'Choose another name, or rename the other project.',
    })
  }
}

function violates(error: unknown, constraint: string): boolean {
  return isAppError(error, 'QUERY_FAILED') && postgresDetails(error)?.constraint === constraint
}
