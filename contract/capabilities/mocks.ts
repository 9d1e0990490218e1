// Mock servers: answers from a collection's examples, or from rows of a table.
import { z } from 'zod'
import { call, capability, event } from '../rpc/definition.ts'
import { ApiSource } from '../requests/api-description.ts'
import { Auth } from '../requests/auth.ts'
import { CollectionId } from '../requests/collection.ts'
import { Timestamp } from './ids.ts'

export const MockSource = z.discriminatedUnion('type', [
  z.object({ type: z.literal('examples'), collectionId: CollectionId }),
  /** Rows that the API itself gives, a sample of each table, kept as they were when it started. */
  z.object({
    type: z.literal('rows'),
    source: ApiSource,
    /** Who asks for the rows. Null: a signed-in user of the project; of an address whoever its token is. */
    auth: Auth.nullable().default(null),
    rowsPerTable: z.number().int().min(1).max(10_000).default(100),
  }),
])
export type MockSource = z.infer<typeof MockSource>

export const Mock = z.object({
  id: z.uuid(),
  name: z.string(),
  /** `http://127.0.0.1:PORT` */
  url: z.string(),
  source: MockSource,
  /** What it answers with: names of examples, or tables with their rows. */
  contents: z.array(z.object({ name: z.string(), detail: z.string() })),
  /** What could not be taken: a table that may not be read. */
  notes: z.array(z.string()),
  startedAt: Timestamp,
  delayMs: z.number().int(),
  answered: z.number().int(),
})
export type Mock = z.infer<typeof Mock>

export const mocks = capability('mocks', {
  list: call({ input: z.object({}), output: z.array(Mock) }),
  /** Listens on loopback; null for a free port. */
  start: call({
    input: z.object({
      source: MockSource,
      port: z.number().int().min(1024).max(65_535).nullable().default(null),
      delayMs: z.number().int().min(0).max(60_000).default(0),
    }),
    output: Mock,
  }),
  stop: call({ input: z.object({ id: z.uuid() }), output: z.void() }),
  /** The last requests, newest first. */
  log: call({
    input: z.object({ id: z.uuid() }),
    output: z.array(
      z.object({
        at: Timestamp,
        method: z.string(),
        path: z.string(),
        status: z.number().int(),
        /** The example or table that answered; null for none. */
        matched: z.string().nullable(),
      }),
    ),
  }),
  changed: event(z.object({})),
})
