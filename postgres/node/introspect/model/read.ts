// Runs sources on a session: all in one round trip, in one transaction that sees one state of the database and prints names in full.
import { AppError } from '#contract/errors.ts'
import type { Session } from '../../session.ts'
import type { Row } from './cells.ts'
import { sourceSql, type Source } from './sources.ts'

/** The part of a session that introspection uses. */
export type ModelSession = Pick<Session, 'query' | 'queryAll' | 'serverVersion'>

/** How long one attempt waits for a lock, and how long all together do, in milliseconds. */
const [LOCK_PATIENCE_MS, LOCK_TIMEOUT_MS] = [250, 5_000]

/** How a schema is read. */
export interface ReadOptions {
  /** How long it waits for tables that somebody holds exclusively, in milliseconds; five seconds by default. */
  readonly lockTimeoutMs?: number | undefined
}

/**
 * One state for all statements; names printed with their schema; dates, intervals and times printed alike for every user; no time lost on compiling
 * queries that run once, or on sorting rows to group them: statistics of catalogs are old just when much has changed. All of it ends with the transaction.
 *
 * Printing a view locks what it reads until then, and DROP takes these locks the other way round: this gives way well before Postgres looks for
 * deadlocks (deadlock_timeout, a second), or the other session's statement might be the one that fails.
 */
const BEGIN = `begin isolation level repeatable read, read only;
set local search_path = '';
set local datestyle = 'ISO, YMD';
set local intervalstyle = 'postgres';
set local timezone = 'UTC';
set local bytea_output = 'hex';
set local extra_float_digits = 1;
set local quote_all_identifiers = off;
set local jit = off;
set local enable_sort = off;
set local lock_timeout = '${LOCK_PATIENCE_MS}ms';
`
const BEGIN_STATEMENTS = BEGIN.split(';').length - 1

/** The rows of each source by its tag, read in a new transaction, which stays open. */
export async function beginReading(
  session: ModelSession,
  sources: readonly Source[],
): Promise<Map<string, Row[]>> {
  const results = await session.queryAll(BEGIN + sources.map(sourceSql).join(';\n'))
  return byTag(sources, results.slice(BEGIN_STATEMENTS))
}

/**
 * The same for groups of sources, all in one round trip: the rows of each group, by its index, are there while the server works on the next. A group is
 * rejected with what went wrong in it or before it.
 */
export function beginReadingInGroups(
  session: ModelSession,
  groups: readonly (readonly Source[])[],
): (group: number) => Promise<Map<string, Row[]>> {
  const sources = groups.flat()
  const results: { readonly rows: readonly Row[] }[] = []
  const ends: { readonly at: number; readonly come: () => void }[] = []
  const running = Promise.withResolvers<undefined>()
  let start = 0
  const read = (group: readonly Source[]): Promise<Map<string, Row[]>> => {
    const [from, to] = [start, (start += group.length)]
    const come = Promise.withResolvers<undefined>()
    ends.push({ at: to, come: () => come.resolve(undefined) })
    const rows = Promise.race([come.promise, running.promise]).then(() =>
      byTag(group, results.slice(from, to)),
    )
    // Whoever waits for an earlier group fails with the same.
    rows.catch(() => undefined)
    return rows
  }
  const rows = groups.map(read)
  session
    .queryAll(BEGIN + sources.map(sourceSql).join(';\n'), (index, result) => {
      if (index < BEGIN_STATEMENTS) return
      results.push(result)
      for (const { at, come } of ends) if (at === results.length) come()
    })
    .then(() => running.resolve(undefined), running.reject)
  return (group) => rows[group] ?? Promise.reject(new RangeError(`There is no group ${String(group)}.`))
}

/** The rows of each source by its tag; the transaction ends. */
export async function endReading(
  session: ModelSession,
  sources: readonly Source[],
): Promise<Map<string, Row[]>> {
  const results = await session.queryAll([...sources.map(sourceSql), 'commit'].join(';\n'))
  return byTag(sources, results)
}

/** Attempts at reading when things are dropped meanwhile. */
const ATTEMPTS = 12

/**
 * Runs `work`, again when a statement of another session came in between: what prints names sees the present, not the transaction's state, and fails over
 * things that are gone by now, or locked. Rejects with the last failure, CONFLICT when a lock is held for long; the transaction is ended.
 */
export async function retried<T>(
  session: ModelSession,
  { lockTimeoutMs = LOCK_TIMEOUT_MS }: ReadOptions,
  work: () => Promise<T>,
): Promise<T> {
  let [dropped, locked] = [0, 0]
  for (;;) {
    try {
      return await work()
    } catch (error) {
      // The connection may be what failed: then there is nothing to end, and the first error counts.
      await session.query('rollback').catch(() => undefined)
      const state = sqlstateOf(error)
      if (DROPPED.has(state) && ++dropped < ATTEMPTS) continue
      if (!LOCKED.has(state)) throw error
      if (++locked * LOCK_PATIENCE_MS >= lockTimeoutMs)
        throw new AppError(
          'CONFLICT',
          'The schema cannot be read: another session is changing a table and keeps it locked. Read it again when that is done.',
          { cause: error },
        )
    }
  }
}

/** internal_error ("cache lookup failed"), undefined_table, undefined_object, undefined_function, undefined_column. */
const DROPPED = new Set(['XX000', '42P01', '42704', '42883', '42703'])
/** lock_not_available, deadlock_detected. */
const LOCKED = new Set(['55P03', '40P01'])

function sqlstateOf(error: unknown): string {
  return error instanceof AppError ? String(error.details?.['sqlstate']) : ''
}

function byTag(
  sources: readonly Source[],
  results: readonly { readonly rows: readonly Row[] }[],
): Map<string, Row[]> {
  const rows = new Map<string, Row[]>()
  for (const [index, { tag }] of sources.entries()) {
    const found = results[index]?.rows ?? []
    const known = rows.get(tag)
    if (known === undefined) rows.set(tag, [...found])
    else known.push(...found)
  }
  return rows
}
