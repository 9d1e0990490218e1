// What was run on this machine, in SQLite: bounded, searched without an index because 20,000 rows take milliseconds.
import { z } from 'zod'
import { HistoryEntry } from '#contract/capabilities/history.ts'
import { hidePasswords } from '#postgres/common/script/index.ts'
import type { Cache } from './database.ts'

/** How many entries are kept; the oldest go first. */
export const HISTORY_MAX_ENTRIES = 20_000
/** Characters of a statement that are kept. A longer one is a data load, not something to find again. */
export const HISTORY_MAX_SQL_LENGTH = 100_000

export interface HistoryPage {
  readonly connectionId?: string | undefined
  /** Found anywhere in the statement, without regard to case; empty finds all. */
  readonly search: string
  /** Only entries older than this id. */
  readonly before?: number | undefined
  readonly limit: number
}

export interface HistoryStore {
  /** Passwords in the statement are hidden. */
  append(entry: Omit<HistoryEntry, 'id'>): void
  /** Newest first. */
  list(page: HistoryPage): { entries: HistoryEntry[]; hasMore: boolean }
  /** Forgets the entries of one connection, or all. */
  clear(connectionId?: string): void
}

const Row = z
  .object({
    id: z.number(),
    connection_id: z.string(),
    connection_name: z.string(),
    sql: z.string(),
    started_at: z.string(),
    elapsed_ms: z.number(),
    row_count: z.number().nullable(),
    outcome: z.string(),
    error: z.string().nullable(),
  })
  .transform((row) =>
    HistoryEntry.parse({
      id: row.id,
      connectionId: row.connection_id,
      connectionName: row.connection_name,
      sql: row.sql,
      startedAt: row.started_at,
      elapsedMs: row.elapsed_ms,
      rowCount: row.row_count,
      outcome: row.outcome,
      error: row.error,
    }),
  )

/** The store over an open cache. `maxEntries` differs from the default in tests only. */
export function createHistoryStore(cache: Cache, maxEntries = HISTORY_MAX_ENTRIES): HistoryStore {
  const { sqlite } = cache
  const insert = sqlite.prepare(
    `insert into history_entry (connection_id, connection_name, sql, started_at, elapsed_ms, row_count, outcome, error)
     values (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  // Ids only rise, so the bound is one range delete on the primary key; gaps left by clearing make it keep fewer, never more.
  const trim = sqlite.prepare('delete from history_entry where id <= ?')
  const select = sqlite.prepare(
    `select * from history_entry
     where (:connectionId is null or connection_id = :connectionId)
       and (:before is null or id < :before)
       and (:pattern is null or sql like :pattern escape '\\')
     order by id desc limit :limit`,
  )
  const clearAll = sqlite.prepare('delete from history_entry')
  const clearOne = sqlite.prepare('delete from history_entry where connection_id = ?')

  return {
    append(entry) {
      sqlite
        .transaction(() => {
          const { lastInsertRowid } = insert.run(
            entry.connectionId,
            entry.connectionName,
            hidePasswords(cutText(entry.sql)),
            entry.startedAt,
            entry.elapsedMs,
            entry.rowCount,
            entry.outcome,
            entry.error,
          )
          trim.run(Number(lastInsertRowid) - maxEntries)
        })
        .immediate()
    },
    list(page) {
      const rows = select.all({
        connectionId: page.connectionId ?? null,
        before: page.before ?? null,
        pattern: page.search === '' ? null : `%${page.search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`,
        limit: page.limit + 1,
      })
      return {
        entries: rows.slice(0, page.limit).map((row) => Row.parse(row)),
        hasMore: rows.length > page.limit,
      }
    },
    clear: (connectionId) => void (connectionId === undefined ? clearAll.run() : clearOne.run(connectionId)),
  }
}

function cutText(sql: string): string {
  return sql.length <= HISTORY_MAX_SQL_LENGTH ? sql : `${sql.slice(0, HISTORY_MAX_SQL_LENGTH)}…`
}
