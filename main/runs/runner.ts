// Runs collections: one run of a collection at a time, kept while it goes, ended with the host.
import { AppError } from '#contract/errors.ts'
import type { CollectionRunId } from '#contract/capabilities/runs.ts'
import type { CollectionId } from '#contract/requests/collection.ts'
import { ExchangeId } from '#contract/requests/exchange.ts'
import type { RunEvent, RunOptions, RunSummary } from '#contract/requests/run.ts'
import type { BodyStore } from '#api-client/node/bodies/types.ts'
import type { Executor } from '#api-client/node/execute/types.ts'
import { runCollection } from '#api-client/node/run/run-collection.ts'
import type { RunStore } from '../cache/index.ts'
import type { CollectionsService } from '../collections/index.ts'
import type { CookieJars } from '../requests/index.ts'
import { createKeptResults, type KeptLimits } from './kept-results.ts'
import { collectionSource } from './run-source.ts'

export interface RunnerDependencies {
  readonly store: RunStore
  readonly collections: Pick<CollectionsService, 'contexts' | 'folder' | 'name'>
  readonly executor: Executor
  readonly bodies: Pick<BodyStore, 'remove'>
  readonly jars: CookieJars
  readonly now: () => Date
  readonly newId: () => string
  readonly onChanged: (collectionId: CollectionId) => void
  readonly onProblem: (problem: { readonly during: string; readonly error: unknown }) => void
  /** Ours where not given. */
  readonly limits?: KeptLimits
}

export interface Asked {
  readonly runId: CollectionRunId
  readonly collectionId: CollectionId
  readonly options: RunOptions
}

export interface Runner {
  /** Runs to the end, or until the signal cancels. CONFLICT while the collection is run already, ALREADY_EXISTS for the id of another run. */
  run(asked: Asked, signal: AbortSignal, emit: (event: RunEvent) => void): Promise<void>
  /** Resolves when it has ended. */
  cancel(runId: CollectionRunId): Promise<void>
  isUnderWay(runId: CollectionRunId): boolean
  /** Cancels all and waits for them; none begins from then on. */
  close(): Promise<void>
}

interface UnderWay {
  readonly runId: CollectionRunId
  readonly cancelling: AbortController
  readonly ended: Promise<void>
}

/** Makes it. */
export function createRunner(dependencies: RunnerDependencies): Runner {
  const { store, collections, jars, bodies, now, onChanged, onProblem } = dependencies
  const underWay = new Map<CollectionId, UnderWay>()
  let isClosed = false
  const find = (runId: CollectionRunId): UnderWay | undefined =>
    [...underWay.values()].find((one) => one.runId === runId)

  async function work(asked: Asked, signal: AbortSignal, emit: (event: RunEvent) => void): Promise<void> {
    const { runId, collectionId, options } = asked
    const place = { collectionId, path: '', environment: options.environment }
    const [{ source, globals }, cookies] = await Promise.all([
      collectionSource(collections, place),
      jars.of(collectionId),
    ])
    const kept = createKeptResults(store, runId, dependencies.limits)
    let summary: RunSummary | null = null
    const attempt = async (during: string, act: () => Promise<void>): Promise<void> => {
      try {
        await act()
      } catch (error) {
        // What the run found out counts more than what it leaves behind.
        onProblem({ during, error })
      }
    }
    await runCollection({
      source,
      executor: dependencies.executor,
      bodies,
      options,
      newExchangeId: () => ExchangeId.parse(dependencies.newId()),
      now: () => now().getTime(),
      signal,
      collectionId,
      globals,
      cookies,
      onExchange: (exchange) => kept.addExchange(exchange),
      onVariables: (changes) =>
        attempt('keeping the variables of a run', () => collections.contexts.keep(place, changes)),
      onEvent(event) {
        if (event.type === 'planned') {
          // Only now: a run that cannot begin leaves the one before it as it is.
          summary = emptySummary(source.name, now().toISOString(), event.iterations)
          const gone = store.begin({ runId, collectionId, summary })
          void attempt('removing the bodies of an earlier run', async () => {
            for (const id of gone) await bodies.remove(ExchangeId.parse(id))
          })
          onChanged(collectionId)
        }
        if (event.type === 'finished') store.summarise(runId, event.summary)
        if (event.type !== 'results') return emit(event)
        kept.add(event.results)
        const progress = kept.progress()
        // Of a host that is killed this is what stays.
        if (summary !== null) {
          const durationMs = now().getTime() - Date.parse(summary.startedAt)
          store.summarise(runId, { ...summary, ...progress, durationMs })
        }
        emit({ type: 'progress', progress })
      },
    })
    await attempt('keeping the cookies of a run', () => jars.save(collectionId))
  }

  return {
    async run(asked, signal, emit) {
      if (isClosed) throw new AppError('CANCELLED', 'The app is being closed.')
      if (underWay.has(asked.collectionId))
        throw new AppError('CONFLICT', 'This collection is being run already.', {
          hint: 'Wait until that run ends, or cancel it: two would share cookies and variables.',
        })
      if (store.get(asked.runId) !== undefined)
        throw new AppError('ALREADY_EXISTS', 'There is a run with this id already.')
      const cancelling = new AbortController()
      const working = work(asked, AbortSignal.any([signal, cancelling.signal]), emit)
      const ended = working.catch(() => undefined)
      underWay.set(asked.collectionId, { runId: asked.runId, cancelling, ended })
      try {
        await working
      } finally {
        underWay.delete(asked.collectionId)
        onChanged(asked.collectionId)
      }
    },
    async cancel(runId) {
      const found = find(runId)
      found?.cancelling.abort()
      await found?.ended
    },
    isUnderWay: (runId) => find(runId) !== undefined,
    async close() {
      isClosed = true
      for (const { cancelling } of underWay.values()) cancelling.abort()
      await Promise.all([...underWay.values()].map(({ ended }) => ended))
    },
  }
}

/** Of a run that has no results yet. */
function emptySummary(name: string, startedAt: string, iterations: number): RunSummary {
  return {
    name,
    startedAt,
    durationMs: 0,
    requests: { total: 0, failed: 0, skipped: 0 },
    tests: { total: 0, failed: 0 },
    iterations,
    bytesReceived: 0,
    latency: { p50: 0, p95: 0, p99: 0, max: 0 },
    ended: 'cancelled',
  }
}
