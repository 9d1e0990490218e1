// One open Postgres connection: statements, cursors, cancelling. Values come as the text that Postgres printed, so that int8, numeric and
// microseconds lose nothing.
import { AppError } from '#contract/errors.ts'
import { connect, sendCancelRequest, type Connected, type ConnectOptions } from './connect.ts'
import { openCursor, type Cursor, type CursorOptions } from './cursor.ts'
import { toAppError } from './errors.ts'
import { encodeParameters } from './parameters.ts'
import { runQueries, runQuery, runWithoutRows, type QueryRows, type RowsOptions } from './query.ts'
import type { SessionTarget } from './target.ts'
import type { TransactionState } from './wire/connection.ts'
import type { Notification } from './wire/messages.ts'

export type { SessionTarget, SslMode } from './target.ts'
export type { ConnectOptions as OpenSessionOptions } from './connect.ts'
export type { Cursor, CursorColumn, CursorOptions } from './cursor.ts'
export type { QueryColumn, QueryRows } from './query.ts'
export type { TransactionState } from './wire/connection.ts'
export type { Notification } from './wire/messages.ts'

export interface Notice {
  readonly severity: string
  readonly message: string
  readonly sqlstate: string
  readonly detail: string | undefined
  readonly hint: string | undefined
}

export interface Session {
  /**
   * Runs to the end and keeps all rows. With parameters it is one statement by the extended protocol; without, `sql` may be several and the last
   * one's rows are given. Calls queue up behind each other. Rejects with QUERY_FAILED, QUERY_CANCELLED or CONNECTION_FAILED; with CONFLICT
   * while a cursor is open.
   */
  query(sql: string, parameters?: readonly unknown[]): Promise<QueryRows>
  /** Runs statements of somebody else by the simple protocol. Their rows, of any number and size, are passed over. Queues and rejects as `query` does. */
  execute(sql: string): Promise<void>
  /** Runs several statements in one round trip, by the simple protocol, and keeps the rows of each. `onResult` is told of each as it comes, and must not throw. Queues and rejects as `query` does. */
  queryAll(sql: string, onResult?: (index: number, result: QueryRows) => void): Promise<readonly QueryRows[]>
  /** Starts one statement and reads its rows by demand. The session does nothing else until the cursor is finished or closed. */
  openCursor(sql: string, parameters?: readonly unknown[], options?: CursorOptions): Promise<Cursor>
  /** Asks the server, on another connection, to cancel what runs. Resolves when the server has taken the request; harmless when nothing runs. */
  cancel(): Promise<void>
  onNotice(listener: (notice: Notice) => void): void
  onNotification(listener: (notification: Notification) => void): void
  /** Told once when the connection is gone; with the reason if it was not `close`. */
  onClose(listener: (reason: AppError | undefined) => void): void
  transactionState(): TransactionState
  readonly serverVersion: string
  readonly backendPid: number
  readonly usesTls: boolean
  readonly isClosed: () => boolean
  /** Ends the session, cancelling what runs. Never rejects. */
  close(): Promise<void>
}

const CLOSE_GRACE_MS = 1_000

/** Opens a session. Rejects with CONNECTION_FAILED, saying which server and user, never the password; with CANCELLED when `signal` aborts. */
export async function openSession(target: SessionTarget, options: ConnectOptions = {}): Promise<Session> {
  const { connection, tls } = await connect(target, options)
  return createSession(target, options, { connection, tls })
}

function createSession(target: SessionTarget, options: ConnectOptions, connected: Connected): Session {
  const { connection, tls } = connected
  let tail: Promise<unknown> = Promise.resolve()
  let isBusy = false
  let hasCursor = false
  let isClosing = false
  let closed: { readonly reason: AppError | undefined } | undefined
  const closeListeners: ((reason: AppError | undefined) => void)[] = []

  connection.onClose((error) => {
    closed = { reason: error === undefined ? undefined : toAppError(error) }
    for (const tell of closeListeners) tell(closed.reason)
  })

  const assertUsable = (): void => {
    if (isClosing) throw new AppError('CONNECTION_FAILED', 'The session was closed.')
    if (closed !== undefined)
      throw closed.reason ?? new AppError('CONNECTION_FAILED', 'The session is closed.')
    if (hasCursor)
      throw new AppError(
        'CONFLICT',
        'The session is reading the rows of a statement. Close that result first.',
      )
  }
  /** Runs `work` when everything before it is done. */
  const enqueue = <T>(work: () => Promise<T>): Promise<T> => {
    const result = tail.then(async () => {
      assertUsable()
      isBusy = true
      try {
        return await work()
      } catch (error) {
        throw toAppError(error)
      } finally {
        isBusy = false
      }
    })
    tail = result.catch(() => undefined)
    return result
  }

  const requestCancel = async (): Promise<void> => {
    if (closed === undefined) await sendCancelRequest(connection.key, target, { tls, caPem: options.caPem })
  }

  const cancel = (): Promise<void> => {
    const request = requestCancel()
    // The next statement waits for the request to be delivered, so that a late one does not hit it.
    tail = Promise.allSettled([tail, request])
    return request
  }

  const rowsOptions: RowsOptions = {
    maxBytes: options.maxResultBytes,
    onTooMany: () => void cancel().catch(() => undefined),
  }

  return {
    query: (sql, parameters) =>
      enqueue(() =>
        runQuery(connection, { sql, parameters: parameters && encodeParameters(parameters) }, rowsOptions),
      ),
    queryAll: (sql, onResult) => enqueue(() => runQueries(connection, sql, { ...rowsOptions, onResult })),
    execute: (sql) => enqueue(() => runWithoutRows(connection, sql)),
    openCursor: (sql, parameters = [], cursorOptions = {}) =>
      enqueue(async () => {
        const cursor = await openCursor(connection, {
          sql,
          parameters: encodeParameters(parameters),
          cancel,
          ...cursorOptions,
        })
        hasCursor = true
        void cursor.finished.then(() => (hasCursor = false))
        return cursor
      }),
    cancel,
    onNotice: (listener) =>
      connection.onNotice((fields) =>
        listener({
          severity: fields['severity'] ?? 'NOTICE',
          message: fields['message'] ?? '',
          sqlstate: fields['code'] ?? '',
          detail: fields['detail'],
          hint: fields['hint'],
        }),
      ),
    onNotification: connection.onNotification,
    onClose: (listener) =>
      closed === undefined ? void closeListeners.push(listener) : listener(closed.reason),
    transactionState: connection.transactionState,
    serverVersion: (connection.parameter('server_version') ?? '').split(' ')[0] ?? '',
    backendPid: connection.key.pid,
    usesTls: connection.usesTls,
    isClosed: () => closed !== undefined,
    async close() {
      isClosing = true
      if (isBusy || hasCursor) {
        // A statement that nobody waits for any more must not go on; the server would notice only when it next writes.
        await cancel().catch(() => undefined)
      }
      await connection.end(CLOSE_GRACE_MS)
    },
  }
}
