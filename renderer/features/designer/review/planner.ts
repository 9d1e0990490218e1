// Keeps the migration of a draft up to date: at once for small models, in a worker for large ones, so that no edit costs a frame.
import type { ModelPatch } from '#contract/capabilities/designs.ts'
import type { SchemaModel } from '#contract/schema/types.ts'
import type { MigrationPlan } from '#postgres/common/diff/plan-migration.ts'
import { createStore, type Store } from '../../../host/store.ts'
import type { Draft } from '../draft.ts'
import type { PlanAnswer, PlanRequest } from './plan-messages.ts'
import { NO_PLAN, planSteps } from './plan-steps.ts'

export interface PlanState {
  /** The last one that could be made. */
  readonly plan: MigrationPlan
  /** Why the draft as it is now has none. */
  readonly problem: string | null
  /** A newer draft is being planned. */
  readonly isWorking: boolean
}

/** The part of a Worker that is needed. */
export interface PlanWorker {
  postMessage(request: PlanRequest): void
  onmessage: ((event: MessageEvent<PlanAnswer>) => void) | null
  onerror: ((event: ErrorEvent) => void) | null
  terminate(): void
}

export interface Planner {
  readonly state: Store<PlanState>
  /** Follows the draft until it is called off. May be started again. */
  start(): () => void
}

export interface PlannerOptions {
  readonly createWorker: () => PlanWorker
  /** Columns up to which a plan is made in the page. */
  readonly smallModel?: number
}

const PAUSE_MS = 80
/** A plan of one edited table costs some 3 ms there. */
const SMALL_MODEL_COLUMNS = 1_500
const OBJECTS_PER_PIECE = 60
const DEPENDENCIES_PER_PIECE = 4_000

/** A planner for one draft. */
export function createPlanner(draft: Draft, { createWorker, smallModel }: PlannerOptions): Planner {
  const state = createStore<PlanState>({ plan: NO_PLAN, problem: null, isWorking: false })
  const limit = smallModel ?? SMALL_MODEL_COLUMNS
  let started = 0
  let stop: (() => void) | undefined
  let remote: RemotePlanner | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let planned:
    { readonly base: SchemaModel; readonly steps: readonly ModelPatch[]; readonly head: number } | undefined
  let turn = 0

  const finish = (made: { readonly plan: MigrationPlan } | { readonly problem: string }): void =>
    state.update((before) =>
      'plan' in made
        ? { plan: made.plan, problem: null, isWorking: false }
        : { plan: before.plan, problem: made.problem, isWorking: false },
    )
  const plan = async (): Promise<void> => {
    const { base, steps, head } = draft.state.get()
    const staged = steps.slice(0, head)
    planned = { base, steps, head }
    turn += 1
    const own = turn
    if (staged.length === 0) finish({ plan: NO_PLAN })
    else if (isSmall(base, limit)) finish(tryPlan(base, staged))
    else {
      remote ??= createRemotePlanner(createWorker)
      const made = await remote.plan(base, staged)
      if (own === turn) finish(made)
    }
  }
  const follow = (): void => {
    const now = draft.state.get()
    if (planned?.base === now.base && planned.steps === now.steps && planned.head === now.head) {
      clearTimeout(timer)
      return
    }
    if (!state.get().isWorking) state.update((before) => ({ ...before, isWorking: true }))
    clearTimeout(timer)
    timer = setTimeout(() => void plan(), PAUSE_MS)
  }
  return {
    state,
    start() {
      started += 1
      if (started === 1) {
        stop = draft.state.subscribe(follow)
        follow()
      }
      let isOver = false
      return () => {
        if (isOver) return
        isOver = true
        started -= 1
        if (started > 0) return
        clearTimeout(timer)
        stop?.()
        remote?.close()
        remote = undefined
        planned = undefined
        turn += 1
      }
    },
  }
}

function tryPlan(
  base: SchemaModel,
  steps: readonly ModelPatch[],
): { readonly plan: MigrationPlan } | { readonly problem: string } {
  try {
    return { plan: planSteps(base, steps) }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}

function isSmall({ objects }: SchemaModel, limit: number): boolean {
  let columns = 0
  for (const object of objects) {
    columns += 'columns' in object ? object.columns.length : 1
    if (columns > limit) return false
  }
  return true
}

interface RemotePlanner {
  plan(
    base: SchemaModel,
    steps: readonly ModelPatch[],
  ): Promise<{ readonly plan: MigrationPlan } | { readonly problem: string }>
  close(): void
}

const STOPPED = 'The migration could not be planned: the planner stopped. Change something to try again.'

/** One worker with one base at a time. */
function createRemotePlanner(createWorker: () => PlanWorker): RemotePlanner {
  let worker: PlanWorker | undefined
  let sent: SchemaModel | undefined
  let sending: Promise<void> = Promise.resolve()
  let nextId = 1
  const waiting = new Map<number, (answer: PlanAnswer) => void>()
  const end = (): void => {
    worker?.terminate()
    worker = undefined
    sent = undefined
    for (const [id, tell] of waiting) tell({ id, problem: STOPPED })
    waiting.clear()
  }
  const open = (): PlanWorker => {
    if (worker !== undefined) return worker
    const made = createWorker()
    made.onmessage = ({ data }) => {
      waiting.get(data.id)?.(data)
      waiting.delete(data.id)
    }
    made.onerror = end
    worker = made
    return made
  }
  return {
    async plan(base, steps) {
      const id = nextId
      nextId += 1
      const to = open()
      if (sent !== base) {
        sent = base
        sending = sending.then(() => sendBase(to, base, () => sent === base && worker === to))
      }
      await sending
      // Another base came in between: its own plan answers.
      if (sent !== base || worker !== to) return { problem: STOPPED }
      return new Promise((resolve) => {
        waiting.set(id, resolve)
        to.postMessage({ type: 'plan', id, steps })
      })
    },
    close: end,
  }
}

/** Copies a model over piece by piece, with room for a frame between them. */
async function sendBase(to: PlanWorker, base: SchemaModel, isWanted: () => boolean): Promise<void> {
  to.postMessage({ type: 'base', serverVersion: base.serverVersion, database: base.database })
  for (let at = 0; at < base.objects.length && isWanted(); at += OBJECTS_PER_PIECE) {
    to.postMessage({ type: 'objects', objects: base.objects.slice(at, at + OBJECTS_PER_PIECE) })
    await pause()
  }
  for (let at = 0; at < base.dependencies.length && isWanted(); at += DEPENDENCIES_PER_PIECE) {
    to.postMessage({
      type: 'dependencies',
      dependencies: base.dependencies.slice(at, at + DEPENDENCIES_PER_PIECE),
    })
    await pause()
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0))
}
