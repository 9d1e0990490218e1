// Requests that were typed and not saved, in SQLite. Every call is one committed transaction: a killed process loses nothing that was answered.
import { z } from 'zod'
import { RequestDraft } from '#contract/capabilities/collections.ts'
import { unusable, type Cache } from './database.ts'

export interface DraftStore {
  /** The latest first. One that this version cannot read keeps nobody from the others. */
  list(): RequestDraft[]
  /** Throws LOCAL_DATA_UNUSABLE when the disk is full. */
  save(draft: RequestDraft): void
  remove(id: string): void
  /** Follows items that were moved: the path itself and everything below it. */
  move(collectionId: string, from: string, to: string): void
}

const Row = z
  .object({
    id: z.string(),
    collectionId: z.string().nullable(),
    path: z.string().nullable(),
    baseRevision: z.string().nullable(),
    request: z.string().transform((text): unknown => JSON.parse(text)),
    updatedAt: z.string(),
  })
  .pipe(RequestDraft)

/** The store over an open cache. */
export function createDraftStore(cache: Cache): DraftStore {
  const { sqlite } = cache
  const selectAll = sqlite.prepare(
    `select id, collection_id as collectionId, path, base_revision as baseRevision, request, updated_at as updatedAt
     from request_draft order by updated_at desc, id`,
  )
  const upsert = sqlite.prepare(
    `insert into request_draft (id, collection_id, path, base_revision, request, updated_at) values (?, ?, ?, ?, ?, ?)
     on conflict (id) do update set collection_id = excluded.collection_id, path = excluded.path,
       base_revision = excluded.base_revision, request = excluded.request, updated_at = excluded.updated_at`,
  )
  const drop = sqlite.prepare('delete from request_draft where id = ?')
  const follow = sqlite.prepare(
    `update request_draft set path = :to || substr(path, length(:from) + 1)
     where collection_id = :collectionId and (path = :from or substr(path, 1, length(:from) + 1) = :from || '/')`,
  )

  return {
    list: () => selectAll.all().flatMap((row) => Row.safeParse(row).data ?? []),
    save({ id, collectionId, path, baseRevision, request, updatedAt }) {
      try {
        upsert.run(id, collectionId, path, baseRevision, JSON.stringify(request), updatedAt)
      } catch (error) {
        throw unusable(error, cache.path)
      }
    },
    remove: (id) => void drop.run(id),
    move: (collectionId, from, to) => void follow.run({ collectionId, from, to }),
  }
}
