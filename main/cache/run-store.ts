// Runs of collections with their results, in SQLite: the last few of each collection, and the exchanges of the last one.
import { z } from 'zod'
import { CollectionRunId } from '#contract/capabilities/runs.ts'
import type { Exchange } from '#contract/requests/exchange.ts'
import { RequestResult, RunSummary } from '#contract/requests/run.ts'
import type { Cache } from './database.ts'

/** How many runs of a collection are kept. */
export const RUNS_KEPT = 20
/** Results of all runs of a collection together: the oldest runs go first, the one before the new one stays. */
export const RESULTS_KEPT = 400_000

export interface StoredRun {
  readonly runId: CollectionRunId
  readonly collectionId: string
  readonly summary: RunSummary
}

export interface ResultPage {
  readonly from: number
  readonly count: number
  readonly onlyFailed: boolean
  /** Empty finds all. */
  readonly text: string
  readonly order: 'run' | 'failedFirst'
}

/** What a comparison of runs needs of a result. */
export interface ResultOutline {
  readonly position: number
  readonly path: string
  readonly name: string
  readonly method: string
  readonly iteration: number
  readonly outcome: RequestResult['outcome']
  readonly durationMs: number
}

export interface RunStore {
  /**
   * Begins a run: its summary is written again while it goes. Prunes the oldest of the collection, and the exchanges of all before. Gives the ids of these:
   * their bodies are to go too.
   */
  begin(run: StoredRun): string[]
  append(runId: string, results: readonly RequestResult[]): void
  /** Keeps what was sent and received, until the next run of the collection. */
  addExchange(runId: string, exchange: Exchange): void
  /** What it amounts to, while it goes and in the end. */
  summarise(runId: string, summary: RunSummary): void
  /** Newest first. */
  list(collectionId: string): StoredRun[]
  get(runId: string): StoredRun | undefined
  /** The run of the same collection that began before; undefined when there is none. */
  before(runId: string): StoredRun | undefined
  results(runId: string, page: ResultPage): { results: RequestResult[]; total: number }
  /** At most `count` of those after a position. */
  outlines(runId: string, after: number, count: number): ResultOutline[]
}

const Row = z
  .object({ id: CollectionRunId, collection_id: z.string(), summary: z.string() })
  .transform((row): StoredRun => ({
    runId: row.id,
    collectionId: row.collection_id,
    summary: RunSummary.parse(JSON.parse(row.summary)),
  }))
const ResultRow = z
  .object({ result: z.string() })
  .transform(({ result }) => RequestResult.parse(JSON.parse(result)))
const Outline = z.object({
  position: z.number(),
  path: z.string(),
  name: z.string(),
  method: z.string(),
  iteration: z.number(),
  outcome: RequestResult.shape.outcome,
  durationMs: z.number(),
})
const IdRow = z.object({ id: z.string() })

const COLUMNS = 'id, collection_id, summary'

/** The store over an open cache. The bounds differ from the defaults in tests only. */
export function createRunStore(
  { sqlite }: Cache,
  { mostRuns = RUNS_KEPT, mostResults = RESULTS_KEPT } = {},
): RunStore {
  const insert = sqlite.prepare(
    'insert into collection_run (id, collection_id, started_at, summary) values (?, ?, ?, ?)',
  )
  const counted = sqlite.prepare<[string], { id: string; results: number }>(
    `select id, (select count(*) from collection_run_result where run_id = id) as results
     from collection_run where collection_id = ? order by started_at desc, rowid desc`,
  )
  const drop = sqlite.prepare('delete from collection_run where id = ?')
  const dropExchanges = sqlite.prepare(
    'delete from run_exchange where run_id in (select id from collection_run where collection_id = ?) returning id',
  )
  const insertExchange = sqlite.prepare('insert into run_exchange (id, run_id, exchange) values (?, ?, ?)')
  const update = sqlite.prepare('update collection_run set summary = ? where id = ?')
  const insertResult = sqlite.prepare(
    'insert or replace into collection_run_result (run_id, position, is_failed, result, search) values (?, ?, ?, ?, ?)',
  )
  const selectAll = sqlite.prepare(
    `select ${COLUMNS} from collection_run where collection_id = ? order by started_at desc, rowid desc`,
  )
  const selectOne = sqlite.prepare(`select ${COLUMNS} from collection_run where id = ?`)
  const selectBefore = sqlite.prepare(
    `select ${COLUMNS} from collection_run
     where collection_id = (select collection_id from collection_run where id = :id)
       and (started_at, rowid) < (select started_at, rowid from collection_run where id = :id)
     order by started_at desc, rowid desc limit 1`,
  )
  const selectPage = (where: string) => {
    const all = `select result from collection_run_result where run_id = :runId ${where}`
    const page = 'order by position limit :limit offset :offset'
    return {
      all: sqlite.prepare(`${all} ${page}`),
      found: sqlite.prepare(`${all} and instr(search, :text) > 0 ${page}`),
    }
  }
  const select = {
    all: selectPage(''),
    failed: selectPage('and is_failed = 1'),
    others: selectPage('and is_failed = 0'),
  }
  const counts = (from: string): string =>
    `select count(*) as total, coalesce(sum(is_failed), 0) as failed from ${from} where run_id = :runId`
  const count = {
    // Without being told, SQLite reads the results themselves.
    all: sqlite.prepare<[object], Counts>(
      counts('collection_run_result indexed by collection_run_by_outcome'),
    ),
    found: sqlite.prepare<[object], Counts>(
      `${counts('collection_run_result')} and instr(search, :text) > 0`,
    ),
  }
  const selectOutlines = sqlite.prepare(
    `select position, json_extract(result, '$.path') as path, json_extract(result, '$.name') as name,
            json_extract(result, '$.method') as method, json_extract(result, '$.iteration') as iteration,
            json_extract(result, '$.outcome') as outcome, json_extract(result, '$.durationMs') as durationMs
     from collection_run_result where run_id = ? and position > ? order by position limit ?`,
  )
  const prune = (collectionId: string): void => {
    let sum = 0
    for (const [index, { id, results }] of counted.all(collectionId).entries()) {
      sum += results
      // The new one and the one that it is compared with stay whatever their size.
      if (index >= mostRuns || (index > 1 && sum > mostResults)) drop.run(id)
    }
  }
  const rows = (
    which: keyof typeof select,
    where: { readonly runId: string; readonly text?: string },
    page: { readonly limit: number; readonly offset: number },
  ): RequestResult[] =>
    page.limit <= 0
      ? []
      : select[which][where.text === undefined ? 'all' : 'found']
          .all({ ...where, ...page })
          .map((row) => ResultRow.parse(row))

  return {
    begin: ({ runId, collectionId, summary }) =>
      sqlite
        .transaction(() => {
          const gone = dropExchanges.all(collectionId).map((row) => IdRow.parse(row).id)
          insert.run(runId, collectionId, summary.startedAt, JSON.stringify(summary))
          prune(collectionId)
          return gone
        })
        .immediate(),
    append: (runId, results) =>
      sqlite
        .transaction(() => {
          for (const result of results) {
            const isFailed = result.outcome === 'failed' || result.outcome === 'error'
            insertResult.run(
              runId,
              result.index,
              Number(isFailed),
              JSON.stringify(result),
              searchText(result),
            )
          }
        })
        .immediate(),
    addExchange: (runId, exchange) => void insertExchange.run(exchange.id, runId, JSON.stringify(exchange)),
    summarise: (runId, summary) => void update.run(JSON.stringify(summary), runId),
    list: (collectionId) => selectAll.all(collectionId).map((row) => Row.parse(row)),
    get(runId) {
      const row = selectOne.get(runId)
      return row === undefined ? undefined : Row.parse(row)
    },
    before(runId) {
      const row = selectBefore.get({ id: runId })
      return row === undefined ? undefined : Row.parse(row)
    },
    results(runId, { from, count: limit, onlyFailed, text, order }) {
      const where = text === '' ? { runId } : { runId, text: text.toLowerCase() }
      const { total, failed } = count[text === '' ? 'all' : 'found'].get(where) ?? { total: 0, failed: 0 }
      if (onlyFailed) return { results: rows('failed', where, { limit, offset: from }), total: failed }
      if (order === 'run') return { results: rows('all', where, { limit, offset: from }), total }
      const first = rows('failed', where, { limit: Math.min(limit, failed - from), offset: from })
      const rest = { limit: limit - first.length, offset: Math.max(0, from - failed) }
      return { results: [...first, ...rows('others', where, rest)], total }
    },
    outlines: (runId, after, most) => selectOutlines.all(runId, after, most).map((row) => Outline.parse(row)),
  }
}

interface Counts {
  readonly total: number
  readonly failed: number
}

/** What a filter looks through, in small letters. */
function searchText({ name, path, method, url, status, failure, tests }: RequestResult): string {
  const words = tests.flatMap((test) => (test.message === null ? [test.name] : [test.name, test.message]))
  return [name, path, method, url, status ?? '', failure?.message ?? '', ...words].join(' ').toLowerCase()
}
