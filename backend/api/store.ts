// SQL of the data API's settings, signing secrets and issuers.
import { z } from 'zod'
import type { TokenIssuer } from '#contract/capabilities/api.ts'
import { ProjectId } from '#contract/capabilities/ids.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import type { Queryable, Tx } from '../db/database.ts'
import type { SettingsChange } from './settings.ts'

// ---- projects as requests name them

/** A project by its ref; undefined when there is none, or it is deleted. */
export async function findProjectByRef(
  db: Queryable,
  ref: string,
): Promise<{ readonly id: ProjectId; readonly ref: string } | undefined> {
  const [row] = await db.query<{ id: string; ref: string }>(
    sql`select id, ref from project where ref = ${ref} and desired_state in ('awake', 'asleep')`,
  )
  return row === undefined ? undefined : { id: ProjectId.parse(row.id), ref: row.ref }
}

// ---- settings

/** The fields that were set, as they are stored; null when none ever was. */
export async function findSettings(db: Queryable, projectId: ProjectId): Promise<unknown> {
  const [row] = await db.query<{ settings: unknown }>(
    sql`select settings from api_settings where project_id = ${projectId}`,
  )
  return row?.settings ?? null
}

/** Sets the fields that are given; the others stay. */
export async function mergeSettings(
  tx: Tx,
  projectId: ProjectId,
  change: { readonly settings: SettingsChange; readonly at: Date },
): Promise<void> {
  await tx.query(sql`
    insert into api_settings (project_id, settings, updated_at)
    values (${projectId}, ${JSON.stringify(change.settings)}::jsonb, ${change.at})
    on conflict (project_id) do update
      set settings = api_settings.settings || excluded.settings, updated_at = excluded.updated_at`)
}

// ---- signing secrets

const SecretRow = z.object({
  id: z.string(),
  secret: z.instanceof(Uint8Array),
  created_at: z.date(),
  accepted_until: z.date().nullable(),
})

export interface StoredSecret {
  readonly id: string
  readonly sealed: Uint8Array
  readonly createdAt: Date
  /** Null for the current one. */
  readonly acceptedUntil: Date | null
}

/** The current secret first, then those that are still accepted at `now`. */
export async function listSecrets(
  db: Queryable,
  projectId: ProjectId,
  now: Date,
): Promise<readonly StoredSecret[]> {
  const rows = await db.query<object>(sql`
    select id, secret, created_at, accepted_until from jwt_secret
     where project_id = ${projectId} and (accepted_until is null or accepted_until > ${now})
     order by accepted_until desc nulls first, created_at desc`)
  return rows.map((input) => {
    const row = SecretRow.parse(input)
    return {
      id: row.id,
      sealed: row.secret,
      createdAt: row.created_at,
      acceptedUntil: row.accepted_until,
    }
  })
}

/** Adds a current secret, unless there is one. */
export async function insertSecret(
  db: Queryable,
  projectId: ProjectId,
  secret: { readonly id: string; readonly sealed: Uint8Array; readonly at: Date },
): Promise<void> {
  await db.query(sql`
    insert into jwt_secret (id, project_id, secret, created_at)
    values (${secret.id}, ${projectId}, ${secret.sealed}, ${secret.at})
    on conflict (project_id) where accepted_until is null do nothing`)
}

/** Makes the current secret one that is accepted for a while only, and forgets those whose time is over. */
export async function retireSecrets(
  tx: Tx,
  projectId: ProjectId,
  { until, now }: { readonly until: Date; readonly now: Date },
): Promise<void> {
  await tx.query(
    sql`update jwt_secret set accepted_until = ${until} where project_id = ${projectId} and accepted_until is null`,
  )
  await tx.query(sql`delete from jwt_secret where project_id = ${projectId} and accepted_until <= ${now}`)
}

// ---- issuers

const IssuerRow = z.object({
  id: z.string(),
  issuer: z.string(),
  jwks_url: z.string(),
  audience: z.string().nullable(),
  role_claim: z.string(),
  created_at: z.date(),
})

function toIssuer(input: object): TokenIssuer {
  const row = IssuerRow.parse(input)
  return {
    id: row.id,
    issuer: row.issuer,
    jwksUrl: row.jwks_url,
    audience: row.audience,
    roleClaim: row.role_claim,
    createdAt: row.created_at.toISOString(),
  }
}

/** The issuers of a project, the oldest first. */
export async function listIssuers(db: Queryable, projectId: ProjectId): Promise<readonly TokenIssuer[]> {
  const rows = await db.query<object>(sql`
    select id, issuer, jwks_url, audience, role_claim, created_at from token_issuer
     where project_id = ${projectId} order by created_at, id`)
  return rows.map(toIssuer)
}

/** Adds an issuer. Gives undefined when the project has it already. */
export async function insertIssuer(
  tx: Tx,
  projectId: ProjectId,
  issuer: TokenIssuer,
): Promise<TokenIssuer | undefined> {
  const rows = await tx.query<object>(sql`
    insert into token_issuer (id, project_id, issuer, jwks_url, audience, role_claim, created_at)
    values (${issuer.id}, ${projectId}, ${issuer.issuer}, ${issuer.jwksUrl}, ${issuer.audience}, ${issuer.roleClaim},
            ${issuer.createdAt}::timestamptz)
    on conflict (project_id, issuer) do nothing
    returning id, issuer, jwks_url, audience, role_claim, created_at`)
  return rows.map(toIssuer)[0]
}

/** Removes an issuer of a project. Gives what it was; undefined when there is none. */
export async function deleteIssuer(
  tx: Tx,
  projectId: ProjectId,
  issuerId: string,
): Promise<TokenIssuer | undefined> {
  const rows = await tx.query<object>(sql`
    delete from token_issuer where id = ${issuerId} and project_id = ${projectId}
    returning id, issuer, jwks_url, audience, role_claim, created_at`)
  return rows.map(toIssuer)[0]
}
