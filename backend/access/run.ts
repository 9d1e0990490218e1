// Runs the statements of a change together: all of them have their effect, or none.
import { AppError, isAppError, postgresDetails } from '#contract/errors.ts'
import { SQLSTATE } from '#postgres/common/sqlstate.ts'
import type { SqlFragment } from '#postgres/common/sql/sql.ts'
import type { Session } from '#postgres/node/session.ts'

/** Runs one statement by the extended protocol, which takes no second one. */
export async function runStatement(session: Session, statement: SqlFragment): Promise<void> {
  await session.query(statement.text, [...statement.values])
}

/** Runs `work` in a transaction. Rejects with FORBIDDEN for an object of another role, else with what it throws; nothing has changed then. */
export async function inTransaction<T>(session: Session, work: () => Promise<T>): Promise<T> {
  try {
    await session.query('begin')
    const result = await work()
    await session.query('commit')
    return result
  } catch (error) {
    if (session.transactionState() !== 'idle') await session.query('rollback')
    throw isAppError(error, 'QUERY_FAILED') &&
      postgresDetails(error)?.sqlstate === SQLSTATE.insufficientPrivilege
      ? new AppError('FORBIDDEN', `The object belongs to another role: ${error.message}.`, {
          details: error.details,
        })
      : error
  }
}
