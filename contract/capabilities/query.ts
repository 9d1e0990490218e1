// Running SQL on a connection: results are kept by the host, the page asks for windows of them.
import { z } from 'zod'
import { binaryCall, binaryStream, call, capability } from '../rpc/definition.ts'
import { ConnectionId, ResultId, RunId, Timestamp } from './ids.ts'
import { PostgresErrorDetails } from '../errors.ts'

export const RunQuery = z.object({
  runId: RunId,
  connectionId: ConnectionId,
  /** One editor tab keeps one session, so that `set` and transactions hold between runs. */
  tabId: z.uuid(),
  /** The whole text of the tab; offsets in events count UTF-16 units from its start. */
  sql: z.string().max(50_000_000),
  /** What to run of it: everything, the statement at an offset, or a selection. */
  scope: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('all') }),
    z.object({ kind: z.literal('statement'), offset: z.number().int().nonnegative() }),
    z.object({
      kind: z.literal('selection'),
      start: z.number().int().nonnegative(),
      end: z.number().int().nonnegative(),
    }),
  ]),
  /** Where the connection cannot be reached: answer from the last kept result of the same statement. */
  allowSnapshot: z.boolean().default(true),
})
export type RunQuery = z.infer<typeof RunQuery>

export const ResultColumn = z.object({
  name: z.string(),
  typeOid: z.number().int(),
  /** As format_type() prints it. */
  type: z.string(),
  tableOid: z.number().int(),
  attributeNumber: z.number().int(),
})
export type ResultColumn = z.infer<typeof ResultColumn>

const inScript = { statementIndex: z.number().int(), start: z.number().int(), end: z.number().int() }

export const SortKey = z.object({ column: z.number().int().nonnegative(), descending: z.boolean() })
export type SortKey = z.infer<typeof SortKey>

/**
 * What happens while a script runs. Per statement: `statement`, then `columns` and the first `batch`es where it gives rows, `progress`
 * while it drains, then `done` or `failed`. `batch` carries one column batch as its bodies (contract/batch). Only the first rows are pushed; the
 * page asks `window` for the others.
 */
export const QueryEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('statement'), ...inScript, sql: z.string() }),
  z.object({
    type: z.literal('columns'),
    statementIndex: z.number().int(),
    resultId: ResultId,
    columns: z.array(ResultColumn),
    isSortable: z.boolean(),
  }),
  z.object({
    type: z.literal('batch'),
    resultId: ResultId,
    firstRow: z.number().int(),
    rowCount: z.number().int(),
  }),
  /** `isSuspended`: the result store is full; the rest is read when the page scrolls there. */
  z.object({
    type: z.literal('progress'),
    resultId: ResultId,
    rowCount: z.number().int(),
    elapsedMs: z.number(),
    isSuspended: z.boolean(),
  }),
  z.object({
    type: z.literal('notice'),
    statementIndex: z.number().int(),
    severity: z.string(),
    message: z.string(),
  }),
  z.object({
    type: z.literal('done'),
    ...inScript,
    resultId: ResultId.nullable(),
    command: z.string(),
    /** Rows returned or affected; null for commands without a count. */
    rowCount: z.number().int().nullable(),
    /** False when the result store holds only the first rows. */
    isComplete: z.boolean(),
    elapsedMs: z.number(),
    firstRowMs: z.number().nullable(),
    /** Set when the rows come from a kept result because the database is out of reach. */
    snapshotAt: Timestamp.nullable(),
  }),
  z.object({
    type: z.literal('failed'),
    ...inScript,
    code: z.string(),
    message: z.string(),
    postgres: PostgresErrorDetails.nullable(),
    /** Where in the tab's text, for the marker; null when Postgres gave no position. */
    errorOffset: z.number().int().nullable(),
    elapsedMs: z.number(),
  }),
  /** After each statement: whether the tab's session is in a transaction. */
  z.object({ type: z.literal('transaction'), state: z.enum(['idle', 'open', 'failed']) }),
])
export type QueryEvent = z.infer<typeof QueryEvent>

export const query = capability('query', {
  run: binaryStream({ input: RunQuery, item: QueryEvent }),
  /** Rows [firstRow, firstRow + rowCount) as one or more column batches, fewer at the end of the result. RESULT_GONE once closed. */
  window: binaryCall({
    input: z.object({
      resultId: ResultId,
      firstRow: z.number().int().nonnegative(),
      rowCount: z.number().int().min(1).max(5000),
    }),
    /** One entry per batch, in order; the bodies are theirs, one after the other. */
    output: z.object({
      batches: z.array(
        z.object({ firstRow: z.number().int(), rowCount: z.number().int(), bodyCount: z.number().int() }),
      ),
      /** Rows known so far. */
      totalRows: z.number().int(),
      isComplete: z.boolean(),
    }),
  }),
  /** Runs the statement of a result again, ordered at the server. Gives the same events as `run`, for one statement. */
  sort: binaryStream({
    input: z.object({ runId: RunId, resultId: ResultId, tabId: z.uuid(), keys: z.array(SortKey).max(8) }),
    item: QueryEvent,
  }),
  cancel: call({ input: z.object({ runId: RunId }), output: z.void() }),
  closeResult: call({ input: z.object({ resultId: ResultId }), output: z.void() }),
  /** Closes the tab's session; rolls back what it left open. */
  closeTab: call({ input: z.object({ tabId: z.uuid() }), output: z.void() }),
})
