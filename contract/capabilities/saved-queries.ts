// Saved queries: kept on this machine, synced with the account where there is one.
import { z } from 'zod'
import { call, capability, event } from '../rpc/definition.ts'
import { ConnectionId, SavedQueryId } from './ids.ts'
import { SavedQueryRecord } from './sync.ts'

export const SavedQuery = SavedQueryRecord.extend({
  /** Changed here and not yet pushed. */
  isPending: z.boolean(),
})
export type SavedQuery = z.infer<typeof SavedQuery>

export const savedQueries = capability('savedQueries', {
  list: call({ input: z.object({}), output: z.array(SavedQuery) }),
  save: call({
    input: z.object({
      id: SavedQueryId.optional(),
      name: z.string().trim().min(1, 'Give it a name.').max(200),
      sql: z.string().max(5_000_000),
      connectionId: ConnectionId.nullable(),
    }),
    output: SavedQuery,
  }),
  remove: call({ input: z.object({ id: SavedQueryId }), output: z.void() }),
  changed: event(z.object({})),
})
