// The product's own statements on a session whose settings are a person's. In somebody else's database the search path may lead to functions, operators and
// tables that are named as those of Postgres are, and would run with this person's rights.
import type { Session } from './session.ts'

type OwnSession = Pick<Session, 'query' | 'transactionState'>

/**
 * Runs statements that find nothing but what they name and what is in pg_catalog, as the role that the session began with. In a transaction that is open
 * this holds up to its end, so it must be the last thing there; else it is a transaction of its own. The session's settings are as before afterwards.
 */
export async function ownStatements<T>(session: OwnSession, work: () => Promise<T>): Promise<T> {
  if (session.transactionState() !== 'idle') {
    await session.query(SETTINGS)
    return work()
  }
  await session.query(`begin; ${SETTINGS}`)
  try {
    const result = await work()
    await session.query('commit')
    return result
  } catch (error) {
    // Where the connection is lost, the server undoes it.
    await session.query('rollback').catch(() => undefined)
    throw error
  }
}

const SETTINGS = `set local role to default; set local search_path = ''`
