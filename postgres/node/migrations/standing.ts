// Where a database stands: its history, and whether somebody is changing it at this moment.
import type { Session } from '../session.ts'
import { readHistory, type HistoryRow } from './history.ts'
import { lockHolder } from './lock.ts'
import { readRolePower, type RolePower } from './role-power.ts'

export interface Standing {
  readonly rows: readonly HistoryRow[]
  /** Rows that are not applied are under way; else they stopped between two steps. */
  readonly isRunning: boolean
  /** Another program than the server answered the connection: a pooler, which may give each transaction another connection. */
  readonly isPooled: boolean
  readonly runsAs: RolePower
}

/** Reads it. Rejects as `readHistory` does. */
export async function readStanding(session: Session): Promise<Standing> {
  const rows = await readHistory(session)
  const isPooled = await isBehindPooler(session)
  const runsAs = await readRolePower(session)
  if (rows.every(({ state }) => state === 'applied')) return { rows, isRunning: false, isPooled, runsAs }
  if ((await lockHolder(session)) !== undefined) return { rows, isRunning: true, isPooled, runsAs }
  // It may have come to its end in between.
  return { rows: await readHistory(session), isRunning: false, isPooled, runsAs }
}

/** A pooler gives its clients keys of its own to cancel with, which name no process of the server. */
async function isBehindPooler(session: Session): Promise<boolean> {
  const { rows } = await session.query('select pg_catalog.pg_backend_pid()')
  return Number(rows[0]?.[0]) !== session.backendPid
}
