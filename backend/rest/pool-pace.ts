// How many transactions begin at once where Postgres shares the machine with us. A transaction is one write, so each backend works without a pause:
// more of them than there are cores only take turns, all of them end late, and this process gets its turn late too. docs/decisions/0130.
import { isSocketDirectory } from '#postgres/node/target.ts'

/** At most so many transactions that began less than so long ago. One that lasts longer waits for a disk, a lock or a client, and holds up nobody. */
export interface PaceLimits {
  readonly maxYoung: number
  readonly youngMs: number
}

export interface Pace<T> {
  /** Whether one more may begin, beside `others` that are about to. */
  hasRoom(others: number): boolean
  began(one: T): void
  ended(one: T): void
  /** Milliseconds until one that is young now no longer is. */
  waitMs(): number
}

const YOUNG_MS = 10

/** The limits for a database at `host` (a name, an address or a socket's directory); undefined for one elsewhere, which has cores of its own. */
export function paceFor(host: string, cores: number): PaceLimits | undefined {
  const isHere =
    host === 'localhost' || host === '::1' || isSocketDirectory(host) || /^127(\.\d+){3}$/.test(host)
  // Two more than can run: they have work for the cores while answers of others are read here.
  return isHere ? { maxYoung: cores + 2, youngMs: YOUNG_MS } : undefined
}

/** Makes a pace; without limits there is always room. */
export function createPace<T>(limits: PaceLimits | undefined, now: () => number): Pace<T> {
  if (limits === undefined)
    return { hasRoom: () => true, began: () => undefined, ended: () => undefined, waitMs: () => 0 }
  const { maxYoung, youngMs } = limits
  /** When each began, the oldest first. Those that are no longer young leave when the room is needed. */
  const young = new Map<T, number>()
  return {
    hasRoom(others) {
      if (young.size + others < maxYoung) return true
      for (const [one, since] of young) {
        if (now() - since < youngMs) break
        young.delete(one)
      }
      return young.size + others < maxYoung
    },
    began: (one) => void young.set(one, now()),
    ended: (one) => void young.delete(one),
    waitMs() {
      const [since] = young.values()
      return since === undefined ? youngMs : Math.max(0, since + youngMs - now())
    },
  }
}
