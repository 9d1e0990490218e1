// What the sync of shared collections keeps in SQLite: links, agreed files, and what is on its way. Each call is durable; `transaction` binds several.
import { z } from 'zod'
import { OrganisationId, TeamCollectionId } from '#contract/capabilities/ids.ts'
import { CollectionId } from '#contract/requests/collection.ts'
import type { Cache } from './database.ts'

export interface TeamLink {
  readonly collectionId: CollectionId
  readonly teamCollectionId: TeamCollectionId
  readonly organisationId: OrganisationId
  /** Whether the service is known to have it. */
  readonly isCreated: boolean
  readonly cursor: string | null
  /** Between the first and the last page of a pull. */
  readonly isPulling: boolean
  readonly canWrite: boolean
  /** `removed`: by the team, for good. `membership`: the account is no member now. */
  readonly stopped: 'removed' | 'membership' | null
  /** ISO 8601 */
  readonly syncedAt: string | null
}

/** A file as machine and service last agreed on it. */
export interface BaseFile {
  readonly path: string
  readonly version: number
  readonly text: string
}

/** A file that was pulled and is not in the folder yet; a null text deletes it. */
export interface InboxFile {
  readonly path: string
  readonly version: number
  readonly text: string | null
  /** Why it cannot be written. */
  readonly reason: string | null
}

/** A change that was perhaps sent; with a reason: one that the service refuses. */
export interface OutboxFile {
  readonly path: string
  readonly mutationId: string
  readonly baseVersion: number
  readonly text: string | null
  readonly reason: string | null
}

export interface TeamStore {
  links(): TeamLink[]
  link(collectionId: string): TeamLink | undefined
  linkOfTeam(teamCollectionId: string): TeamLink | undefined
  /** Adds it, or writes over what is there. */
  saveLink(link: TeamLink): void
  /** Removes it with all that is kept for it. */
  removeLink(collectionId: string): void
  base(collectionId: string): Map<string, BaseFile>
  baseFile(collectionId: string, path: string): BaseFile | undefined
  putBase(collectionId: string, file: BaseFile): void
  removeBase(collectionId: string, path: string): void
  /** Those that delete come first. */
  inbox(collectionId: string): InboxFile[]
  putInbox(collectionId: string, file: InboxFile): void
  removeInbox(collectionId: string, path: string): void
  clearInbox(collectionId: string): void
  outbox(collectionId: string): OutboxFile[]
  putOutbox(collectionId: string, file: OutboxFile): void
  removeOutbox(collectionId: string, path: string): void
  /** Runs `work`: all of its writes are durable, or none was made. */
  transaction(work: () => void): void
}

const flag = z.number().transform((value) => value === 1)
const LinkRow = z
  .object({
    collection_id: CollectionId,
    team_collection_id: TeamCollectionId,
    organisation_id: OrganisationId,
    is_created: flag,
    cursor: z.string().nullable(),
    is_pulling: flag,
    can_write: flag,
    stopped: z.enum(['removed', 'membership']).nullable(),
    synced_at: z.string().nullable(),
  })
  .transform((row): TeamLink => ({
    collectionId: row.collection_id,
    teamCollectionId: row.team_collection_id,
    organisationId: row.organisation_id,
    isCreated: row.is_created,
    cursor: row.cursor,
    isPulling: row.is_pulling,
    canWrite: row.can_write,
    stopped: row.stopped,
    syncedAt: row.synced_at,
  }))
const BaseRow = z.object({ path: z.string(), version: z.number(), text: z.string() })
const InboxRow = z.object({
  path: z.string(),
  version: z.number(),
  text: z.string().nullable(),
  reason: z.string().nullable(),
})
const OutboxRow = z.object({
  path: z.string(),
  mutationId: z.string(),
  baseVersion: z.number(),
  text: z.string().nullable(),
  reason: z.string().nullable(),
})

/** The store over an open cache. */
export function createTeamStore({ sqlite }: Cache): TeamStore {
  const selectLinks = sqlite.prepare('select * from team_link order by collection_id')
  const selectLink = sqlite.prepare('select * from team_link where collection_id = ?')
  const selectTeam = sqlite.prepare('select * from team_link where team_collection_id = ?')
  const upsertLink = sqlite.prepare(
    `insert into team_link (collection_id, team_collection_id, organisation_id, is_created, cursor, is_pulling, can_write, stopped, synced_at)
     values (:collectionId, :teamCollectionId, :organisationId, :isCreated, :cursor, :isPulling, :canWrite, :stopped, :syncedAt)
     on conflict (collection_id) do update set team_collection_id = excluded.team_collection_id,
       organisation_id = excluded.organisation_id, is_created = excluded.is_created, cursor = excluded.cursor,
       is_pulling = excluded.is_pulling, can_write = excluded.can_write, stopped = excluded.stopped, synced_at = excluded.synced_at`,
  )
  const dropLink = sqlite.prepare('delete from team_link where collection_id = ?')
  const selectBase = sqlite.prepare('select path, version, text from team_base where collection_id = ?')
  const selectBaseFile = sqlite.prepare(
    'select path, version, text from team_base where collection_id = ? and path = ?',
  )
  const upsertBase = sqlite.prepare(
    `insert into team_base (collection_id, path, version, text) values (:id, :path, :version, :text)
     on conflict (collection_id, path) do update set version = excluded.version, text = excluded.text`,
  )
  const dropBase = sqlite.prepare('delete from team_base where collection_id = ? and path = ?')
  const selectInbox = sqlite.prepare(
    `select path, version, text, reason from team_inbox where collection_id = ?
     order by text is not null, path`,
  )
  const upsertInbox = sqlite.prepare(
    `insert into team_inbox (collection_id, path, version, text, reason) values (:id, :path, :version, :text, :reason)
     on conflict (collection_id, path) do update set version = excluded.version, text = excluded.text, reason = excluded.reason`,
  )
  const dropInbox = sqlite.prepare('delete from team_inbox where collection_id = ? and path = ?')
  const emptyInbox = sqlite.prepare('delete from team_inbox where collection_id = ?')
  const selectOutbox = sqlite.prepare(
    `select path, mutation_id as mutationId, base_version as baseVersion, text, reason from team_outbox where collection_id = ?
     order by text is not null, path`,
  )
  const upsertOutbox = sqlite.prepare(
    `insert into team_outbox (collection_id, path, mutation_id, base_version, text, reason)
     values (:id, :path, :mutationId, :baseVersion, :text, :reason)
     on conflict (collection_id, path) do update set mutation_id = excluded.mutation_id, base_version = excluded.base_version,
       text = excluded.text, reason = excluded.reason`,
  )
  const dropOutbox = sqlite.prepare('delete from team_outbox where collection_id = ? and path = ?')
  const one = (row: unknown): TeamLink | undefined => (row === undefined ? undefined : LinkRow.parse(row))

  return {
    links: () => selectLinks.all().map((row) => LinkRow.parse(row)),
    link: (id) => one(selectLink.get(id)),
    linkOfTeam: (id) => one(selectTeam.get(id)),
    saveLink: (link) =>
      void upsertLink.run({
        ...link,
        isCreated: Number(link.isCreated),
        isPulling: Number(link.isPulling),
        canWrite: Number(link.canWrite),
      }),
    removeLink: (id) => void dropLink.run(id),
    base: (id) =>
      new Map(
        selectBase.all(id).map((row) => {
          const file = BaseRow.parse(row)
          return [file.path, file]
        }),
      ),
    baseFile(id, path) {
      const row = selectBaseFile.get(id, path)
      return row === undefined ? undefined : BaseRow.parse(row)
    },
    putBase: (id, file) => void upsertBase.run({ id, ...file }),
    removeBase: (id, path) => void dropBase.run(id, path),
    inbox: (id) => selectInbox.all(id).map((row) => InboxRow.parse(row)),
    putInbox: (id, file) => void upsertInbox.run({ id, ...file }),
    removeInbox: (id, path) => void dropInbox.run(id, path),
    clearInbox: (id) => void emptyInbox.run(id),
    outbox: (id) => selectOutbox.all(id).map((row) => OutboxRow.parse(row)),
    putOutbox: (id, file) => void upsertOutbox.run({ id, ...file }),
    removeOutbox: (id, path) => void dropOutbox.run(id, path),
    transaction: (work) => sqlite.transaction(work).immediate(),
  }
}
