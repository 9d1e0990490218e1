// Writes the audit row of a change, in the transaction of the change: one is never there without the other.
import type { AccountId, OrganisationId } from '#contract/capabilities/ids.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import type { Tx } from '../db/database.ts'

export interface AuditEntry {
  /** Null for what the service did by itself; without a session where the caller was not logged in yet (sign-up, reset). */
  readonly actor: { readonly accountId: AccountId; readonly sessionId?: string | undefined } | null
  /** Null for changes of an account itself. */
  readonly organisationId: OrganisationId | null
  /** What was done, `noun.verb`: `project.create`. */
  readonly action: string
  readonly subjectKind:
    | 'account'
    | 'session'
    | 'organisation'
    | 'membership'
    | 'invitation'
    | 'project'
    | 'database'
    | 'collection'
    | 'subscription'
    | 'invoice'
  readonly subjectId: string
  /** What changed. Never a secret, a token or a password. */
  readonly details?: Readonly<Record<string, unknown>>
}

/** Records a change. Throws what the database throws, so that the change is rolled back. */
export async function audit(tx: Tx, entry: AuditEntry): Promise<void> {
  await tx.query(sql`
    insert into audit_entry (account_id, session_id, organisation_id, action, subject_kind, subject_id, details)
    values (${entry.actor?.accountId ?? null}, ${entry.actor?.sessionId ?? null}, ${entry.organisationId},
            ${entry.action}, ${entry.subjectKind}, ${entry.subjectId}, ${JSON.stringify(entry.details ?? {})}::jsonb)`)
}
