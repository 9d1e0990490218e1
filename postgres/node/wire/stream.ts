// Opens the socket to a server: TCP or Unix, with TLS as libpq's sslmode asks.
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { serialize } from 'pg-protocol'
import { isSocketDirectory, socketPath, type SessionTarget, type SslMode } from '../target.ts'

/** One way of trying: libpq's `prefer` is first 'tls-if-offered', then 'plain'. */
export type TlsUse = 'plain' | 'tls-if-offered' | 'tls' | 'tls-verified'

export interface StreamOptions {
  readonly tls: TlsUse
  /** Certificates to trust besides the machine's, in PEM. */
  readonly caPem?: string | undefined
  readonly signal: AbortSignal
}

export interface Stream {
  readonly socket: Socket
  readonly usesTls: boolean
}

/** The ways to try for an sslmode, in order. TLS is never used on a Unix socket, as with libpq. */
export function tlsUses(target: SessionTarget): readonly TlsUse[] {
  if (isSocketDirectory(target.host)) return ['plain']
  const uses: Readonly<Record<SslMode, readonly TlsUse[]>> = {
    disable: ['plain'],
    prefer: ['tls-if-offered', 'plain'],
    require: ['tls'],
    'verify-full': ['tls-verified'],
  }
  return uses[target.sslMode ?? 'prefer']
}

/** Connects. Rejects with the socket's or TLS's own error, or with the signal's reason. */
export async function openStream(target: SessionTarget, options: StreamOptions): Promise<Stream> {
  const socket = isSocketDirectory(target.host)
    ? connectTcp({ path: socketPath(target) })
    : connectTcp({
        host: target.host,
        port: target.port,
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: 30_000,
      })
  await settled(socket, options.signal, (resolve) => socket.once('connect', resolve))
  if (options.tls === 'plain') return { socket, usesTls: false }

  const answer = await settled<Buffer>(socket, options.signal, (resolve) => {
    socket.once('data', (bytes) => {
      socket.pause()
      resolve(bytes)
    })
    socket.write(serialize.requestSsl())
  })
  const said = answer.toString('latin1')
  // Bytes after the answer would have come from somebody in the middle, before encryption (CVE-2021-23222).
  if (said !== 'S' && said !== 'N') {
    socket.destroy()
    throw new Error('the server answered the request for TLS with something else')
  }
  if (said === 'N') {
    if (options.tls === 'tls-if-offered') return { socket, usesTls: false }
    socket.destroy()
    throw new Error('the server does not offer TLS, which this connection asks for')
  }
  const secure = connectTls({
    socket,
    host: target.host,
    ALPNProtocols: ['postgresql'],
    rejectUnauthorized: options.tls === 'tls-verified',
    ...(isIP(target.host) === 0 ? { servername: target.host } : {}),
    ...(options.caPem === undefined ? {} : { ca: options.caPem }),
  })
  await settled(secure, options.signal, (resolve) => secure.once('secureConnect', () => resolve(undefined)))
  return { socket: secure, usesTls: true }
}

/** Waits for `start` to resolve, or for the socket to fail or the signal to abort; then the socket is destroyed. */
function settled<T = unknown>(
  socket: Socket,
  signal: AbortSignal,
  start: (resolve: (value: T) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      socket.off('error', fail)
      socket.off('close', closed)
      signal.removeEventListener('abort', aborted)
    }
    const fail = (error: unknown): void => {
      leave()
      // Nobody listens any more: a late error must not end the process.
      socket.on('error', () => undefined)
      socket.destroy()
      reject(error instanceof Error ? error : new Error(String(error)))
    }
    const closed = (): void => fail(new Error('the server closed the connection'))
    const aborted = (): void => fail(signal.reason)
    if (signal.aborted) return aborted()
    socket.on('error', fail)
    socket.on('close', closed)
    signal.addEventListener('abort', aborted)
    start((value) => {
      leave()
      socket.on('error', () => undefined)
      resolve(value)
    })
  })
}
