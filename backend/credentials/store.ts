// SQL of credentials. Passwords are sealed before they come here.
import { OrganisationId, type ProjectId } from '#contract/capabilities/ids.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import type { Queryable, Tx } from '../db/database.ts'

export interface SealedCredential {
  readonly password: Uint8Array
  /** Set before the instance is told of it, moved to `password` after. */
  readonly pendingPassword: Uint8Array | null
  readonly passwordChangedAt: Date
}

export async function insertCredential(
  tx: Tx,
  credential: { readonly projectId: ProjectId; readonly password: Uint8Array; readonly at: Date },
): Promise<void> {
  await tx.query(sql`
    insert into credential (project_id, password, password_changed_at)
    values (${credential.projectId}, ${credential.password}, ${credential.at})`)
}

export async function findCredential(
  db: Queryable,
  projectId: ProjectId,
): Promise<SealedCredential | undefined> {
  const rows = await db.query<{
    password: Uint8Array
    pending_password: Uint8Array | null
    password_changed_at: Date
  }>(
    sql`select password, pending_password, password_changed_at from credential where project_id = ${projectId}`,
  )
  return rows.map((row) => ({
    password: row.password,
    pendingPassword: row.pending_password,
    passwordChangedAt: row.password_changed_at,
  }))[0]
}

export async function setPendingPassword(
  db: Queryable,
  projectId: ProjectId,
  pendingPassword: Uint8Array | null,
): Promise<void> {
  await db.query(
    sql`update credential set pending_password = ${pendingPassword} where project_id = ${projectId}`,
  )
}

/** Makes the pending password the current one. False when none is pending. */
export async function promotePassword(tx: Tx, projectId: ProjectId, at: Date): Promise<boolean> {
  const rows = await tx.query(sql`
    update credential set password = pending_password, pending_password = null, password_changed_at = ${at}
     where project_id = ${projectId} and pending_password is not null
    returning project_id`)
  return rows.length > 0
}

export async function findOrganisationId(
  db: Queryable,
  projectId: ProjectId,
): Promise<OrganisationId | undefined> {
  const rows = await db.query<{ organisation_id: string }>(
    sql`select organisation_id from project where id = ${projectId}`,
  )
  return rows.map((row) => OrganisationId.parse(row.organisation_id))[0]
}
