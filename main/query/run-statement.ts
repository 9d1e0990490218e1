// Runs one statement on the tab's session: guard, cursor, rows into a result, events, history.
import type { ResultColumn } from '#contract/capabilities/query.ts'
import { ResultId } from '#contract/capabilities/ids.ts'
import { AppError, isAppError, postgresDetails } from '#contract/errors.ts'
import { classifyStatement, offsetOfPosition, type StatementClass } from '#postgres/common/script/index.ts'
import type { Cursor, Notice } from '#postgres/node/session.ts'
import type { RowBatch } from './batch-slice.ts'
import { handleReadOnly, OPEN_GUARD, RENEW_GUARD } from './read-only.ts'
import { createReading } from './reading.ts'
import type { Run, RunEnvironment, RunStatement } from './run-context.ts'
import { isSortable } from './sorted-statement.ts'
import type { LeasedSession } from './tab-sessions.ts'

/** Batches that are pushed to the page; it asks for the others. */
const PUSHED_BATCHES = 2
const PROGRESS_INTERVAL_MS = 100
/** Notices of one statement that are passed on. */
const MAX_NOTICES = 500

interface Outcome {
  readonly resultId: ResultId | null
  readonly command: string
  readonly rowCount: number | null
  readonly isComplete: boolean
  readonly firstRowMs: number | null
}

/** A statement that is under way. */
interface Attempt {
  readonly environment: RunEnvironment
  readonly run: Run
  readonly lease: LeasedSession
  readonly statement: RunStatement
  readonly kind: StatementClass
  readonly startedAtMs: number
}

/** The catalog's row estimates are others after these. */
const COUNTING_VERBS = ['analyze', 'analyse', 'vacuum']

/**
 * Runs a statement and tells everything about it. True when the script may go on. Errors of the statement become its `failed` event; what is
 * thrown is a bug.
 */
export async function runStatement(
  environment: RunEnvironment,
  run: Run,
  lease: LeasedSession,
  statement: RunStatement,
): Promise<boolean> {
  const { queue } = run
  const { index: statementIndex, start, end, sql } = statement
  const inScript = { statementIndex, start, end }
  const startedAt = environment.clock.now().toISOString()
  const kind = classifyStatement(sql)
  const attempt = { environment, run, lease, statement, kind, startedAtMs: performance.now() }
  const elapsedMs = (): number => performance.now() - attempt.startedAtMs
  queue.push({ type: 'statement', ...inScript, sql })
  lease.onNotice = noticeTeller(run, statementIndex)
  const over = Promise.withResolvers<void>()
  run.current = { session: lease.session, over: over.promise, reading: undefined }
  const entry = {
    connectionId: lease.connection.id,
    connectionName: lease.connection.name,
    sql,
    startedAt,
  }
  try {
    if (statement.problem !== undefined) throw new AppError('INVALID_INPUT', statement.problem.message)
    const outcome = await execute(attempt)
    queue.push({ type: 'done', ...inScript, ...outcome, elapsedMs: elapsedMs(), snapshotAt: null })
    environment.addHistory({
      ...entry,
      elapsedMs: elapsedMs(),
      rowCount: outcome.rowCount,
      outcome: 'done',
      error: null,
    })
    return true
  } catch (thrown) {
    if (!isAppError(thrown)) throw thrown
    const error = describeFailure(thrown, attempt)
    const postgres = postgresDetails(error) ?? null
    queue.push({
      type: 'failed',
      ...inScript,
      code: error.code,
      message: error.message,
      postgres,
      errorOffset: errorOffset(statement, error),
      elapsedMs: elapsedMs(),
    })
    const isCancelled = error.code === 'QUERY_CANCELLED' || error.code === 'CANCELLED'
    environment.addHistory({
      ...entry,
      elapsedMs: elapsedMs(),
      rowCount: null,
      outcome: isCancelled ? 'cancelled' : 'failed',
      error: error.message,
    })
    return false
  } finally {
    run.current = undefined
    over.resolve()
    await run.cancelling
    const state = lease.isGuardOpen ? 'idle' : lease.session.transactionState()
    queue.push({ type: 'transaction', state })
    if (kind.changesSchema || COUNTING_VERBS.includes(kind.verb)) lease.hasSchemaChange = true
    if (lease.hasSchemaChange && state === 'idle') {
      lease.hasSchemaChange = false
      environment.typeNames.forget(lease.connection.id)
      environment.onSchemaChange(lease.connection.id)
    }
  }
}

async function execute(attempt: Attempt): Promise<Outcome> {
  const { run, lease, statement } = attempt
  const { session } = lease
  if (run.isCancelled) throw cancelled()
  const sql = statement.sentSql ?? statement.sql
  if (lease.connection.isReadOnly) await openGuard(lease, sql)
  let cursor: Cursor
  try {
    if (run.isCancelled) throw cancelled()
    cursor = await session.openCursor(sql, [], { firstRows: 200 })
  } catch (error) {
    await closeGuard(lease, false)
    throw error
  }
  const completion = cursor.completion()
  if (completion === undefined || cursor.columns.length > 0) return await readRows(attempt, cursor)
  await cursor.finished
  await closeGuard(lease, true)
  return {
    resultId: null,
    command: completion.command,
    rowCount: completion.rowCount,
    isComplete: true,
    firstRowMs: null,
  }
}

/** Makes the result and reads into it until the end or the limits. */
async function readRows(attempt: Attempt, cursor: Cursor): Promise<Outcome> {
  const { environment, run, lease, statement, kind } = attempt
  const { queue, tabId } = run
  const connectionId = lease.connection.id
  const resultId = ResultId.parse(environment.newId())
  const result = environment.results.create(resultId, () => {
    const facts = environment.facts.get(resultId)
    environment.facts.delete(resultId)
    void facts?.reading?.end()
  })
  const reading = createReading({
    cursor,
    result,
    limits: environment.readingLimits,
    async onFree(isWhole) {
      // A guard that cannot be ended leaves with its session.
      await closeGuard(lease, isWhole).catch(() => lease.session.close())
    },
  })
  const canSort = isSortable(kind)
  if (run.current !== undefined) run.current.reading = reading
  environment.facts.set(resultId, { tabId, connectionId, statement, isSortable: canSort, reading })

  const columns = await describeColumns(attempt, cursor)
  queue.push({ type: 'columns', statementIndex: statement.index, resultId, columns, isSortable: canSort })

  let firstRowMs: number | null = null
  let pushed = 0
  let toldAtMs = performance.now()
  const tell = (isSuspended: boolean): void => {
    toldAtMs = performance.now()
    const elapsedMs = toldAtMs - attempt.startedAtMs
    queue.push({ type: 'progress', resultId, rowCount: result.rowCount(), elapsedMs, isSuspended })
  }
  const onBatch = (batch: RowBatch, firstRow: number): void => {
    firstRowMs ??= performance.now() - attempt.startedAtMs
    if (pushed < PUSHED_BATCHES) {
      pushed++
      queue.push({ type: 'batch', resultId, firstRow, rowCount: batch.rowCount }, batch.bodies)
    } else if (performance.now() - toldAtMs > PROGRESS_INTERVAL_MS) tell(false)
  }
  await reading.start(onBatch)

  const isComplete = reading.state() === 'complete'
  if (reading.state() === 'ended') throw cancelled()
  if (!isComplete) {
    lease.reading = reading
    tell(true)
  }
  const completion = cursor.completion()
  const outcome = {
    resultId,
    command: completion?.command ?? 'SELECT',
    rowCount: completion?.rowCount ?? result.rowCount(),
    isComplete,
    firstRowMs,
  }
  if (statement.sentSql === undefined && !kind.isWrite) {
    const takenAt = environment.clock.now().toISOString()
    const source = { ...outcome, connectionId, sql: statement.sql, columns, result }
    await environment.snapshots.keep(source, takenAt).catch((error: unknown) => {
      // Closed by the page in between: then nobody misses its snapshot.
      if (!isAppError(error, 'RESULT_GONE')) throw error
    })
  }
  return outcome
}

async function describeColumns(attempt: Attempt, cursor: Cursor): Promise<ResultColumn[]> {
  const { environment, lease } = attempt
  const types = await environment.typeNames.namesOf(lease.connection.id, cursor.columns)
  return cursor.columns.map(({ name, typeOid, tableOid, attributeNumber }, index) => ({
    name,
    typeOid,
    type: types[index] ?? '',
    tableOid,
    attributeNumber,
  }))
}

/** Makes sure that the statement runs in a transaction that cannot write. Throws READ_ONLY for what is not sent at all. */
async function openGuard(lease: LeasedSession, sql: string): Promise<void> {
  const { session } = lease
  if (handleReadOnly(sql) === 'unguarded') return
  switch (session.transactionState()) {
    case 'idle':
      lease.isGuardOpen = true
      await session.query(OPEN_GUARD)
      return
    case 'open':
      await session.query(RENEW_GUARD)
      return
    case 'failed':
      // Postgres runs nothing now but the end of the transaction.
      return
  }
}

async function closeGuard(lease: LeasedSession, isGood: boolean): Promise<void> {
  if (!lease.isGuardOpen) return
  const { session } = lease
  try {
    if (!session.isClosed() && session.transactionState() !== 'idle')
      await session.query(isGood && session.transactionState() === 'open' ? 'commit' : 'rollback')
  } finally {
    lease.isGuardOpen = false
  }
}

/** Where in the tab's text the error is; null where that is not known. Positions in a sorted statement are not the tab's. */
function errorOffset(statement: RunStatement, error: AppError): number | null {
  if (statement.sentSql !== undefined) return null
  if (statement.problem !== undefined) return statement.problem.offset
  const position = postgresDetails(error)?.position
  return position === undefined ? null : statement.start + offsetOfPosition(statement.sql, position)
}

function noticeTeller(run: Run, statementIndex: number): (notice: Notice) => void {
  let count = 0
  return (notice) => {
    count++
    if (count > MAX_NOTICES) return
    const isLast = count === MAX_NOTICES
    run.queue.push({
      type: 'notice',
      statementIndex,
      severity: notice.severity,
      message: isLast ? `${notice.message} (more messages of this statement are left out)` : notice.message,
    })
  }
}

/** The error as the person should read it: a closed session and a cancelled run explain themselves. */
function describeFailure(error: AppError, { run, lease }: Attempt): AppError {
  if (run.isCancelled && error.code !== 'QUERY_FAILED') return cancelled()
  if (error.code === 'RESULT_GONE')
    return new AppError('QUERY_CANCELLED', 'The result was closed before all of its rows were read.')
  if (error.code === 'CONNECTION_FAILED' && lease.session.isClosed())
    return new AppError(
      'CONNECTION_FAILED',
      `${error.message} What was not committed is rolled back; settings and temporary tables of the session are gone.`,
      { details: error.details, hint: 'Run it again: a new session is opened.', cause: error },
    )
  return error
}

function cancelled(): AppError {
  return new AppError('QUERY_CANCELLED', 'The statement was cancelled.')
}
