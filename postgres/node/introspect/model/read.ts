// Runs sources on a session: all in one round trip, in one transaction that sees one state of the database and prints names in full.
import type { Session } from '../../session.ts'
import type { Row } from './cells.ts'
import { sourceSql, type Source } from './sources.ts'

/** The part of a session that introspection uses. */
export type ModelSession = Pick<Session, 'query' | 'queryAll' | 'serverVersion'>

/**
 * One state for all statements; names printed with their schema; dates, intervals and times printed alike for every user; no time lost on compiling
 * queries that run once. All of it ends with the transaction.
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

/** The rows of each source by its tag; the transaction ends. */
export async function endReading(
  session: ModelSession,
  sources: readonly Source[],
): Promise<Map<string, Row[]>> {
  const results = await session.queryAll([...sources.map(sourceSql), 'commit'].join(';\n'))
  return byTag(sources, results)
}

/** Ends the transaction after a failure. Never rejects: the connection may be what failed. */
export async function abandonReading(session: ModelSession): Promise<void> {
  await session.query('rollback').catch(() => undefined)
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
