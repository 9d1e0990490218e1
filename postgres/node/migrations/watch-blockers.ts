// Says who holds up a session, by asking on another connection while it waits: afterwards nobody can tell any more.
import type { Session } from '../session.ts'
import { blockersOf } from './lock.ts'

/** Makes the watcher of one session. It opens its own connection when something first takes long, and works without one where none can be had. */
export function createWatcher(
  watchedSession: Session,
  options: {
    readonly open: () => Promise<Session>
    readonly everyMs: number
    readonly sleep: (ms: number, signal: AbortSignal | undefined) => Promise<void>
  },
): {
  watched<T>(work: () => Promise<T>, onBlocked: (blockers: string) => void): Promise<T>
  close(): Promise<void>
} {
  let observer: Promise<Session> | undefined
  const look = async (): Promise<string | undefined> => {
    observer ??= options.open()
    return blockersOf(await observer, watchedSession.backendPid)
  }
  return {
    async watched(work, onBlocked) {
      const done = new AbortController()
      const watching = (async () => {
        while (!done.signal.aborted) {
          await options.sleep(options.everyMs, done.signal)
          if (done.signal.aborted) return
          const blockers = await look()
          if (blockers !== undefined) onBlocked(blockers)
        }
      })().catch(() => undefined)
      try {
        return await work()
      } finally {
        done.abort()
        await watching
      }
    },
    async close() {
      await observer?.then((session) => session.close()).catch(() => undefined)
    },
  }
}
