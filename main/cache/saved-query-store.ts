// Saved queries in SQLite, each change with its row in the outbox.
import { z } from 'zod'
import { SavedQueryRecord } from '#contract/capabilities/sync.ts'
import type { Cache } from './database.ts'
import type { ChangeLog } from './local-change.ts'

export interface SavedQueryStore {
  /** All of them, by name. */
  list(): SavedQueryRecord[]
  get(id: string): SavedQueryRecord | undefined
  /** Writes a saved query and the change to push, in one transaction. */
  save(record: SavedQueryRecord): void
  /** Removes it and appends the change to push, in one transaction. Unknown ids do nothing. */
  remove(id: string): void
  /** Ids of those that wait to be pushed. */
  pendingIds(): ReadonlySet<string>
}

const Row = z
  .object({ record: z.string() })
  .transform((row) => SavedQueryRecord.parse(JSON.parse(row.record)))

/** The store over an open cache. */
export function createSavedQueryStore(cache: Cache, changes: ChangeLog): SavedQueryStore {
  const { sqlite } = cache
  const selectAll = sqlite.prepare("select record from saved_query order by record ->> 'name', id")
  const selectOne = sqlite.prepare('select record from saved_query where id = ?')
  const upsert = sqlite.prepare(
    `insert into saved_query (id, record) values (?, ?)
     on conflict (id) do update set record = excluded.record`,
  )
  const drop = sqlite.prepare('delete from saved_query where id = ?')

  return {
    list: () => selectAll.all().map((row) => Row.parse(row)),
    get(id) {
      const row = selectOne.get(id)
      return row === undefined ? undefined : Row.parse(row)
    },
    save(record) {
      sqlite
        .transaction(() => {
          upsert.run(record.id, JSON.stringify(record))
          changes.append({ type: 'upsert', record: { kind: 'savedQuery', record } })
        })
        .immediate()
    },
    remove(id) {
      sqlite
        .transaction(() => {
          if (drop.run(id).changes > 0) changes.append({ type: 'delete', kind: 'savedQuery', id })
        })
        .immediate()
    },
    pendingIds: () => changes.pendingIds('savedQuery'),
  }
}
