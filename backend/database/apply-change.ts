// Runs a structured change of a schema: in one transaction, unless Postgres refuses that.
import type { SchemaChange } from '#contract/capabilities/database.ts'
import { AppError, isAppError, postgresDetails } from '#contract/errors.ts'
import { compileChange, type CompiledChange } from '#postgres/common/ddl/compile-change.ts'
import { systemObjectOf } from '#postgres/common/ddl/system-object.ts'
import { SQLSTATE } from '#postgres/common/sqlstate.ts'
import type { Session } from '#postgres/node/session.ts'
import { MAIN_DATABASE } from '../provisioning/index.ts'

/** The SQL of a change. Throws FORBIDDEN for what belongs to Postgres or to NebulaDB itself, INVALID_INPUT for a change that makes no sense. */
export function compileAllowedChange(change: SchemaChange): CompiledChange {
  const system = systemObjectOf(change)
  if (system !== null)
    throw new AppError('FORBIDDEN', `The ${system} belongs to Postgres itself and cannot be changed.`)
  const isDatabase = change.type === 'dropDatabase' || change.type === 'renameDatabase'
  if (isDatabase && change.name === MAIN_DATABASE)
    throw new AppError(
      'FORBIDDEN',
      `The database ${MAIN_DATABASE} comes with the project and keeps its name.`,
      {
        hint: 'Delete the project instead, or empty the database.',
      },
    )
  return compileChange(change)
}

/** Runs the statements. Rejects with QUERY_FAILED and nothing changed, or with FORBIDDEN for an object of another role. */
export async function applyChange(session: Session, change: CompiledChange): Promise<void> {
  try {
    if (change.inTransaction) await session.query('begin')
    for (const statement of change.statements) await session.query(statement)
    if (change.inTransaction) await session.query('commit')
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
