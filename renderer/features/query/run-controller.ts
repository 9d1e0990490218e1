// Runs statements for tabs: one run at a time per tab, its events folded into a state, its rows in window sources.
import type { ConnectionId, ResultId, RunId } from '#contract/capabilities/ids.ts'
import { isAppError } from '#contract/errors.ts'
import type { QueryEvent, RunQuery } from '#contract/capabilities/query.ts'
import type { WithBodies } from '#contract/rpc/definition.ts'
import { createWindowSource, type WindowSource } from '../../components/data-grid/window-source.ts'
import type { Host } from '../../host/host-provider.tsx'
import { createStore, type Store } from '../../host/store.ts'
import {
  applyEvent,
  beginRun,
  breakRun,
  endRun,
  isRunning,
  resultIdsOf,
  type RunState,
  type SortKey,
  type TransactionState,
} from './run-state.ts'

export interface RunRequest {
  readonly connectionId: ConnectionId
  readonly sql: string
  readonly scope: RunQuery['scope']
}

/** What a tab shows of its runs. */
export interface TabRuns {
  /** The latest run; null before the first. */
  readonly current: RunState | null
  /** Shown while the latest one has nothing to show yet, so that the grid does not blink. */
  readonly previous: RunState | null
}

export interface RunController {
  /** The runs of a tab, to subscribe to. */
  runs(tabId: string): Store<TabRuns>
  /** Starts a run; what the tab ran before is put away. Does nothing while one is under way. */
  run(tabId: string, request: RunRequest): void
  /** Asks Postgres to stop. */
  cancel(tabId: string): void
  /** Runs the statement of a result again in another order. */
  sort(tabId: string, statementIndex: number, keys: readonly SortKey[]): void
  /** The rows of a result; undefined once it is put away. */
  source(resultId: ResultId): WindowSource | undefined
  /** Ends the tab's run, results and session. */
  closeTab(tabId: string): void
  isRunning(tabId: string): boolean
}

export interface RunControllerOptions {
  readonly host: Pick<Host, 'query'>
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly newRunId: () => RunId
  /** Told when the host could not be asked to put something away; nothing depends on it. */
  readonly onLateFailure: (error: unknown) => void
}

const NO_RUNS: TabRuns = { current: null, previous: null }

/** Makes the controller of the page. */
export function createRunController(options: RunControllerOptions): RunController {
  const { host, now, newRunId, onLateFailure } = options
  const tabs = new Map<string, Store<TabRuns>>()
  const sources = new Map<ResultId, WindowSource>()
  const sorts = new Map<string, { readonly runId: RunId; readonly over: Promise<void> }>()

  function runs(tabId: string): Store<TabRuns> {
    const known = tabs.get(tabId)
    if (known !== undefined) return known
    const store = createStore(NO_RUNS)
    tabs.set(tabId, store)
    return store
  }

  function putAway(resultId: ResultId): void {
    sources.get(resultId)?.close()
    sources.delete(resultId)
    host.query.closeResult({ resultId }).catch(onLateFailure)
  }

  function putAwayRun(state: RunState | null): void {
    if (state !== null) for (const id of resultIdsOf(state)) putAway(id)
  }

  function open(resultId: ResultId): void {
    sources.set(
      resultId,
      createWindowSource({
        fetchWindow: async (range, signal) => {
          const { value, bodies } = await host.query.window({ resultId, ...range }, { signal })
          let at = 0
          const batches = value.batches.map(({ firstRow, rowCount, bodyCount }) => {
            const own = bodies.slice(at, at + bodyCount)
            at += bodyCount
            return { firstRow, rowCount, bodies: own }
          })
          return { batches, totalRows: value.totalRows, isComplete: value.isComplete }
        },
      }),
    )
  }

  /** What an event means for the rows: they are not part of the state. */
  function feed(event: QueryEvent, bodies: readonly Uint8Array[]): void {
    if (event.type === 'columns') open(event.resultId)
    else if (event.type === 'batch') sources.get(event.resultId)?.push({ ...event, bodies })
    else if (event.type === 'progress') sources.get(event.resultId)?.setTotal(event.rowCount, false)
    else if (event.type === 'done' && event.resultId !== null) {
      const source = sources.get(event.resultId)
      source?.setTotal(
        event.isComplete && event.rowCount !== null ? event.rowCount : source.totalRows,
        event.isComplete,
      )
    }
  }

  /** Stops the sort that is under way, if any. Resolves when its session is free: the host takes one run per tab at a time. */
  async function stopSort(tabId: string): Promise<void> {
    const sort = sorts.get(tabId)
    if (sort === undefined) return
    sorts.delete(tabId)
    host.query.cancel({ runId: sort.runId }).catch(onLateFailure)
    await sort.over
  }

  async function follow(
    store: Store<TabRuns>,
    runId: RunId,
    events: AsyncIterable<WithBodies<QueryEvent>>,
  ): Promise<void> {
    const update = (step: (state: RunState) => RunState): void =>
      store.update((shown) =>
        shown.current?.runId === runId ? withCurrent(shown, step(shown.current)) : shown,
      )
    try {
      for await (const { value, bodies } of events) {
        if (store.get().current?.runId !== runId) {
          // The tab was closed meanwhile: nobody will put this away later.
          if (value.type === 'columns') putAway(value.resultId)
          continue
        }
        feed(value, bodies)
        update((state) => applyEvent(state, value))
      }
      update(endRun)
    } catch (error) {
      update((state) => breakRun(state, describe(error)))
    }
  }

  /** Once the latest run has rows to show, what was shown before is put away: the grid then changes its rows and is not made anew. */
  function withCurrent(shown: TabRuns, current: RunState): TabRuns {
    const hasSomething =
      !isRunning(current) ||
      current.statements.some(
        ({ result, status }) => result !== null && (result.rowCount > 0 || status !== 'running'),
      )
    if (!hasSomething || shown.previous === null) return { ...shown, current }
    putAwayRun(shown.previous)
    return { current, previous: null }
  }

  return {
    runs,
    source: (resultId) => sources.get(resultId),
    isRunning: (tabId) => isRunning(runs(tabId).get().current),
    run(tabId, { connectionId, sql, scope }) {
      const store = runs(tabId)
      const shown = store.get()
      if (isRunning(shown.current)) return
      putAwayRun(shown.previous)
      const runId = newRunId()
      const transaction: TransactionState = shown.current?.transaction ?? 'idle'
      store.set({ current: beginRun({ runId, connectionId }, now(), transaction), previous: shown.current })
      const sorted = stopSort(tabId)
      const start = (): AsyncIterable<WithBodies<QueryEvent>> =>
        host.query.run({ runId, connectionId, tabId, sql, scope, allowSnapshot: true })
      void follow(store, runId, startAfter(sorted, start))
    },
    cancel(tabId) {
      const store = runs(tabId)
      const current = store.get().current
      const sort = sorts.get(tabId)
      if (sort !== undefined) host.query.cancel({ runId: sort.runId }).catch(onLateFailure)
      if (current === null || current.status !== 'running') return
      store.update((shown) =>
        shown.current?.runId === current.runId
          ? { ...shown, current: { ...current, status: 'cancelling' } }
          : shown,
      )
      host.query.cancel({ runId: current.runId }).catch(onLateFailure)
    },
    sort(tabId, statementIndex, keys) {
      const store = runs(tabId)
      const current = store.get().current
      const statement = current?.statements.find((one) => one.index === statementIndex)
      const before = statement?.result
      if (current === null || before === null || before === undefined || isRunning(current)) return
      const earlier = stopSort(tabId)
      const runId = newRunId()
      const isLatest = (): boolean => sorts.get(tabId)?.runId === runId
      const sorting = { statementIndex, keys }
      const update = (step: (state: RunState) => RunState): void =>
        store.update((shown) =>
          shown.current?.runId === current.runId ? { ...shown, current: step(shown.current) } : shown,
        )
      const follow = async (): Promise<void> => {
        let own: ResultId | undefined
        try {
          await earlier
          if (!isLatest()) return
          const events = host.query.sort({ runId, resultId: before.id, tabId, keys: [...keys] })
          for await (const { value, bodies } of events) {
            if (value.type === 'columns') own = value.resultId
            // Another sort or run has begun meanwhile: this one's rows are nobody's.
            if (!isLatest()) continue
            feed(value, bodies)
            update((state) => applyEvent(state, value, sorting))
          }
        } catch (error) {
          const failure = describe(error)
          if (!isLatest()) return
          update((state) =>
            applyEvent(
              state,
              {
                type: 'failed',
                statementIndex,
                start: 0,
                end: 0,
                ...failure,
                postgres: null,
                errorOffset: null,
                elapsedMs: 0,
              },
              sorting,
            ),
          )
        } finally {
          if (isLatest()) sorts.delete(tabId)
          const { current: latest, previous } = store.get()
          const sorted = [latest, previous].find((state) => state?.runId === current.runId)
          const shown = sorted?.statements.find((one) => one.index === statementIndex)?.result?.id
          // It took the place of what was there before, or it has none.
          for (const id of own === undefined ? [] : [before.id, own]) if (id !== shown) putAway(id)
        }
      }
      const over = Promise.withResolvers<void>()
      sorts.set(tabId, { runId, over: over.promise })
      void follow().finally(over.resolve)
    },
    closeTab(tabId) {
      const store = tabs.get(tabId)
      tabs.delete(tabId)
      void stopSort(tabId)
      const shown = store?.get() ?? NO_RUNS
      if (shown.current !== null && isRunning(shown.current))
        host.query.cancel({ runId: shown.current.runId }).catch(onLateFailure)
      putAwayRun(shown.current)
      putAwayRun(shown.previous)
      store?.set(NO_RUNS)
      host.query.closeTab({ tabId }).catch(onLateFailure)
    },
  }
}

async function* startAfter<Item>(
  moment: Promise<void>,
  start: () => AsyncIterable<Item>,
): AsyncGenerator<Item, void, undefined> {
  await moment
  yield* start()
}

function describe(error: unknown): { code: string; message: string } {
  if (isAppError(error)) return { code: error.code, message: error.message }
  return { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error) }
}
