// Whether the service can be reached, and what waits to be synced.
import { z } from 'zod'
import { call, capability, event } from '../rpc/definition.ts'
import { Timestamp } from './ids.ts'

export const SyncConflict = z.object({
  id: z.number().int(),
  kind: z.enum(['savedQuery', 'connection']),
  name: z.string(),
  /** What was done about it, in one sentence: both texts are always kept. */
  resolution: z.string(),
  at: Timestamp,
})
export type SyncConflict = z.infer<typeof SyncConflict>

export const ConnectivityState = z.object({
  /** `local`: there is no account, so nothing to reach. */
  state: z.enum(['online', 'offline', 'connecting', 'local']),
  offlineSince: Timestamp.nullable(),
  latencyMs: z.number().nullable(),
  isSyncing: z.boolean(),
  lastSyncedAt: Timestamp.nullable(),
  /** Local changes that wait for the service. */
  pendingChanges: z.number().int(),
  problem: z.string().nullable(),
})
export type ConnectivityState = z.infer<typeof ConnectivityState>

export const connectivity = capability('connectivity', {
  current: call({ input: z.object({}), output: ConnectivityState }),
  /** Tries the service now and syncs. */
  syncNow: call({ input: z.object({}), output: ConnectivityState }),
  conflicts: call({ input: z.object({}), output: z.array(SyncConflict) }),
  changed: event(ConnectivityState),
})
