// The locks that a session holds on relations of its own, seen from within.
import { LockMode } from '#contract/capabilities/schema.ts'
import type { RelationName } from '#contract/schema/types.ts'
import type { Session } from '../session.ts'

export interface HeldLock extends RelationName {
  readonly mode: LockMode
}

/** The strongest lock on each table and view, but for those of the system. The session must be in a transaction. */
export async function heldLocks(session: Session): Promise<HeldLock[]> {
  // In the middle of a person's transaction, whose settings stay theirs.
  await session.query(`savepoint before_locks; set local search_path = ''`)
  const { rows } = await session.query(HELD)
  await session.query('rollback to savepoint before_locks; release savepoint before_locks')
  const strongest = new Map<string, HeldLock>()
  for (const [schema, name, mode] of rows) {
    const parsed = LockMode.safeParse(mode)
    if (!parsed.success || schema === null || name === null || schema === undefined || name === undefined)
      continue
    const key = `${schema}\0${name}`
    const before = strongest.get(key)
    if (before === undefined || LockMode.options.indexOf(before.mode) < LockMode.options.indexOf(parsed.data))
      strongest.set(key, { schema, name, mode: parsed.data })
  }
  return [...strongest.values()]
}

/** AccessShareLock is ACCESS SHARE. */
const HELD = `
  select n.nspname, c.relname, upper(regexp_replace(regexp_replace(l.mode, 'Lock$', ''), '([a-z])([A-Z])', '\\1 \\2', 'g'))
  from pg_locks l join pg_class c on c.oid = l.relation join pg_namespace n on n.oid = c.relnamespace
  where l.pid = pg_backend_pid() and l.locktype = 'relation' and l.granted and c.relkind in ('r', 'p', 'v', 'm', 'f')
    and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  order by 1, 2`
