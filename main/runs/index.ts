// The door of runs: running collections, their results, reports and comparisons.
import { EventEmitter } from 'node:events'
import { readDataRows } from '#api-client/node/run/data.ts'
import { renderReport } from '#api-client/node/run/reports/render.ts'
import type { CollectionRunId, runs } from '#contract/capabilities/runs.ts'
import { AppError } from '#contract/errors.ts'
import type { CollectionId } from '#contract/requests/collection.ts'
import type { RequestResult, RunEvent } from '#contract/requests/run.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { ResultOutline, RunStore, StoredRun } from '../cache/index.ts'
import { eventStream } from '../collections/index.ts'
import { compareRuns } from './compare.ts'
import { previewOf } from './preview-data.ts'
import { writeReportFile } from './report-file.ts'
import { createRunner, type RunnerDependencies } from './runner.ts'

/** Rows read from the store at once, between which the host does other things. */
const AT_ONCE = 2_000

export type RunsDependencies = Omit<RunnerDependencies, 'onChanged'>

export interface RunsCapability {
  readonly handlers: CapabilityHandlers<typeof runs>
  /** Cancels what is under way; what came so far is kept. */
  close(): Promise<void>
}

/** Makes the capability. */
export function createRunsCapability(dependencies: RunsDependencies): RunsCapability {
  const { store, collections } = dependencies
  const emitter = new EventEmitter<{ changed: [CollectionId] }>()
  emitter.setMaxListeners(0)
  const runner = createRunner({
    ...dependencies,
    onChanged: (collectionId) => void emitter.emit('changed', collectionId),
  })
  return {
    handlers: {
      start: (asked, { signal }) =>
        eventStream<RunEvent>({
          signal,
          replaces: (last, next) => last.type === 'progress' && next.type === 'progress',
          work: (emit, cancelled) => runner.run(asked, cancelled, emit),
        }),
      cancel: ({ runId }) => runner.cancel(runId),
      list: async ({ collectionId }) =>
        store
          .list(collectionId)
          .map(({ runId, summary }) => ({ runId, summary, isUnderWay: runner.isUnderWay(runId) })),
      results: async ({ runId, ...page }) => store.results(runId, page),
      async report({ runId, format, file, replaces }) {
        const { summary } = known(store, runId)
        const text = renderReport(format, { summary, results: await allResults(store, runId) })
        if (file === null) return { text }
        await writeReportFile(file, text, { replaces })
        return { text: null }
      },
      async compare({ runId }) {
        known(store, runId)
        const before = store.before(runId)
        if (before === undefined) return { before: null, changes: [] }
        const changes = compareRuns(await outlinesOf(store, before.runId), await outlinesOf(store, runId))
        return { before: { runId: before.runId, summary: before.summary }, changes }
      },
      async previewData({ collectionId, data }) {
        const { directory } = await collections.folder(collectionId)
        return previewOf(await readDataRows(data, directory))
      },
      changed(emit) {
        const tell = (collectionId: CollectionId): void => emit({ collectionId })
        emitter.on('changed', tell)
        return () => void emitter.off('changed', tell)
      },
    },
    close: () => runner.close(),
  }
}

function known(store: RunStore, runId: CollectionRunId): StoredRun {
  const run = store.get(runId)
  if (run !== undefined) return run
  throw new AppError('NOT_FOUND', 'This run is not kept any more.', { hint: 'Run the collection again.' })
}

async function allResults(store: RunStore, runId: CollectionRunId): Promise<RequestResult[]> {
  const all: RequestResult[] = []
  for (;;) {
    const page = { from: all.length, count: AT_ONCE, onlyFailed: false, text: '', order: 'run' as const }
    const { results, total } = store.results(runId, page)
    all.push(...results)
    if (results.length === 0 || all.length >= total) return all
    await breathe()
  }
}

async function outlinesOf(store: RunStore, runId: CollectionRunId): Promise<ResultOutline[]> {
  const all: ResultOutline[] = []
  for (;;) {
    const page = store.outlines(runId, all.at(-1)?.position ?? -1, AT_ONCE)
    all.push(...page)
    if (page.length < AT_ONCE) return all
    await breathe()
  }
}

function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
