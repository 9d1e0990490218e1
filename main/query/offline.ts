// What a run answers when the database is out of reach: kept results for statements that only read, and plain words for the others.
import { ResultId } from '#contract/capabilities/ids.ts'
import { AppError, postgresDetails } from '#contract/errors.ts'
import { classifyStatement } from '#postgres/common/script/index.ts'
import type { ResultSnapshot } from '../cache/index.ts'
import type { Run, RunEnvironment, RunStatement, ScriptRequest } from './run-context.ts'

/** Batches of a snapshot that are pushed; it has few. */
const PUSHED_BATCHES = 2

/** Answers each statement from its snapshot; the first that has none fails with what is not available, and ends the run. */
export async function answerFromSnapshots(
  environment: RunEnvironment,
  run: Run,
  request: ScriptRequest,
  error: AppError,
): Promise<void> {
  for (const statement of request.statements) {
    await run.queue.roomy()
    const isRead = !classifyStatement(statement.sql).isWrite && statement.sentSql === undefined
    const snapshot =
      request.allowSnapshot && isRead
        ? environment.snapshots.find(run.connectionId, statement.sql)
        : undefined
    if (snapshot === undefined)
      return tellFailure(environment, run, request, {
        statement,
        error: unavailable(error, request, isRead),
      })
    await tellSnapshot(environment, run, request, { statement, snapshot })
  }
}

/** The events and the history entry of a statement that could not be sent. */
export function tellFailure(
  environment: RunEnvironment,
  run: Run,
  request: ScriptRequest,
  { statement, error }: { readonly statement: RunStatement | undefined; readonly error: AppError },
): void {
  if (statement === undefined) return
  const { index: statementIndex, start, end, sql } = statement
  const inScript = { statementIndex, start, end }
  run.queue.push({ type: 'statement', ...inScript, sql })
  run.queue.push({
    type: 'failed',
    ...inScript,
    code: error.code,
    message: error.hint === undefined ? error.message : `${error.message} ${error.hint}`,
    postgres: postgresDetails(error) ?? null,
    errorOffset: null,
    elapsedMs: 0,
  })
  environment.addHistory({
    connectionId: run.connectionId,
    connectionName: request.connection.name,
    sql,
    startedAt: environment.clock.now().toISOString(),
    elapsedMs: 0,
    rowCount: null,
    outcome: run.isCancelled ? 'cancelled' : 'failed',
    error: error.message,
  })
}

async function tellSnapshot(
  environment: RunEnvironment,
  run: Run,
  request: ScriptRequest,
  { statement, snapshot }: { readonly statement: RunStatement; readonly snapshot: ResultSnapshot },
): Promise<void> {
  const startedAtMs = performance.now()
  const { index: statementIndex, start, end, sql } = statement
  const { queue, tabId, connectionId } = run
  const resultId = ResultId.parse(environment.newId())
  const result = environment.results.create(resultId, () => void environment.facts.delete(resultId))
  environment.facts.set(resultId, { tabId, connectionId, statement, isSortable: false, reading: undefined })
  queue.push({ type: 'statement', statementIndex, start, end, sql })
  queue.push({
    type: 'columns',
    statementIndex,
    resultId,
    columns: [...snapshot.columns],
    isSortable: false,
  })
  for (const [index, batch] of snapshot.batches.entries()) {
    const firstRow = result.rowCount()
    await result.append(batch)
    if (index < PUSHED_BATCHES)
      queue.push({ type: 'batch', resultId, firstRow, rowCount: batch.rowCount }, batch.bodies)
  }
  const elapsedMs = performance.now() - startedAtMs
  queue.push({
    type: 'done',
    statementIndex,
    start,
    end,
    resultId,
    command: snapshot.command,
    rowCount: snapshot.rowCount,
    isComplete: snapshot.isComplete,
    elapsedMs,
    firstRowMs: elapsedMs,
    snapshotAt: snapshot.takenAt,
  })
  environment.addHistory({
    connectionId,
    connectionName: request.connection.name,
    sql,
    startedAt: environment.clock.now().toISOString(),
    elapsedMs,
    rowCount: snapshot.rowCount,
    outcome: 'snapshot',
    error: null,
  })
}

function unavailable(error: AppError, { connection }: ScriptRequest, isRead: boolean): AppError {
  const why = isRead
    ? 'This statement was not run on this machine before, so no result of it is kept.'
    : 'Statements that change something need the database, so nothing was run.'
  return new AppError('CONNECTION_FAILED', `${connection.name} cannot be reached. ${why} ${error.message}`, {
    details: error.details,
    hint: error.hint,
    cause: error,
  })
}
