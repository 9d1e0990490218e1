// A query capability over a real database for tests, and how to read what a run tells.
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { z } from 'zod'
import { decodeBatch } from '#contract/batch/decode.ts'
import { ResultId, RunId, type ConnectionId } from '#contract/capabilities/ids.ts'
import type { HistoryEntry } from '#contract/capabilities/history.ts'
import { QueryEvent, type RunQuery } from '#contract/capabilities/query.ts'
import type { CallContext, WithBodies } from '#contract/rpc/definition.ts'
import { createResultSnapshotStore } from '../main/cache/index.ts'
import { createQueryCapability, type QueryCapability, type QueryDependencies } from '../main/query/index.ts'
import type { ConnectionsService } from '../main/connections/index.ts'
import { createTestConnections, saveConnection, type TestConnections } from './host-fixtures.ts'
import type { TempDatabaseTarget } from './temp-database.ts'

export type EventOf<T extends QueryEvent['type']> = Extract<QueryEvent, { type: T }>

/** The events of a run, and what was pushed with them. */
export interface RunReport {
  readonly events: QueryEvent[]
  readonly items: WithBodies<QueryEvent>[]
  of<T extends QueryEvent['type']>(type: T): EventOf<T>[]
}

/** Events as handlers give them; reading a report checks them. */
export type EventStream = AsyncIterable<WithBodies<z.input<typeof QueryEvent>>>

export interface TestQuery {
  readonly capability: QueryCapability
  readonly connections: TestConnections
  readonly connectionId: ConnectionId
  readonly tabId: string
  readonly history: Omit<HistoryEntry, 'id'>[]
  readonly schemaChanges: ConnectionId[]
  readonly resultsDirectory: string
  /** Runs SQL in the tab to the end of its stream. */
  run(sql: string, options?: Partial<RunQuery> & { readonly signal?: AbortSignal }): Promise<RunReport>
  /** Opens the stream of a run without reading it. */
  open(sql: string, options?: Partial<RunQuery> & { readonly signal?: AbortSignal }): EventStream
  /** Cells of rows [firstRow, firstRow + rowCount) by the window call. */
  rows(resultId: ResultId, firstRow?: number, rowCount?: number): Promise<(string | null)[][]>
}

export interface TestQueryOptions {
  readonly isReadOnly?: boolean
  readonly limits?: Pick<QueryDependencies, 'resultLimits' | 'readingLimits'>
  /** Stands between the query capability and its connections, to cut them. */
  readonly wrapConnections?: (service: ConnectionsService) => ConnectionsService
}

/** Makes the capability with one saved connection and one tab. */
export async function createTestQuery(
  target: TempDatabaseTarget,
  options: TestQueryOptions = {},
): Promise<TestQuery> {
  const connections = createTestConnections()
  const connectionId = await saveConnection(connections, target, { isReadOnly: options.isReadOnly ?? false })
  const history: Omit<HistoryEntry, 'id'>[] = []
  const schemaChanges: ConnectionId[] = []
  const resultsDirectory = join(connections.directory, 'results')
  const capability = createQueryCapability({
    connections: options.wrapConnections?.(connections.service) ?? connections.service,
    snapshotStore: createResultSnapshotStore(connections.cache),
    addHistory: (entry) => void history.push(entry),
    onSchemaChange: (id) => void schemaChanges.push(id),
    resultsDirectory,
    clock: connections.clock,
    newId: () => crypto.randomUUID(),
    ...options.limits,
  })
  onTestFinished(() => capability.close())
  const tabId = crypto.randomUUID()

  const open: TestQuery['open'] = (sql, { signal, ...input } = {}) =>
    capability.handlers.run(
      {
        runId: RunId.parse(crypto.randomUUID()),
        connectionId,
        tabId,
        sql,
        scope: { kind: 'all' },
        allowSnapshot: true,
        ...input,
      },
      contextOf(signal),
    )
  return {
    capability,
    connections,
    connectionId,
    tabId,
    history,
    schemaChanges,
    resultsDirectory,
    open,
    run: (sql, input) => readReport(open(sql, input)),
    async rows(resultId, firstRow = 0, rowCount = 5_000) {
      const reply = await capability.handlers.window({ resultId, firstRow, rowCount }, contextOf())
      const bodies = [...reply.bodies]
      return reply.value.batches.flatMap((batch) => {
        const decoded = decodeBatch(bodies.splice(0, batch.bodyCount), batch.rowCount)
        return Array.from({ length: decoded.rowCount }, (_, row) =>
          Array.from({ length: decoded.columnCount }, (_cell, column) => decoded.cell(row, column)),
        )
      })
    },
  }
}

/** What a handler is told about its caller. */
export function contextOf(signal = new AbortController().signal): CallContext {
  return { signal, metadata: {} }
}

/** Reads a stream of events to its end. */
export async function readReport(stream: EventStream): Promise<RunReport> {
  const items: WithBodies<QueryEvent>[] = []
  for await (const { value, bodies } of stream) items.push({ value: QueryEvent.parse(value), bodies })
  const events = items.map((item) => item.value)
  return {
    items,
    events,
    of: (type) => events.filter((event): event is EventOf<typeof type> => event.type === type),
  }
}

/** The result of a run's first statement that gives rows. */
export function resultOf(report: RunReport): ResultId {
  const [columns] = report.of('columns')
  if (columns === undefined) throw new Error(`The run gave no rows: ${JSON.stringify(report.events)}`)
  return ResultId.parse(columns.resultId)
}
