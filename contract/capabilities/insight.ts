// What the database did for a request to a project's API, for members who may see it; and tokens to test with. Nothing of it is in the public API.
import { z } from 'zod'
import { call, capability } from '../rpc/definition.ts'
import { ProjectId, Timestamp } from './ids.ts'

/** Names a request that is being watched. It is of use only to members who may see the project's data. */
export const InsightTicket = z.string().min(20).max(200)
export type InsightTicket = z.infer<typeof InsightTicket>

export const TracedStatement = z.object({
  /** What it is for: settings (role and claims), the function before requests, the query itself, counting. */
  purpose: z.enum(['settings', 'pre-request', 'count', 'query']),
  sql: z.string(),
  /** As text, in order: `$1` is the first. Long ones are cut. */
  parameters: z.array(z.string().nullable()),
})
export type TracedStatement = z.infer<typeof TracedStatement>

/** In words: why it was refused or went wrong, and the statement that would allow it. It is never run by itself. */
export const Explanation = z.object({
  /** `missing-table-grant`, `missing-column-grant`, `no-policy`, `policy-check-failed`, `not-exposed`, … */
  reason: z.string(),
  message: z.string(),
  /** SQL that would mend it, and what that would open; null where SQL is not the answer. */
  remedy: z.object({ sql: z.string(), effect: z.string() }).nullable(),
})
export type Explanation = z.infer<typeof Explanation>

export const RequestTrace = z.object({
  ticket: InsightTicket,
  at: Timestamp,
  method: z.string(),
  path: z.string(),
  status: z.number().int(),
  errorCode: z.string().nullable(),
  role: z.string().nullable(),
  claims: z.record(z.string(), z.unknown()),
  statements: z.array(TracedStatement),
  /** Milliseconds per stage, as Server-Timing names them: jwt, parse, plan, transaction, response. */
  stages: z.array(z.object({ name: z.string(), durationMs: z.number() })),
  rowsReturned: z.number().int(),
  rowsWritten: z.number().int().nullable(),
  statementTimeoutMs: z.number().int().nullable(),
  /** Which snapshot of the schema it was planned with, and when that was read. */
  schemaVersion: z.object({ version: z.string(), readAt: Timestamp }).nullable(),
  explanations: z.array(Explanation),
})
export type RequestTrace = z.infer<typeof RequestTrace>

/** A policy that applies to the request's role and command on a table that the query names. */
export const PolicyEffect = z.object({
  schema: z.string(),
  table: z.string(),
  /** Null for a table without row-level security, or one that the role passes. */
  policy: z.string().nullable(),
  command: z.enum(['select', 'insert', 'update', 'delete']),
  isPermissive: z.boolean(),
  using: z.string().nullable(),
  check: z.string().nullable(),
  /** Rows that the policy alone lets through, of all rows of the table; null where counting took too long or makes no sense. */
  kept: z.number().int().nullable(),
  total: z.number().int().nullable(),
  /** Why it does not filter: `no row-level security`, `the role bypasses it`. */
  note: z.string().nullable(),
})
export type PolicyEffect = z.infer<typeof PolicyEffect>

const traced = z.object({ projectId: ProjectId, ticket: InsightTicket })
const path = '/projects/{projectId}/insight'

/** Served by the service, and by the host, which asks it. */
export const insight = capability('insight', {
  trace: call({
    input: traced,
    output: RequestTrace,
    http: {
      method: 'GET',
      path: `${path}/{ticket}`,
      summary: 'What the database did for a request that was watched',
    },
  }),
  /** EXPLAIN of the query with the request's role and claims, in a transaction that is rolled back. */
  plan: call({
    input: traced.extend({ analyze: z.boolean().default(false) }),
    /** The plan as Postgres' JSON, of each statement one, and as a text in the manner of Postgres' own. */
    output: z.object({ json: z.array(z.unknown()), text: z.string(), durationMs: z.number() }),
    http: {
      method: 'POST',
      path: `${path}/{ticket}/plan`,
      summary: 'The plan of the request, in a rolled-back transaction',
    },
  }),
  policies: call({
    input: traced,
    output: z.array(PolicyEffect),
    http: {
      method: 'GET',
      path: `${path}/{ticket}/policies`,
      summary: 'The policies that applied, and what each let through',
    },
  }),
})
