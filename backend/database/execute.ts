// Runs one statement of a person: with a time limit, a row limit that the server keeps, and read-only where that is asked for.
import { z } from 'zod'
import { decodeBatch } from '#contract/batch/decode.ts'
import type { ExecutedSql, ExecuteSql } from '#contract/capabilities/database.ts'
import { AppError, isAppError, postgresDetails } from '#contract/errors.ts'
import { classifyStatement, splitScript } from '#postgres/common/script/index.ts'
import { join, literal, sql } from '#postgres/common/sql/sql.ts'
import { SQLSTATE } from '#postgres/common/sqlstate.ts'
import type { CursorColumn, Session } from '#postgres/node/session.ts'

export type Execution = Pick<
  z.output<typeof ExecuteSql>,
  'sql' | 'parameters' | 'timeoutMs' | 'rowLimit' | 'readOnly'
>
export type Executed = z.output<typeof ExecutedSql>

const TypeNames = z.array(z.string().nullable())
/** Text of all cells after which no more rows are read: an answer must fit a frame. */
const MAX_RESULT_BYTES = 24 * 1024 * 1024

/**
 * Refuses what is not one statement, what would end the transaction that the limits live in, and settings in read-only mode. What writes is left
 * to Postgres to refuse there: it knows, a parser can only guess. Throws INVALID_INPUT or READ_ONLY.
 */
export function assertExecutable({ sql: text, readOnly }: Execution): void {
  const statements = splitScript(text)
  if (statements.length !== 1)
    throw new AppError(
      'INVALID_INPUT',
      statements.length === 0
        ? 'There is no statement in the text.'
        : `The text has ${statements.length} statements; a call runs one.`,
    )
  const { verb, isTransactionControl } = classifyStatement(text)
  if (isTransactionControl)
    throw new AppError('INVALID_INPUT', 'Each call is a transaction of its own: it cannot be controlled.')
  if (readOnly && ['set', 'reset', 'discard', 'load'].includes(verb))
    throw new AppError('READ_ONLY', 'Settings cannot be changed in read-only mode.')
}

/** Runs the statement. Rejects with QUERY_FAILED, QUERY_CANCELLED (also after `timeoutMs`) or READ_ONLY. */
export async function executeStatement(session: Session, execution: Execution): Promise<Executed> {
  const { timeoutMs, readOnly } = execution
  // With a snapshot taken, nothing that runs inside can make the transaction writable again.
  if (readOnly) await session.query('begin transaction read only; select 1')
  await session.query(sql`set statement_timeout = ${literal(timeoutMs)}`.text)
  const started = performance.now()
  try {
    const result = await readRows(session, execution)
    const durationMs = performance.now() - started
    if (readOnly) await session.query('rollback')
    const types = await typeNames(session, result.columns)
    return {
      command: result.command,
      columns: result.columns.map(({ name, typeOid }, index) => ({
        name,
        typeOid,
        type: types[index] ?? 'unknown',
      })),
      rows: result.rows,
      rowCount: result.rowCount,
      isTruncated: result.isTruncated,
      durationMs,
    }
  } catch (error) {
    throw postgresDetails(error)?.sqlstate === SQLSTATE.readOnlyTransaction && isAppError(error)
      ? new AppError(
          'READ_ONLY',
          `The statement writes, and read-only mode was asked for: ${error.message}.`,
          {
            details: error.details,
          },
        )
      : error
  }
}

interface ReadRows extends Pick<Executed, 'command' | 'rows' | 'rowCount' | 'isTruncated'> {
  readonly columns: readonly CursorColumn[]
}

async function readRows(session: Session, { sql: text, parameters, rowLimit }: Execution): Promise<ReadRows> {
  // The server is asked for one row more than allowed, to know whether there are more, and never for another.
  const wanted = rowLimit + 1
  const cursor = await session.openCursor(text, parameters, { firstRows: wanted })
  try {
    const batch = await cursor.readBatch({ maxRows: wanted, maxBytes: MAX_RESULT_BYTES })
    const decoded = decodeBatch(batch?.bodies ?? [], batch?.rowCount ?? 0)
    const count = Math.min(decoded.rowCount, rowLimit)
    let isTruncated = decoded.rowCount > rowLimit
    if (!isTruncated && cursor.completion() === undefined)
      isTruncated = (await cursor.readBatch({ maxRows: 1, maxBytes: 1 })) !== undefined
    const completion = cursor.completion()
    return {
      columns: cursor.columns,
      command: completion?.command ?? classifyStatement(text).verb.toUpperCase(),
      rows: Array.from({ length: count }, (_, row) =>
        cursor.columns.map((_column, column) => decoded.cell(row, column)),
      ),
      rowCount: completion?.rowCount ?? null,
      isTruncated,
    }
  } finally {
    await cursor.close()
  }
}

/** The types of columns as format_type prints them. Outside the time limit: the statement has had its effect already. */
async function typeNames(session: Session, columns: readonly CursorColumn[]): Promise<(string | null)[]> {
  if (columns.length === 0) return []
  const calls = columns.map(
    ({ typeOid, typeModifier }) => sql`format_type(${literal(typeOid)}, ${literal(typeModifier)})`,
  )
  const { rows } = await session.query(
    sql`set statement_timeout = 0; select array_to_json(array[${join(calls)}])`.text,
  )
  return TypeNames.parse(JSON.parse(rows[0]?.[0] ?? '[]'))
}
