// A run of many requests, and its report.
import { z } from 'zod'
import { Timestamp } from '../capabilities/ids.ts'
import { ItemPath } from './collection.ts'
import { ExchangeFailure, ExchangeId, TestResult } from './exchange.ts'

export const RunOptions = z.object({
  /** Requests and folders in the order they run; a folder stands for what is in it, in its order. Empty: the whole collection. */
  paths: z.array(ItemPath).max(10_000).default([]),
  environment: z.string().max(200).nullable().default(null),
  iterations: z.number().int().min(1).max(100_000).default(1),
  /** A row per iteration: its fields are variables. Text, or a file that the host reads. */
  data: z
    .object({
      format: z.enum(['csv', 'json']),
      text: z.string().max(50_000_000).optional(),
      path: z.string().max(4_096).optional(),
    })
    .nullable()
    .default(null),
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

/** What is seen while a run is under way; `finished` is last. Many results come in one item, so that a page keeps up. */
export const RunEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('planned'), requests: z.number().int(), iterations: z.number().int() }),
  z.object({ type: z.literal('results'), results: z.array(RequestResult) }),
  z.object({ type: z.literal('finished'), summary: RunSummary }),
])
export type RunEvent = z.infer<typeof RunEvent>

export const ReportFormat = z.enum(['junit', 'html', 'json'])
export type ReportFormat = z.infer<typeof ReportFormat>
