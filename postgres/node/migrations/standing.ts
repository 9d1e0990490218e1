// Where a database stands: its history, and whether somebody is changing it at this moment.
import type { Session } from '../session.ts'
import { readHistory, type HistoryRow } from './history.ts'
import { lockHolder } from './lock.ts'

export interface Standing {
  readonly rows: readonly HistoryRow[]
  /** Rows that are not applied are under way; else they stopped between two steps. */
  readonly isRunning: boolean
}

/** Reads it. Rejects as `readHistory` does. */
export async function readStanding(session: Session): Promise<Standing> {
  const rows = await readHistory(session)
  if (rows.every(({ state }) => state === 'applied')) return { rows, isRunning: false }
  if ((await lockHolder(session)) !== undefined) return { rows, isRunning: true }
  // It may have come to its end in between.
  return { rows: await readHistory(session), isRunning: false }
}
