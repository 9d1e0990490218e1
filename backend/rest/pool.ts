// Connections of one engine: opened when they are needed, at most so many at once, closed when they are idle or old. With nothing to do there
// is none. Callers take turns, and short transactions begin no faster than the machine can run them.
import type { PipelineConnection } from '#postgres/node/pipeline/connection.ts'
import { callerOf } from './caller.ts'
import { createPace, type PaceLimits } from './pool-pace.ts'
import { createTurns, shareOfOne } from './pool-turns.ts'
import { acquisitionTimeout, cannotConnect } from './respond/errors.ts'
import type { Identity } from './types.ts'

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
  /** How many short transactions begin at once; as many as there are connections when left out. */
  readonly pace?: PaceLimits | undefined
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
  /**
   * A connection of one's own, to give back by `release`. `client` is where the request comes from: who has no subject is told apart by it.
   * Callers who wait take turns, and one holds four fifths of the connections at most.
   * Throws or rejects with PGRST000, PGRST003.
   */
  acquire(identity: Identity, client?: string): PipelineConnection | Promise<PipelineConnection>
  /** Gives it back. One that is not idle is put in order first, or closed. */
  release(connection: PipelineConnection): void
  state(): PoolState
  /** Closes what is idle now and what is in use when it comes back; who waits gets PGRST000. */
  close(): Promise<void>
}

interface Waiting {
  readonly caller: string
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
  /** Who has those that are lent. */
  const holders = new Map<PipelineConnection, string>()
  const turns = createTurns<Waiting>(shareOfOne(size))
  const pace = createPace<PipelineConnection>(options.pace, now)
  let opening = 0
  let timeouts = 0
  let isClosed = false
  let idleTimer: NodeJS.Timeout | undefined
  let waitingTimer: NodeJS.Timeout | undefined
  let paceTimer: NodeJS.Timeout | undefined
  let whenEmpty: (() => void) | undefined

  const isTooOld = (connection: PipelineConnection): boolean =>
    now() - (bornAt.get(connection) ?? 0) >= maxLifetimeMs

  const lend = (connection: PipelineConnection, caller: string): PipelineConnection => {
    holders.set(connection, caller)
    pace.began(connection)
    return connection
  }
  const takeBack = (connection: PipelineConnection): void => {
    const caller = holders.get(connection)
    if (caller === undefined) return
    holders.delete(connection)
    turns.giveBack(caller)
    pace.ended(connection)
  }

  const forget = (connection: PipelineConnection): void => {
    takeBack(connection)
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

  const isDue = ({ since }: Waiting): boolean => now() - since >= acquireTimeoutMs
  const expireWaiting = (): void => {
    waitingTimer = undefined
    for (const one of turns.takeDue(isDue)) {
      timeouts++
      one.reject(acquisitionTimeout())
    }
    scheduleExpiry()
  }
  const scheduleExpiry = (): void => {
    if (waitingTimer !== undefined || turns.waiting === 0) return
    const first = Math.min(...turns.heads().map(({ since }) => since))
    waitingTimer = setTimeout(expireWaiting, Math.max(1, first + acquireTimeoutMs - now()))
  }

  /** One more, for a caller for whom it is counted already. */
  const open = async (caller: string): Promise<PipelineConnection> => {
    opening++
    let connection: PipelineConnection
    try {
      connection = await options.open()
    } catch (error) {
      turns.giveBack(caller)
      throw cannotConnect(error)
    } finally {
      opening--
    }
    bornAt.set(connection, now())
    lend(connection, caller)
    connection.onClose(() => forget(connection))
    if (isClosed) {
      discard(connection)
      throw cannotConnect(new Error('The pool was closed.'))
    }
    return connection
  }

  const canOpen = (): boolean => bornAt.size + opening < size && pace.hasRoom(opening)
  const canBegin = (): boolean => (idle.length > 0 ? pace.hasRoom(0) : canOpen())

  /** Hands connections, or the room for them, to those who wait. */
  const serveNext = (): void => {
    while (turns.waiting > 0 && !isClosed) {
      if (!canBegin()) return scheduleServing()
      const next = turns.next()
      // All who wait have their share: one of them gives back first.
      if (next === undefined) return
      const free = idle.pop()
      if (free !== undefined) next.resolve(lend(free.connection, next.caller))
      else
        open(next.caller).then(next.resolve, (error: unknown) => {
          next.reject(error)
          serveNext()
        })
    }
  }
  /** Where only the pace holds them up, they need not wait until somebody gives back. */
  const scheduleServing = (): void => {
    if (paceTimer !== undefined || (idle.length === 0 && bornAt.size + opening >= size)) return
    paceTimer = setTimeout(() => {
      paceTimer = undefined
      serveNext()
    }, Math.ceil(pace.waitMs()))
  }

  const wait = (caller: string): Promise<PipelineConnection> => {
    const { promise, resolve, reject } = Promise.withResolvers<PipelineConnection>()
    turns.wait(caller, { caller, since: now(), resolve, reject })
    scheduleExpiry()
    serveNext()
    return promise
  }

  const giveBack = (connection: PipelineConnection): void => {
    if (isClosed || connection.state() !== 'idle' || isTooOld(connection)) return discard(connection)
    idle.push({ connection, since: now() })
    if (idleTimer === undefined) scheduleSweep(idleTimeoutMs)
    serveNext()
  }

  return {
    acquire(identity, client = '') {
      if (isClosed) throw cannotConnect(new Error('The pool was closed.'))
      const caller = callerOf(identity, client)
      if (!canBegin() || !turns.take(caller)) return wait(caller)
      const free = idle.pop()
      if (free !== undefined) return lend(free.connection, caller)
      return open(caller).catch((error: unknown) => {
        serveNext()
        throw error
      })
    },
    release(connection) {
      takeBack(connection)
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
      waiting: turns.waiting,
      size,
      timeouts,
    }),
    async close() {
      isClosed = true
      clearTimeout(idleTimer)
      clearTimeout(waitingTimer)
      clearTimeout(paceTimer)
      for (const one of turns.takeDue(() => true))
        one.reject(cannotConnect(new Error('The pool was closed.')))
      if (bornAt.size === 0) return
      const empty = new Promise<void>((resolve) => (whenEmpty = resolve))
      for (const { connection } of [...idle]) discard(connection)
      await empty
    },
  }
}
