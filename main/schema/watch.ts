// Looks for changes that others make to the schemas a page shows. A look is one cheap query on a session that stays open; only where a transaction has
// written since the last look is the schema read again.
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import { isAppError } from '#contract/errors.ts'
import type { Session } from '#postgres/node/session.ts'
import type { ConnectionsService } from '../connections/index.ts'

export interface WatchDependencies {
  readonly connections: ConnectionsService
  /** False for a project that sleeps: a look would wake it, and so would a session that is opened again after it fell asleep. */
  readonly mayLook: (connectionId: ConnectionId) => boolean
  /** Reads the schema again; resolves when that is done. */
  readonly refresh: (connectionId: ConnectionId) => Promise<unknown>
  readonly timing?: Partial<WatchTiming>
}

/** Times in milliseconds. */
export interface WatchTiming {
  readonly intervalMs: number
  /** After the database could not be reached. */
  readonly retryMs: number
  /** Readings may take this part of the time: a large schema of a busy database is read less often. */
  readonly shareOfTime: number
}

export interface SchemaWatch {
  /** A page was given this schema. */
  show(connectionId: ConnectionId): void
  /** A page listens; looking goes on while one does. Returns how to stop. */
  listen(): () => void
  close(): Promise<void>
}

const TIMING: WatchTiming = { intervalMs: 3_000, retryMs: 15_000, shareOfTime: 0.05 }
const CONNECT_TIMEOUT_MS = 5_000
/** Connections looked at, the ones shown last. */
const MAX_WATCHED = 4

interface Watched {
  timer: NodeJS.Timeout | undefined
  looking: Promise<void> | undefined
  session: Session | undefined
  mark: string | undefined
  /** Of the connection, when the session was opened. */
  updatedAt: string | undefined
}

/** Makes the watch. */
export function createSchemaWatch(dependencies: WatchDependencies): SchemaWatch {
  const { connections, mayLook, refresh } = dependencies
  const timing = { ...TIMING, ...dependencies.timing }
  const watched = new Map<ConnectionId, Watched>()
  let listeners = 0

  const isWanted = (connectionId: ConnectionId, one: Watched): boolean =>
    listeners > 0 && watched.get(connectionId) === one
  const openSession = async (connectionId: ConnectionId, one: Watched): Promise<Session> => {
    if (one.session !== undefined && !one.session.isClosed()) return one.session
    one.session = await connections.open(connectionId, {
      purpose: 'schema watch',
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
    })
    return one.session
  }
  /** Resolves with how long to wait until the next look; undefined ends the looking. */
  const look = async (connectionId: ConnectionId, one: Watched): Promise<number | undefined> => {
    if (!mayLook(connectionId)) return undefined
    try {
      const { kind, updatedAt } = await connections.get(connectionId)
      // It may have been put to sleep: whoever shows it again starts the looking again.
      if (kind === 'project' && one.session?.isClosed() === true) return undefined
      if (one.updatedAt !== updatedAt) {
        // It may lead to another database now.
        await one.session?.close()
        one.session = undefined
        one.mark = undefined
        one.updatedAt = updatedAt
      }
      const mark = await readMark(await openSession(connectionId, one))
      if (mark === one.mark) return timing.intervalMs
      const startedAt = performance.now()
      await refresh(connectionId)
      one.mark = mark
      return Math.max(timing.intervalMs, (performance.now() - startedAt) / timing.shareOfTime)
    } catch (error) {
      if (isAppError(error, 'NOT_FOUND')) return undefined
      one.mark = undefined
      // Who shows the schema is told that it cannot be read, if that is so.
      await refresh(connectionId).catch(() => undefined)
      return timing.retryMs
    }
  }
  const schedule = (connectionId: ConnectionId, one: Watched, afterMs: number): void => {
    if (!isWanted(connectionId, one)) return
    one.timer = setTimeout(() => {
      one.timer = undefined
      one.looking = look(connectionId, one).then((nextMs) => {
        one.looking = undefined
        if (nextMs === undefined || !isWanted(connectionId, one)) void letGo(connectionId, one)
        else schedule(connectionId, one, nextMs)
      })
    }, afterMs)
    one.timer.unref()
  }
  const letGo = async (connectionId: ConnectionId, one: Watched): Promise<void> => {
    if (watched.get(connectionId) === one) watched.delete(connectionId)
    clearTimeout(one.timer)
    await one.session?.close()
  }
  const letAllGo = async (): Promise<void> => {
    const all = [...watched]
    watched.clear()
    await Promise.all(all.map(([connectionId, one]) => letGo(connectionId, one)))
    await Promise.all(all.map(([, one]) => one.looking))
  }

  return {
    show(connectionId) {
      const present = watched.get(connectionId)
      watched.delete(connectionId)
      const one = present ?? {
        timer: undefined,
        looking: undefined,
        session: undefined,
        mark: undefined,
        updatedAt: undefined,
      }
      watched.set(connectionId, one)
      for (const [id, other] of watched) {
        if (watched.size <= MAX_WATCHED) break
        void letGo(id, other)
      }
      if (one.timer === undefined && one.looking === undefined) schedule(connectionId, one, timing.intervalMs)
    },
    listen() {
      listeners += 1
      for (const [connectionId, one] of watched)
        if (one.timer === undefined && one.looking === undefined)
          schedule(connectionId, one, timing.intervalMs)
      let isListening = true
      return () => {
        if (!isListening) return
        isListening = false
        listeners -= 1
        if (listeners === 0) void letAllGo()
      }
    },
    close: letAllGo,
  }
}

/** Changes with every transaction that writes; not with ones that read. */
async function readMark(session: Session): Promise<string> {
  const { rows } = await session.query('select pg_catalog.pg_current_snapshot()::text')
  return rows[0]?.[0] ?? ''
}
