// What was sent and what came back, in SQLite: bounded by count and age. Bodies are not here, they are files of the body store.
import { z } from 'zod'
import { HistoryEntry } from '#contract/capabilities/requests.ts'
import { Exchange } from '#contract/requests/exchange.ts'
import { unusable, type Cache } from './database.ts'

/** How many exchanges are kept; the oldest go first. */
export const EXCHANGES_MAX = 10_000
export const EXCHANGES_MAX_AGE_DAYS = 90

export interface ExchangePage {
  readonly collectionId: string | null
  readonly path: string | null
  /** Found in the name, the method and the URL, without regard to case; empty finds all. */
  readonly text: string
  /** ISO 8601: only those that started before. */
  readonly before: string | null
  readonly limit: number
}

/** Without `hasBody`, which the body store knows. */
export type StoredEntry = Omit<HistoryEntry, 'hasBody'>

export interface ExchangeStore {
  /** Writes it and prunes. Gives the ids that were pruned: their bodies are to go too. */
  add(exchange: Exchange): string[]
  /** Those of the last run of each collection too, which are not in the list. */
  get(id: string): Exchange | undefined
  /** Whether `get` finds it. */
  has(id: string): boolean
  /** Newest first. */
  list(page: ExchangePage): StoredEntry[]
  /** One, or (null) all. Gives the ids that are gone. */
  remove(id: string | null): string[]
}

const Row = z
  .object({
    id: z.string(),
    collectionId: z.string().nullable(),
    path: z.string().nullable(),
    name: z.string(),
    method: z.string(),
    url: z.string(),
    status: z.number().nullable(),
    failure: z.string().nullable(),
    durationMs: z.number(),
    bodyBytes: z.number(),
    startedAt: z.string(),
  })
  .pipe(HistoryEntry.omit({ hasBody: true }))
const ExchangeRow = z.object({ exchange: z.string() })
const IdRow = z.object({ id: z.string() })

/** The store over an open cache. The bounds differ from the defaults in tests only. */
export function createExchangeStore(
  cache: Cache,
  { most = EXCHANGES_MAX, mostDays = EXCHANGES_MAX_AGE_DAYS } = {},
): ExchangeStore {
  const { sqlite } = cache
  const insert = sqlite.prepare(
    `insert or replace into exchange (id, collection_id, path, name, method, url, status, failure, duration_ms, body_bytes, started_at, exchange)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const dropOld = sqlite.prepare('delete from exchange where started_at < ? returning id')
  const count = sqlite.prepare<[], { count: number }>('select count(*) as count from exchange')
  const dropOldest = sqlite.prepare(
    'delete from exchange where id in (select id from exchange order by started_at limit ?) returning id',
  )
  const selectOne = sqlite.prepare(
    'select exchange from exchange where id = :id union all select exchange from run_exchange where id = :id',
  )
  const selectExists = sqlite.prepare<[object], { isThere: number }>(
    'select exists (select 1 from exchange where id = :id) or exists (select 1 from run_exchange where id = :id) as isThere',
  )
  const select = sqlite.prepare(
    `select id, collection_id as collectionId, path, name, method, url, status, failure, duration_ms as durationMs,
            body_bytes as bodyBytes, started_at as startedAt
     from exchange
     where (:collectionId is null or collection_id = :collectionId)
       and (:path is null or path = :path)
       and (:before is null or started_at < :before)
       and (:pattern is null or method || ' ' || url || ' ' || name like :pattern escape '\\')
     order by started_at desc limit :limit`,
  )
  const dropOne = sqlite.prepare('delete from exchange where id = ? returning id')
  const dropAll = sqlite.prepare('delete from exchange returning id')
  const ids = (rows: readonly unknown[]): string[] => rows.map((row) => IdRow.parse(row).id)

  return {
    add(exchange) {
      const oldest = new Date(Date.parse(exchange.startedAt) - mostDays * 86_400_000).toISOString()
      try {
        return sqlite
          .transaction(() => {
            insert.run(
              exchange.id,
              exchange.collectionId,
              exchange.path,
              exchange.name,
              exchange.request.method,
              exchange.request.url,
              exchange.response?.status ?? null,
              exchange.failure?.message ?? null,
              exchange.timings.total,
              exchange.response?.decodedBytes ?? 0,
              exchange.startedAt,
              JSON.stringify(exchange),
            )
            const old = ids(dropOld.all(oldest))
            const tooMany = (count.get()?.count ?? 0) - most
            return tooMany > 0 ? [...old, ...ids(dropOldest.all(tooMany))] : old
          })
          .immediate()
      } catch (error) {
        throw unusable(error, cache.path)
      }
    },
    get(id) {
      const row = selectOne.get({ id })
      return row === undefined ? undefined : Exchange.parse(JSON.parse(ExchangeRow.parse(row).exchange))
    },
    has: (id) => selectExists.get({ id })?.isThere === 1,
    list: ({ text, ...page }) =>
      select
        .all({
          ...page,
          pattern: text === '' ? null : `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`,
        })
        .map((row) => Row.parse(row)),
    remove: (id) => ids(id === null ? dropAll.all() : dropOne.all(id)),
  }
}
