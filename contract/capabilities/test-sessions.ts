// Tokens to test the API of a project with: short-lived, for members of the right role, never shown to the page.
import { z } from 'zod'
import { call, capability } from '../rpc/definition.ts'
import { ProjectId, Timestamp } from './ids.ts'
import { InsightTicket } from './insight.ts'

/** For the host only: what it sends is never shown to the page. */
export const testSessions = capability('testSessions', {
  open: call({
    input: z.object({
      projectId: ProjectId,
      as: z.enum(['anon', 'authenticated', 'service_role']),
      claims: z.record(z.string(), z.unknown()).default({}),
      lifetimeSeconds: z.number().int().min(10).max(3_600).default(300),
    }),
    output: z.object({
      /** Headers to send along: the token of a test user, and the ticket where the member may watch. */
      headers: z.array(z.object({ name: z.string(), value: z.string() })),
      /** Null where the member's role does not allow to watch. */
      ticket: InsightTicket.nullable(),
      restUrl: z.string(),
      expiresAt: Timestamp,
    }),
    http: {
      method: 'POST',
      path: '/projects/{projectId}/test-sessions',
      summary: 'A short-lived token to test the API with',
    },
  }),
})
