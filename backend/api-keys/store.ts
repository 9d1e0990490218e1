// SQL of API keys.
import { z } from 'zod'
import { ApiKeyId, ApiKeyKind, ApiKeyScope, type ApiKey } from '#contract/capabilities/api-keys.ts'
import { ProjectId, type AccountId } from '#contract/capabilities/ids.ts'
import { sql, type SqlFragment } from '#postgres/common/sql/sql.ts'
import type { Queryable, Tx } from '../db/database.ts'

const Row = z.object({
  id: ApiKeyId,
  project_id: ProjectId,
  name: z.string(),
  kind: ApiKeyKind,
  prefix: z.string(),
  access: ApiKeyScope.shape.access.unwrap(),
  schemas: z.array(z.string()).nullable(),
  created_at: z.date(),
  expires_at: z.date().nullable(),
  last_used_at: z.date().nullable(),
  revoked_at: z.date().nullable(),
  replaced_by: ApiKeyId.nullable(),
})

const columns = sql`id, project_id, name, kind, prefix, access, schemas, created_at, expires_at, last_used_at, revoked_at, replaced_by`

function toKey(input: object): ApiKey {
  const row = Row.parse(input)
  return {
    id: row.id,
    projectId: row.project_id,
    name: row.name,
    kind: row.kind,
    prefix: row.prefix,
    scope: { access: row.access, schemas: row.schemas },
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
    replacedBy: row.replaced_by,
  }
}

async function select(db: Queryable, condition: SqlFragment): Promise<readonly ApiKey[]> {
  const rows = await db.query<object>(sql`select ${columns} from api_key where ${condition}`)
  return rows.map(toKey)
}

/** The keys of a project, the newest first. */
export function listKeys(
  db: Queryable,
  projectId: ProjectId,
  { includeRevoked }: { readonly includeRevoked: boolean },
): Promise<readonly ApiKey[]> {
  return select(
    db,
    sql`project_id = ${projectId} and (${includeRevoked} or revoked_at is null) order by created_at desc, id`,
  )
}

/** Keys of a project that are neither revoked nor expired. */
export async function countLiveKeys(db: Queryable, projectId: ProjectId, now: Date): Promise<number> {
  const [row] = await db.query<{ count: string }>(sql`
    select count(*) from api_key
     where project_id = ${projectId} and revoked_at is null and (expires_at is null or expires_at > ${now})`)
  return Number(row?.count)
}

/** A key of a project by its id, held until the transaction ends. */
export async function lockKey(tx: Tx, projectId: ProjectId, keyId: ApiKeyId): Promise<ApiKey | undefined> {
  return (await select(tx, sql`id = ${keyId} and project_id = ${projectId} for no key update`))[0]
}

/** A key by its hash, whichever project it is of. */
export async function findKeyByHash(db: Queryable, hash: Uint8Array): Promise<ApiKey | undefined> {
  return (await select(db, sql`hash = ${hash}`))[0]
}

export type NewApiKey = Omit<ApiKey, 'lastUsedAt' | 'revokedAt' | 'replacedBy'> & {
  readonly hash: Uint8Array
  readonly createdBy: AccountId
}

export async function insertKey(tx: Tx, key: NewApiKey): Promise<ApiKey> {
  const rows = await tx.query<object>(sql`
    insert into api_key (id, project_id, name, kind, prefix, hash, access, schemas, created_by, created_at, expires_at)
    values (${key.id}, ${key.projectId}, ${key.name}, ${key.kind}, ${key.prefix}, ${key.hash}, ${key.scope.access},
            ${key.scope.schemas}::text[], ${key.createdBy}, ${key.createdAt}::timestamptz, ${key.expiresAt}::timestamptz)
    returning ${columns}`)
  return toKey(rows[0] ?? {})
}

/** Sets the fields that are given. */
export async function updateKey(
  tx: Tx,
  keyId: ApiKeyId,
  change: {
    readonly name?: string
    readonly expiresAt?: Date
    readonly revokedAt?: Date
    readonly replacedBy?: ApiKeyId
  },
): Promise<ApiKey> {
  const rows = await tx.query<object>(sql`
    update api_key set
      name = coalesce(${change.name ?? null}, name),
      expires_at = coalesce(${change.expiresAt ?? null}::timestamptz, expires_at),
      revoked_at = coalesce(${change.revokedAt ?? null}::timestamptz, revoked_at),
      replaced_by = coalesce(${change.replacedBy ?? null}::uuid, replaced_by)
    where id = ${keyId} returning ${columns}`)
  return toKey(rows[0] ?? {})
}

/** Writes when keys were last used, for many keys at once; an older moment changes nothing. */
export async function writeLastUses(db: Queryable, uses: ReadonlyMap<ApiKeyId, Date>): Promise<void> {
  await db.query(sql`
    update api_key set last_used_at = used.at
      from unnest(${[...uses.keys()]}::uuid[], ${[...uses.values()].map((at) => at.toISOString())}::timestamptz[]) as used (id, at)
     where api_key.id = used.id and (api_key.last_used_at is null or api_key.last_used_at < used.at)`)
}
