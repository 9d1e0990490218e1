// Runs of a collection or a folder, and their reports.
import { z } from 'zod'
import { call, capability, stream } from '../rpc/definition.ts'
import { CollectionId } from '../requests/collection.ts'
import { ReportFormat, RequestResult, RunEvent, RunOptions, RunSummary } from '../requests/run.ts'

/** Chosen by who starts it. */
export const CollectionRunId = z.uuid().brand<'CollectionRunId'>()
export type CollectionRunId = z.infer<typeof CollectionRunId>

export const runs = capability('runs', {
  /** Aborting cancels: what is under way is given up, the results so far are kept. */
  start: stream({
    input: z.object({ runId: CollectionRunId, collectionId: CollectionId, options: RunOptions }),
    item: RunEvent,
  }),
  list: call({
    input: z.object({ collectionId: CollectionId }),
    output: z.array(z.object({ runId: CollectionRunId, summary: RunSummary })),
  }),
  results: call({
    input: z.object({
      runId: CollectionRunId,
      from: z.number().int().min(0),
      count: z.number().int().min(1).max(1_000),
      onlyFailed: z.boolean().default(false),
    }),
    output: z.object({ results: z.array(RequestResult), total: z.number().int() }),
  }),
  /** To text, or to a file where `file` is given. */
  report: call({
    input: z.object({
      runId: CollectionRunId,
      format: ReportFormat,
      file: z.string().max(4_096).nullable(),
    }),
    output: z.object({ text: z.string().nullable() }),
  }),
})
