// A run of many requests, and its report.
import { z } from 'zod'
import { Timestamp } from '../capabilities/ids.ts'
import { ItemPath } from './collection.ts'
import { ExchangeFailure, ExchangeId, TestResult } from './exchange.ts'

/** Text, or a file that the host reads: a relative path counts from the collection's folder. */
export const RunData = z.object({
  format: z.enum(['csv', 'json']),
  text: z.string().max(50_000_000).optional(),
  path: z.string().max(4_096).optional(),
})
export type RunData = z.infer<typeof RunData>

export const RunOptions = z.object({
  /** Requests and folders in the order they run; a folder stands for what is in it, in its order. Empty: the whole collection. */
  paths: z.array(ItemPath).max(10_000).default([]),
  environment: z.string().max(200).nullable().default(null),
  iterations: z.number().int().min(1).max(100_000).default(1),
  /** A row per iteration: its fields are variables. */
  data: RunData.nullable().default(null),
  delayMs: z.number().int().min(0).max(3_600_000).default(0),
  /** Requests under way at once; 1 keeps the order and lets scripts hand values on. */
  parallel: z.number().int().min(1).max(256).default(1),
  stopsOnFailure: z.boolean().default(false),
  /** More tries of a request that failed or whose tests did. */
  retries: z.number().int().min(0).max(10).default(0),
  /** Only requests with one of these tags; empty for all. */
  tags: z.array(z.string()).max(100).default([]),
})
export type RunOptions = z.infer<typeof RunOptions>

export const RequestResult = z.object({
  iteration: z.number().int(),
  /** Counts from 0 over the whole run. */
  index: z.number().int(),
  path: ItemPath,
  name: z.string(),
  method: z.string(),
  url: z.string(),
  outcome: z.enum(['passed', 'failed', 'error', 'skipped']),
  status: z.number().int().nullable(),
  durationMs: z.number(),
  bodyBytes: z.number().int(),
  attempts: z.number().int(),
  tests: z.array(TestResult),
  failure: ExchangeFailure.nullable(),
  /** Kept for the last run of a collection; null in a command line. */
  exchangeId: ExchangeId.nullable(),
})
export type RequestResult = z.infer<typeof RequestResult>

export const RunSummary = z.object({
  name: z.string(),
  startedAt: Timestamp,
  durationMs: z.number(),
  requests: z.object({ total: z.number().int(), failed: z.number().int(), skipped: z.number().int() }),
  tests: z.object({ total: z.number().int(), failed: z.number().int() }),
  iterations: z.number().int(),
  bytesReceived: z.number().int(),
  /** Milliseconds over all requests. */
  latency: z.object({ p50: z.number(), p95: z.number(), p99: z.number(), max: z.number() }),
  /** `finished`, or why it ended before its end. */
  ended: z.enum(['finished', 'stopped', 'cancelled']),
})
export type RunSummary = z.infer<typeof RunSummary>

/** What a run amounts to so far. */
export const RunProgress = RunSummary.pick({
  requests: true,
  tests: true,
  bytesReceived: true,
  latency: true,
})
export type RunProgress = z.infer<typeof RunProgress>

/** What is seen while a run is under way; `finished` is last. A host sends `progress` in place of `results`, which a page reads in parts. */
export const RunEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('planned'), requests: z.number().int(), iterations: z.number().int() }),
  z.object({ type: z.literal('progress'), progress: RunProgress }),
  z.object({ type: z.literal('results'), results: z.array(RequestResult) }),
  z.object({ type: z.literal('finished'), summary: RunSummary }),
])
export type RunEvent = z.infer<typeof RunEvent>

export const ReportFormat = z.enum(['junit', 'html', 'json'])
export type ReportFormat = z.infer<typeof ReportFormat>

/** How a request came out in two runs. */
export const RunChange = z.object({
  kind: z.enum(['newlyFailed', 'newlyPassed', 'slower']),
  path: ItemPath,
  name: z.string(),
  method: z.string(),
  /** How many of its iterations this is true of: of `slower`, all that ran in both. */
  iterations: z.number().int(),
  /** The median over its iterations, in milliseconds. */
  beforeMs: z.number(),
  afterMs: z.number(),
})
export type RunChange = z.infer<typeof RunChange>

/** The rows of a run's data, as far as they are shown. */
export const DataPreview = z.object({
  columns: z.array(z.string()),
  /** The first ones; a row has a value for each column, and null where it lacks it. Long values are cut. */
  rows: z.array(z.array(z.string().nullable())),
  total: z.number().int(),
})
export type DataPreview = z.infer<typeof DataPreview>
