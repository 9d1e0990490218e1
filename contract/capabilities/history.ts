// What was run on this machine, newest first.
import { z } from 'zod'
import { call, capability, event } from '../rpc/definition.ts'
import { ConnectionId, Timestamp } from './ids.ts'

export const HistoryEntry = z.object({
  id: z.number().int(),
  connectionId: ConnectionId,
  connectionName: z.string(),
  sql: z.string(),
  startedAt: Timestamp,
  elapsedMs: z.number(),
  rowCount: z.number().int().nullable(),
  outcome: z.enum(['done', 'failed', 'cancelled', 'snapshot']),
  error: z.string().nullable(),
})
export type HistoryEntry = z.infer<typeof HistoryEntry>

export const history = capability('history', {
  list: call({
    input: z.object({
      connectionId: ConnectionId.optional(),
      search: z.string().max(500).default(''),
      before: z.number().int().optional(),
      limit: z.number().int().min(1).max(500).default(100),
    }),
    output: z.object({ entries: z.array(HistoryEntry), hasMore: z.boolean() }),
  }),
  clear: call({ input: z.object({ connectionId: ConnectionId.optional() }), output: z.void() }),
  changed: event(z.object({})),
})
