// Connections of one engine: opened when they are needed, at most so many at once, closed when they are idle or old. With nothing to do there
// is none.
import type { PipelineConnection } from '#postgres/node/pipeline/connection.ts'
import { acquisitionTimeout, cannotConnect } from './respond/errors.ts'

export interface PoolOptions {
  /** Opens a connection; a rejection is told to the request that needed it. */
  open(): Promise<PipelineConnection>
  /** Connections at most. */
  readonly size: number
  /** How long a request waits for one (PGRST003 then). */
  readonly acquireTimeoutMs: number
  /** Connections that were not used for so long are closed. */
  readonly idleTimeoutMs: number
  /** Connections are closed after so long, when they are free. */
  readonly maxLifetimeMs: number
  /** Monotonic time in milliseconds. */
  now(): number
}

export interface PoolState {
  readonly open: number
  readonly idle: number
  readonly waiting: number
  readonly size: number
  /** Requests that waited in vain, since the start. */
  readonly timeouts: number
}

export interface ConnectionPool {
  /** A connection of one's own, to give back by `release`. Throws or rejects with PGRST000, PGRST003. */
  acquire(): PipelineConnection | Promise<PipelineConnection>
  /** Gives it back. One that is not idle is put in order first, or closed. */
  release(connection: PipelineConnection): void
  state(): PoolState
  /** Closes what is idle now and what is in use when it comes back; who waits gets PGRST000. */
  close(): Promise<void>
}

interface Waiting {
  readonly since: number
  resolve(connection: PipelineConnection): void
  reject(error: unknown): void
}

interface Idle {
  readonly connection: PipelineConnection
  readonly since: number
}

const ROLLBACK = { text: 'rollback', values: [], isNamed: false, rows: 'none' } as const
/** A rollback undoes settings, temporary tables and channels too, but not the locks of the session. */
const UNLOCK = { ...ROLLBACK, text: 'select pg_catalog.pg_advisory_unlock_all()' } as const
const SHORTEST_SWEEP_MS = 50

/** Makes a pool. Nothing is opened before the first request. */
export function createConnectionPool(options: PoolOptions): ConnectionPool {
  const { size, acquireTimeoutMs, idleTimeoutMs, maxLifetimeMs, now } = options
  /** The most recently used last: few connections stay busy, the others grow old and close. */
  const idle: Idle[] = []
  const bornAt = new Map<PipelineConnection, number>()
  const waiting: Waiting[] = []
  let opening = 0
  let timeouts = 0
  let isClosed = false
  let idleTimer: NodeJS.Timeout | undefined
  let waitingTimer: NodeJS.Timeout | undefined
  let whenEmpty: (() => void) | undefined

  const isTooOld = (connection: PipelineConnection): boolean =>
    now() - (bornAt.get(connection) ?? 0) >= maxLifetimeMs

  const forget = (connection: PipelineConnection): void => {
    if (!bornAt.delete(connection)) return
    const index = idle.findIndex((one) => one.connection === connection)
    if (index >= 0) idle.splice(index, 1)
    if (bornAt.size === 0) whenEmpty?.()
    serveNext()
  }
  const discard = (connection: PipelineConnection): void => {
    void connection.close()
    forget(connection)
  }

  /** Closes what is idle for too long or too old; looks again when the next one is due. */
  const sweepIdle = (): void => {
    idleTimer = undefined
    for (const { connection, since } of [...idle])
      if (now() - since >= idleTimeoutMs || isTooOld(connection)) discard(connection)
    if (idle.length > 0) scheduleSweep(Math.min(...idle.map(dueIn)))
  }
  const dueIn = ({ connection, since }: Idle): number =>
    Math.min(since + idleTimeoutMs, (bornAt.get(connection) ?? 0) + maxLifetimeMs) - now()
  const scheduleSweep = (delayMs: number): void => {
    idleTimer = setTimeout(sweepIdle, Math.max(SHORTEST_SWEEP_MS, delayMs))
    idleTimer.unref()
  }

  /** Those who wait do so for the same time: the first is due first. */
  const expireWaiting = (): void => {
    waitingTimer = undefined
    while (waiting[0] !== undefined && now() - waiting[0].since >= acquireTimeoutMs) {
      timeouts++
      waiting.shift()?.reject(acquisitionTimeout())
    }
    scheduleExpiry()
  }
  const scheduleExpiry = (): void => {
    if (waitingTimer !== undefined || waiting[0] === undefined) return
    waitingTimer = setTimeout(expireWaiting, Math.max(1, waiting[0].since + acquireTimeoutMs - now()))
  }

  const open = async (): Promise<PipelineConnection> => {
    opening++
    let connection: PipelineConnection
    try {
      connection = await options.open()
    } catch (error) {
      throw cannotConnect(error)
    } finally {
      opening--
    }
    bornAt.set(connection, now())
    connection.onClose(() => forget(connection))
    if (isClosed) {
      discard(connection)
      throw cannotConnect(new Error('The pool was closed.'))
    }
    return connection
  }

  /** Hands connections, or the room for them, to those who wait. */
  const serveNext = (): void => {
    while (waiting.length > 0 && !isClosed) {
      const free = idle.pop()
      if (free !== undefined) waiting.shift()?.resolve(free.connection)
      else if (bornAt.size + opening < size) {
        const next = waiting.shift()
        if (next === undefined) return
        open().then(
          (connection) => next.resolve(connection),
          (error: unknown) => {
            next.reject(error)
            serveNext()
          },
        )
      } else return
    }
  }

  const wait = (): Promise<PipelineConnection> => {
    const { promise, resolve, reject } = Promise.withResolvers<PipelineConnection>()
    waiting.push({ since: now(), resolve, reject })
    scheduleExpiry()
    return promise
  }

  const giveBack = (connection: PipelineConnection): void => {
    if (isClosed || connection.state() !== 'idle' || isTooOld(connection)) return discard(connection)
    const next = waiting.shift()
    if (next !== undefined) return next.resolve(connection)
    idle.push({ connection, since: now() })
    if (idleTimer === undefined) scheduleSweep(idleTimeoutMs)
  }

  return {
    acquire() {
      if (isClosed) throw cannotConnect(new Error('The pool was closed.'))
      const free = idle.pop()
      if (free !== undefined) return free.connection
      if (waiting.length === 0 && bornAt.size + opening < size) {
        return open().catch((error: unknown) => {
          serveNext()
          throw error
        })
      }
      return wait()
    },
    release(connection) {
      const state = connection.state()
      if (state === 'failed' || state === 'open') {
        connection.run([ROLLBACK, UNLOCK]).then(
          () => giveBack(connection),
          () => discard(connection),
        )
      } else giveBack(connection)
    },
    state: () => ({
      open: bornAt.size,
      idle: idle.length,
      waiting: waiting.length,
      size,
      timeouts,
    }),
    async close() {
      isClosed = true
      clearTimeout(idleTimer)
      clearTimeout(waitingTimer)
      for (const one of waiting.splice(0)) one.reject(cannotConnect(new Error('The pool was closed.')))
      if (bornAt.size === 0) return
      const empty = new Promise<void>((resolve) => (whenEmpty = resolve))
      for (const { connection } of [...idle]) discard(connection)
      await empty
    },
  }
}
