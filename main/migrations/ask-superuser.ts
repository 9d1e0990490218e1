// Before SQL of files is run: whether it would run as somebody who can do more than change the database. Then a person has to have said so.
import { readRolePower, refusePower } from '#postgres/node/migrations/role-power.ts'
import type { OpenSession } from '#postgres/node/migrations/migrator.ts'

/** Rejects with FORBIDDEN unless the role is an ordinary one or `asSuperuser` is said; with CONNECTION_FAILED when that cannot be found out. */
export async function askSuperuser(openSession: OpenSession, asSuperuser: boolean): Promise<void> {
  if (asSuperuser) return
  const session = await openSession()
  try {
    refusePower(await readRolePower(session))
  } finally {
    await session.close()
  }
}
