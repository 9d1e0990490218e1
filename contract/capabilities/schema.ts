// The schema of a database as one model, for the designer, the structure screens and compare: read, imported from text, reviewed before it is changed.
import { z } from 'zod'
import { call, capability, event, stream } from '../rpc/definition.ts'
import { ModelObject, SchemaModel } from '../schema/model.ts'
import { ConnectionId, Timestamp } from './ids.ts'
import { AsSuperuser } from './migrations.ts'

/** Where a model comes from. A branch of a project is a connection of its own. */
export const SchemaSource = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('connection'), connectionId: ConnectionId }),
  /** Text that a person opened or pasted. */
  z.object({
    kind: z.literal('text'),
    format: z.enum(['sql', 'dbml', 'diagram']),
    text: z.string(),
    /** Of the server that it is meant for, as server_version_num has it: what is printed differs. The newest, when left out. */
    serverVersion: z.number().int().optional(),
  }),
  /** What the migrations in a connection's folder make, up to a version (all, when left out). */
  z.object({
    kind: z.literal('migrations'),
    connectionId: ConnectionId,
    version: z.string().optional(),
    /** They are run, in a scratch database: see AsSuperuser. */
    asSuperuser: z.boolean().optional(),
  }),
])
export type SchemaSource = z.infer<typeof SchemaSource>

/** Something in a text that could not be understood; the rest is imported. */
export const ImportProblem = z.object({
  line: z.number().int(),
  column: z.number().int(),
  message: z.string(),
})
export type ImportProblem = z.infer<typeof ImportProblem>

/** In pieces, because a model of 10,000 tables is larger than a frame. */
export const ModelPiece = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('start'),
    serverVersion: z.number().int(),
    database: z.string(),
    asOf: Timestamp,
    /** The database could not be reached and the cache answers. */
    isStale: z.boolean(),
    problems: z.array(ImportProblem),
  }),
  z.object({ type: z.literal('objects'), objects: z.array(ModelObject).readonly() }),
  z.object({ type: z.literal('dependencies'), dependencies: SchemaModel.shape.dependencies }),
])
export type ModelPiece = z.infer<typeof ModelPiece>

/** The table-level lock modes of the manual, §13.3.1, weakest first. */
export const LockMode = z.enum([
  'ACCESS SHARE',
  'ROW SHARE',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
])
export type LockMode = z.infer<typeof LockMode>

export const StatementReview = z.object({
  /** The statement as it will run, without the semicolon. */
  sql: z.string(),
  /** Rules of postgres/common/safety that apply, most severe first. */
  findings: z.array(
    z.object({
      /** Stable name of the rule: `add-column-volatile-default`. */
      rule: z.string(),
      severity: z.enum(['note', 'caution', 'danger']),
      /** For a person, one sentence. */
      message: z.string(),
      /** Address in the PostgreSQL manual that says so. */
      source: z.string(),
      /** Statements that reach the same end more safely, in the place of this one; null where none exists. */
      safeForm: z.object({ summary: z.string(), statements: z.array(z.string()) }).nullable(),
    }),
  ),
  locks: z.array(
    z.object({
      schema: z.string(),
      name: z.string(),
      mode: LockMode,
      /** What others cannot do meanwhile. */
      blocks: z.enum(['nothing', 'schema changes', 'writes', 'reads and writes']),
      isRewritten: z.boolean(),
      isScanned: z.boolean(),
      /** Null when not known: offline, or a table that the migration itself makes. */
      estimatedRows: z.number().nullable(),
      sizeBytes: z.number().nullable(),
    }),
  ),
  /** Loses rows, columns or other things that the down script cannot bring back. */
  isDestructive: z.boolean(),
  /** False for CREATE INDEX CONCURRENTLY and the like: a step of its own. */
  inTransaction: z.boolean(),
})
export type StatementReview = z.infer<typeof StatementReview>

/** 1-based position in the text. */
const SqlProblem = z.object({
  message: z.string(),
  position: z.number().int().nullable(),
  sqlstate: z.string().nullable(),
})

export const DryRunItem = z.discriminatedUnion('type', [
  z.object({ type: z.literal('phase'), message: z.string() }),
  z.object({
    type: z.literal('statement'),
    index: z.number().int(),
    durationMs: z.number(),
    /** As seen in pg_locks after it: relation and mode. */
    locks: z.array(z.object({ schema: z.string(), name: z.string(), mode: LockMode })),
    problem: SqlProblem.nullable(),
    /** Not run: it cannot run inside a transaction. */
    isSkipped: z.boolean(),
  }),
  z.object({ type: z.literal('done'), isPassed: z.boolean(), durationMs: z.number() }),
])
export type DryRunItem = z.infer<typeof DryRunItem>

/** What statements cost in rows, counted in the database as it is now. */
export const Stakes = z.object({
  /** Rows and values that go for good, per table or column that a statement drops or empties. */
  losses: z.array(
    z.object({
      /** Index of the statement, from 0. */
      statement: z.number().int(),
      /** As it is called now. */
      schema: z.string(),
      name: z.string(),
      /** Null: whole rows. */
      column: z.string().nullable(),
      /** Rows, or values of the column; null when there are too many to count in a moment, or they may not be read. */
      count: z.number().int().nullable(),
    }),
  ),
  /** Why a statement would fail on the rows that are there now, for a person. */
  obstacles: z.array(z.object({ statement: z.number().int(), message: z.string() })),
})
export type Stakes = z.infer<typeof Stakes>

export const schema = capability('schema', {
  /** From the cache at once where it can, unless `refresh` is set. Rejects with CONNECTION_FAILED when there is neither cache nor database. */
  load: stream({
    input: z.object({ source: SchemaSource, refresh: z.boolean().default(false) }),
    item: ModelPiece,
  }),
  /** The database's schema differs from the one last given: a statement changed it, here or elsewhere. Or the database went out of reach, or came back. */
  changed: event(z.object({ connectionId: ConnectionId, asOf: Timestamp, isStale: z.boolean() })),
  /** What each statement locks, rewrites, scans and loses. Sizes come from the database, or the cache when it is away. */
  review: call({
    input: z.object({ connectionId: ConnectionId, sql: z.string().max(5_000_000) }),
    output: z.object({ statements: z.array(StatementReview), problem: SqlProblem.nullable() }),
  }),
  /** What these statements would lose, and which of them the rows stand against. Reads rows, so it is asked once before applying. Rejects with CONNECTION_FAILED. */
  stakes: call({
    input: z.object({ connectionId: ConnectionId, sql: z.string().max(5_000_000) }),
    output: Stakes,
  }),
  /** Runs everything in a transaction that is rolled back, on the database itself or on a copy of its schema with some rows. */
  dryRun: stream({
    input: z.object({
      connectionId: ConnectionId,
      sql: z.string().max(5_000_000),
      on: z.enum(['database', 'copy']),
      sampleRows: z.number().int().min(0).max(10_000).default(100),
      asSuperuser: AsSuperuser,
    }),
    item: DryRunItem,
  }),
})
