// One person at a time applies to a database: an advisory lock, held by the session that applies. It is asked for again and again and never waited for,
// because a statement that waits holds a snapshot, and CREATE INDEX CONCURRENTLY of the holder would wait for that snapshot for ever.
import type { MigrationProgress } from '#contract/capabilities/migrations.ts'
import { AppError } from '#contract/errors.ts'
import { ownStatements } from '../own-statements.ts'
import type { Session } from '../session.ts'
import { assertGoing, runCancellable } from './run-cancellable.ts'

/** 'nebu' and 'migr' as numbers. */
const LOCK = '1852138101, 1835624306'
const ASK_AGAIN_MS = 500

export interface Waiting {
  readonly now: () => number
  readonly sleep: (ms: number, signal: AbortSignal | undefined) => Promise<void>
  readonly signal: AbortSignal | undefined
}

/** Takes the lock; tells of the holder each time that it is not free. The lock goes with the session, or with `releaseLock`. */
export async function* acquireLock(
  session: Session,
  { now, sleep, signal }: Waiting,
): AsyncGenerator<MigrationProgress> {
  const since = now()
  for (;;) {
    const { rows } = await runCancellable(
      session,
      { text: `select pg_catalog.pg_try_advisory_lock(${LOCK})` },
      signal,
    )
    if (rows[0]?.[0] === 't') return
    // It may have gone meanwhile: then the next try gets it.
    const holder = await lockHolder(session)
    if (holder !== undefined) yield { type: 'waiting', holder, sinceMs: now() - since }
    await sleep(ASK_AGAIN_MS, signal)
    assertGoing(signal)
  }
}

/**
 * Throws CONFLICT when it is another server process that has the lock: behind a pooler that gives each transaction another one, nothing keeps two people
 * apart. `isInTransaction`: within one that is open.
 */
export async function assertHeld(session: Session, isInTransaction: boolean): Promise<void> {
  // A session may take its own lock as often as it likes; what is taken in a transaction goes with it.
  const take = isInTransaction ? 'pg_try_advisory_xact_lock' : 'pg_try_advisory_lock'
  const { rows } = await session.query(`select pg_catalog.${take}(${LOCK})`)
  if (rows[0]?.[0] === 't') return
  throw new AppError(
    'CONFLICT',
    'The lock that keeps two people from applying at once is not held by this connection any more, so it stopped here.',
    {
      hint: 'A pooler in transaction mode (PgBouncer) gives each transaction another connection. Connect to the server itself, or to a pool in session mode.',
    },
  )
}

/** Lets others apply. Behind a pooler the lock would stay when the session goes. */
export async function releaseLock(session: Session): Promise<void> {
  await session.query('select pg_catalog.pg_advisory_unlock_all()')
}

/** Who holds the lock, for a person: program, role and process; undefined when nobody does. */
export async function lockHolder(session: Session): Promise<string | undefined> {
  const { rows } = await ownStatements(session, () =>
    session.query(`select ${DESCRIBE_BACKEND}
     from pg_locks l join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory' and (l.classid, l.objid, l.objsubid) = (${LOCK}, 2) and l.granted
       and l.database = (select oid from pg_database where datname = current_database())`),
  )
  return rows[0]?.[0] ?? undefined
}

/** Who keeps a backend from going on, for a person; undefined when nothing does. */
export async function blockersOf(observer: Session, pid: number): Promise<string | undefined> {
  const { rows } = await ownStatements(observer, () =>
    observer.query(
      `select string_agg(${DESCRIBE_BACKEND} || coalesce(', ' || a.state, ''), '; ' order by a.pid)
     from pg_stat_activity a where a.pid = any(pg_blocking_pids($1))`,
      [pid],
    ),
  )
  return rows[0]?.[0] ?? undefined
}

/** Without the statement: it may have values of other people in it. */
const DESCRIBE_BACKEND = `coalesce(nullif(a.application_name, ''), a.backend_type) || ' as ' || coalesce(a.usename, '?') || ', process ' || a.pid`
