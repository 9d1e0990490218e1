// Replication between the desktop's cache and the service. docs/specs/sync.md numbers the rules.
import { z } from 'zod'
import { call, capability } from '../rpc/definition.ts'
import { AccountId, ConnectionId, SavedQueryId, Timestamp } from './ids.ts'
import { Organisation } from './organisations.ts'
import { Environment, Project } from './projects.ts'

export const SavedQueryRecord = z.object({
  id: SavedQueryId,
  name: z.string().trim().min(1).max(200),
  sql: z.string().max(5_000_000),
  connectionId: ConnectionId.nullable(),
  updatedAt: Timestamp,
})
export type SavedQueryRecord = z.infer<typeof SavedQueryRecord>

/** A connection without its secret: passwords stay on the machine they were typed on. */
export const ConnectionRecord = z.object({
  id: ConnectionId,
  name: z.string().trim().min(1).max(100),
  host: z.string().max(255),
  port: z.number().int().min(1).max(65535),
  database: z.string().max(63),
  user: z.string().max(63),
  sslMode: z.enum(['disable', 'prefer', 'require', 'verify-full']),
  environment: Environment,
  isReadOnly: z.boolean(),
  updatedAt: Timestamp,
})
export type ConnectionRecord = z.infer<typeof ConnectionRecord>

/** A record of one kind. `organisation` and `project` are only pulled; the others go both ways. */
export const SyncRecord = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('organisation'), record: Organisation }),
  z.object({ kind: z.literal('project'), record: Project }),
  z.object({ kind: z.literal('savedQuery'), record: SavedQueryRecord }),
  z.object({ kind: z.literal('connection'), record: ConnectionRecord }),
])
export type SyncRecord = z.infer<typeof SyncRecord>

/** A change as pulled: a record at a version, or the tombstone of one. Versions rise over all records of an account. */
export const SyncChange = z.discriminatedUnion('type', [
  z.object({ type: z.literal('upsert'), version: z.number().int(), record: SyncRecord }),
  z.object({
    type: z.literal('delete'),
    version: z.number().int(),
    kind: z.enum(['organisation', 'project', 'savedQuery', 'connection']),
    id: z.uuid(),
  }),
])
export type SyncChange = z.infer<typeof SyncChange>

const writable = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('savedQuery'), record: SavedQueryRecord }),
  z.object({ kind: z.literal('connection'), record: ConnectionRecord }),
])

/** A local change. `mutationId` makes a repeat harmless; `baseVersion` is the version it was made on, null for a new record. */
export const SyncMutation = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('upsert'),
    mutationId: z.uuid(),
    baseVersion: z.number().int().nullable(),
    record: writable,
  }),
  z.object({
    type: z.literal('delete'),
    mutationId: z.uuid(),
    baseVersion: z.number().int().nullable(),
    kind: z.enum(['savedQuery', 'connection']),
    id: z.uuid(),
  }),
])
export type SyncMutation = z.infer<typeof SyncMutation>

export const SyncOutcome = z.discriminatedUnion('type', [
  z.object({ type: z.literal('applied'), mutationId: z.uuid(), version: z.number().int() }),
  /** Somebody else changed it since `baseVersion`. `current` is what the service holds; null when it is deleted. */
  z.object({
    type: z.literal('conflict'),
    mutationId: z.uuid(),
    version: z.number().int(),
    current: SyncRecord.nullable(),
  }),
  z.object({ type: z.literal('rejected'), mutationId: z.uuid(), reason: z.string() }),
])
export type SyncOutcome = z.infer<typeof SyncOutcome>

export const sync = capability('sync', {
  pull: call({
    input: z.object({
      cursor: z.string().max(200).nullable(),
      limit: z.coerce.number().int().min(1).max(1000).default(200),
    }),
    output: z.object({
      accountId: AccountId,
      changes: z.array(SyncChange),
      /** Give it back to get what came after. Opaque. */
      cursor: z.string(),
      hasMore: z.boolean(),
      /** True when the cursor is too old: forget what was pulled and start from here. */
      reset: z.boolean(),
    }),
    http: { method: 'POST', path: '/sync/pull', summary: 'Changes since a cursor, with tombstones' },
  }),
  push: call({
    input: z.object({ mutations: z.array(SyncMutation).max(200) }),
    output: z.object({ outcomes: z.array(SyncOutcome) }),
    http: { method: 'POST', path: '/sync/push', summary: 'Apply local changes, each exactly once' },
  }),
})
