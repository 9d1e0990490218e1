// The owner's credentials of a project. Served by the service to the desktop host only for its own use: they never reach a page.
import { z } from 'zod'
import { call, capability } from '../rpc/definition.ts'
import { ProjectId, Timestamp } from './ids.ts'

/** One way to the database. `socket` works on the machine of the service only, and also while the service is down. */
export const Endpoint = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('tcp'), host: z.string(), port: z.number().int(), user: z.string() }),
  z.object({ kind: z.literal('socket'), directory: z.string(), port: z.number().int(), user: z.string() }),
])
export type Endpoint = z.infer<typeof Endpoint>

export const Credentials = z.object({
  projectId: ProjectId,
  /** In order of preference. */
  endpoints: z.array(Endpoint).min(1),
  database: z.string(),
  password: z.string(),
  passwordChangedAt: Timestamp,
})
export type Credentials = z.infer<typeof Credentials>

const ref = z.object({ projectId: ProjectId })
const path = '/projects/{projectId}/credentials'

export const credentials = capability('credentials', {
  get: call({
    input: ref,
    output: Credentials,
    http: { method: 'GET', path, summary: 'How to connect as the owner role' },
  }),
  rotate: call({
    input: ref,
    output: Credentials,
    http: { method: 'POST', path: `${path}/rotate`, summary: 'Give the owner role a new password' },
  }),
})
