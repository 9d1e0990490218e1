// What the tab of a run holds: what is chosen, what is under way, what is looked at. It outlives the tab being turned away from.
import { CollectionRunId } from '#contract/capabilities/runs.ts'
import type { CollectionId } from '#contract/requests/collection.ts'
import type { RunOptions, RunProgress, RunSummary } from '#contract/requests/run.ts'
import { describeError, type ErrorText } from '../../host/error-text.ts'
import type { Host } from '../../host/host-provider.tsx'
import { createStore, useStore, type Store } from '../../host/store.ts'
import { useRequestWorkbench, type RequestWorkbench } from '../requests/index.ts'
import { ALL, type Choice } from './choice.ts'
import type { RunSettings } from './settings.ts'

/** A run that this page started. */
export interface StartedRun {
  readonly runId: CollectionRunId
  readonly status: 'running' | 'cancelling' | 'done'
  /** Requests in all; null until it is known. */
  readonly planned: number | null
  readonly progress: RunProgress | null
  readonly summary: RunSummary | null
}

export interface RunState {
  readonly choice: Choice
  /** A folder or request that it was asked for and whose items are not read yet. */
  readonly asked: string | null
  readonly closed: ReadonlySet<string>
  /** Null until the collection's environment is known. */
  readonly settings: RunSettings | null
  readonly started: StartedRun | null
  /** Why the last one could not begin. */
  readonly problem: ErrorText | null
  /** Whose results are looked at; null before the first. */
  readonly shownRun: CollectionRunId | null
  readonly shown: 'results' | 'changes' | 'earlier'
  readonly filter: 'failedFirst' | 'run' | 'failed'
  readonly text: string
  /** Position in the list of results. */
  readonly selected: number | null
}

const FIRST: RunState = {
  choice: ALL,
  asked: null,
  closed: new Set(),
  settings: null,
  started: null,
  problem: null,
  shownRun: null,
  shown: 'results',
  filter: 'failedFirst',
  text: '',
  selected: null,
}

type States = ReadonlyMap<CollectionId, RunState>
const stores = new WeakMap<RequestWorkbench, Store<States>>()

function storeOf(workbench: RequestWorkbench): Store<States> {
  const known = stores.get(workbench)
  if (known !== undefined) return known
  const made = createStore<States>(new Map())
  stores.set(workbench, made)
  return made
}

export type Change = (fields: Partial<RunState>) => void

/** The state of a collection's run, and how to change it. */
export function useRunState(id: CollectionId): readonly [RunState, Change] {
  const workbench = useRequestWorkbench()
  const state = useStore(storeOf(workbench)).get(id) ?? FIRST
  return [state, (fields) => changeRunState(workbench, id, () => fields)]
}

/** Changes it from outside of its tab. */
export function changeRunState(
  workbench: RequestWorkbench,
  id: CollectionId,
  change: (before: RunState) => Partial<RunState>,
): void {
  storeOf(workbench).update((all) => {
    const before = all.get(id) ?? FIRST
    return new Map([...all, [id, { ...before, ...change(before) }]])
  })
}

interface Starting {
  readonly workbench: RequestWorkbench
  readonly host: Pick<Host, 'runs'>
  readonly collectionId: CollectionId
}

/** Starts a run and follows it to its end; it goes on while other tabs are shown. */
export async function startRun(
  { workbench, host, collectionId }: Starting,
  options: RunOptions,
): Promise<void> {
  const runId = CollectionRunId.parse(crypto.randomUUID())
  const follow = (fields: Partial<StartedRun>): void =>
    changeRunState(workbench, collectionId, ({ started }) =>
      started?.runId === runId ? { started: { ...started, ...fields } } : {},
    )
  changeRunState(workbench, collectionId, () => ({
    started: { runId, status: 'running', planned: null, progress: null, summary: null },
    problem: null,
  }))
  try {
    for await (const event of host.runs.start({ runId, collectionId, options })) {
      if (event.type === 'planned') {
        follow({ planned: event.requests * event.iterations })
        changeRunState(workbench, collectionId, () => ({ shownRun: runId, shown: 'results', selected: null }))
      } else if (event.type === 'progress') follow({ progress: event.progress })
      else if (event.type === 'finished') follow({ summary: event.summary })
    }
    follow({ status: 'done' })
  } catch (error) {
    changeRunState(workbench, collectionId, ({ started }) =>
      started?.runId !== runId
        ? {}
        : {
            problem: describeError(error) ?? null,
            started: started.planned === null ? null : { ...started, status: 'done' },
          },
    )
  }
}

/** Ends it early; what came so far stays. */
export async function cancelRun({ workbench, host, collectionId }: Starting): Promise<void> {
  const started = storeOf(workbench).get().get(collectionId)?.started
  if (started?.status !== 'running') return
  changeRunState(workbench, collectionId, () => ({ started: { ...started, status: 'cancelling' } }))
  try {
    await host.runs.cancel({ runId: started.runId })
  } catch (error) {
    changeRunState(workbench, collectionId, () => ({ problem: describeError(error) ?? null }))
  }
}
