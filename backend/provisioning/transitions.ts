// What is done to an instance: each transition is idempotent, has a deadline, and a way back when it fails.
import { randomBytes } from 'node:crypto'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import type { ProjectStatus, ProjectStep } from '#contract/capabilities/projects.ts'
import { AppError, isAppError, postgresDetails } from '#contract/errors.ts'
import type { Secrets } from '../secrets/index.ts'
import type { Driver, InstanceKey, InstanceServer } from './driver.ts'
import { isWrongPassword, openSuperuserSession, runFirstQuery, setPasswords } from './passwords.ts'
import { startDeadlineMs } from './plan.ts'
import type { Transition } from './plan.ts'
import { createSteps } from './steps.ts'
import type { Steps } from './steps.ts'
import type { Instance, InstanceStore, ProjectRecord } from './store.ts'
import type { InstanceProgress } from './types.ts'
import { MAIN_DATABASE, OWNER_ROLE } from './types.ts'

export interface TransitionDependencies {
  readonly store: InstanceStore
  readonly driver: Driver
  readonly secrets: Secrets
  readonly ownerPassword: (projectId: ProjectId) => Promise<string>
  /** Told of every step. */
  readonly report: (projectId: ProjectId, progress: InstanceProgress) => void
}

export interface Transitions {
  /** Runs a transition to its end and records it. On failure things are taken back, and the error is a FailedTransition. */
  run(transition: Exclude<Transition, 'none'>, project: ProjectRecord): Promise<void>
  /** In the maintenance database unless another is named. */
  openSuperuser(instance: Instance, database?: string): ReturnType<typeof openSuperuserSession>
}

/** The steps of the transition that failed, beside what it failed of. */
export class FailedTransition extends Error {
  readonly steps: readonly ProjectStep[]
  readonly reason: unknown
  constructor(reason: unknown, steps: readonly ProjectStep[]) {
    super('The transition failed.')
    this.reason = reason
    this.steps = steps
  }
}

/** The database is fine, only the service's records could not be written: no reason to stop it. */
class RecordingProblem extends Error {
  constructor(cause: unknown) {
    super('The state of an instance could not be recorded.', { cause })
  }
}

function isRecordingProblem(error: unknown): boolean {
  return error instanceof RecordingProblem
}

/** What cannot be taken back now is found by the next attempt, which starts by looking. */
async function takeBack(work: Promise<void>): Promise<void> {
  await work.catch(() => undefined)
}

const STOP_DEADLINE_MS = 10_000
/** A server that ends by itself sooner than this after its start has not really started. */
const SOON_SECONDS = 20
const CRASHES_UNTIL_FAILED = 3

/** The associated data that a superuser's password is sealed with. */
export function superuserPasswordAad(projectId: ProjectId): string {
  return `instance:${projectId}:superuser-password`
}

/** Binds the transitions to a driver and a store. */
export function createTransitions(dependencies: TransitionDependencies): Transitions {
  const { store, driver, secrets, ownerPassword, report } = dependencies
  let allocation: Promise<unknown> = Promise.resolve()

  /** One after the other, so that no two instances get one number. */
  async function recordInstance(projectId: ProjectId): Promise<Instance> {
    const mine = allocation
      .catch(() => undefined)
      .then(async () => {
        const key = { projectId, number: driver.allocateNumber(await store.takenNumbers()) }
        const password = secrets.seal(randomBytes(24).toString('base64url'), superuserPasswordAad(projectId))
        await store.insert(key, password)
      })
    allocation = mine
    await mine
    const instance = (await store.read(projectId))?.instance
    if (instance === undefined) throw new AppError('CONFLICT', 'The project was removed in the meantime.')
    return instance
  }

  function openSuperuser(instance: Instance, database?: string): ReturnType<typeof openSuperuserSession> {
    return openSuperuserSession({
      database,
      address: driver.address(instance),
      bootstrap: driver.bootstrap,
      password: secrets.open(instance.superuserPassword, superuserPasswordAad(instance.projectId)),
      hasOwnPasswords: instance.hasOwnPasswords,
    })
  }

  function begin(
    project: ProjectRecord,
    status: ProjectStatus,
    names: readonly ProjectStep['name'][],
  ): Steps {
    return createSteps(names, (steps) => report(project.projectId, { status, problem: null, steps }))
  }

  /** From a server that answers to a database that the person can use. */
  async function open(instance: Instance, steps: Steps): Promise<void> {
    const password = await steps.run('roles', async () => {
      const owner = await ownerPassword(instance.projectId)
      const session = await openSuperuser(instance)
      try {
        await setPasswords(session, {
          [driver.bootstrap.user]: secrets.open(
            instance.superuserPassword,
            superuserPasswordAad(instance.projectId),
          ),
          [OWNER_ROLE]: owner,
        })
      } finally {
        await session.close()
      }
      return owner
    })
    await steps.run('first-query', async () => {
      await runFirstQuery(driver.address(instance), password, MAIN_DATABASE).catch((error: unknown) => {
        const hasAnswered = isAppError(error) && postgresDetails(error) !== undefined
        if (!instance.hasOwnPasswords || !hasAnswered || isWrongPassword(error)) throw error
      })
    })
  }

  async function create(project: ProjectRecord): Promise<void> {
    const steps = begin(project, 'creating', ['record', 'storage', 'start', 'roles', 'first-query'])
    let instance: Instance | undefined
    try {
      const recorded = await steps.run('record', async () => {
        if (project.instance === undefined) return await recordInstance(project.projectId)
        await store.update(project.projectId, { status: 'creating', steps: [] })
        return project.instance
      })
      instance = recorded
      await steps.run('storage', async () => await driver.create(recorded))
      const server = await steps.run(
        'start',
        async () => await driver.start(recorded, startDeadlineMs(recorded.attempts)),
      )
      await open(recorded, steps)
      await recordAwake(project, steps, { server, attempts: 0 })
    } catch (error) {
      // Nobody has used it yet: the next attempt starts from nothing.
      if (instance !== undefined && !isRecordingProblem(error)) await takeBack(driver.destroy(instance))
      throw new FailedTransition(error, steps.list())
    }
  }

  async function recordAwake(
    project: ProjectRecord,
    steps: Steps,
    result: { readonly server: InstanceServer; readonly attempts: number },
  ): Promise<void> {
    try {
      await store.update(project.projectId, {
        status: 'awake',
        steps: steps.list(),
        hasOwnPasswords: true,
        ...result,
      })
    } catch (error) {
      throw new RecordingProblem(error)
    }
  }

  async function start(project: ProjectRecord, instance: Instance): Promise<void> {
    const steps = begin(project, 'starting', ['start', 'roles', 'first-query'])
    try {
      const crashes = countCrashes(instance)
      await store.update(project.projectId, { status: 'starting', steps: [] })
      if (crashes >= CRASHES_UNTIL_FAILED) {
        throw new AppError(
          'PROVISIONING_FAILED',
          'The database keeps stopping by itself soon after its start.',
        )
      }
      const server = await steps.run(
        'start',
        async () => await driver.start(instance, startDeadlineMs(instance.attempts)),
      )
      await open(instance, steps)
      await recordAwake(project, steps, { server, attempts: crashes })
    } catch (error) {
      if (!isRecordingProblem(error)) await takeBack(driver.stop(instance, STOP_DEADLINE_MS))
      throw new FailedTransition(error, steps.list())
    }
  }

  async function stop(project: ProjectRecord, instance: Instance): Promise<void> {
    const steps = begin(project, 'stopping', ['stop'])
    try {
      await store.update(project.projectId, { status: 'stopping', server: instance.server, steps: [] })
      await steps.run('stop', async () => await driver.stop(instance, STOP_DEADLINE_MS))
      await store.update(project.projectId, {
        status: project.desired === 'deleted' ? 'deleted' : 'asleep',
        steps: steps.list(),
        attempts: 0,
      })
    } catch (error) {
      throw new FailedTransition(error, steps.list())
    }
  }

  async function remove(project: ProjectRecord): Promise<void> {
    const steps = begin(project, 'deleted', ['stop', 'remove'])
    const { instance } = project
    try {
      if (instance !== undefined) {
        await steps.run('stop', async () => await driver.stop(instance, STOP_DEADLINE_MS))
        await steps.run('remove', async () => await driver.destroy(instance))
      }
      await store.forget(project.projectId)
    } catch (error) {
      throw new FailedTransition(error, steps.list())
    }
  }

  return {
    openSuperuser,
    async run(transition, project) {
      const { instance } = project
      if (transition === 'create') return await create(project)
      if (transition === 'remove') return await remove(project)
      if (instance === undefined) {
        await recordInstance(project.projectId)
        return
      }
      if (transition === 'start') return await start(project, instance)
      if (transition === 'stop') return await stop(project, instance)
      throw new FailedTransition(lost(instance), [])
    },
  }
}

/** How often in a row, this time included, the server has ended by itself soon after its start. */
function countCrashes(instance: Instance): number {
  if (instance.status !== 'awake' || instance.server === undefined) return 0
  const ranSeconds = Date.now() / 1000 - instance.server.startedAt
  return ranSeconds < SOON_SECONDS ? instance.attempts + 1 : 0
}

function lost(instance: InstanceKey): AppError {
  return new AppError(
    'PROVISIONING_FAILED',
    `The data of this project (${instance.projectId}) is not in the service's data directory.`,
    { hint: 'Check that the disk with the data directory is mounted, or restore the folder from a backup.' },
  )
}
