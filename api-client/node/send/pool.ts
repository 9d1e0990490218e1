// Open connections that wait for their next request, by route.
import { openConnection, routeKey } from './connection.ts'
import type { Connection, ConnectionParts, Route } from './connection.ts'
import { withSignal } from './network.ts'

/** A request that must not be sent twice takes a waiting connection only this soon after its last use: a server may be closing it. */
const FRESH_MS = 1_500

export interface Lease {
  readonly connection: Connection
  readonly isReused: boolean
}

export interface TakeOptions {
  /** Whether the request may simply be sent again when a waiting connection turns out to be closed. */
  readonly mayRepeat: boolean
  readonly isFresh?: boolean
  readonly signal: AbortSignal
}

interface Idle {
  readonly connection: Connection
  readonly since: number
  readonly stop: () => void
}

export class ConnectionPool {
  readonly #parts: ConnectionParts
  readonly #idleMs: number
  readonly #idle = new Map<string, Idle[]>()
  /** Of HTTP/2: one connection serves all requests of its route. */
  readonly #sessions = new Map<string, Connection>()
  /** Routes that are known to speak HTTP/1.1: nobody waits there for another's connection. */
  readonly #plain = new Set<string>()
  readonly #opening = new Map<string, Promise<Connection>>()
  readonly #all = new Set<Connection>()

  constructor(parts: ConnectionParts, idleMs: number) {
    this.#parts = parts
    this.#idleMs = idleMs
  }

  /** A connection for one request. Give it back, or destroy it. */
  async take(route: Route, { mayRepeat, isFresh = false, signal }: TakeOptions): Promise<Lease> {
    const key = routeKey(route)
    const session = this.#sessions.get(key)
    if (session !== undefined && !isFresh) return { connection: session, isReused: true }
    const kept = isFresh ? undefined : this.#takeIdle(key, mayRepeat)
    if (kept !== undefined) return { connection: kept, isReused: true }
    const mayBeShared = (route.isSecure || route.httpVersion === '2') && route.httpVersion !== '1.1'
    if (!mayBeShared || isFresh || this.#plain.has(key)) {
      return { connection: await this.#open(route, key, signal), isReused: false }
    }
    // Many requests at once to one HTTP/2 server need one connection: the others wait for the first.
    const others = this.#opening.get(key)
    if (others !== undefined) {
      const opened = await withSignal(
        others.catch(() => null),
        signal,
      )
      if (opened?.protocol === '2' && this.#sessions.get(key) === opened) {
        return { connection: opened, isReused: true }
      }
      return { connection: await this.#open(route, key, signal), isReused: false }
    }
    const opening = this.#open(route, key, signal)
    this.#opening.set(key, opening)
    try {
      return { connection: await opening, isReused: false }
    } finally {
      this.#opening.delete(key)
    }
  }

  /** Closes everything. */
  close(): void {
    for (const connection of this.#all) destroy(connection)
    this.#idle.clear()
    this.#sessions.clear()
  }

  #takeIdle(key: string, mayRepeat: boolean): Connection | undefined {
    const waiting = this.#idle.get(key)
    for (;;) {
      const last = waiting?.pop()
      if (last === undefined) return undefined
      last.stop()
      const isUsable = !last.connection.socket.destroyed && last.connection.socket.writable
      if (isUsable && (mayRepeat || performance.now() - last.since < FRESH_MS)) {
        last.connection.socket.ref()
        return last.connection
      }
      last.connection.socket.destroy()
    }
  }

  async #open(route: Route, key: string, signal: AbortSignal): Promise<Connection> {
    const connection = await openConnection(route, this.#parts, signal)
    this.#all.add(connection)
    connection.socket.once('close', () => {
      this.#all.delete(connection)
    })
    if (connection.protocol === '2') this.#share(connection, key)
    else {
      this.#plain.add(key)
      // Node says `free` when a response has ended and both sides keep the connection.
      connection.socket.on('free', () => {
        this.#keep(connection)
      })
    }
    return connection
  }

  #share(connection: Connection & { protocol: '2' }, key: string): void {
    const { session } = connection
    this.#sessions.set(key, connection)
    const forget = (): void => {
      if (this.#sessions.get(key) === connection) this.#sessions.delete(key)
    }
    session.once('goaway', forget)
    session.once('close', forget)
    session.setTimeout(this.#idleMs, () => {
      forget()
      session.close()
    })
  }

  #keep(connection: Connection): void {
    const { socket, key } = connection
    if (socket.destroyed) return
    // A server that speaks unasked, or hangs up, is of no more use.
    const drop = (): void => {
      socket.destroy()
    }
    const timer = setTimeout(drop, this.#idleMs)
    timer.unref()
    const stop = (): void => {
      clearTimeout(timer)
      socket.removeListener('data', drop)
      socket.removeListener('end', drop)
      socket.removeListener('close', forget)
    }
    const idle: Idle = { connection, since: performance.now(), stop }
    const waiting = this.#idle.get(key) ?? []
    const forget = (): void => {
      stop()
      const index = waiting.indexOf(idle)
      if (index >= 0) waiting.splice(index, 1)
    }
    socket.on('data', drop)
    socket.once('end', drop)
    socket.once('close', forget)
    // A waiting connection keeps no process alive.
    socket.unref()
    waiting.push(idle)
    this.#idle.set(key, waiting)
  }
}

function destroy(connection: Connection): void {
  if (connection.protocol === '2') connection.session.destroy()
  connection.socket.destroy()
}
