// A logged-in connection to a backend: sends bytes, hands messages to whoever runs a statement, keeps what the server tells unasked.
import { serialize } from 'pg-protocol'
import { AppError } from '#contract/errors.ts'
import type { SessionTarget } from '../target.ts'
import { createMessageReader, type MessageHandler, type PieceHandler } from './message-reader.ts'
import {
  MESSAGE,
  readErrorFields,
  readNotification,
  readParameterStatus,
  type Notification,
} from './messages.ts'
import { createScramExchange, md5Answer, type ScramExchange } from './scram.ts'
import type { Stream } from './stream.ts'

export type TransactionState = 'idle' | 'open' | 'failed'

export interface Connection {
  send(bytes: Uint8Array): void
  /** Who gets the messages of the running statement, and is told when the connection is lost meanwhile. */
  setHandler(handler: MessageHandler, onLost: (error: unknown) => void): void
  /** Nothing runs any more. */
  clearHandler(): void
  /** Long messages of one type come in pieces from now on, instead of whole; with nothing, no more. */
  passPieces(pieces: PieceHandler | undefined): void
  /** Stops reading, which holds the server back. */
  pause(): void
  resume(): void
  /** Told once, with the error if it was not we who closed. Also if it is closed already. */
  onClose(listener: (error: unknown) => void): void
  onNotice(listener: (fields: Readonly<Record<string, string>>) => void): void
  onNotification(listener: (notification: Notification) => void): void
  readonly transactionState: () => TransactionState
  readonly parameter: (name: string) => string | undefined
  readonly key: { readonly pid: number; readonly secret: number }
  readonly usesTls: boolean
  /** Says goodbye and waits until the socket is closed, `graceMs` at most. */
  end(graceMs: number): Promise<void>
  destroy(error?: Error): void
}

export interface LoginOptions {
  /** Sent in the startup packet: settings of the session. */
  readonly settings: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/** Logs in on a fresh stream. Rejects with the server's error fields or the socket's error; the socket is destroyed then. */
export async function login(
  stream: Stream,
  target: SessionTarget,
  options: LoginOptions,
): Promise<Connection> {
  const { connection, startReading, allowLong } = attach(stream)
  const ready = Promise.withResolvers<void>()
  let scram: ScramExchange | undefined
  const password = (): string => {
    if (target.password === undefined || target.password === '')
      throw new Error(`the server asks for a password for user "${target.user}" and none is given`)
    return target.password
  }
  const authenticate = async (kind: number, body: Buffer): Promise<void> => {
    switch (kind) {
      case 0:
        return
      case 3:
        return connection.send(serialize.password(password()))
      case 5:
        return connection.send(serialize.password(md5Answer(target.user, password(), body)))
      case 10: {
        if (!body.toString('latin1').split('\0').includes('SCRAM-SHA-256'))
          throw new Error('the server offers no way of logging in that is supported (SCRAM-SHA-256)')
        scram = createScramExchange(password())
        return connection.send(serialize.sendSASLInitialResponseMessage(scram.mechanism, scram.firstMessage))
      }
      case 11:
        if (scram === undefined) throw new Error('the server sent a login message out of turn')
        return connection.send(
          serialize.sendSCRAMClientFinalMessage(await scram.respond(body.toString('utf8'))),
        )
      case 12:
        if (scram === undefined) throw new Error('the server sent a login message out of turn')
        return scram.verify(body.toString('utf8'))
      default:
        throw new Error(
          'the server asks for a way of logging in that is not supported (GSSAPI, SSPI or OAuth)',
        )
    }
  }
  connection.setHandler((type, bytes, start, end) => {
    if (type === MESSAGE.authentication)
      // A copy: the answer may come later than the chunk lives.
      void authenticate(bytes.readInt32BE(start), Buffer.from(bytes.subarray(start + 4, end))).catch(
        ready.reject,
      )
    else if (type === MESSAGE.error) ready.reject(readErrorFields(bytes, start))
    else if (type === MESSAGE.readyForQuery) ready.resolve()
  }, ready.reject)
  const abort = (): void => ready.reject(options.signal.reason)
  options.signal.addEventListener('abort', abort)
  try {
    startReading()
    connection.send(serialize.startup({ user: target.user, database: target.database, ...options.settings }))
    if (options.signal.aborted) abort()
    await ready.promise
    connection.clearHandler()
    allowLong()
    return connection
  } catch (error) {
    connection.destroy()
    throw error
  } finally {
    options.signal.removeEventListener('abort', abort)
  }
}

/** For what was still running when this side closed. */
function closedHere(): AppError {
  return new AppError('CONNECTION_FAILED', 'The session was closed.')
}

const STATES: Readonly<Record<number, TransactionState>> = { 0x49: 'idle', 0x54: 'open', 0x45: 'failed' }

interface Attached {
  readonly connection: Connection
  readonly startReading: () => void
  readonly allowLong: () => void
}

function attach({ socket, usesTls }: Stream): Attached {
  let handler: MessageHandler | undefined
  let lost: ((error: unknown) => void) | undefined
  let state: TransactionState = 'idle'
  let closed: { readonly error: unknown } | undefined
  let lastError: unknown
  let isEnding = false
  const parameters = new Map<string, string>()
  const key = { pid: 0, secret: 0 }
  const closeListeners: ((error: unknown) => void)[] = []
  const noticeListeners: ((fields: Readonly<Record<string, string>>) => void)[] = []
  const notificationListeners: ((notification: Notification) => void)[] = []

  const reader = createMessageReader((type, bytes, start, end) => {
    if (type === MESSAGE.dataRow) return handler?.(type, bytes, start, end)
    switch (type) {
      case MESSAGE.parameterStatus: {
        const { name, value } = readParameterStatus(bytes, start)
        parameters.set(name, value)
        return
      }
      case MESSAGE.notice: {
        const fields = readErrorFields(bytes, start)
        for (const tell of noticeListeners) tell(fields)
        return
      }
      case MESSAGE.notification: {
        const notification = readNotification(bytes, start)
        for (const tell of notificationListeners) tell(notification)
        return
      }
      case MESSAGE.backendKeyData:
        key.pid = bytes.readInt32BE(start)
        key.secret = bytes.readInt32BE(start + 4)
        return
      case MESSAGE.readyForQuery:
        state = STATES[bytes.readUInt8(start)] ?? 'idle'
        return handler?.(type, bytes, start, end)
      case MESSAGE.error:
        // Between statements the server only speaks up to say why it ends the connection.
        if (handler === undefined) lastError = readErrorFields(bytes, start)
        return handler?.(type, bytes, start, end)
      default:
        return handler?.(type, bytes, start, end)
    }
  })
  const guard = (work: () => void): void => {
    try {
      work()
    } catch (error) {
      lastError = error
      socket.destroy()
    }
  }
  const startReading = (): void => {
    socket.on('data', (chunk: Buffer) => {
      guard(() => reader.push(chunk))
      // Only when more comes than is wanted is the socket itself stopped: most pauses are shorter than the next chunk is away.
      if (reader.isPaused()) socket.pause()
    })
    socket.on('error', (error) => (lastError ??= error))
    socket.on('close', () => {
      closed = { error: isEnding ? undefined : (lastError ?? new Error('the server closed the connection')) }
      lost?.(closed.error ?? closedHere())
      for (const tell of closeListeners) tell(closed.error)
    })
    socket.resume()
  }

  const connection: Connection = {
    send: (bytes) => void (socket.writable && socket.write(bytes)),
    setHandler(next, onLost) {
      if (closed !== undefined) return onLost(closed.error ?? closedHere())
      handler = next
      lost = onLost
    },
    clearHandler() {
      handler = undefined
      lost = undefined
    },
    passPieces: reader.passPieces,
    pause: () => reader.pause(),
    resume() {
      guard(() => reader.resume())
      if (!reader.isPaused()) socket.resume()
    },
    onClose: (listener) =>
      closed === undefined ? void closeListeners.push(listener) : listener(closed.error),
    onNotice: (listener) => void noticeListeners.push(listener),
    onNotification: (listener) => void notificationListeners.push(listener),
    transactionState: () => state,
    parameter: (name) => parameters.get(name),
    key,
    usesTls,
    async end(graceMs) {
      isEnding = true
      if (closed !== undefined) return
      const done = Promise.withResolvers<void>()
      connection.onClose(() => done.resolve())
      const timer = setTimeout(() => socket.destroy(), graceMs)
      if (socket.writable) socket.end(serialize.end())
      // Nothing that still comes is wanted, but it must be read for the end of the stream to be seen.
      handler = undefined
      connection.resume()
      await done.promise
      clearTimeout(timer)
    },
    destroy(error) {
      lastError ??= error
      if (error === undefined) isEnding = true
      socket.destroy()
    },
  }
  return { connection, startReading, allowLong: reader.allowLong }
}
