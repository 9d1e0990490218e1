// Which collections this machine knows, summaries of their files, and the variables of all collections, in SQLite. The requests themselves are files.
import { z } from 'zod'
import { OrganisationId } from '#contract/capabilities/ids.ts'
import { CollectionId, Environment } from '#contract/requests/collection.ts'
import type { Cache } from './database.ts'

/** A collection as this machine knows it. */
export interface KnownCollection {
  readonly id: CollectionId
  /** Absolute; null for one in this machine's own data. */
  readonly folder: string | null
  readonly name: string
  readonly organisationId: OrganisationId | null
  readonly activeEnvironment: string | null
  /** As counted when it was last open. */
  readonly requests: number
  readonly problems: number
  readonly isOpen: boolean
  /** ISO 8601 */
  readonly openedAt: string
}

export interface CollectionStore {
  /** Those that are open, by name. */
  list(): KnownCollection[]
  get(id: string): KnownCollection | undefined
  /** Open or closed. */
  byFolder(folder: string): KnownCollection | undefined
  /** Adds it, or writes over what is there. */
  save(collection: KnownCollection): void
  /** Removes it with everything that is kept under its id. */
  remove(id: string): void
  /** The summary of a file, if it has not changed since. Milliseconds and bytes. */
  readIndex(id: string, path: string, version: FileVersion): string | undefined
  /** Puts many summaries at once, and forgets those of `removed`. */
  writeIndex(id: string, entries: readonly IndexEntry[], removed?: readonly string[]): void
  /** All summaries of a collection: one read instead of thousands. */
  wholeIndex(id: string): IndexEntry[]
  globals(): Environment
  saveGlobals(environment: Environment): void
}

export interface FileVersion {
  readonly mtimeMs: number
  readonly size: number
}

export interface IndexEntry extends FileVersion {
  readonly path: string
  /** JSON */
  readonly summary: string
}

/** What the variables of all collections are called. */
export const GLOBALS_NAME = 'Globals'

const Row = z
  .object({
    id: CollectionId,
    folder: z.string().nullable(),
    name: z.string(),
    organisation_id: OrganisationId.nullable(),
    active_environment: z.string().nullable(),
    requests: z.number().int(),
    problems: z.number().int(),
    is_open: z.number().transform((flag) => flag === 1),
    opened_at: z.string(),
  })
  .transform((row): KnownCollection => ({
    id: row.id,
    folder: row.folder,
    name: row.name,
    organisationId: row.organisation_id,
    activeEnvironment: row.active_environment,
    requests: row.requests,
    problems: row.problems,
    isOpen: row.is_open,
    openedAt: row.opened_at,
  }))
const IndexRow = z.object({ path: z.string(), mtimeMs: z.number(), size: z.number(), summary: z.string() })
const GlobalsRow = z.object({ environment: z.string() })

/** What is kept under the id of a collection. */
const BELONGING = ['request_draft', 'variable_value', 'api_secret', 'exchange', 'collection_run', 'team_link']

/** The store over an open cache. Removes what belongs to collections that are gone. */
export function createCollectionStore({ sqlite }: Cache): CollectionStore {
  const selectOpen = sqlite.prepare(
    'select * from collection where is_open = 1 order by name collate nocase, id',
  )
  const selectOne = sqlite.prepare('select * from collection where id = ?')
  const selectFolder = sqlite.prepare('select * from collection where folder = ?')
  const upsert = sqlite.prepare(
    `insert into collection (id, folder, name, organisation_id, active_environment, requests, problems, is_open, opened_at)
     values (:id, :folder, :name, :organisationId, :activeEnvironment, :requests, :problems, :isOpen, :openedAt)
     on conflict (id) do update set folder = excluded.folder, name = excluded.name, organisation_id = excluded.organisation_id,
       active_environment = excluded.active_environment, requests = excluded.requests, problems = excluded.problems,
       is_open = excluded.is_open, opened_at = excluded.opened_at`,
  )
  const drops = ['delete from collection where id = ?']
    .concat(BELONGING.map((table) => `delete from ${table} where collection_id = ?`))
    .map((sql) => sqlite.prepare(sql))
  // What was under way while its collection was removed came after. Empty or null is what belongs to none.
  sqlite
    .transaction(() => {
      for (const table of BELONGING)
        sqlite.exec(
          `delete from ${table} where collection_id <> '' and collection_id not in (select id from collection)`,
        )
    })
    .immediate()
  const selectIndex = sqlite.prepare<[string, string, number, number], { summary: string }>(
    'select summary from collection_index where collection_id = ? and path = ? and mtime_ms = ? and size = ?',
  )
  const selectWholeIndex = sqlite.prepare(
    'select path, mtime_ms as mtimeMs, size, summary from collection_index where collection_id = ?',
  )
  const upsertIndex = sqlite.prepare(
    `insert into collection_index (collection_id, path, mtime_ms, size, summary) values (?, ?, ?, ?, ?)
     on conflict (collection_id, path) do update set mtime_ms = excluded.mtime_ms, size = excluded.size, summary = excluded.summary`,
  )
  const dropIndex = sqlite.prepare('delete from collection_index where collection_id = ? and path = ?')
  const selectGlobals = sqlite.prepare('select environment from api_globals')
  const upsertGlobals = sqlite.prepare(
    'insert into api_globals (id, environment) values (1, ?) on conflict (id) do update set environment = excluded.environment',
  )
  const one = (row: unknown): KnownCollection | undefined => (row === undefined ? undefined : Row.parse(row))

  return {
    list: () => selectOpen.all().map((row) => Row.parse(row)),
    get: (id) => one(selectOne.get(id)),
    byFolder: (folder) => one(selectFolder.get(folder)),
    save: (collection) => void upsert.run({ ...collection, isOpen: Number(collection.isOpen) }),
    remove: (id) => sqlite.transaction(() => drops.forEach((drop) => drop.run(id))).immediate(),
    readIndex: (id, path, { mtimeMs, size }) => selectIndex.get(id, path, mtimeMs, size)?.summary,
    writeIndex: (id, entries, removed = []) =>
      sqlite
        .transaction(() => {
          for (const path of removed) dropIndex.run(id, path)
          for (const { path, mtimeMs, size, summary } of entries)
            upsertIndex.run(id, path, mtimeMs, size, summary)
        })
        .immediate(),
    wholeIndex: (id) => selectWholeIndex.all(id).map((row) => IndexRow.parse(row)),
    globals() {
      const row = selectGlobals.get()
      if (row === undefined) return Environment.parse({ name: GLOBALS_NAME })
      return Environment.parse(JSON.parse(GlobalsRow.parse(row).environment))
    },
    saveGlobals: (environment) => void upsertGlobals.run(JSON.stringify(environment)),
  }
}
