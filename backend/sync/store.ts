// SQL of replication: heads, entries and tombstones, the mutations that had their effect, and the records that people keep.
import { ConnectionId, SavedQueryId, type AccountId } from '#contract/capabilities/ids.ts'
import type { SavedQueryRecord } from '#contract/capabilities/sync.ts'
import { ConnectionRecord, type SyncMutation, type SyncRecord } from '#contract/capabilities/sync.ts'
import { sql, type SqlFragment } from '#postgres/common/sql/sql.ts'
import type { Queryable, Tx } from '../db/database.ts'

export type RecordKind = SyncRecord['kind']
export type Writable = Extract<SyncMutation, { type: 'upsert' }>['record']
export type WritableKind = Writable['kind']

export interface Head {
  readonly epoch: string
  readonly version: number
  /** The highest version of a forgotten tombstone. */
  readonly floor: number
}

export interface Entry {
  readonly kind: RecordKind
  readonly recordId: string
  readonly version: number
  readonly isDeleted: boolean
}

interface RawHead {
  epoch: string
  version: string
  floor: string
}

function toHead(row: RawHead): Head {
  return { epoch: row.epoch, version: Number(row.version), floor: Number(row.floor) }
}

/** Makes the rest of the transaction read one moment. To be called first. */
export async function readOneMoment(tx: Tx): Promise<void> {
  await tx.query(sql`set transaction isolation level repeatable read, read only`)
}

export async function findHead(tx: Tx, accountId: AccountId): Promise<Head | undefined> {
  const rows = await tx.query<RawHead>(
    sql`select epoch, version, floor from sync_head where account_id = ${accountId}`,
  )
  return rows.map(toHead)[0]
}

/** Holds the account's head until the end of the transaction, and makes it if it is missing. Undefined when the account is gone. */
export async function lockHead(tx: Tx, accountId: AccountId): Promise<Head | undefined> {
  // The account first: its deletion takes the same locks in the same order.
  const accounts = await tx.query(sql`select id from account where id = ${accountId} for key share`)
  if (accounts.length === 0) return undefined
  await tx.query(sql`insert into sync_head (account_id) values (${accountId}) on conflict do nothing`)
  const rows = await tx.query<RawHead>(
    sql`select epoch, version, floor from sync_head where account_id = ${accountId} for update`,
  )
  return rows.map(toHead)[0]
}

export async function setHeadVersion(tx: Tx, accountId: AccountId, version: number): Promise<void> {
  await tx.query(sql`update sync_head set version = ${version} where account_id = ${accountId}`)
}

export interface PageRow extends Entry {
  /** Bytes of text up to and including this row. */
  readonly sizeSoFar: number
}

/** Entries above a version, in their order, with the size of what they carry. Tombstones mean nothing to who starts from nothing. */
export async function listEntries(
  tx: Tx,
  accountId: AccountId,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly PageRow[]> {
  const rows = await tx.query<{
    kind: RecordKind
    record_id: string
    version: string
    is_deleted: boolean
    size_so_far: string
  }>(sql`
    select kind, record_id, version, is_deleted, sum(size) over (order by version) as size_so_far
      from (
        select entry.kind, entry.record_id, entry.version, entry.deleted_at is not null as is_deleted,
               500 + coalesce(octet_length(saved_query.sql), 0) as size
          from sync_entry entry left join saved_query
            on entry.kind = 'savedQuery' and saved_query.account_id = entry.account_id and saved_query.id = entry.record_id
         where entry.account_id = ${accountId} and entry.version > ${after} and (${after} > 0 or entry.deleted_at is null)
         order by entry.version limit ${limit}) page
     order by version`)
  return rows.map((row) => ({
    kind: row.kind,
    recordId: row.record_id,
    version: Number(row.version),
    isDeleted: row.is_deleted,
    sizeSoFar: Number(row.size_so_far),
  }))
}

export async function findEntry(
  tx: Tx,
  accountId: AccountId,
  key: { readonly kind: RecordKind; readonly id: string },
): Promise<Entry | undefined> {
  const rows = await tx.query<{ version: string; is_deleted: boolean }>(sql`
    select version, deleted_at is not null as is_deleted from sync_entry
     where account_id = ${accountId} and kind = ${key.kind} and record_id = ${key.id}`)
  return rows.map((row) => ({
    kind: key.kind,
    recordId: key.id,
    version: Number(row.version),
    isDeleted: row.is_deleted,
  }))[0]
}

export async function countEntries(tx: Tx, accountId: AccountId, kind: RecordKind): Promise<number> {
  const rows = await tx.query<{ count: string }>(
    sql`select count(*) from sync_entry where account_id = ${accountId} and kind = ${kind} and deleted_at is null`,
  )
  return Number(rows[0]?.count)
}

/** Writes the entry of a record at a version; with `deletedAt` it is a tombstone. */
export async function writeEntry(
  tx: Tx,
  accountId: AccountId,
  entry: {
    readonly kind: RecordKind
    readonly id: string
    readonly version: number
    readonly deletedAt: Date | null
  },
): Promise<void> {
  await tx.query(sql`
    insert into sync_entry (account_id, kind, record_id, version, deleted_at)
    values (${accountId}, ${entry.kind}, ${entry.id}, ${entry.version}, ${entry.deletedAt})
    on conflict (account_id, kind, record_id) do update set version = excluded.version, deleted_at = excluded.deleted_at`)
}

/** The version that a mutation made, if it had its effect already. */
export async function findMutation(
  tx: Tx,
  accountId: AccountId,
  mutationId: string,
): Promise<number | undefined> {
  const rows = await tx.query<{ version: string }>(
    sql`select version from sync_mutation where account_id = ${accountId} and mutation_id = ${mutationId}`,
  )
  return rows.map((row) => Number(row.version))[0]
}

export async function writeMutation(
  tx: Tx,
  accountId: AccountId,
  mutation: { readonly mutationId: string; readonly version: number; readonly at: Date },
): Promise<void> {
  await tx.query(sql`
    insert into sync_mutation (account_id, mutation_id, version, applied_at)
    values (${accountId}, ${mutation.mutationId}, ${mutation.version}, ${mutation.at})`)
}

export async function listSavedQueries(
  db: Queryable,
  accountId: AccountId,
  ids: readonly string[],
): Promise<readonly SavedQueryRecord[]> {
  const rows = await db.query<{
    id: string
    name: string
    sql: string
    connection_id: string | null
    updated_at: Date
  }>(sql`
    select id, name, sql, connection_id, updated_at from saved_query
     where account_id = ${accountId} and id = any (${ids}::uuid[])`)
  return rows.map((row) => ({
    id: SavedQueryId.parse(row.id),
    name: row.name,
    sql: row.sql,
    connectionId: row.connection_id === null ? null : ConnectionId.parse(row.connection_id),
    updatedAt: row.updated_at.toISOString(),
  }))
}

export async function listConnections(
  db: Queryable,
  accountId: AccountId,
  ids: readonly string[],
): Promise<readonly ConnectionRecord[]> {
  const rows = await db.query<{ updated_at: Date }>(sql`
    select id, name, host, port, database, "user", ssl_mode as "sslMode", environment, is_read_only as "isReadOnly", updated_at
      from saved_connection where account_id = ${accountId} and id = any (${ids}::uuid[])`)
  return rows.map((row) => ConnectionRecord.parse({ ...row, updatedAt: row.updated_at.toISOString() }))
}

/** Inserts or replaces a record. */
export async function writeRecord(tx: Tx, accountId: AccountId, { kind, record }: Writable): Promise<void> {
  await tx.query(kind === 'savedQuery' ? savedQuerySql(accountId, record) : connectionSql(accountId, record))
}

function savedQuerySql(accountId: AccountId, record: SavedQueryRecord): SqlFragment {
  return sql`
    insert into saved_query (account_id, id, name, sql, connection_id, updated_at)
    values (${accountId}, ${record.id}, ${record.name}, ${record.sql}, ${record.connectionId}, ${record.updatedAt})
    on conflict (account_id, id) do update
       set name = excluded.name, sql = excluded.sql, connection_id = excluded.connection_id, updated_at = excluded.updated_at`
}

function connectionSql(accountId: AccountId, record: ConnectionRecord): SqlFragment {
  return sql`
    insert into saved_connection (account_id, id, name, host, port, database, "user", ssl_mode, environment, is_read_only, updated_at)
    values (${accountId}, ${record.id}, ${record.name}, ${record.host}, ${record.port}, ${record.database}, ${record.user},
            ${record.sslMode}, ${record.environment}, ${record.isReadOnly}, ${record.updatedAt})
    on conflict (account_id, id) do update
       set name = excluded.name, host = excluded.host, port = excluded.port, database = excluded.database, "user" = excluded."user",
           ssl_mode = excluded.ssl_mode, environment = excluded.environment, is_read_only = excluded.is_read_only,
           updated_at = excluded.updated_at`
}

export async function deleteRecord(
  tx: Tx,
  accountId: AccountId,
  { kind, id }: { readonly kind: WritableKind; readonly id: string },
): Promise<void> {
  await tx.query(
    kind === 'savedQuery'
      ? sql`delete from saved_query where account_id = ${accountId} and id = ${id}`
      : sql`delete from saved_connection where account_id = ${accountId} and id = ${id}`,
  )
}

/** Accounts with tombstones from before `before`. */
export async function listAccountsToPrune(db: Queryable, before: Date): Promise<readonly string[]> {
  const rows = await db.query<{ account_id: string }>(
    sql`select distinct account_id from sync_entry where deleted_at < ${before}`,
  )
  return rows.map((row) => row.account_id)
}

/** Forgets tombstones of one account and remembers up to which version (SYNC-7). Its head is locked before its entries, as everywhere. */
export async function pruneTombstones(tx: Tx, accountId: string, before: Date): Promise<void> {
  await tx.query(sql`select version from sync_head where account_id = ${accountId} for update`)
  await tx.query(sql`
    with forgotten as (
      delete from sync_entry where account_id = ${accountId} and deleted_at < ${before} returning version)
    update sync_head set floor = greatest(floor, (select max(version) from forgotten)) where account_id = ${accountId}`)
}

/** Forgets mutations from before `before`, and the heads of accounts that are gone. */
export async function pruneRest(db: Queryable, before: Date): Promise<void> {
  await db.query(sql`delete from sync_mutation where applied_at < ${before}`)
  await db.query(sql`
    delete from sync_head where not exists (select from account where account.id = sync_head.account_id)
       and not exists (select from sync_entry where sync_entry.account_id = sync_head.account_id)`)
}
