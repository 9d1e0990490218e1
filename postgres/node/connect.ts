// Reaches a server and logs in, with TLS as the target asks; and asks it to cancel what a connection runs.
import { serialize } from 'pg-protocol'
import { AppError } from '#contract/errors.ts'
import { toConnectionError } from './errors.ts'
import { DEFAULT_CONNECT_TIMEOUT_MS, describeServer, type SessionTarget } from './target.ts'
import { login, type Connection } from './wire/connection.ts'
import { openStream, tlsUses, type TlsUse } from './wire/stream.ts'

export interface ConnectOptions {
  /** Settings of the session, sent in the startup packet: { statement_timeout: '5000' }. */
  readonly settings?: Readonly<Record<string, string>> | undefined
  /** Certificate authorities for `verify-full`, in PEM; the machine's own when left out. */
  readonly caPem?: string | undefined
  /** Bytes of rows that `query` and `queryAll` keep; they reject with TOO_LARGE when there are more. As many as there are, when left out. */
  readonly maxResultBytes?: number | undefined
  /** Gives up opening. */
  readonly signal?: AbortSignal | undefined
}

const CANCEL_TIMEOUT_MS = 5_000

export interface Connected {
  readonly connection: Connection
  readonly tls: TlsUse
}

/** Connects and logs in. Rejects with CONNECTION_FAILED, saying which server and user, never the password; with CANCELLED when `signal` aborts. */
export async function connect(target: SessionTarget, options: ConnectOptions = {}): Promise<Connected> {
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

/**
 * Asks the server, on a connection of its own, to cancel what the connection with this key runs. Resolves when the server has passed the
 * request on, so that what is sent afterwards is not hit. Rejects with CONNECTION_FAILED.
 */
export async function sendCancelRequest(
  key: Connection['key'],
  target: SessionTarget,
  options: { readonly tls: TlsUse; readonly caPem?: string | undefined },
): Promise<void> {
  const signal = AbortSignal.timeout(CANCEL_TIMEOUT_MS)
  try {
    const { socket } = await openStream(target, { ...options, signal })
    const done = Promise.withResolvers<void>()
    socket.on('close', () => done.resolve())
    signal.addEventListener('abort', () => socket.destroy())
    // The server answers nothing: it closes the connection once it has passed the signal on.
    socket.resume()
    socket.end(serialize.cancel(key.pid, key.secret))
    await done.promise
  } catch (error) {
    throw toConnectionError(error, target)
  }
}
