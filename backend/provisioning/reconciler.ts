// Makes every instance what is wanted of it, one transition at a time per project, and keeps it so: retries, restarts, purges.
import { setTimeout as delay } from 'node:timers/promises'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import type { Clock } from '../clock.ts'
import type { Observe } from '../monitoring/index.ts'
import type { Driver } from './driver.ts'
import { backOffMs, planTransition } from './plan.ts'
import type { Transition } from './plan.ts'
import { reasonOf } from './problem.ts'
import type { InstanceStore, ProjectRecord } from './store.ts'
import { FailedTransition } from './transitions.ts'
import type { Transitions } from './transitions.ts'
import type { InstanceProgress } from './types.ts'

export interface ReconcilerDependencies {
  readonly store: InstanceStore
  readonly driver: Driver
  readonly transitions: Transitions
  readonly clock: Clock
  readonly observe: Observe
  /** Told when what is recorded has changed. */
  readonly settled: (projectId: ProjectId, progress: InstanceProgress | undefined) => void
}

export interface Reconciler {
  /** Removes orphans and brings every project to what is wanted, in the background; then watches. */
  start(): Promise<void>
  /** Looks at a project now. Resolves when there is nothing more to do for it at the moment; never rejects. */
  wake(projectId: ProjectId): Promise<void>
  /** Starts nothing new and waits for what is under way. */
  close(): Promise<void>
}

const MAX_AT_ONCE = 4
const SWEEP_MS = 1_000
const TEND_MS = 5_000
const TEND_SOON_MS = 20
const SIZE_MS = 60_000
/** Enough for any path between two states; more means that the plan goes round in circles. */
const MAX_ROUNDS = 8

interface Flight {
  readonly done: Promise<void>
  isAgainWanted: boolean
}

/** Makes the reconciler; nothing happens before `start`. */
export function createReconciler(dependencies: ReconcilerDependencies): Reconciler {
  const { store, driver, transitions, clock, observe, settled } = dependencies
  const flights = new Map<ProjectId, Flight>()
  const slots = createSlots(MAX_AT_ONCE)
  const stopping = new AbortController()
  const loops: Promise<void>[] = []
  let tending: Promise<void> | undefined

  function wake(projectId: ProjectId): Promise<void> {
    const flight = flights.get(projectId)
    if (flight !== undefined) {
      flight.isAgainWanted = true
      return flight.done
    }
    if (stopping.signal.aborted) return Promise.resolve()
    const { promise, resolve } = Promise.withResolvers<void>()
    const mine: Flight = { done: promise, isAgainWanted: false }
    flights.set(projectId, mine)
    void fly(projectId, mine).finally(() => {
      flights.delete(projectId)
      resolve()
    })
    return promise
  }

  async function fly(projectId: ProjectId, flight: Flight): Promise<void> {
    do {
      flight.isAgainWanted = false
      try {
        await reconcile(projectId)
      } catch (error) {
        // The records could not be read or written. The sweep comes back to it.
        observe({ type: 'provisioning.failed', what: 'reconcile', error })
      }
    } while (flight.isAgainWanted && !stopping.signal.aborted)
  }

  async function reconcile(projectId: ProjectId): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS && !stopping.signal.aborted; round += 1) {
      const project = await store.read(projectId)
      if (project === undefined) return
      const actual =
        project.instance === undefined ? ({ kind: 'absent' } as const) : await driver.status(project.instance)
      const transition = planTransition(project.desired, project.instance, actual)
      if (transition === 'none') return
      if (transition === 'start' && project.instance?.status === 'awake' && actual.kind !== 'running') {
        observe({ type: 'instance.crashed', projectId })
      }
      if (!(await slots.run(async () => await runTransition(transition, project)))) return
    }
  }

  /** False when it failed and must wait for its back-off. */
  async function runTransition(
    transition: Exclude<Transition, 'none'>,
    project: ProjectRecord,
  ): Promise<boolean> {
    const { projectId } = project
    const startedAt = performance.now()
    try {
      await transitions.run(transition, project)
    } catch (error) {
      await recordFailure(transition, project, error)
      await tellSettled(projectId)
      return false
    }
    if (transition !== 'record' && transition !== 'lost') {
      observe({
        type: 'instance.transition',
        projectId,
        transition,
        durationMs: performance.now() - startedAt,
      })
    }
    await tellSettled(projectId)
    // Not sooner: making the next spare would slow down the one that a person waits for.
    if (transition === 'create') tendSoon()
    return true
  }

  async function recordFailure(
    transition: Exclude<Transition, 'none'>,
    project: ProjectRecord,
    error: unknown,
  ): Promise<void> {
    const failed = error instanceof FailedTransition ? error : new FailedTransition(error, [])
    const attempts = (project.instance?.attempts ?? 0) + 1
    observe({
      type: 'instance.failed',
      projectId: project.projectId,
      transition,
      attempt: attempts,
      error: failed.reason,
    })
    await store.update(project.projectId, {
      status: 'failed',
      problem: reasonOf(failed.reason),
      steps: failed.steps,
      attempts,
      retryAt: new Date(clock.now().getTime() + backOffMs(attempts)),
    })
  }

  async function tellSettled(projectId: ProjectId): Promise<void> {
    const instance = (await store.read(projectId))?.instance
    settled(
      projectId,
      instance && { status: instance.status, problem: instance.problem, steps: instance.steps },
    )
  }

  /** What nobody told us of: retries that are due, changes whose wake was lost, grace periods that are over, servers that ended by themselves. */
  async function sweep(): Promise<void> {
    const now = clock.now()
    for (const projectId of await store.purgeDue(now)) void wake(projectId)
    for (const projectId of await store.unsettled(now)) if (!flights.has(projectId)) void wake(projectId)
    for (const { server, ...key } of await store.awake()) {
      if (flights.has(key.projectId) || stopping.signal.aborted) continue
      const actual = await driver.status(key)
      if (actual.kind !== 'running' || actual.server.pid !== server?.pid) void wake(key.projectId)
    }
  }

  async function measure(): Promise<void> {
    for (const { projectId } of await store.awake()) {
      if (stopping.signal.aborted) return
      const instance = (await store.read(projectId))?.instance
      if (instance?.status !== 'awake' || flights.has(projectId)) continue
      const session = await transitions.openSuperuser(instance).catch(() => undefined) // it may be stopping
      if (session === undefined) continue
      try {
        const { rows } = await session.query('select sum(pg_database_size(oid))::bigint from pg_database')
        await store.setSize(projectId, Number(rows[0]?.[0] ?? 0))
      } finally {
        await session.close()
      }
    }
  }

  /** Housekeeping out of turn, once for several reasons at the same time. */
  function tendSoon(): void {
    tending ??= delay(TEND_SOON_MS, undefined, { signal: stopping.signal, ref: false })
      .then(async () => await driver.tend(await store.instances()))
      .catch((error: unknown) => {
        if (!stopping.signal.aborted) observe({ type: 'provisioning.failed', what: 'tend', error })
      })
      .finally(() => (tending = undefined))
  }

  function repeat(what: string, everyMs: number, work: () => Promise<void>): void {
    const loop = async (): Promise<void> => {
      while (!stopping.signal.aborted) {
        await work().catch((error: unknown) => observe({ type: 'provisioning.failed', what, error }))
        await delay(everyMs, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined)
      }
    }
    loops.push(loop())
  }

  return {
    wake,
    async start() {
      const known = await store.instances()
      const removed = await driver.removeOrphans(known)
      if (removed.length > 0) observe({ type: 'instance.orphans-removed', removed })
      for (const { projectId } of known) void wake(projectId)
      repeat('sweep', SWEEP_MS, sweep)
      repeat('tend', TEND_MS, async () => await driver.tend(await store.instances()))
      repeat('measure', SIZE_MS, measure)
    },
    async close() {
      stopping.abort()
      await Promise.all([...flights.values()].map(async (flight) => await flight.done))
      await driver.close()
      await Promise.all([...loops, tending])
    },
  }
}

/** Runs at most `count` pieces of work at once; the others wait in line. */
function createSlots(count: number): { run<T>(work: () => Promise<T>): Promise<T> } {
  let free = count
  const waiting: (() => void)[] = []
  return {
    async run(work) {
      if (free > 0) free -= 1
      else await new Promise<void>((resolve) => waiting.push(resolve))
      try {
        return await work()
      } finally {
        const next = waiting.shift()
        if (next === undefined) free += 1
        else next() // hands its slot on
      }
    },
  }
}
