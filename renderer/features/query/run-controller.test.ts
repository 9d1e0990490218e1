// Runs of tabs over the real protocol, with a host whose streams the test feeds by hand.
import { afterEach, describe, expect, test, vi } from 'vitest'
import { encodeBatch } from '#contract/batch/encode.ts'
import { ConnectionId, ResultId, RunId } from '#contract/capabilities/ids.ts'
import type { QueryEvent } from '#contract/capabilities/query.ts'
import { hostContract } from '#contract/contract.ts'
import { AppError } from '#contract/errors.ts'
import type { WithBodies } from '#contract/rpc/definition.ts'
import { serve } from '#contract/rpc/server.ts'
import { createMemoryTransports } from '#contract/transports/memory.ts'
import { completeHandlers } from '#testing/page.ts'
import { createHostLink } from '../../host/link.ts'
import { createRunController, type RunController } from './run-controller.ts'
import type { RunState } from './run-state.ts'

const uuid = (last: number): string => `00000000-0000-4000-8000-${String(last).padStart(12, '0')}`
const TAB = uuid(1)
const connectionId = ConnectionId.parse(uuid(2))
const resultId = (number: number): ResultId => ResultId.parse(uuid(100 + number))
const text = { connectionId, sql: 'select a from t', scope: { kind: 'all' } } as const
const at = { statementIndex: 0, start: 0, end: 15 }
const bare = (value: QueryEvent): WithBodies<QueryEvent> => ({ value, bodies: [] })
const began = bare({ type: 'statement', ...at, sql: text.sql })
const columns = (number: number): WithBodies<QueryEvent> =>
  bare({
    type: 'columns',
    statementIndex: 0,
    resultId: resultId(number),
    isSortable: true,
    columns: [{ name: 'a', typeOid: 25, type: 'text', tableOid: 0, attributeNumber: 0 }],
  })
const rows = (number: number, ...values: string[]): WithBodies<QueryEvent> => ({
  value: { type: 'batch', resultId: resultId(number), firstRow: 0, rowCount: values.length },
  bodies: encodeBatch(
    values.map((value) => [value]),
    1,
  ),
})
const done = (number: number, rowCount: number): WithBodies<QueryEvent> =>
  bare({
    type: 'done',
    ...at,
    resultId: resultId(number),
    command: 'SELECT',
    rowCount,
    isComplete: true,
    elapsedMs: 3,
    firstRowMs: 1,
    snapshotAt: null,
  })
const failed = (code: string, message: string, errorOffset: number | null): WithBodies<QueryEvent> =>
  bare({ type: 'failed', ...at, code, message, postgres: null, errorOffset, elapsedMs: 2 })

/** One stream of the host: what the page asked for, and how to answer. */
interface HostStream {
  readonly runId: RunId
  readonly send: (...events: readonly WithBodies<QueryEvent>[]) => void
  readonly end: () => void
  readonly breakOff: (error: AppError) => void
}

function streamOf(runId: RunId): { stream: HostStream; items: AsyncGenerator<WithBodies<QueryEvent>> } {
  const queue: WithBodies<QueryEvent>[] = []
  let over: { readonly error: AppError | undefined } | undefined
  let wake = Promise.withResolvers<void>()
  const ring = (): void => {
    wake.resolve()
    wake = Promise.withResolvers()
  }
  async function* items(): AsyncGenerator<WithBodies<QueryEvent>> {
    for (;;) {
      const next = queue.shift()
      if (next !== undefined) yield next
      else if (over === undefined) await wake.promise
      else if (over.error !== undefined) throw over.error
      else return
    }
  }
  const finish = (error: AppError | undefined): void => {
    over = { error }
    ring()
  }
  const stream: HostStream = {
    runId,
    send: (...events) => {
      queue.push(...events)
      ring()
    },
    end: () => finish(undefined),
    breakOff: finish,
  }
  return { stream, items: items() }
}

const links: { close(): void }[] = []
afterEach(() => {
  for (const link of links.splice(0)) link.close()
})

function start() {
  const streams: HostStream[] = []
  const cancelled: RunId[] = []
  const closedResults: ResultId[] = []
  const closedTabs: string[] = []
  const windows: { firstRow: number; rowCount: number }[] = []
  const open = (runId: RunId): AsyncGenerator<WithBodies<QueryEvent>> => {
    const { stream, items } = streamOf(runId)
    streams.push(stream)
    return items
  }
  const lateFailures: unknown[] = []
  const link = createHostLink(async () => {
    const [page, host] = createMemoryTransports()
    const handlers = completeHandlers({
      query: {
        run: (input) => open(input.runId),
        sort: (input) => open(input.runId),
        cancel: async ({ runId }) => void cancelled.push(runId),
        closeResult: async (input) => void closedResults.push(input.resultId),
        closeTab: async ({ tabId }) => void closedTabs.push(tabId),
        window: async ({ firstRow, rowCount }) => {
          windows.push({ firstRow, rowCount })
          const values = Array.from({ length: rowCount }, (_, row) => [`row ${firstRow + row}`])
          return {
            value: { batches: [{ firstRow, rowCount, bodyCount: 1 }], totalRows: 3000, isComplete: true },
            bodies: encodeBatch(values, 1),
          }
        },
      },
    })
    serve(hostContract, handlers, host, {
      kind: 'headless',
      newBugId: () => 'bug',
      onBug: ({ error }) => lateFailures.push(error),
      validateOutputs: true,
    })
    return page
  })
  links.push(link)
  let id = 1000
  const runs = createRunController({
    host: link.api,
    now: () => 5,
    newRunId: () => RunId.parse(uuid(id++)),
    onLateFailure: (error) => lateFailures.push(error),
  })
  /** The host's nth stream, from 0, once the page has asked for it. */
  const stream = (number: number): Promise<HostStream> =>
    vi.waitFor(() => {
      const found = streams[number]
      if (found === undefined) throw new Error(`The page asked for ${streams.length} streams.`)
      return found
    })
  return { runs, stream, streams, cancelled, closedResults, closedTabs, windows, lateFailures }
}

const current = (runs: RunController): RunState | null => runs.runs(TAB).get().current
const shownResult = (runs: RunController): ResultId | undefined => current(runs)?.statements[0]?.result?.id

async function runWithRows(setup: ReturnType<typeof start>, ...values: string[]): Promise<void> {
  setup.runs.run(TAB, text)
  const first = await setup.stream(0)
  first.send(began, columns(1), rows(1, ...values), done(1, values.length))
  first.end()
  await vi.waitFor(() => expect(current(setup.runs)?.status).toBe('done'))
}

describe('a run', () => {
  test('is running at once, shows rows as they are pushed, and is done when the host says so', async () => {
    const { runs, stream, lateFailures } = start()
    runs.run(TAB, text)
    expect(runs.isRunning(TAB)).toBe(true)
    expect(current(runs)).toMatchObject({ status: 'running', startedAt: 5, statements: [] })
    const host = await stream(0)
    host.send(began, columns(1), rows(1, 'b', 'a'))
    await vi.waitFor(() => expect(current(runs)?.statements[0]?.result?.rowCount).toBe(2))
    expect(runs.isRunning(TAB)).toBe(true)
    expect(runs.source(resultId(1))?.cell(1, 0)).toBe('a')
    host.send(done(1, 2))
    host.end()
    await vi.waitFor(() => expect(current(runs)?.status).toBe('done'))
    expect(runs.source(resultId(1))?.totalRows).toBe(2)
    expect(lateFailures).toEqual([])
  })

  test('fetches rows that were not pushed from the host', async () => {
    const { runs, stream, windows } = start()
    runs.run(TAB, text)
    const host = await stream(0)
    host.send(began, columns(1), rows(1, 'x'), done(1, 3000))
    await vi.waitFor(() => expect(runs.source(resultId(1))?.totalRows).toBe(3000))
    runs.source(resultId(1))?.show(2500, 2510)
    await vi.waitFor(() => expect(runs.source(resultId(1))?.cell(2505, 0)).toBe('row 2505'))
    expect(windows.some(({ firstRow }) => firstRow === 0)).toBe(false)
  })

  test('keeps the place of an error, and a broken stream is a failure of the run', async () => {
    const { runs, stream } = start()
    runs.run(TAB, text)
    const first = await stream(0)
    first.send(began, failed('QUERY_FAILED', 'column "a" does not exist', 7))
    first.end()
    await vi.waitFor(() => expect(current(runs)?.status).toBe('failed'))
    expect(current(runs)?.statements[0]?.error).toMatchObject({ offset: 7, code: 'QUERY_FAILED' })
    runs.run(TAB, text)
    const second = await stream(1)
    second.breakOff(new AppError('CONNECTION_FAILED', 'Nobody answers at db.example.'))
    await vi.waitFor(() =>
      expect(current(runs)?.failure).toEqual({
        code: 'CONNECTION_FAILED',
        message: 'Nobody answers at db.example.',
      }),
    )
  })

  test('is not begun while one is under way; Cancel asks for that one', async () => {
    const { runs, stream, streams, cancelled } = start()
    runs.run(TAB, text)
    const host = await stream(0)
    runs.run(TAB, text)
    runs.cancel(TAB)
    runs.cancel(TAB)
    expect(current(runs)?.status).toBe('cancelling')
    await vi.waitFor(() => expect(cancelled).toEqual([host.runId]))
    host.send(began, failed('QUERY_CANCELLED', 'canceling statement due to user request', null))
    host.end()
    await vi.waitFor(() => expect(current(runs)?.status).toBe('cancelled'))
    expect(streams).toHaveLength(1)
  })

  test('replaces the one before: its rows stay until the new one has some, then they are put away', async () => {
    const setup = start()
    const { runs, stream, closedResults } = setup
    await runWithRows(setup, 'old')
    runs.run(TAB, text)
    const host = await stream(1)
    host.send(began)
    await vi.waitFor(() => expect(current(runs)?.statements).toHaveLength(1))
    expect(runs.runs(TAB).get().previous?.statements[0]?.result?.id).toBe(resultId(1))
    expect(runs.source(resultId(1))?.cell(0, 0)).toBe('old')
    host.send(columns(2))
    await vi.waitFor(() => expect(current(runs)?.statements[0]?.result?.id).toBe(resultId(2)))
    expect(runs.runs(TAB).get().previous?.statements[0]?.result?.id).toBe(resultId(1))
    host.send(rows(2, 'new'))
    await vi.waitFor(() => expect(runs.runs(TAB).get().previous).toBeNull())
    await vi.waitFor(() => expect(closedResults).toEqual([resultId(1)]))
    expect(runs.source(resultId(1))).toBeUndefined()
    expect(runs.source(resultId(2))?.cell(0, 0)).toBe('new')
  })
})

describe('sorting', () => {
  const keys = [{ column: 0, descending: true }]

  test("keeps the tab's result until the sorted one has rows, then puts it away", async () => {
    const setup = start()
    const { runs, stream, closedResults } = setup
    await runWithRows(setup, 'a', 'b')
    runs.sort(TAB, 0, keys)
    const sort = await stream(1)
    sort.send(began, columns(2))
    await vi.waitFor(() => expect(current(runs)?.statements[0]?.replacement?.id).toBe(resultId(2)))
    expect(shownResult(runs)).toBe(resultId(1))
    sort.send(rows(2, 'b', 'a'), done(2, 2))
    sort.end()
    await vi.waitFor(() => expect(closedResults).toEqual([resultId(1)]))
    expect(current(runs)?.statements[0]?.result).toMatchObject({ id: resultId(2), sort: keys })
    expect(runs.source(resultId(2))?.cell(0, 0)).toBe('b')
  })

  test('that fails leaves the rows that were there', async () => {
    const setup = start()
    const { runs, stream, closedResults } = setup
    await runWithRows(setup, 'a')
    runs.sort(TAB, 0, keys)
    const sort = await stream(1)
    sort.send(began, columns(2), failed('QUERY_FAILED', 'out of disk', null))
    sort.end()
    await vi.waitFor(() => expect(closedResults).toEqual([resultId(2)]))
    expect(shownResult(runs)).toBe(resultId(1))
    expect(current(runs)?.statements[0]).toMatchObject({ status: 'done', replacement: null })
    expect(runs.source(resultId(1))?.cell(0, 0)).toBe('a')
  })

  test('in another order stops the one under way and waits until it is over', async () => {
    const setup = start()
    const { runs, stream, streams, cancelled, closedResults } = setup
    await runWithRows(setup, 'a')
    runs.sort(TAB, 0, keys)
    const first = await stream(1)
    first.send(began, columns(2))
    await vi.waitFor(() => expect(current(runs)?.statements[0]?.replacement?.id).toBe(resultId(2)))
    runs.sort(TAB, 0, [])
    await vi.waitFor(() => expect(cancelled).toEqual([first.runId]))
    expect(streams).toHaveLength(2)
    first.send(failed('QUERY_CANCELLED', 'canceling statement', null))
    first.end()
    const second = await stream(2)
    second.send(began, columns(3), rows(3, 'z'), done(3, 1))
    second.end()
    await vi.waitFor(() => expect(shownResult(runs)).toBe(resultId(3)))
    expect(current(runs)?.statements[0]?.error).toBeNull()
    await vi.waitFor(() => expect(closedResults.toSorted()).toEqual([resultId(1), resultId(2)]))
  })
})

describe('closing a tab', () => {
  test('closes its result and its session', async () => {
    const setup = start()
    const { runs, closedResults, closedTabs, cancelled } = setup
    await runWithRows(setup, 'a')
    runs.closeTab(TAB)
    await vi.waitFor(() => expect(closedTabs).toEqual([TAB]))
    expect(closedResults).toEqual([resultId(1)])
    expect(cancelled).toEqual([])
    expect(runs.source(resultId(1))).toBeUndefined()
    expect(current(runs)).toBeNull()
  })

  test('cancels what runs, and keeps nothing that still comes', async () => {
    const { runs, stream, cancelled, closedResults } = start()
    runs.run(TAB, text)
    const host = await stream(0)
    runs.closeTab(TAB)
    await vi.waitFor(() => expect(cancelled).toEqual([host.runId]))
    host.send(began, columns(1), rows(1, 'late'))
    await vi.waitFor(() => expect(closedResults).toEqual([resultId(1)]))
    expect(runs.source(resultId(1))).toBeUndefined()
    expect(current(runs)).toBeNull()
  })
})
