// When keys were last used: noted in memory by every request, written for all keys at once every minute.
import type { ApiKeyId } from '#contract/capabilities/api-keys.ts'
import type { Clock } from '../clock.ts'

const MINUTE_MS = 60_000

export interface LastUse {
  /** Notes that a key is used now. Costs a look into a map. */
  note(keyId: ApiKeyId): void
  /** Writes what was noted since the last time. What could not be written is kept for the next time. */
  flush(): Promise<void>
  /** Stops writing by itself, after a last time. Never throws. */
  close(): Promise<void>
}

/** Makes it. `write` is given moments cut to the minute. */
export function createLastUse(deps: {
  readonly clock: Clock
  readonly write: (uses: ReadonlyMap<ApiKeyId, Date>) => Promise<void>
  readonly onError: (error: unknown) => void
}): LastUse {
  /** Minutes since 1970. */
  let noted = new Map<ApiKeyId, number>()
  const minuteNow = (): number => Math.floor(deps.clock.now().getTime() / MINUTE_MS)

  const flush = async (): Promise<void> => {
    if (noted.size === 0) return
    const uses = noted
    noted = new Map()
    try {
      await deps.write(new Map([...uses].map(([id, minute]) => [id, new Date(minute * MINUTE_MS)])))
    } catch (error) {
      for (const [id, minute] of uses) if ((noted.get(id) ?? 0) < minute) noted.set(id, minute)
      throw error
    }
  }

  const timer = setInterval(() => void flush().catch(deps.onError), MINUTE_MS)
  timer.unref()
  return {
    note(keyId) {
      const minute = minuteNow()
      if (noted.get(keyId) !== minute) noted.set(keyId, minute)
    },
    flush,
    async close() {
      clearInterval(timer)
      await flush().catch(deps.onError)
    },
  }
}
