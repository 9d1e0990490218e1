// Runs the statements of a script one after the other, until one fails or somebody cancels; without a connection, answers from snapshots.
import type { RunQuery } from '#contract/capabilities/query.ts'
import { AppError, isAppError } from '#contract/errors.ts'
import { splitScript, statementAt, type Statement } from '#postgres/common/script/index.ts'
import { isUnreachable } from '../connections/index.ts'
import { answerFromSnapshots, tellFailure } from './offline.ts'
import type { Run, RunEnvironment, RunStatement, ScriptRequest } from './run-context.ts'
import { runStatement } from './run-statement.ts'
import type { LeasedSession, TabSessions } from './tab-sessions.ts'

/** How long the server may take to answer a first time; a connection that did not answer lately gets less. */
const CONNECT_TIMEOUT_MS = 10_000
const RETRY_TIMEOUT_MS = 1_500

/** The statements of a text that a scope names, each with its place in the text. Throws INVALID_INPUT where there is none. */
export function selectStatements({ sql, scope }: Pick<RunQuery, 'sql' | 'scope'>): RunStatement[] {
  const from = scope.kind === 'selection' ? Math.min(scope.start, scope.end) : 0
  const to = scope.kind === 'selection' ? Math.max(scope.start, scope.end) : sql.length
  const all = splitScript(sql.slice(from, to))
  const chosen = scope.kind === 'statement' ? [statementAt(all, scope.offset)] : all
  const statements = chosen.flatMap((statement, index) =>
    statement === undefined ? [] : [moveStatement(statement, index, from)],
  )
  if (statements.length === 0)
    throw new AppError(
      'INVALID_INPUT',
      scope.kind === 'statement' ? 'There is no statement at the cursor.' : 'There is nothing to run.',
    )
  return statements
}

/** A statement of a part of the text, with its places in the whole text. */
function moveStatement({ start, end, sql, problem }: Statement, index: number, by: number): RunStatement {
  return {
    index,
    start: start + by,
    end: end + by,
    sql,
    problem: problem === undefined ? undefined : { ...problem, offset: problem.offset + by },
  }
}

/** Runs the script and ends the run's queue. Never rejects: what goes wrong is an event, or fails the queue. */
export async function runScript(
  environment: RunEnvironment,
  tabs: TabSessions,
  run: Run,
  request: ScriptRequest,
): Promise<void> {
  const { queue } = run
  try {
    const lease = await leaseOrExplain(environment, tabs, run, request)
    if (lease === undefined) return
    try {
      if (lease.warning !== null)
        queue.push({ type: 'notice', statementIndex: 0, severity: 'WARNING', message: lease.warning })
      for (const statement of request.statements) {
        await queue.roomy()
        // A statement before this one holds the session while its result is not whole; only the last one may.
        await lease.reading?.end()
        lease.reading = undefined
        if (!(await runStatement(environment, run, lease, statement)) || run.isCancelled) break
      }
    } finally {
      lease.release()
    }
  } catch (error) {
    queue.fail(error)
  } finally {
    queue.end()
  }
}

async function leaseOrExplain(
  environment: RunEnvironment,
  tabs: TabSessions,
  run: Run,
  request: ScriptRequest,
): Promise<LeasedSession | undefined> {
  try {
    return await tabs.lease(run.tabId, run.connectionId, {
      signal: run.controller.signal,
      connectTimeoutMs:
        request.connection.reachability === 'unreachable' ? RETRY_TIMEOUT_MS : CONNECT_TIMEOUT_MS,
    })
  } catch (error) {
    if (!isAppError(error) || error.code === 'CONFLICT' || error.code === 'NOT_FOUND') throw error
    const isLost = error.details?.['lostTransaction'] === true
    if (isUnreachable(error) && !isLost) await answerFromSnapshots(environment, run, request, error)
    else tellFailure(environment, run, request, { statement: request.statements[0], error })
    return undefined
  }
}
