// Runs of collections with their results, in SQLite: the last few of each collection.
import { z } from 'zod'
import { CollectionRunId } from '#contract/capabilities/runs.ts'
import { RequestResult, RunSummary } from '#contract/requests/run.ts'
import type { Cache } from './database.ts'

/** How many runs of a collection are kept. */
export const RUNS_KEPT = 20

export interface StoredRun {
  readonly runId: CollectionRunId
  readonly collectionId: string
  readonly summary: RunSummary
}

export interface RunStore {
  /** Begins a run: its summary is written again when it ends. Prunes the oldest of the collection. */
  begin(run: StoredRun): void
  append(runId: string, results: readonly RequestResult[]): void
  finish(runId: string, summary: RunSummary): void
  /** Newest first. */
  list(collectionId: string): StoredRun[]
  get(runId: string): StoredRun | undefined
  results(
    runId: string,
    page: { readonly from: number; readonly count: number; readonly onlyFailed: boolean },
  ): { results: RequestResult[]; total: number }
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

/** The store over an open cache. */
export function createRunStore({ sqlite }: Cache): RunStore {
  const insert = sqlite.prepare(
    'insert into collection_run (id, collection_id, started_at, summary) values (?, ?, ?, ?)',
  )
  const prune = sqlite.prepare(
    `delete from collection_run where collection_id = :id and id not in
       (select id from collection_run where collection_id = :id order by started_at desc limit ${RUNS_KEPT})`,
  )
  const update = sqlite.prepare('update collection_run set summary = ? where id = ?')
  const insertResult = sqlite.prepare(
    'insert or replace into collection_run_result (run_id, position, is_failed, result) values (?, ?, ?, ?)',
  )
  const selectAll = sqlite.prepare(
    'select id, collection_id, summary from collection_run where collection_id = ? order by started_at desc',
  )
  const selectOne = sqlite.prepare('select id, collection_id, summary from collection_run where id = ?')
  const selectResults = sqlite.prepare(
    'select result from collection_run_result where run_id = ? order by position limit ? offset ?',
  )
  const selectFailed = sqlite.prepare(
    'select result from collection_run_result where run_id = ? and is_failed = 1 order by position limit ? offset ?',
  )
  const count = sqlite.prepare<[string], { total: number; failed: number }>(
    'select count(*) as total, coalesce(sum(is_failed), 0) as failed from collection_run_result where run_id = ?',
  )

  return {
    begin: ({ runId, collectionId, summary }) =>
      sqlite
        .transaction(() => {
          insert.run(runId, collectionId, summary.startedAt, JSON.stringify(summary))
          prune.run({ id: collectionId })
        })
        .immediate(),
    append: (runId, results) =>
      sqlite
        .transaction(() => {
          for (const result of results) {
            const isFailed = result.outcome === 'failed' || result.outcome === 'error'
            insertResult.run(runId, result.index, Number(isFailed), JSON.stringify(result))
          }
        })
        .immediate(),
    finish: (runId, summary) => void update.run(JSON.stringify(summary), runId),
    list: (collectionId) => selectAll.all(collectionId).map((row) => Row.parse(row)),
    get(runId) {
      const row = selectOne.get(runId)
      return row === undefined ? undefined : Row.parse(row)
    },
    results(runId, { from, count: limit, onlyFailed }) {
      const rows = (onlyFailed ? selectFailed : selectResults).all(runId, limit, from)
      const counts = count.get(runId)
      return {
        results: rows.map((row) => ResultRow.parse(row)),
        total: (onlyFailed ? counts?.failed : counts?.total) ?? 0,
      }
    },
  }
}
