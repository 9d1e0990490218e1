// One open Postgres connection: statements, cursors, cancelling. Values come as the text that Postgres printed, so that int8, numeric and
// microseconds lose nothing.
import { serialize } from 'pg-protocol'
import { AppError } from '#contract/errors.ts'
import { openCursor, type Cursor, type CursorOptions } from './cursor.ts'
import { toAppError, toConnectionError } from './errors.ts'
import { encodeParameters } from './parameters.ts'
import { runQuery, type QueryRows } from './query.ts'
import { DEFAULT_CONNECT_TIMEOUT_MS, describeServer, type SessionTarget } from './target.ts'
import { login, type Connection, type TransactionState } from './wire/connection.ts'
import type { Notification } from './wire/messages.ts'
import { openStream, tlsUses, type StreamOptions, type TlsUse } from './wire/stream.ts'

export type { SessionTarget, SslMode } from './target.ts'
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

export interface OpenSessionOptions {
  /** Settings of the session, sent in the startup packet: { statement_timeout: '5000' }. */
  readonly settings?: Readonly<Record<string, string>> | undefined
  /** Certificate authorities for `verify-full`, in PEM; the machine's own when left out. */
  readonly caPem?: string | undefined
  /** Gives up opening. */
  readonly signal?: AbortSignal | undefined
}

export interface Session {
  /**
   * Runs to the end and keeps all rows. With parameters it is one statement by the extended protocol; without, `sql` may be several and the last
   * one's rows are given. Calls queue up behind each other. Rejects with QUERY_FAILED, QUERY_CANCELLED or CONNECTION_FAILED; with CONFLICT
   * while a cursor is open.
   */
  query(sql: string, parameters?: readonly unknown[]): Promise<QueryRows>
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

const CANCEL_TIMEOUT_MS = 5_000
const CLOSE_GRACE_MS = 1_000

/** Opens a session. Rejects with CONNECTION_FAILED, saying which server and user, never the password; with CANCELLED when `signal` aborts. */
export async function openSession(target: SessionTarget, options: OpenSessionOptions = {}): Promise<Session> {
  const { connection, tls } = await connect(target, options)
  return createSession(target, options, { connection, tls })
}

interface Connected {
  readonly connection: Connection
  readonly tls: TlsUse
}

async function connect(target: SessionTarget, options: OpenSessionOptions): Promise<Connected> {
  const timeoutMs = target.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS
  const controller = new AbortController()
  const timer = setTimeout(() => {
    const message = `${describeServer(target)} did not answer within ${timeoutMs} ms.`
    controller.abort(
      new AppError('CONNECTION_FAILED', message, { hint: 'Check the host, the port and your network.' }),
    )
  }, timeoutMs)
  const giveUp = (): void => controller.abort(new AppError('CANCELLED', 'Connecting was cancelled.'))
  options.signal?.addEventListener('abort', giveUp, { once: true })
  if (options.signal?.aborted === true) giveUp()
  const settings = {
    application_name: target.applicationName ?? 'NebulaDB',
    ...options.settings,
  }
  const errors: unknown[] = []
  try {
    for (const tls of tlsUses(target)) {
      try {
        const stream = await openStream(target, { tls, caPem: options.caPem, signal: controller.signal })
        return { connection: await login(stream, target, { settings, signal: controller.signal }), tls }
      } catch (error) {
        errors.push(error)
        if (controller.signal.aborted || !isWorthPlainRetry(error)) break
      }
    }
  } finally {
    clearTimeout(timer)
    options.signal?.removeEventListener('abort', giveUp)
  }
  throw toConnectionError(controller.signal.aborted ? controller.signal.reason : errors[0], target)
}

/** After a first try with TLS, `prefer` tries without only where that can change the outcome: not for a wrong password or a closed port. */
function isWorthPlainRetry(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return true
  const code = String(error.code)
  return code === '28000' || !(/^[0-9A-Z]{5}$/.test(code) || /^E[A-Z]+$/.test(code)) || code === 'EPROTO'
}

function createSession(target: SessionTarget, options: OpenSessionOptions, connected: Connected): Session {
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
    if (closed !== undefined) return
    const request: StreamOptions = {
      tls,
      caPem: options.caPem,
      signal: AbortSignal.timeout(CANCEL_TIMEOUT_MS),
    }
    try {
      const { socket } = await openStream(target, request)
      const done = Promise.withResolvers<void>()
      socket.on('close', () => done.resolve())
      request.signal.addEventListener('abort', () => socket.destroy())
      // The server answers nothing: it closes the connection once it has passed the signal on.
      socket.resume()
      socket.end(serialize.cancel(connection.key.pid, connection.key.secret))
      await done.promise
    } catch (error) {
      throw toConnectionError(error, target)
    }
  }

  const cancel = (): Promise<void> => {
    const request = requestCancel()
    // The next statement waits for the request to be delivered, so that a late one does not hit it.
    tail = Promise.allSettled([tail, request])
    return request
  }

  return {
    query: (sql, parameters) =>
      enqueue(() => runQuery(connection, sql, parameters && encodeParameters(parameters))),
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
