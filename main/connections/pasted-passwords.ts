// Passwords out of URIs that the person pasted, kept here for the next test or save of the same address, so that they need not go back to the page.
import type { ConnectionAddress } from './parse-uri.ts'

/** How long a pasted password waits for its test or save. */
export const PASTED_PASSWORD_LIFE_MS = 15 * 60_000
const MAX_KEPT = 20

type Key = Pick<ConnectionAddress, 'host' | 'port' | 'database' | 'user'>

export interface PastedPasswords {
  keep(address: Key, password: string): void
  /** The password pasted with exactly this address: it is never sent to another server, user or database. */
  find(address: Key): string | undefined
  forget(address: Key): void
}

/** `now` gives milliseconds. */
export function createPastedPasswords(now: () => number): PastedPasswords {
  const kept = new Map<string, { readonly password: string; readonly until: number }>()
  const dropExpired = (): void => {
    for (const [key, entry] of kept) if (entry.until <= now()) kept.delete(key)
  }
  return {
    keep(address, password) {
      dropExpired()
      kept.delete(keyOf(address))
      kept.set(keyOf(address), { password, until: now() + PASTED_PASSWORD_LIFE_MS })
      for (const key of kept.keys()) {
        if (kept.size <= MAX_KEPT) break
        kept.delete(key)
      }
    },
    find(address) {
      dropExpired()
      return kept.get(keyOf(address))?.password
    },
    forget: (address) => void kept.delete(keyOf(address)),
  }
}

function keyOf(address: Key): string {
  return JSON.stringify([address.host, address.port, address.database, address.user])
}
