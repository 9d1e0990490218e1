// Saved ways to reach a Postgres: the person's own, and one for each project. Secrets go in and never come out.
import { z } from 'zod'
import { call, capability, event } from '../rpc/definition.ts'
import { ConnectionId, Timestamp } from './ids.ts'
import { ConnectionRecord } from './sync.ts'

export const Connection = ConnectionRecord.extend({
  /** `project` connections come from the service and are not edited here; their id is the project's. */
  kind: z.enum(['custom', 'project']),
  hasPassword: z.boolean(),
  /** What the last attempt said; `unknown` before the first. */
  reachability: z.enum(['unknown', 'reachable', 'unreachable']),
  lastUsedAt: Timestamp.nullable(),
})
export type Connection = z.infer<typeof Connection>

export const SaveConnection = ConnectionRecord.omit({ id: true, updatedAt: true }).extend({
  /** Left out for a new one. */
  id: ConnectionId.optional(),
  /** Left out keeps what is stored; an empty string removes it. */
  password: z.string().max(1000).optional(),
})
/**
 * Fields taken out of a `postgresql://` URI that the person pasted, the password excepted: the host keeps it for a quarter of an hour and uses it for
 * `test` and `save` of exactly this host, port, database and user when they bring no password.
 */
export const ParsedUri = z.object({
  fields: ConnectionRecord.pick({ host: true, port: true, database: true, user: true, sslMode: true }),
  hasPassword: z.boolean(),
})
export const ConnectionTest = z.object({
  serverVersion: z.string(),
  latencyMs: z.number(),
  isSuperuser: z.boolean(),
  usesTls: z.boolean(),
})
export type ConnectionTest = z.infer<typeof ConnectionTest>

export const CopyFormat = z.enum(['uri', 'psql', 'env', 'node', 'python', 'go', 'jdbc'])
export type CopyFormat = z.infer<typeof CopyFormat>

const ref = z.object({ connectionId: ConnectionId })

export const connections = capability('connections', {
  list: call({ input: z.object({}), output: z.array(Connection) }),
  save: call({ input: SaveConnection, output: Connection }),
  remove: call({ input: ref, output: z.void() }),
  /** Opens a session and closes it. Takes a saved connection, or fields that are not saved yet. */
  test: call({ input: z.union([ref, SaveConnection]), output: ConnectionTest }),
  parseUri: call({ input: z.object({ uri: z.string().max(4000) }), output: ParsedUri }),
  /** The snippet with its password masked, fit for the screen. */
  preview: call({ input: ref.extend({ format: CopyFormat }), output: z.object({ text: z.string() }) }),
  /**
   * Puts the snippet, password included, on the clipboard from the host. Where the host has no clipboard it answers with the address of a
   * page that shows it once, in a sandboxed frame that the app's page cannot read.
   */
  copy: call({
    input: ref.extend({ format: CopyFormat }),
    output: z.discriminatedUnion('delivered', [
      z.object({ delivered: z.literal('clipboard') }),
      z.object({ delivered: z.literal('page'), path: z.string() }),
    ]),
  }),
  changed: event(z.object({})),
})
