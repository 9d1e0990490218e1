// Puts driver, reconciler and proxy together into what the other capabilities see.
import { EventEmitter } from 'node:events'
import { ProjectId } from '#contract/capabilities/ids.ts'
import { AppError } from '#contract/errors.ts'
import { createApiLogin, type ApiLogin } from './api-login.ts'
import type { Driver } from './driver.ts'
import { createLocalDriver } from './drivers/local/local-driver.ts'
import { setPasswords } from './passwords.ts'
import { startProxy } from './proxy/proxy.ts'
import type { Proxy, ProxyTarget } from './proxy/proxy.ts'
import { createReconciler } from './reconciler.ts'
import { createInstanceStore } from './store.ts'
import type { Instance, ProjectRecord } from './store.ts'
import { createTransitions } from './transitions.ts'
import { AUTHENTICATOR_ROLE, MAIN_DATABASE, OWNER_ROLE } from './types.ts'
import type { InstanceProgress, Provisioning, ProvisioningOptions } from './types.ts'

const WAKE_DEADLINE_MS = 60_000
const STOP_DEADLINE_MS = 10_000
const STOPS_AT_ONCE = 8

interface Running {
  readonly driver: Driver
  readonly reconciler: ReturnType<typeof createReconciler>
  readonly transitions: ReturnType<typeof createTransitions>
  readonly proxy: Proxy
  readonly apiLogin: ApiLogin
}

const HOLDS: Readonly<Record<NonNullable<ProjectRecord['hold']>, readonly [message: string, hint: string]>> =
  {
    quota: [
      'The project sleeps: a quota of its plan is used up.',
      'Change the plan, or wait for the next period.',
    ],
    cap: [
      'The project sleeps: a spend cap is reached.',
      'Raise the cap in Plan and billing, or wait for the next period.',
    ],
    suspended: ['The project sleeps: an invoice is unpaid.', 'Pay the open invoice in Plan and billing.'],
  }

/** What who would wake it is told. */
export function heldAsleep(hold: NonNullable<ProjectRecord['hold']>): AppError {
  const [message, hint] = HOLDS[hold]
  return new AppError('PAYMENT_REQUIRED', `${message} Its data stays.`, { hint })
}

/** Makes provisioning; nothing happens before `start`. */
export function createProvisioning(options: ProvisioningOptions): Provisioning {
  const { observe } = options
  const store = createInstanceStore(options.database)
  /** Of transitions under way: newer than what is recorded. */
  const live = new Map<ProjectId, InstanceProgress>()
  const events = new EventEmitter<{ progress: [ProjectId, InstanceProgress] }>()
  events.setMaxListeners(0)
  let running: Running | undefined

  function need(): Running {
    if (running === undefined) throw new AppError('PROJECT_NOT_READY', 'The service is starting or stopping.')
    return running
  }

  async function needInstance(projectId: ProjectId): Promise<Instance> {
    const project = await store.read(projectId)
    if (project === undefined) throw new AppError('NOT_FOUND', 'There is no such project.')
    if (project.instance === undefined)
      throw new AppError('PROJECT_NOT_READY', 'The database is being created.')
    return project.instance
  }

  async function ensureAwake(projectId: ProjectId): Promise<void> {
    const { reconciler } = need()
    const project = await store.read(projectId)
    if (project === undefined) throw new AppError('NOT_FOUND', 'There is no such project.')
    if (project.hold !== null && project.desired === 'asleep') throw heldAsleep(project.hold)
    if (project.desired === 'asleep') await store.wantAwake(projectId)
    else if (project.desired !== 'awake')
      throw new AppError('PROJECT_NOT_READY', 'The project is deleted. Restore it to use its database.')
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const timer = setTimeout(() => {
      reject(new AppError('TIMEOUT', 'The database is not awake yet. Try again in a moment.'))
    }, WAKE_DEADLINE_MS)
    reconciler.wake(projectId).then(resolve, reject)
    try {
      await promise
    } finally {
      clearTimeout(timer)
    }
    const { status, problem } = await needInstance(projectId)
    if (status === 'awake') return
    if (problem !== null) throw new AppError('PROVISIONING_FAILED', problem)
    throw new AppError('PROJECT_NOT_READY', 'The database was stopped in the meantime.')
  }

  async function resolveRef(ref: string): Promise<ProxyTarget | undefined> {
    const { driver, reconciler } = need()
    const project = await store.findByRef(ref)
    if (project === undefined || project.desired === 'purged') return undefined
    const { projectId, instance } = project
    const known = project.desired === 'awake' && instance?.status === 'awake' ? instance : undefined
    let isSuspect = false
    return {
      id: projectId,
      async ready() {
        if (known !== undefined && !isSuspect) return driver.address(known)
        await ensureAwake(projectId)
        return driver.address(await needInstance(projectId))
      },
      suspect() {
        isSuspect = true
        void reconciler.wake(projectId)
      },
    }
  }

  return {
    async start() {
      const driver = await createLocalDriver({ directory: options.directory })
      const transitions = createTransitions({
        store,
        driver,
        secrets: options.secrets,
        ownerPassword: options.ownerPassword,
        report(projectId, progress) {
          live.set(projectId, progress)
          events.emit('progress', projectId, progress)
        },
      })
      const reconciler = createReconciler({
        store,
        driver,
        transitions,
        clock: options.clock,
        observe,
        settled(projectId, progress) {
          live.delete(projectId)
          if (progress !== undefined) events.emit('progress', projectId, progress)
        },
      })
      const proxy = await startProxy({
        ...options.proxy,
        resolve: resolveRef,
        reservedRole: driver.bootstrap.user,
        defaultDatabase: MAIN_DATABASE,
        onEgress: (target, bytes) => options.onEgress?.(ProjectId.parse(target), bytes),
        onRefused: (reason) => observe({ type: 'proxy.refused', reason }),
      })
      const apiLogin = createApiLogin({
        store,
        secrets: options.secrets,
        openSuperuser: transitions.openSuperuser,
        mainStatements: options.apiStatements ?? [],
        onProblem: (error) => observe({ type: 'provisioning.failed', what: 'api', error }),
      })
      running = { driver, reconciler, transitions, proxy, apiLogin }
      await reconciler.start()
    },

    async close({ leaveRunning = false } = {}) {
      if (running === undefined) return
      const { driver, reconciler, proxy } = running
      await proxy.close()
      await reconciler.close()
      running = undefined
      if (leaveRunning) return
      const queue = (await store.instances()).values()
      const stopNext = async (): Promise<void> => {
        for (const key of queue) await driver.stop(key, STOP_DEADLINE_MS)
      }
      await Promise.all(Array.from({ length: STOPS_AT_ONCE }, stopNext))
    },

    wake(projectId) {
      void running?.reconciler.wake(projectId)
    },

    ensureAwake,

    async progress(projectId) {
      const current = live.get(projectId)
      if (current !== undefined) return current
      const project = await store.read(projectId)
      if (project === undefined) throw new AppError('NOT_FOUND', 'There is no such project.')
      const { instance } = project
      if (instance === undefined) return { status: 'creating', problem: null, steps: [] }
      return { status: instance.status, problem: instance.problem, steps: instance.steps }
    },

    onProgress(listener) {
      events.on('progress', listener)
      return () => void events.off('progress', listener)
    },

    async endpoints(projectId) {
      const { driver, proxy } = need()
      const project = await store.read(projectId)
      if (project === undefined) throw new AppError('NOT_FOUND', 'There is no such project.')
      if (project.instance === undefined)
        throw new AppError('PROJECT_NOT_READY', 'The database is being created.')
      const { host, port } = driver.address(project.instance)
      return [
        { kind: 'tcp', ...proxy.address, user: `${OWNER_ROLE}.${project.ref}` },
        { kind: 'socket', directory: host, port, user: OWNER_ROLE },
      ]
    },

    async ownerTarget(projectId, database = MAIN_DATABASE) {
      const instance = await needInstance(projectId)
      return {
        ...need().driver.address(instance),
        database,
        user: OWNER_ROLE,
        password: await options.ownerPassword(projectId),
        applicationName: 'nebuladb-service',
      }
    },

    async authenticatorTarget(projectId) {
      const instance = await needInstance(projectId)
      if (instance.status !== 'awake')
        throw new AppError('PROJECT_NOT_READY', 'The database is not awake. Start it first.')
      const { driver, apiLogin } = need()
      return {
        ...driver.address(instance),
        database: MAIN_DATABASE,
        user: AUTHENTICATOR_ROLE,
        password: await apiLogin.password(instance),
        applicationName: 'nebuladb-api',
      }
    },

    async setOwnerPassword(projectId, password) {
      const instance = await needInstance(projectId)
      if (instance.status !== 'awake')
        throw new AppError('PROJECT_NOT_READY', 'The database is not awake. Start it first.')
      const session = await need().transitions.openSuperuser(instance)
      try {
        await setPasswords(session, { [OWNER_ROLE]: password })
      } finally {
        await session.close()
      }
    },

    proxyAddress: () => need().proxy.address,
  }
}
