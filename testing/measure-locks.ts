// What a statement really does on a server: the locks that it holds, as a second connection sees them in pg_locks; which tables got new files; which
// were read from end to end.
import { openSession, type Session, type SessionTarget } from '#postgres/node/session.ts'

export interface Measured {
  /** `schema.name` → the strongest mode. Only relations that were there before: no indexes, sequences, catalogs. */
  readonly locks: Readonly<Record<string, string>>
  readonly rewritten: readonly string[]
  readonly scanned: readonly string[]
}

const STRENGTH = [
  'AccessShareLock',
  'RowShareLock',
  'RowExclusiveLock',
  'ShareUpdateExclusiveLock',
  'ShareLock',
  'ShareRowExclusiveLock',
  'ExclusiveLock',
  'AccessExclusiveLock',
]

/** Runs the statement in a transaction that is rolled back. */
export async function measureInTransaction(target: SessionTarget, statement: string): Promise<Measured> {
  const [session, observer] = await Promise.all([openSession(target), openSession(target)])
  try {
    const names = await relationNames(observer)
    const before = await filesOf(session, names)
    await session.query('begin')
    const readBefore = await readsOf(session)
    await session.query(statement)
    const locks = await locksOf(observer, session.backendPid, names)
    const after = await filesOf(session, names)
    const reads = await readsOf(session)
    await session.query('rollback')
    return {
      locks,
      rewritten: [...names]
        .filter(([oid]) => after.has(oid) && after.get(oid) !== before.get(oid))
        .map(([, name]) => name),
      scanned: [...names]
        .filter(([oid]) => (reads.get(oid) ?? 0) > (readBefore.get(oid) ?? 0))
        .map(([, name]) => name),
    }
  } finally {
    await Promise.all([session.close(), observer.close()])
  }
}

/**
 * Runs a statement that cannot be in a transaction, while another one holds `blocker` open: the statement comes as far as waiting for that, and shows the
 * locks that it has and wants.
 */
export async function measureWhileHeldUp(
  target: SessionTarget,
  { statement, blocker }: { readonly statement: string; readonly blocker: string },
): Promise<Pick<Measured, 'locks'>> {
  const [session, observer, other] = await Promise.all([
    openSession(target),
    openSession(target),
    openSession(target),
  ])
  try {
    const names = await relationNames(observer)
    await other.query(`begin; ${blocker}`)
    const running = session.query(statement).catch((error: unknown) => error)
    for (;;) {
      const { rows } = await observer.query('select cardinality(pg_blocking_pids($1))', [session.backendPid])
      if (rows[0]?.[0] !== '0') break
    }
    const locks = await locksOf(observer, session.backendPid, names)
    await other.query('rollback')
    const failure = await running
    if (failure instanceof Error) throw failure
    return { locks }
  } finally {
    await Promise.all([session.close(), observer.close(), other.close()])
  }
}

async function relationNames(session: Session): Promise<Map<string, string>> {
  const { rows } = await session.query(
    `select c.oid, n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'm', 'v', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`,
  )
  return new Map(rows.map(([oid, name]) => [oid ?? '', name ?? '']))
}

async function locksOf(
  observer: Session,
  pid: number,
  names: ReadonlyMap<string, string>,
): Promise<Record<string, string>> {
  const { rows } = await observer.query(
    `select relation, mode from pg_locks where locktype = 'relation' and pid = $1`,
    [pid],
  )
  const strongest = new Map<string, number>()
  for (const [oid, mode] of rows) {
    const name = names.get(oid ?? '')
    if (name === undefined) continue
    strongest.set(name, Math.max(strongest.get(name) ?? 0, STRENGTH.indexOf(mode ?? '')))
  }
  return Object.fromEntries(
    [...strongest].toSorted().map(([name, strength]) => [name, modeName(STRENGTH[strength] ?? '')]),
  )
}

/** `AccessShareLock` → `ACCESS SHARE`. */
function modeName(mode: string): string {
  return mode
    .replace(/Lock$/, '')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase()
}

async function filesOf(session: Session, names: ReadonlyMap<string, string>): Promise<Map<string, string>> {
  const { rows } = await session.query(
    `select oid, pg_relation_filenode(oid) from pg_class where oid = any($1::oid[]) and pg_relation_filenode(oid) is not null`,
    [[...names.keys()]],
  )
  return new Map(rows.map(([oid, file]) => [oid ?? '', file ?? '']))
}

async function readsOf(session: Session): Promise<Map<string, number>> {
  const { rows } = await session.query(
    'select relid, seq_scan + coalesce(idx_scan, 0) from pg_stat_xact_user_tables',
  )
  return new Map(rows.map(([oid, count]) => [oid ?? '', Number(count)]))
}
