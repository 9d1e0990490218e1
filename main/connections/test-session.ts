// What "Test connection" finds out over an open session.
import { z } from 'zod'
import type { ConnectionTest } from '#contract/capabilities/connections.ts'
import type { Session } from '#postgres/node/session.ts'

const Row = z.tuple([z.enum(['t', 'f'])])

/** Asks the server about itself, measures one round trip in milliseconds, and closes the session. */
export async function testSession(session: Session): Promise<ConnectionTest> {
  try {
    const { rows } = await session.query(
      'select rolsuper from pg_catalog.pg_roles where rolname = current_user',
    )
    const startedAt = performance.now()
    await session.query('select 1')
    return {
      serverVersion: session.serverVersion,
      latencyMs: performance.now() - startedAt,
      isSuperuser: Row.parse(rows[0])[0] === 't',
      usesTls: session.usesTls,
    }
  } finally {
    await session.close()
  }
}
