// The one TCP port of all projects: finds out where a client wants to go, wakes the database if need be, and then only passes bytes.
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'
import type { SecureContext } from 'node:tls'
import { AppError, isAppError } from '#contract/errors.ts'
import { socketPath } from '#postgres/node/target.ts'
import { createStartupReader, errorMessage, readFirstMessage, startupMessage } from './messages.ts'
import type { FirstMessage, Refusal } from './messages.ts'
import { parseRoute } from './route.ts'
import type { Route } from './route.ts'

export interface ServerAddress {
  /** The directory of the socket. */
  readonly host: string
  readonly port: number
}

/** A project as the proxy sees it. */
export interface ProxyTarget {
  /** Counts connections; the same for all of a project. */
  readonly id: string
  /** Where the database answers, once it does; wakes it if it sleeps. Rejects with an AppError in words for the person. */
  readonly ready: () => Promise<ServerAddress>
  /** Says that the database did not answer although it was ready. */
  readonly suspect: () => void
}

export interface ProxyOptions {
  readonly host: string
  readonly port: number
  readonly tls?: { readonly certificate: string; readonly key: string } | undefined
  readonly resolve: (ref: string) => Promise<ProxyTarget | undefined>
  /** The role that only the service may use. */
  readonly reservedRole: string
  readonly defaultDatabase: string
  /** Connections of one project at most. */
  readonly maxPerProject?: number
  readonly maxTotal?: number
  /** How long a client may take until it has sent its startup message. */
  readonly startupTimeoutMs?: number
  readonly onRefused?: (reason: string) => void
  /** Told every second, and at its end, how many bytes a connection was sent since the last time. `target` is its ProxyTarget's id. */
  readonly onEgress?: (target: string, bytes: number) => void
}

export interface Proxy {
  readonly address: { readonly host: string; readonly port: number }
  /** Closes the port and every connection. */
  close(): Promise<void>
}

interface Reached {
  readonly upstream: Socket
  readonly address: ServerAddress
}

const KEEP_ALIVE_MS = 60_000
const TLS_HANDSHAKE = 0x16
/** How long a client that was sent the end may go on sending. */
const FAREWELL_MS = 2_000
const EGRESS_MS = 1_000

/** Opens the port. Throws PROVISIONING_FAILED when it is taken, with what to do. */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const clients = new Set<Socket>()
  const counts = new Map<string, number>()
  /** Which server a cancel key belongs to. */
  const cancelKeys = new Map<string, ServerAddress>()
  const tls =
    options.tls === undefined
      ? undefined
      : createSecureContext({ cert: options.tls.certificate, key: options.tls.key })
  const maxTotal = options.maxTotal ?? 2_000
  const maxPerProject = options.maxPerProject ?? 90

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    if (clients.size >= maxTotal) {
      socket.on('error', () => socket.destroy())
      refuse(socket, { sqlstate: '53300', message: 'The service has too many connections. Try again later.' })
      return
    }
    clients.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => clients.delete(socket))
    socket.setKeepAlive(true, KEEP_ALIVE_MS)
    void serve(socket).catch(() => socket.destroy())
  })
  const { port } = await listen(server, options)
  const egress = createEgress(options.onEgress ?? (() => undefined))

  async function serve(socket: Socket): Promise<void> {
    const first = await readStartup(socket, { tls, timeoutMs: options.startupTimeoutMs ?? 30_000 })
    if (first === undefined) return
    const { client, message, rest } = first
    if (message.kind === 'cancel') {
      forwardCancel(client, message)
      return
    }
    if (message.kind !== 'startup') {
      refuse(client, { sqlstate: '08P01', message: 'This is not a startup message of Postgres, version 3.' })
      return
    }
    const route = parseRoute(message.parameters, {
      reserved: options.reservedRole,
      defaultDatabase: options.defaultDatabase,
    })
    // Looked up in every case: a wrong name and an unknown project take the same time and get the same answer.
    const target = await options.resolve(route?.ref ?? '')
    if (route === undefined || target === undefined) {
      options.onRefused?.('unknown')
      refuse(client, {
        sqlstate: '28000',
        message: 'There is no such project, or no such role in it.',
        hint: 'The user is written role.project, as in owner.k3j5h2ab. Copy the connection string from the project.',
      })
      return
    }
    const startup = Buffer.concat([rewritten(message, route), rest])
    await serveProject(client, { target, startup })
  }

  async function serveProject(
    client: Socket,
    { target, startup }: { target: ProxyTarget; startup: Buffer },
  ): Promise<void> {
    const count = counts.get(target.id) ?? 0
    if (count >= maxPerProject) {
      options.onRefused?.('limit')
      refuse(client, {
        sqlstate: '53300',
        message: `This project has ${String(maxPerProject)} connections already, as many as it may have.`,
      })
      return
    }
    counts.set(target.id, count + 1)
    client.once('close', () => {
      const left = (counts.get(target.id) ?? 1) - 1
      if (left === 0) counts.delete(target.id)
      else counts.set(target.id, left)
    })
    let reached: Reached
    try {
      reached = await reach(target)
    } catch (error) {
      refuse(client, {
        sqlstate: '57P03',
        message: isAppError(error) ? error.message : 'The database does not answer.',
      })
      return
    }
    if (client.destroyed) {
      reached.upstream.destroy()
      return
    }
    reached.upstream.write(startup)
    egress.follow(target.id, reached.upstream)
    join(client, reached)
  }

  /** Passes bytes both ways, no faster than the slower side takes them, and ends both when one ends. */
  function join(client: Socket, { upstream, address }: Reached): void {
    const reader = createStartupReader()
    let key: string | undefined
    const follow = (chunk: Buffer): void => {
      const found = reader.read(chunk)
      if (found.key !== undefined) {
        key = found.key
        cancelKeys.set(key, address)
      }
      if (found.isReady) upstream.off('data', follow)
    }
    upstream.on('data', follow)
    // When the server has said its last, the session is over; why it ended is still to be delivered.
    upstream.on('end', () => {
      client.unpipe(upstream)
      upstream.destroySoon()
      farewell(client)
    })
    upstream.on('error', () => client.destroy())
    upstream.on('close', () => {
      if (key !== undefined) cancelKeys.delete(key)
      if (!upstream.readableEnded) client.destroy()
    })
    client.on('close', () => upstream.destroy())
    client.pipe(upstream)
    upstream.pipe(client)
  }

  function forwardCancel(client: Socket, message: FirstMessage & { kind: 'cancel' }): void {
    const address = cancelKeys.get(message.key)
    // As Postgres: an unknown key gets no answer, only the end of the connection.
    if (address === undefined) {
      client.destroy()
      return
    }
    const upstream = connect(socketPath(address), () => upstream.end(message.bytes))
    upstream.on('error', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
    upstream.resume()
    client.on('close', () => upstream.destroySoon())
  }

  return {
    address: { host: options.host, port },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of clients) socket.destroy()
      await closed
      egress.close()
    },
  }
}

/** Counts what servers send, by what their sockets have read: nothing is done per chunk. */
function createEgress(tell: (target: string, bytes: number) => void): {
  follow(target: string, upstream: Socket): void
  close(): void
} {
  const followed = new Map<Socket, { readonly target: string; told: number }>()
  const tellOf = (upstream: Socket, one: { readonly target: string; told: number }): void => {
    const bytes = upstream.bytesRead - one.told
    one.told += bytes
    if (bytes > 0) tell(one.target, bytes)
  }
  const tellAll = (): void => {
    for (const [upstream, one] of followed) tellOf(upstream, one)
  }
  const timer = setInterval(tellAll, EGRESS_MS)
  timer.unref()
  return {
    follow(target, upstream) {
      const one = { target, told: 0 }
      followed.set(upstream, one)
      upstream.once('close', () => {
        followed.delete(upstream)
        tellOf(upstream, one)
      })
    },
    close() {
      clearInterval(timer)
      tellAll()
    },
  }
}

/** Opens a connection to a project's server. One that is gone although it was ready is waited for once more. */
async function reach(target: ProxyTarget): Promise<Reached> {
  for (let attempt = 0; ; attempt += 1) {
    const address = await target.ready()
    try {
      return { upstream: await open(socketPath(address)), address }
    } catch (error) {
      if (attempt > 0) throw error
      target.suspect()
    }
  }
}

async function open(path: string): Promise<Socket> {
  return await new Promise((resolve, reject) => {
    const socket = connect({ path, allowHalfOpen: true })
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
    socket.once('error', reject)
  })
}

/** Answers the requests for encryption and gives the first real message, with the socket it came on and what came behind it. */
async function readStartup(
  socket: Socket,
  options: { readonly tls: SecureContext | undefined; readonly timeoutMs: number },
): Promise<{ client: Socket; message: FirstMessage; rest: Buffer } | undefined> {
  const timer = setTimeout(() => socket.destroy(), options.timeoutMs)
  try {
    let client = socket
    let isEncrypted = false
    let bytes: Buffer = Buffer.alloc(0)
    for (;;) {
      const more = await readChunk(client)
      if (more === undefined) return undefined
      bytes = Buffer.concat([bytes, more])
      if (bytes[0] === TLS_HANDSHAKE && options.tls !== undefined && !isEncrypted) {
        // TLS at once, without asking first (Postgres 17 and later).
        client = encrypted(client, options.tls, bytes)
        isEncrypted = true
        bytes = Buffer.alloc(0)
        continue
      }
      for (let found = readFirstMessage(bytes); found !== undefined; found = readFirstMessage(bytes)) {
        const { message, length } = found
        const rest = bytes.subarray(length)
        if (message.kind !== 'ssl' && message.kind !== 'gss') return { client, message, rest }
        // Nothing may come behind the request before it is answered: somebody in between could have put it there.
        if (rest.length > 0 || isEncrypted) return { client, message: { kind: 'invalid' }, rest }
        bytes = rest
        if (message.kind === 'ssl' && options.tls !== undefined) {
          client.write('S')
          client = encrypted(client, options.tls, undefined)
          isEncrypted = true
        } else client.write('N')
      }
    }
  } finally {
    clearTimeout(timer)
  }
}

function encrypted(socket: Socket, secureContext: SecureContext, received: Buffer | undefined): Socket {
  if (received !== undefined) socket.unshift(received)
  const secure = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: ['postgresql'] })
  secure.on('error', () => socket.destroy())
  socket.on('close', () => secure.destroy())
  return secure
}

/** The next bytes; undefined when the client is gone. The socket is paused in between, so that nothing is lost. */
async function readChunk(socket: Socket): Promise<Buffer | undefined> {
  return await new Promise((resolve) => {
    const settle = (chunk: Buffer | undefined): void => {
      socket.off('data', onData)
      socket.off('end', onEnd)
      socket.off('close', onEnd)
      resolve(chunk)
    }
    const onData = (chunk: Buffer): void => {
      socket.pause()
      settle(chunk)
    }
    const onEnd = (): void => {
      socket.destroy()
      settle(undefined)
    }
    socket.on('data', onData)
    socket.on('end', onEnd)
    socket.on('close', onEnd)
    socket.resume()
  })
}

function rewritten(message: FirstMessage & { kind: 'startup' }, route: Route): Buffer {
  const parameters = new Map(message.parameters)
  parameters.set('user', route.role)
  parameters.set('database', route.database)
  return startupMessage(message.version, parameters)
}

function refuse(client: Socket, refusal: Refusal): void {
  if (client.destroyed) return
  client.write(errorMessage(refusal))
  farewell(client)
}

/** Ends our side. What the client still sends is read and dropped: a close before that would take our last words with it. */
function farewell(client: Socket): void {
  client.end()
  client.resume()
  const destroy = (): void => client.destroySoon()
  if (client.readableEnded) destroy()
  else client.once('end', destroy)
  const timer = setTimeout(destroy, FAREWELL_MS)
  client.once('close', () => clearTimeout(timer))
}

async function listen(server: Server, options: ProxyOptions): Promise<AddressInfo> {
  return await new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const isTaken = 'code' in error && error.code === 'EADDRINUSE'
      reject(
        new AppError(
          'PROVISIONING_FAILED',
          isTaken
            ? `The port ${String(options.port)} on ${options.host} is taken by another program.`
            : `The port ${String(options.port)} on ${options.host} cannot be opened: ${error.message}`,
          { hint: 'Choose another port for databases with NEBULADB_POSTGRES_PORT.', cause: error },
        ),
      )
    })
    server.listen(options.port, options.host, () => {
      const address = server.address()
      if (address === null || typeof address === 'string') reject(new Error('The port has no address.'))
      else resolve(address)
    })
  })
}
