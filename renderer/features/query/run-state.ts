// What a run looks like as its events come: pure, one new state per event.
import type { QueryEvent, ResultColumn } from '#contract/capabilities/query.ts'
import type { PostgresErrorDetails } from '#contract/errors.ts'
import type { ConnectionId, ResultId, RunId } from '#contract/capabilities/ids.ts'

export interface SortKey {
  readonly column: number
  readonly descending: boolean
}

export interface ResultState {
  readonly id: ResultId
  readonly columns: readonly ResultColumn[]
  readonly isSortable: boolean
  /** Rows known so far. */
  readonly rowCount: number
  readonly isSuspended: boolean
  readonly sort: readonly SortKey[]
}

export interface StatementError {
  readonly code: string
  readonly message: string
  readonly postgres: PostgresErrorDetails | null
  /** UTF-16 units from the start of the tab's text as it was run. */
  readonly offset: number | null
}

export interface Notice {
  readonly severity: string
  readonly message: string
}

export interface StatementRun {
  readonly index: number
  readonly start: number
  readonly end: number
  readonly sql: string
  readonly status: 'running' | 'done' | 'failed'
  readonly result: ResultState | null
  /** A sorted result on its way: shown once it has rows. */
  readonly replacement: ResultState | null
  readonly notices: readonly Notice[]
  readonly command: string
  /** Returned or affected; null for commands without a count. */
  readonly rowCount: number | null
  readonly isComplete: boolean
  readonly elapsedMs: number
  readonly firstRowMs: number | null
  readonly snapshotAt: string | null
  readonly error: StatementError | null
}

export type TransactionState = 'idle' | 'open' | 'failed'

export interface RunState {
  readonly runId: RunId
  readonly connectionId: ConnectionId
  readonly startedAt: number
  readonly status: 'running' | 'cancelling' | 'done' | 'failed' | 'cancelled'
  readonly statements: readonly StatementRun[]
  /** Why the run as a whole failed: the connection, most of all. Statements carry their own errors. */
  readonly failure: { readonly code: string; readonly message: string } | null
  readonly transaction: TransactionState
}

/** A run that just began. */
export function beginRun(
  ids: { readonly runId: RunId; readonly connectionId: ConnectionId },
  startedAt: number,
  transaction: TransactionState,
): RunState {
  return { ...ids, startedAt, status: 'running', statements: [], failure: null, transaction }
}

/** The state after an event. `sorting` is set for the events of a result that is sorted again. */
export function applyEvent(
  state: RunState,
  event: QueryEvent,
  sorting?: { readonly statementIndex: number; readonly keys: readonly SortKey[] },
): RunState {
  switch (event.type) {
    case 'statement':
      return sorting === undefined
        ? { ...state, statements: [...state.statements, newStatement(event)] }
        : state
    case 'columns': {
      const result: ResultState = {
        id: event.resultId,
        columns: event.columns,
        isSortable: event.isSortable,
        rowCount: 0,
        isSuspended: false,
        sort: sorting?.keys ?? [],
      }
      return change(state, sorting?.statementIndex ?? event.statementIndex, (statement) =>
        sorting === undefined ? { ...statement, result } : { ...statement, replacement: result },
      )
    }
    case 'batch':
      return changeResult(state, event.resultId, (result) => ({
        ...result,
        rowCount: Math.max(result.rowCount, event.firstRow + event.rowCount),
      }))
    case 'progress':
      return changeResult(state, event.resultId, (result) => ({
        ...result,
        rowCount: Math.max(result.rowCount, event.rowCount),
        isSuspended: event.isSuspended,
      }))
    case 'notice':
      return change(state, sorting?.statementIndex ?? event.statementIndex, (statement) => ({
        ...statement,
        notices: [...statement.notices, { severity: event.severity, message: event.message }],
      }))
    case 'done':
      return change(promoteAll(state), sorting?.statementIndex ?? event.statementIndex, (statement) => ({
        ...statement,
        status: 'done',
        command: event.command,
        rowCount: event.rowCount,
        isComplete: event.isComplete,
        elapsedMs: event.elapsedMs,
        firstRowMs: event.firstRowMs,
        snapshotAt: event.snapshotAt,
        error: null,
        result:
          statement.result === null || event.rowCount === null || !event.isComplete
            ? statement.result
            : { ...statement.result, rowCount: event.rowCount, isSuspended: false },
      }))
    case 'failed':
      return change(state, sorting?.statementIndex ?? event.statementIndex, (statement) => ({
        ...statement,
        // What was there before a sort failed stays.
        ...(sorting === undefined ? { status: 'failed' as const } : { replacement: null }),
        elapsedMs: event.elapsedMs,
        error: {
          code: event.code,
          message: event.message,
          postgres: event.postgres,
          offset: event.errorOffset,
        },
      }))
    case 'transaction':
      return { ...state, transaction: event.state }
  }
}

/** The state after the stream ended by itself. */
export function endRun(state: RunState): RunState {
  const failed = state.statements.find((statement) => statement.status === 'failed')
  const isCancelled = failed?.error?.code === 'QUERY_CANCELLED' || failed?.error?.code === 'CANCELLED'
  return {
    ...state,
    status: isCancelled ? 'cancelled' : failed === undefined ? 'done' : 'failed',
    // A statement that never said how it ended did not end well.
    statements: state.statements.map((statement) =>
      statement.status === 'running' ? { ...statement, status: 'failed' } : statement,
    ),
  }
}

/** The state after the stream broke. */
export function breakRun(state: RunState, failure: { code: string; message: string }): RunState {
  const isCancelled = failure.code === 'QUERY_CANCELLED' || failure.code === 'CANCELLED'
  const ended = endRun(state)
  return { ...ended, status: isCancelled ? 'cancelled' : 'failed', failure: isCancelled ? null : failure }
}

/** The results that a run holds at the host, to close them. */
export function resultIdsOf(state: RunState): readonly ResultId[] {
  return state.statements.flatMap((statement) =>
    [statement.result, statement.replacement].flatMap((result) => (result === null ? [] : [result.id])),
  )
}

/** Statements that gave columns, in order: one tab each. */
export function statementsWithRows(
  state: RunState,
): readonly (StatementRun & { readonly result: ResultState })[] {
  return state.statements.flatMap((statement) =>
    statement.result === null ? [] : [{ ...statement, result: statement.result }],
  )
}

export function isRunning(state: RunState | null): boolean {
  return state !== null && (state.status === 'running' || state.status === 'cancelling')
}

function newStatement(event: Extract<QueryEvent, { type: 'statement' }>): StatementRun {
  return {
    index: event.statementIndex,
    start: event.start,
    end: event.end,
    sql: event.sql,
    status: 'running',
    result: null,
    replacement: null,
    notices: [],
    command: '',
    rowCount: null,
    isComplete: false,
    elapsedMs: 0,
    firstRowMs: null,
    snapshotAt: null,
    error: null,
  }
}

function change(state: RunState, index: number, update: (statement: StatementRun) => StatementRun): RunState {
  return {
    ...state,
    statements: state.statements.map((statement) =>
      statement.index === index ? update(statement) : statement,
    ),
  }
}

function changeResult(state: RunState, id: ResultId, update: (result: ResultState) => ResultState): RunState {
  return {
    ...state,
    statements: state.statements.map((statement) => {
      if (statement.result?.id === id) return { ...statement, result: update(statement.result) }
      if (statement.replacement?.id !== id) return statement
      const replaced = update(statement.replacement)
      return replaced.rowCount > 0
        ? { ...statement, result: replaced, replacement: null }
        : { ...statement, replacement: replaced }
    }),
  }
}

/** A sorted result without rows comes to its place when it is done. */
function promoteAll(state: RunState): RunState {
  return {
    ...state,
    statements: state.statements.map((statement) =>
      statement.replacement === null
        ? statement
        : { ...statement, result: statement.replacement, replacement: null },
    ),
  }
}
