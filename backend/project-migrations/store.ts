// What the service has noted of the histories of projects' databases.
import { z } from 'zod'
import type { AccountId, ProjectId } from '#contract/capabilities/ids.ts'
import { ProjectMigration } from '#contract/capabilities/project-migrations.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import type { Queryable, Tx } from '../db/database.ts'

export interface DatabaseOfProject {
  readonly projectId: ProjectId
  readonly database: string
}

const Row = z
  .object({
    version: z.string(),
    name: z.string(),
    checksum: z.string(),
    appliedAt: z.date(),
    role: z.string(),
    person: z.string().nullable(),
    durationMs: z.number(),
    notedAt: z.date(),
  })
  .transform(({ notedAt, appliedAt, ...row }) => ({
    notedAt: notedAt.toISOString(),
    migration: ProjectMigration.parse({ ...row, state: 'applied', appliedAt: appliedAt.toISOString() }),
  }))
export type NotedMigration = z.output<typeof Row>

/** What was noted and is not gone again, oldest version first. */
export async function listNoted(db: Queryable, of: DatabaseOfProject): Promise<NotedMigration[]> {
  const rows = await db.query(sql`
    select version, name, checksum, applied_at as "appliedAt", role, person, duration_ms as "durationMs", noted_at as "notedAt"
      from project_migration where project_id = ${of.projectId} and database = ${of.database} and gone_at is null
     order by version, applied_at`)
  return rows.map((row) => Row.parse(row))
}

/** The time of the service's own database, by which notes are dated. */
export async function currentTime(db: Queryable): Promise<Date> {
  const [row] = await db.query<{ now: Date }>(sql`select now()`)
  if (row === undefined) throw new Error('The database has no time.')
  return row.now
}

/** Notes that are kept of a project: who writes to its databases decides how many there are. */
const MAX_NOTES = 10_000

/** Notes what is in a history and was not noted yet, while there is room; gives that back. Of two who note the same one gets it. */
export async function noteFound(
  tx: Tx,
  of: DatabaseOfProject,
  found: readonly ProjectMigration[],
): Promise<ProjectMigration[]> {
  const rows = await tx.query<{ version: string }>(sql`
    insert into project_migration (project_id, database, version, name, checksum, applied_at, role, person, duration_ms)
    select ${of.projectId}, ${of.database}, version, name, checksum, "appliedAt", role, person, "durationMs"
      from jsonb_to_recordset(${JSON.stringify(found)}::jsonb)
        as entry (version text, name text, checksum text, "appliedAt" timestamptz, role text, person text, "durationMs" double precision)
     where (select count(*) from project_migration where project_id = ${of.projectId}) < ${MAX_NOTES}
    on conflict do nothing returning version`)
  const fresh = new Set(rows.map((row) => row.version))
  return found.filter((migration) => fresh.has(migration.version))
}

/** Notes what is in the history no more; gives those versions. What was noted after `readAt`, when the history was read, is left alone. */
export async function noteGone(
  tx: Tx,
  of: DatabaseOfProject,
  { found, readAt }: { readonly found: readonly ProjectMigration[]; readonly readAt: Date },
): Promise<string[]> {
  const rows = await tx.query<{ version: string }>(sql`
    update project_migration set gone_at = now()
     where project_id = ${of.projectId} and database = ${of.database} and gone_at is null and noted_at < ${readAt}
       and (version, applied_at) not in (
         select version, "appliedAt" from jsonb_to_recordset(${JSON.stringify(found)}::jsonb) as entry (version text, "appliedAt" timestamptz))
    returning version`)
  return rows.map((row) => row.version)
}

/** The address of an account, for the history of a database. */
export async function emailOf(db: Queryable, accountId: AccountId): Promise<string | null> {
  const [row] = await db.query<{ email: string }>(sql`select email from account where id = ${accountId}`)
  return row?.email ?? null
}
