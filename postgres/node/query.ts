// Runs SQL to its end and keeps the rows as text.
import { serialize } from 'pg-protocol'
import { AppError } from '#contract/errors.ts'
import type { EncodedParameter } from './parameters.ts'
import type { Connection } from './wire/connection.ts'
import {
  MESSAGE,
  readColumns,
  readCommand,
  readErrorFields,
  readTextRow,
  type WireColumn,
} from './wire/messages.ts'

export type QueryColumn = WireColumn

/** A whole result. Cells are the text that Postgres printed, null for SQL null. */
export interface QueryRows {
  readonly columns: readonly QueryColumn[]
  readonly rows: readonly (readonly (string | null)[])[]
  /** The command tag without its counts: SELECT, INSERT, CREATE TABLE; empty for an empty query. */
  readonly command: string
  /** Rows returned or affected; null for commands without a count. */
  readonly rowCount: number | null
}

/** Says that COPY's data stream has no place here. */
export const COPY_UNSUPPORTED =
  'COPY from stdin or to stdout cannot run as a query here. Use a file import or export instead.'

const NO_RESULT: QueryRows = { columns: [], rows: [], command: '', rowCount: null }

/** What is done with rows as they come. */
export interface RowsOptions {
  /** Bytes of all of them together; more is a failure, and what follows is passed over. For ever, when left out. */
  readonly maxBytes?: number | undefined
  /** Told at once when there are more: the server need not send the rest. */
  readonly onTooMany?: () => void
}

/** Runs `sql`: by the simple protocol without parameters, by the extended one with them. Of several statements the last one's rows are given. Rejects with the server's error fields, with TOO_LARGE. */
export async function runQuery(
  connection: Connection,
  { sql, parameters }: Statements,
  options: RowsOptions = {},
): Promise<QueryRows> {
  let last = NO_RESULT
  await runStatements(connection, { sql, parameters }, { ...options, onResult: (result) => (last = result) })
  return last
}

/** Runs several statements by the simple protocol, in one round trip, and keeps the rows of each, which is told of when it has come. Rejects with the server's error fields, with TOO_LARGE. */
export async function runQueries(
  connection: Connection,
  sql: string,
  options: RowsOptions & {
    readonly onResult?: ((index: number, result: QueryRows) => void) | undefined
  } = {},
): Promise<QueryRows[]> {
  const results: QueryRows[] = []
  const onResult = (result: QueryRows): void => {
    results.push(result)
    options.onResult?.(results.length - 1, result)
  }
  await runStatements(connection, { sql, parameters: undefined }, { ...options, onResult })
  return results
}

/** Runs statements by the simple protocol and passes over their rows, however many and long they are. Rejects with the server's error fields. */
export async function runWithoutRows(connection: Connection, sql: string): Promise<void> {
  await runStatements(connection, { sql, parameters: undefined }, undefined)
}

interface Statements {
  readonly sql: string
  readonly parameters: readonly EncodedParameter[] | undefined
}

/** Longer rows are not put together in memory where they are not kept. */
const LONG_ROW_BYTES = 64 * 1024

/** Keeps nothing where nobody wants results. */
function runStatements(
  connection: Connection,
  { sql, parameters }: Statements,
  wanted: (RowsOptions & { readonly onResult: (result: QueryRows) => void }) | undefined,
): Promise<void> {
  const settled = Promise.withResolvers<void>()
  let columns: readonly WireColumn[] = []
  let rows: (string | null)[][] = []
  let failure: { readonly error: unknown } | undefined
  const maxBytes = wanted === undefined ? 0 : (wanted.maxBytes ?? Number.POSITIVE_INFINITY)
  let keptBytes = 0
  let isKeeping = wanted !== undefined

  const stopKeeping = (): void => {
    if (!isKeeping) return
    isKeeping = false
    rows = []
    failure ??= { error: tooMany(maxBytes) }
    wanted?.onTooMany?.()
  }
  if (Number.isFinite(maxBytes))
    connection.passPieces({
      type: MESSAGE.dataRow,
      minBytes: Math.max(LONG_ROW_BYTES, maxBytes),
      piece: stopKeeping,
    })
  connection.setHandler((type, bytes, start, end) => {
    switch (type) {
      case MESSAGE.rowDescription:
        columns = readColumns(bytes, start)
        return
      case MESSAGE.dataRow:
        if (!isKeeping) return
        keptBytes += end - start
        if (keptBytes > maxBytes) stopKeeping()
        else rows.push(readTextRow(bytes, start, end))
        return
      case MESSAGE.commandComplete:
        wanted?.onResult({ columns, rows, ...readCommand(bytes, start) })
        // A statement without rows has no description of its own.
        columns = []
        rows = []
        return
      case MESSAGE.emptyQuery:
        wanted?.onResult(NO_RESULT)
        return
      case MESSAGE.error:
        failure ??= { error: readErrorFields(bytes, start) }
        return
      case MESSAGE.copyIn:
        failure ??= { error: new AppError('INVALID_INPUT', COPY_UNSUPPORTED) }
        connection.send(serialize.copyFail('not supported'))
        // COPY swallowed the Sync that was sent with the statement.
        if (parameters !== undefined) connection.send(serialize.sync())
        return
      case MESSAGE.copyOut:
        failure ??= { error: new AppError('INVALID_INPUT', COPY_UNSUPPORTED) }
        return
      case MESSAGE.readyForQuery:
        connection.passPieces(undefined)
        connection.clearHandler()
        if (failure === undefined) settled.resolve()
        else settled.reject(failure.error)
        return
      default:
        return
    }
  }, settled.reject)
  if (parameters === undefined) connection.send(serialize.query(sql))
  else
    connection.send(
      Buffer.concat([
        serialize.parse({ text: sql }),
        serialize.bind({ values: [...parameters] }),
        serialize.describe({ type: 'P' }),
        serialize.execute({}),
        serialize.sync(),
      ]),
    )
  return settled.promise
}

function tooMany(maxBytes: number): AppError {
  return new AppError(
    'TOO_LARGE',
    `The database answered with more than ${String(Math.round(maxBytes / 1024 / 1024))} MB, which is more than is read at once.`,
  )
}
