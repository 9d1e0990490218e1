// SQL of shared collections: their rows, their files and tombstones, and the changes that had their effect.
import { z } from 'zod'
import { AccountId, OrganisationId, TeamCollectionId } from '#contract/capabilities/ids.ts'
import { sql, type SqlFragment } from '#postgres/common/sql/sql.ts'
import type { Queryable, Tx } from '../db/database.ts'

const Row = z.object({
  id: TeamCollectionId,
  organisationId: OrganisationId,
  name: z.string(),
  version: z.coerce.number(),
  floor: z.coerce.number(),
  files: z.number(),
  bytes: z.coerce.number(),
  createdBy: AccountId.nullable(),
  createdAt: z.date(),
  updatedAt: z.date(),
  isRemoved: z.boolean(),
})
export type CollectionRow = z.output<typeof Row>

const COLUMNS = sql`
  id, organisation_id as "organisationId", name, version, floor, files, bytes, created_by as "createdBy", created_at as "createdAt",
  updated_at as "updatedAt", removed_at is not null as "isRemoved"`

export interface FileRow {
  readonly path: string
  readonly version: number
  /** Null for a tombstone. */
  readonly text: string | null
}

interface RawFile {
  path: string
  version: string
  text: string | null
}

const toFile = (row: RawFile): FileRow => ({ ...row, version: Number(row.version) })

/** Makes the rest of the transaction read one moment. To be called first. */
export async function readOneMoment(tx: Tx): Promise<void> {
  await tx.query(sql`set transaction isolation level repeatable read, read only`)
}

async function listRows(db: Queryable, rest: SqlFragment): Promise<CollectionRow[]> {
  return (await db.query(sql`select ${COLUMNS} from team_collection ${rest}`)).map((row) => Row.parse(row))
}

/** Those of an organisation that were not taken away, by name. */
export function listCollections(db: Queryable, organisationId: OrganisationId): Promise<CollectionRow[]> {
  return listRows(
    db,
    sql`where organisation_id = ${organisationId} and removed_at is null order by lower(name), id`,
  )
}

/** One of any organisation, removed or not. */
export async function findCollection(
  db: Queryable,
  id: TeamCollectionId,
): Promise<CollectionRow | undefined> {
  return (await listRows(db, sql`where id = ${id}`))[0]
}

/** The same, and nobody else changes it or its files until the end of the transaction. */
export async function lockCollection(tx: Tx, id: TeamCollectionId): Promise<CollectionRow | undefined> {
  return (await listRows(tx, sql`where id = ${id} for update`))[0]
}

/** Keeps anybody else from adding one to the organisation until the end of the transaction. */
export async function lockOrganisation(tx: Tx, organisationId: OrganisationId): Promise<void> {
  await tx.query(
    sql`select pg_advisory_xact_lock(hashtextextended(${`team collections ${organisationId}`}, 0))`,
  )
}

export interface NewCollection {
  readonly id: TeamCollectionId
  readonly organisationId: OrganisationId
  readonly name: string
  readonly createdBy: AccountId
  readonly at: Date
}

/** False when the id is taken. */
export async function insertCollection(tx: Tx, one: NewCollection): Promise<boolean> {
  const rows = await tx.query(sql`
    insert into team_collection (id, organisation_id, name, created_by, created_at, updated_at)
    values (${one.id}, ${one.organisationId}, ${one.name}, ${one.createdBy}, ${one.at}, ${one.at})
    on conflict do nothing returning id`)
  return rows.length > 0
}

export async function markRemoved(tx: Tx, id: TeamCollectionId, at: Date): Promise<void> {
  await tx.query(sql`update team_collection set removed_at = ${at} where id = ${id}`)
}

/** Writes what changed of the collection's own row. */
export async function updateCollection(
  tx: Tx,
  { id, name, version, files, bytes }: CollectionRow,
  at: Date,
): Promise<void> {
  await tx.query(sql`
    update team_collection set name = ${name}, version = ${version}, files = ${files}, bytes = ${bytes}, updated_at = ${at}
     where id = ${id}`)
}

export interface PageRow extends FileRow {
  /** Bytes of text up to and including this row. */
  readonly bytesSoFar: number
}

/** Files above a version, in their order. Tombstones mean nothing to who starts from nothing. */
export async function listFiles(
  tx: Tx,
  id: TeamCollectionId,
  { after, limit, mostBytes }: { readonly after: number; readonly limit: number; readonly mostBytes: number },
): Promise<PageRow[]> {
  // Sizes first: only the texts that are given are read.
  const rows = await tx.query<RawFile & { bytesSoFar: string }>(sql`
    with page as (
      select path, version, sum(coalesce(octet_length(text), 0) + 200) over (order by version) as size, row_number() over (order by version) as place
        from (select path, version, text from team_file
               where collection_id = ${id} and version > ${after} and (${after} > 0 or text is not null)
               order by version limit ${limit}) candidate)
    select page.path, page.version, page.size as "bytesSoFar",
           case when page.place = 1 or page.size <= ${mostBytes} then file.text end as text
      from page join team_file file on file.collection_id = ${id} and file.path = page.path
     order by page.version`)
  return rows.map((row) => ({ ...toFile(row), bytesSoFar: Number(row.bytesSoFar) }))
}

/** The paths of all files that are there. */
export async function listPaths(tx: Tx, id: TeamCollectionId): Promise<string[]> {
  const rows = await tx.query<{ path: string }>(
    sql`select path from team_file where collection_id = ${id} and text is not null`,
  )
  return rows.map((row) => row.path)
}

/** Files and tombstones of these paths. */
export async function findFiles(
  tx: Tx,
  id: TeamCollectionId,
  paths: readonly string[],
): Promise<Map<string, FileRow>> {
  const rows = await tx.query<RawFile>(
    sql`select path, version, text from team_file where collection_id = ${id} and path = any (${paths}::text[])`,
  )
  return new Map(rows.map((row) => [row.path, toFile(row)]))
}

export interface WrittenFile extends FileRow {
  readonly changedBy: AccountId
  readonly at: Date
}

/** Writes a file, or its tombstone. */
export async function writeFile(tx: Tx, id: TeamCollectionId, file: WrittenFile): Promise<void> {
  await tx.query(sql`
    insert into team_file (collection_id, path, version, text, changed_by, changed_at)
    values (${id}, ${file.path}, ${file.version}, ${file.text}, ${file.changedBy}, ${file.at})
    on conflict (collection_id, path) do update
       set version = excluded.version, text = excluded.text, changed_by = excluded.changed_by, changed_at = excluded.changed_at`)
}

/** Versions that changes made which had their effect already, by their ids. */
export async function findMutations(
  tx: Tx,
  id: TeamCollectionId,
  mutationIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await tx.query<{ mutation_id: string; version: string }>(sql`
    select mutation_id, version from team_file_mutation
     where collection_id = ${id} and mutation_id = any (${mutationIds}::uuid[])`)
  return new Map(rows.map((row) => [row.mutation_id, Number(row.version)]))
}

export async function writeMutation(
  tx: Tx,
  id: TeamCollectionId,
  { mutationId, version, at }: { readonly mutationId: string; readonly version: number; readonly at: Date },
): Promise<void> {
  await tx.query(sql`
    insert into team_file_mutation (collection_id, mutation_id, version, applied_at)
    values (${id}, ${mutationId}, ${version}, ${at})`)
}

/** Collections with tombstones from before `before`. */
export async function listToPrune(db: Queryable, before: Date): Promise<TeamCollectionId[]> {
  const rows = await db.query<{ collection_id: string }>(
    sql`select distinct collection_id from team_file where text is null and changed_at < ${before}`,
  )
  return rows.map((row) => TeamCollectionId.parse(row.collection_id))
}

/** Forgets tombstones of one collection and remembers up to which version. The collection is locked. */
export async function pruneTombstones(tx: Tx, id: TeamCollectionId, before: Date): Promise<void> {
  await tx.query(sql`
    with forgotten as (
      delete from team_file where collection_id = ${id} and text is null and changed_at < ${before} returning version)
    update team_collection set floor = greatest(floor, (select max(version) from forgotten)) where id = ${id}`)
}

/** Forgets changes from before `before`, and collections that were taken away, or whose organisation was deleted, before it. */
export async function pruneRest(db: Queryable, before: Date): Promise<void> {
  await db.query(sql`delete from team_file_mutation where applied_at < ${before}`)
  await db.query(sql`
    delete from team_collection where removed_at < ${before}
        or organisation_id in (select id from organisation where deleted_at < ${before})`)
}
