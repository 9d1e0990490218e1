// Sessions as owner on the projects' instances: a few per database, kept for a while, cleaned between uses, closed when the project stops.
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { AppError, isAppError } from '#contract/errors.ts'
import { openSession, type Session } from '#postgres/node/session.ts'
import type { Provisioning } from '../provisioning/index.ts'

export interface DatabaseRef {
  readonly projectId: ProjectId
  readonly database: string
}

export interface SessionPoolDependencies {
  readonly provisioning: Pick<Provisioning, 'ensureAwake' | 'ownerTarget' | 'onProgress'>
  /** Finishes an interrupted change of the owner's password, so that the stored one is the right one. */
  readonly settleCredentials: (projectId: ProjectId) => Promise<void>
  /** Sessions per database, at most. */
  readonly max: number
  readonly idleTimeoutMs: number
  /** How long a call waits for a session while all are in use. */
  readonly waitTimeoutMs: number
}

export interface SessionPool {
  /**
   * Runs `work` with a session that nobody else uses, idle and outside a transaction. When `signal` aborts, what runs is cancelled. Throws
   * CONNECTION_FAILED, PROJECT_NOT_READY, TIMEOUT when no session becomes free, CANCELLED while waiting.
   */
  use<T>(ref: DatabaseRef, signal: AbortSignal, work: (session: Session) => Promise<T>): Promise<T>
  /** Closes the sessions of a project, or of one of its databases, that are not in use; those in use close when they are given back. */
  evict(projectId: ProjectId, database?: string): Promise<void>
  /** Closes all. Sessions in use are closed when they are given back. */
  close(): Promise<void>
  /** Open sessions, for the metrics and tests. */
  size(): number
}

interface Waiter {
  /** With a session, or with leave to open one. */
  readonly resolve: (session: Session | undefined) => void
}

/** The sessions of one database. */
interface Lane {
  readonly ref: DatabaseRef
  readonly idle: { readonly session: Session; readonly timer: NodeJS.Timeout }[]
  readonly waiters: Waiter[]
  /** In use, idle or being opened. */
  count: number
  /** Raised by evict: a session from before is not kept. */
  generation: number
}

/** Makes the pool. Nothing is opened before the first use. */
export function createSessionPool(deps: SessionPoolDependencies): SessionPool {
  const lanes = new Map<string, Lane>()
  let isClosed = false

  const stopListening = deps.provisioning.onProgress((projectId, progress) => {
    if (progress.status !== 'awake') void evict(projectId)
  })

  const laneOf = (ref: DatabaseRef): Lane => {
    const key = `${ref.projectId} ${ref.database}`
    const lane = lanes.get(key) ?? { ref, idle: [], waiters: [], count: 0, generation: 0 }
    lanes.set(key, lane)
    return lane
  }

  const takeIdle = (lane: Lane): Session | undefined => {
    for (let next = lane.idle.pop(); next !== undefined; next = lane.idle.pop()) {
      clearTimeout(next.timer)
      if (!next.session.isClosed()) return next.session
      lane.count -= 1
    }
    return undefined
  }

  const open = async (lane: Lane, signal: AbortSignal): Promise<Session> => {
    const { projectId, database } = lane.ref
    const connect = async (): Promise<Session> => {
      await deps.settleCredentials(projectId)
      return openSession(await deps.provisioning.ownerTarget(projectId, database), { signal })
    }
    try {
      return await connect()
    } catch (error) {
      if (!isAppError(error, 'CONNECTION_FAILED') && !isAppError(error, 'PROJECT_NOT_READY')) throw error
      if (error.details?.['sqlstate'] !== undefined) throw error // it answered, and meant no
      // Asleep, or it died and nobody has noticed yet.
      await deps.provisioning.ensureAwake(projectId)
      return connect()
    }
  }

  /** A session, or undefined for leave to open one; either way it is counted. */
  const acquire = async (lane: Lane, signal: AbortSignal): Promise<Session | undefined> => {
    const idle = takeIdle(lane)
    if (idle !== undefined) return idle
    if (lane.count < deps.max) {
      lane.count += 1
      return undefined
    }
    const { promise, resolve, reject } = Promise.withResolvers<Session | undefined>()
    const waiter: Waiter = { resolve }
    lane.waiters.push(waiter)
    const giveUp = (error: AppError): void => {
      const index = lane.waiters.indexOf(waiter)
      if (index === -1) return
      lane.waiters.splice(index, 1)
      reject(error)
    }
    const abort = (): void => giveUp(new AppError('CANCELLED', 'The call was cancelled.'))
    const timer = setTimeout(
      () => giveUp(new AppError('TIMEOUT', 'All connections to this database are in use. Try again later.')),
      deps.waitTimeoutMs,
    )
    signal.addEventListener('abort', abort)
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    }
  }

  /** Gives the place of a session that is gone to who waits longest. */
  const vacate = (lane: Lane): void => {
    const waiter = lane.waiters.shift()
    if (waiter === undefined) lane.count -= 1
    else waiter.resolve(undefined)
  }

  const release = async (lane: Lane, session: Session, generation: number): Promise<void> => {
    const isWanted = !isClosed && lane.generation === generation && (await clean(session))
    if (!isWanted) {
      await session.close()
      return vacate(lane)
    }
    const waiter = lane.waiters.shift()
    if (waiter !== undefined) return waiter.resolve(session)
    const timer = setTimeout(() => {
      const index = lane.idle.findIndex((entry) => entry.session === session)
      if (index === -1) return
      lane.idle.splice(index, 1)
      void session.close()
      vacate(lane)
    }, deps.idleTimeoutMs)
    timer.unref()
    lane.idle.push({ session, timer })
  }

  const evict = async (projectId: ProjectId, database?: string): Promise<void> => {
    const closing: Promise<void>[] = []
    for (const lane of lanes.values()) {
      if (lane.ref.projectId !== projectId) continue
      if (database !== undefined && lane.ref.database !== database) continue
      lane.generation += 1
      for (const { session, timer } of lane.idle.splice(0)) {
        clearTimeout(timer)
        closing.push(session.close())
        vacate(lane)
      }
    }
    await Promise.all(closing)
  }

  return {
    async use(ref, signal, work) {
      if (isClosed) throw new AppError('CONNECTION_FAILED', 'The service is stopping.')
      if (signal.aborted) throw new AppError('CANCELLED', 'The call was cancelled.')
      const lane = laneOf(ref)
      const { generation } = lane
      let session = await acquire(lane, signal)
      try {
        session ??= await open(lane, signal)
      } catch (error) {
        vacate(lane)
        throw error
      }
      const running = session
      const cancel = (): void => void running.cancel().catch(() => undefined)
      signal.addEventListener('abort', cancel)
      try {
        if (signal.aborted) throw new AppError('CANCELLED', 'The call was cancelled.')
        return await work(running)
      } finally {
        signal.removeEventListener('abort', cancel)
        await release(lane, running, generation)
      }
    },
    evict,
    async close() {
      isClosed = true
      stopListening()
      await Promise.all([...lanes.values()].map(({ ref }) => evict(ref.projectId)))
    },
    size: () => [...lanes.values()].reduce((sum, { count }) => sum + count, 0),
  }
}

/** Takes away everything that a statement may have left in the session. False when the session cannot be used again. */
async function clean(session: Session): Promise<boolean> {
  if (session.isClosed()) return false
  try {
    if (session.transactionState() !== 'idle') await session.query('rollback')
    await session.query('discard all')
    return true
  } catch {
    return false
  }
}
