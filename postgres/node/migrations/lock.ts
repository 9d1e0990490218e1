// One person at a time applies to a database: an advisory lock, held by the session that applies. It is asked for again and again and never waited for,
// because a statement that waits holds a snapshot, and CREATE INDEX CONCURRENTLY of the holder would wait for that snapshot for ever.
import type { MigrationProgress } from '#contract/capabilities/migrations.ts'
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
    const { rows } = await runCancellable(session, { text: `select pg_try_advisory_lock(${LOCK})` }, signal)
    if (rows[0]?.[0] === 't') return
    // It may have gone meanwhile: then the next try gets it.
    const holder = await lockHolder(session)
    if (holder !== undefined) yield { type: 'waiting', holder, sinceMs: now() - since }
    await sleep(ASK_AGAIN_MS, signal)
    assertGoing(signal)
  }
}

/** Lets others apply. */
export async function releaseLock(session: Session): Promise<void> {
  await session.query(`select pg_advisory_unlock(${LOCK})`)
}

/** Who holds the lock, for a person: program, role and process; undefined when nobody does. */
export async function lockHolder(session: Session): Promise<string | undefined> {
  const { rows } = await session.query(
    `select ${DESCRIBE_BACKEND}
     from pg_locks l join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory' and (l.classid, l.objid, l.objsubid) = (${LOCK}, 2) and l.granted
       and l.database = (select oid from pg_database where datname = current_database())`,
  )
  return rows[0]?.[0] ?? undefined
}

/** Who keeps a backend from going on, for a person; undefined when nothing does. */
export async function blockersOf(observer: Session, pid: number): Promise<string | undefined> {
  const { rows } = await observer.query(
    `select string_agg(${DESCRIBE_BACKEND} || coalesce(', ' || a.state, ''), '; ' order by a.pid)
     from pg_stat_activity a where a.pid = any(pg_blocking_pids($1))`,
    [pid],
  )
  return rows[0]?.[0] ?? undefined
}

/** Without the statement: it may have values of other people in it. */
const DESCRIBE_BACKEND = `coalesce(nullif(a.application_name, ''), a.backend_type) || ' as ' || coalesce(a.usename, '?') || ', process ' || a.pid`
