// Runs of a collection or a folder, and their reports.
import { z } from 'zod'
import { call, capability, event, stream } from '../rpc/definition.ts'
import { CollectionId } from '../requests/collection.ts'
import {
  DataPreview,
  ReportFormat,
  RequestResult,
  RunChange,
  RunData,
  RunEvent,
  RunOptions,
  RunSummary,
} from '../requests/run.ts'

/** Chosen by who starts it. */
export const CollectionRunId = z.uuid().brand<'CollectionRunId'>()
export type CollectionRunId = z.infer<typeof CollectionRunId>

export const RunEntry = z.object({
  runId: CollectionRunId,
  summary: RunSummary,
  /** Its summary is not written yet. */
  isUnderWay: z.boolean(),
})
export type RunEntry = z.infer<typeof RunEntry>

export const runs = capability('runs', {
  /**
   * Aborting cancels: what is under way is given up, the results so far are kept. CONFLICT while another run of the collection is under way. Unsaved
   * drafts do not run: files do.
   */
  start: stream({
    input: z.object({ runId: CollectionRunId, collectionId: CollectionId, options: RunOptions }),
    item: RunEvent,
  }),
  /** Ends a run early and resolves when it has ended; its stream goes on to `finished`. Nothing happens when it is over. */
  cancel: call({ input: z.object({ runId: CollectionRunId }), output: z.void() }),
  /** Newest first. */
  list: call({ input: z.object({ collectionId: CollectionId }), output: z.array(RunEntry) }),
  results: call({
    input: z.object({
      runId: CollectionRunId,
      from: z.number().int().min(0),
      count: z.number().int().min(1).max(1_000),
      onlyFailed: z.boolean().default(false),
      /** Found in the name, the path, the method, the URL, the status and the tests, without regard to case; empty finds all. */
      text: z.string().max(1_000).default(''),
      /** `failedFirst`: those that failed, then the others, each in the order they ended. */
      order: z.enum(['run', 'failedFirst']).default('run'),
    }),
    output: z.object({ results: z.array(RequestResult), total: z.number().int() }),
  }),
  /** To text, or to a file where `file` is given. ALREADY_EXISTS unless it may be replaced. */
  report: call({
    input: z.object({
      runId: CollectionRunId,
      format: ReportFormat,
      file: z.string().max(4_096).nullable(),
      replaces: z.boolean().default(false),
    }),
    output: z.object({ text: z.string().nullable() }),
  }),
  /** How a run differs from the one before it of the same collection; `before` null when there is none. */
  compare: call({
    input: z.object({ runId: CollectionRunId }),
    output: z.object({
      before: z.object({ runId: CollectionRunId, summary: RunSummary }).nullable(),
      /** Failures first. */
      changes: z.array(RunChange),
    }),
  }),
  /** The rows that a run would take. INVALID_INPUT with the line for what is no CSV or JSON, NOT_FOUND for a file that cannot be read. */
  previewData: call({
    input: z.object({ collectionId: CollectionId, data: RunData }),
    output: DataPreview,
  }),
  /** A run of the collection began or ended. */
  changed: event(z.object({ collectionId: CollectionId })),
})
