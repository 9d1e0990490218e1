// Reads the history table of a project's database as what it is to the service: rows that somebody else wrote.
import { z } from 'zod'
import { ProjectMigration } from '#contract/capabilities/project-migrations.ts'
import { AppError } from '#contract/errors.ts'
import { identifier, literal, sql } from '#postgres/common/sql/sql.ts'
import { HISTORY_SCHEMA, HISTORY_TABLE } from '#postgres/node/migrations/history.ts'
import type { Session } from '#postgres/node/session.ts'

const table = identifier(HISTORY_SCHEMA, HISTORY_TABLE)
/** Migrations of one database that the service looks at, the latest. */
const MAX_MIGRATIONS = 2_000
/** Of all rows: a migrator holds them in memory. */
const MAX_BYTES = 32 * 1024 * 1024

const Row = z
  .tuple([
    z.string(),
    z.string(),
    z.string(),
    z.string(),
    z.string().nullable(),
    z.string(),
    z.coerce.number(),
    z.string(),
  ])
  .transform(([version, name, checksum, role, person, appliedAt, durationMs, state]) => ({
    version,
    name,
    checksum,
    role,
    person,
    appliedAt,
    durationMs,
    state: state === 'applied' ? ('applied' as const) : ('failed' as const),
  }))
  .pipe(ProjectMigration)

/** Oldest first; empty where there is no history. Rows that are no migrations are passed over. */
export async function readProjectHistory(session: Session): Promise<ProjectMigration[]> {
  if (!(await hasHistory(session))) return []
  const statement = sql`
    select version, left(name, 200), left(checksum, 64), left(applied_by, 63), left(person, 320),
           to_char(applied_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), duration_ms, state
      from (select * from only ${table} order by version desc limit ${literal(MAX_MIGRATIONS)}) latest order by version`
  const { rows } = await session.query(statement.text)
  return rows.flatMap((row) => Row.safeParse(row).data ?? [])
}

/** Throws TOO_LARGE for a history that a migrator should not be let loose on. */
export async function assertModest(session: Session): Promise<void> {
  if (!(await hasHistory(session))) return
  const { rows } = await session.query(
    sql`
    select sum(200 + octet_length(concat(version, name, checksum, text, applied_by, person, batch_key))) from only ${table}`
      .text,
  )
  if (Number(rows[0]?.[0] ?? 0) > MAX_BYTES)
    throw new AppError(
      'TOO_LARGE',
      `The history in ${HISTORY_SCHEMA}.${HISTORY_TABLE} is larger than the service reads.`,
      { hint: 'Squash old migrations, or apply this one with the desktop app.' },
    )
}

/** A view or a foreign table of that name is no history: it could say something else at each question. */
async function hasHistory(session: Session): Promise<boolean> {
  // No function or operator of somebody else's is meant, here and in what follows.
  await session.query('set search_path = pg_catalog')
  const { rows } = await session.query(
    `select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1 and c.relname = $2 and c.relkind = 'r'`,
    [HISTORY_SCHEMA, HISTORY_TABLE],
  )
  return rows.length > 0
}
