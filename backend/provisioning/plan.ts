// Decides what an instance needs to become what is wanted. Pure: the same facts give the same answer, after a crash too.
import type { InstanceState } from './driver.ts'
import type { DesiredState, Instance } from './store.ts'

/** `record` only writes down that there is nothing yet; `lost` says that the data is not where it was. */
export type Transition = 'record' | 'create' | 'start' | 'stop' | 'remove' | 'lost' | 'none'

/** The next transition. Called again after each one until it says none. */
export function planTransition(
  desired: DesiredState,
  instance: Pick<Instance, 'status' | 'hasOwnPasswords' | 'server'> | undefined,
  actual: InstanceState,
): Transition {
  if (desired === 'purged') return 'remove'
  if (instance === undefined) return desired === 'awake' ? 'create' : 'record'
  if (desired === 'awake') {
    if (!instance.hasOwnPasswords) return 'create'
    // Never an empty database in place of one that people have used: the disk may only not be mounted.
    if (actual.kind === 'absent') return 'lost'
    const isAsRecorded =
      actual.kind === 'running' &&
      actual.server.pid === instance.server?.pid &&
      actual.server.startedAt === instance.server.startedAt
    return isAsRecorded && instance.status === 'awake' ? 'none' : 'start'
  }
  // Also when nothing runs any more: a stop that was interrupted may have left its socket.
  return actual.kind !== 'running' && instance.status === desired ? 'none' : 'stop'
}

const FIRST_BACK_OFF_MS = 1_000
const LONGEST_BACK_OFF_MS = 60_000

/** How long to wait after the `attempts`-th failure in a row. */
export function backOffMs(attempts: number): number {
  return Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** Math.max(0, attempts - 1))
}

const START_DEADLINE_MS = 55_000
const LONGEST_START_DEADLINE_MS = 900_000

/** A start gets longer each time it fails: recovery after a crash may have much log to read. */
export function startDeadlineMs(attempts: number): number {
  return Math.min(LONGEST_START_DEADLINE_MS, START_DEADLINE_MS * 2 ** attempts)
}
