// Rules of query: runs and their cancelling, results and their windows.
import { setTimeout as delay } from 'node:timers/promises'
import type { z } from 'zod'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import { type ResultId, type RunId } from '#contract/capabilities/ids.ts'
import type { query, RunQuery } from '#contract/capabilities/query.ts'
import { AppError } from '#contract/errors.ts'
import type { CallContext } from '#contract/rpc/definition.ts'
import type { HistoryEntry } from '#contract/capabilities/history.ts'
import type { ResultSnapshotStore } from '../cache/index.ts'
import type { ConnectionsService } from '../connections/index.ts'
import { createTypeNames } from './column-types.ts'
import { createEventQueue, type RunItem } from './event-queue.ts'
import { DEFAULT_READING_LIMITS, type ReadingLimits } from './reading.ts'
import { createResultStore, type ResultLimits, type WindowBatch } from './result-store.ts'
import type { ResultFacts, Run, RunEnvironment, RunningStatement, ScriptRequest } from './run-context.ts'
import { runScript, selectStatements } from './run-script.ts'
import { createSnapshots } from './snapshots.ts'
import { sortedStatement } from './sorted-statement.ts'
import { createTabSessions } from './tab-sessions.ts'

export interface QueryDependencies {
  readonly connections: ConnectionsService
  readonly snapshotStore: ResultSnapshotStore
  readonly addHistory: (entry: Omit<HistoryEntry, 'id'>) => void
  /** Told when a statement has changed the schema of a connection's database. */
  readonly onSchemaChange: (connectionId: ConnectionId) => void
  /** A folder of this process alone, for rows that do not fit in memory: `<data>/desktop/results`. */
  readonly resultsDirectory: string
  readonly clock: { now(): Date }
  readonly newId: () => string
  /** Other limits than the defaults, for tests and benchmarks. */
  readonly resultLimits?: ResultLimits
  readonly readingLimits?: ReadingLimits
}

type SortInput = z.output<(typeof query)['members']['sort']['input']>

export interface Window {
  readonly batches: readonly WindowBatch[]
  readonly totalRows: number
  readonly isComplete: boolean
}

export interface QueryRules {
  run(input: RunQuery, context: CallContext): AsyncGenerator<RunItem, void, undefined>
  sort(input: SortInput, context: CallContext): AsyncGenerator<RunItem, void, undefined>
  window(input: { resultId: ResultId; firstRow: number; rowCount: number }): Promise<Window>
  cancel(runId: RunId): Promise<void>
  closeResult(resultId: ResultId): Promise<void>
  closeTab(tabId: string): Promise<void>
  /** Ends runs, sessions and results. */
  close(): Promise<void>
  /** Bytes that results take now, for the benchmark and tests. */
  usage(): { memoryBytes: number; diskBytes: number }
}

/** Rows read beyond a window that was asked past what is kept, so that scrolling on does not wait at each step. */
const READ_AHEAD_ROWS = 20_000
const IDLE_CHECK_MS = 30_000
/** Cancels that came before their run. */
const MAX_EARLY_CANCELS = 100
const CANCEL_AGAIN_MS = 20
const CANCEL_AGAIN_MAX_MS = 1_000

/** The service over connections and stores. */
export function createQueryService(dependencies: QueryDependencies): QueryRules {
  const { connections, clock } = dependencies
  const results = createResultStore(dependencies.resultsDirectory, dependencies.resultLimits)
  const facts = new Map<ResultId, ResultFacts>()
  const environment: RunEnvironment = {
    results,
    facts,
    snapshots: createSnapshots(dependencies.snapshotStore),
    typeNames: createTypeNames(connections),
    readingLimits: dependencies.readingLimits ?? DEFAULT_READING_LIMITS,
    clock,
    newId: dependencies.newId,
    addHistory: dependencies.addHistory,
    onSchemaChange: dependencies.onSchemaChange,
  }
  const tabs = createTabSessions(connections, () => performance.now())
  const runs = new Map<RunId, Run>()
  const earlyCancels = new Set<RunId>()
  const idleTimer = setInterval(() => tabs.closeIdle(), IDLE_CHECK_MS)
  idleTimer.unref()

  const cancelRun = async (run: Run): Promise<void> => {
    if (run.isCancelled) return await run.cancelling
    run.isCancelled = true
    run.controller.abort()
    const { current } = run
    if (current === undefined) return
    const first = current.session.cancel()
    // The session is not given to the next run while a request may still hit it. A failure is the first caller's to hear.
    run.cancelling = insist(current, first).catch(() => undefined)
    await first
  }

  const start = (
    run: Run,
    context: CallContext,
    makeRequest: () => Promise<ScriptRequest>,
  ): AsyncGenerator<RunItem, void, undefined> => {
    if (runs.has(run.id)) throw new AppError('CONFLICT', 'This run has begun already.')
    runs.set(run.id, run)
    const leave = (): void => void cancelRun(run).catch(() => undefined)
    context.signal.addEventListener('abort', leave, { once: true })
    if (context.signal.aborted || earlyCancels.delete(run.id)) leave()
    const work = async (): Promise<void> => {
      try {
        await runScript(environment, tabs, run, await makeRequest())
      } catch (error) {
        run.queue.fail(error)
      } finally {
        runs.delete(run.id)
        context.signal.removeEventListener('abort', leave)
      }
    }
    void work()
    return run.queue.items(leave)
  }

  const newRun = (id: RunId, tabId: string, connectionId: ConnectionId): Run => ({
    id,
    tabId,
    connectionId,
    queue: createEventQueue(),
    controller: new AbortController(),
    isCancelled: false,
    current: undefined,
    cancelling: Promise.resolve(),
  })

  return {
    async *run(input, context) {
      yield* start(newRun(input.runId, input.tabId, input.connectionId), context, async () => ({
        statements: selectStatements(input),
        allowSnapshot: input.allowSnapshot,
        connection: await connections.get(input.connectionId),
      }))
    },
    async *sort(input, context) {
      const found = facts.get(input.resultId)
      if (found === undefined) throw gone()
      if (!found.isSortable)
        throw new AppError(
          'INVALID_INPUT',
          'This result cannot be sorted: only a single select can be run again in another order.',
          {
            hint: 'Add an order by to the statement instead.',
          },
        )
      const { statement, connectionId } = found
      const sentSql = sortedStatement(statement.sql, input.keys)
      yield* start(newRun(input.runId, input.tabId, connectionId), context, async () => ({
        statements: [{ ...statement, index: 0, sentSql }],
        allowSnapshot: false,
        connection: await connections.get(connectionId),
      }))
    },
    async window({ resultId, firstRow, rowCount }) {
      const result = results.get(resultId)
      const reading = facts.get(resultId)?.reading
      const end = firstRow + rowCount
      if (end > result.rowCount() && reading?.state() === 'suspended')
        await reading.extend(end + READ_AHEAD_ROWS)
      const batches = await result.read(firstRow, rowCount)
      if (batches.length === 0 && reading?.state() === 'ended' && firstRow >= result.rowCount())
        throw new AppError(
          'RESULT_GONE',
          `Only the first ${result.rowCount().toLocaleString('en')} rows of this result are kept: its session has moved on. Run the statement again for the others.`,
        )
      const isComplete = reading === undefined || reading.state() === 'complete'
      return { batches, totalRows: result.rowCount(), isComplete }
    },
    async cancel(runId) {
      const run = runs.get(runId)
      if (run !== undefined) return await cancelRun(run)
      earlyCancels.add(runId)
      for (const id of earlyCancels) {
        if (earlyCancels.size <= MAX_EARLY_CANCELS) break
        earlyCancels.delete(id)
      }
    },
    closeResult: (resultId) => results.close(resultId),
    async closeTab(tabId) {
      for (const run of runs.values()) if (run.tabId === tabId) await cancelRun(run).catch(() => undefined)
      const ids = [...facts].flatMap(([id, fact]) => (fact.tabId === tabId ? [id] : []))
      await Promise.all(ids.map((id) => results.close(id)))
      await tabs.close(tabId)
    },
    async close() {
      clearInterval(idleTimer)
      await Promise.all([...runs.values()].map((run) => cancelRun(run).catch(() => undefined)))
      await results.closeAll()
      await tabs.closeAll()
    },
    usage: () => ({ memoryBytes: results.memoryBytes(), diskBytes: results.diskBytes() }),
  }
}

/**
 * Asks again until the statement is over. A request that reaches the server just before the statement, or between two reads of its rows, finds
 * nothing to cancel, and the server does not say so.
 */
async function insist(current: RunningStatement, first: Promise<void>): Promise<void> {
  await first
  void current.reading?.end()
  for (let waitMs = CANCEL_AGAIN_MS; ; waitMs = Math.min(waitMs * 2, CANCEL_AGAIN_MAX_MS)) {
    const isOver = await Promise.race([current.over.then(() => true), delay(waitMs, false, { ref: false })])
    if (isOver || current.session.isClosed()) return
    void current.reading?.end()
    await current.session.cancel()
  }
}

function gone(): AppError {
  return new AppError('RESULT_GONE', 'This result is no longer kept. Run the statement again.')
}
