// SQL and schema of a project's databases over the service: for scripts and for hosted clients. The desktop talks to Postgres itself.
import { z } from 'zod'
import { call, capability } from '../rpc/definition.ts'
import { CatalogColumn, CatalogConstraint, CatalogIndex, CatalogRelation } from './catalog.ts'
import { ProjectId } from './ids.ts'

/** A Postgres identifier. Any characters but NUL are allowed, quoting is done by the service; 63 bytes at most. */
export const Identifier = z
  .string()
  .min(1)
  .max(63)
  .refine((name) => new TextEncoder().encode(name).byteLength <= 63, 'A name has at most 63 bytes.')
  .refine((name) => !name.includes('\0'), 'A name cannot contain NUL.')
/** A type by schema (optional), name, modifiers and array dimensions: never a piece of SQL. */
export const TypeName = z.object({
  schema: Identifier.optional(),
  name: Identifier,
  modifiers: z.array(z.number().int().min(-1000).max(10_485_760)).max(2).default([]),
  arrayDimensions: z.number().int().min(0).max(6).default(0),
})
/** A default: a literal that is passed as a quoted constant, or one of the functions that are safe to name. */
export const ColumnDefault = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('literal'), value: z.string().max(10_000).nullable() }),
  z.object({
    kind: z.literal('function'),
    name: z.enum(['now', 'current_date', 'gen_random_uuid', 'clock_timestamp', 'uuidv7']),
  }),
])
export const ColumnInput = z.object({
  name: Identifier,
  type: TypeName,
  isNullable: z.boolean().default(true),
  default: ColumnDefault.optional(),
  identity: z.enum(['always', 'by default']).optional(),
  comment: z.string().max(10_000).optional(),
})
export type ColumnInput = z.infer<typeof ColumnInput>
const TableRef = z.object({ schema: Identifier.default('public'), table: Identifier })
const Action = z.enum(['no action', 'restrict', 'cascade', 'set null', 'set default'])
export const ConstraintInput = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('primary key'),
    name: Identifier.optional(),
    columns: z.array(Identifier).min(1),
  }),
  z.object({
    kind: z.literal('unique'),
    name: Identifier.optional(),
    columns: z.array(Identifier).min(1),
    nullsNotDistinct: z.boolean().default(false),
  }),
  z.object({
    kind: z.literal('foreign key'),
    name: Identifier.optional(),
    columns: z.array(Identifier).min(1),
    references: TableRef.extend({ columns: z.array(Identifier).min(1) }),
    onDelete: Action.default('no action'),
    onUpdate: Action.default('no action'),
  }),
  /** A comparison of a column with a constant; free expressions go through `execute`. */
  z.object({
    kind: z.literal('check'),
    name: Identifier.optional(),
    column: Identifier,
    operator: z.enum(['=', '<>', '<', '<=', '>', '>=']),
    value: z.string().max(10_000),
  }),
])
export type ConstraintInput = z.infer<typeof ConstraintInput>

/** One structured change of a schema. */
export const SchemaChange = z.discriminatedUnion('type', [
  z.object({ type: z.literal('createDatabase'), name: Identifier }),
  z.object({ type: z.literal('renameDatabase'), name: Identifier, newName: Identifier }),
  z.object({ type: z.literal('dropDatabase'), name: Identifier }),
  z.object({ type: z.literal('createSchema'), name: Identifier }),
  z.object({ type: z.literal('renameSchema'), name: Identifier, newName: Identifier }),
  z.object({ type: z.literal('dropSchema'), name: Identifier, cascade: z.boolean().default(false) }),
  TableRef.extend({
    type: z.literal('createTable'),
    columns: z.array(ColumnInput).max(1600),
    constraints: z.array(ConstraintInput).max(200).default([]),
    comment: z.string().max(10_000).optional(),
  }),
  TableRef.extend({ type: z.literal('renameTable'), newName: Identifier }),
  TableRef.extend({ type: z.literal('dropTable'), cascade: z.boolean().default(false) }),
  TableRef.extend({ type: z.literal('addColumn'), column: ColumnInput }),
  TableRef.extend({
    type: z.literal('alterColumn'),
    column: Identifier,
    newName: Identifier.optional(),
    newType: TypeName.optional(),
    isNullable: z.boolean().optional(),
    /** null drops the default. */
    default: ColumnDefault.nullable().optional(),
    comment: z.string().max(10_000).nullable().optional(),
  }),
  TableRef.extend({ type: z.literal('dropColumn'), column: Identifier, cascade: z.boolean().default(false) }),
  TableRef.extend({
    type: z.literal('createIndex'),
    name: Identifier.optional(),
    columns: z
      .array(z.object({ name: Identifier, descending: z.boolean().default(false) }))
      .min(1)
      .max(32),
    isUnique: z.boolean().default(false),
    method: z.enum(['btree', 'hash', 'gist', 'gin', 'brin', 'spgist']).default('btree'),
    concurrently: z.boolean().default(false),
  }),
  z.object({
    type: z.literal('renameIndex'),
    schema: Identifier.default('public'),
    index: Identifier,
    newName: Identifier,
  }),
  z.object({
    type: z.literal('dropIndex'),
    schema: Identifier.default('public'),
    index: Identifier,
    concurrently: z.boolean().default(false),
  }),
  TableRef.extend({ type: z.literal('addConstraint'), constraint: ConstraintInput }),
  TableRef.extend({ type: z.literal('renameConstraint'), constraint: Identifier, newName: Identifier }),
  TableRef.extend({
    type: z.literal('dropConstraint'),
    constraint: Identifier,
    cascade: z.boolean().default(false),
  }),
])
export type SchemaChange = z.infer<typeof SchemaChange>

const Parameter = z.union([z.string(), z.number(), z.boolean(), z.null()])
export const ExecuteSql = z.object({
  projectId: ProjectId,
  database: Identifier.default('main'),
  sql: z.string().min(1).max(1_000_000),
  parameters: z.array(Parameter).max(65_535).default([]),
  timeoutMs: z.number().int().min(1).max(300_000).default(30_000),
  rowLimit: z.number().int().min(0).max(100_000).default(1_000),
  readOnly: z.boolean().default(false),
})
/** Values as Postgres prints them, so that nothing is lost. */
export const ExecutedSql = z.object({
  command: z.string(),
  columns: z.array(z.object({ name: z.string(), typeOid: z.number().int(), type: z.string() })),
  rows: z.array(z.array(z.string().nullable())),
  rowCount: z.number().int().nullable(),
  /** True when more rows came than `rowLimit` allows. */
  isTruncated: z.boolean(),
  durationMs: z.number(),
})

const inDatabase = z.object({ projectId: ProjectId, database: Identifier.default('main') })
const inTable = inDatabase.extend({ schema: Identifier, table: Identifier })
const project = '/projects/{projectId}'
const table = `${project}/schemas/{schema}/tables/{table}`

export const database = capability('database', {
  execute: call({
    input: ExecuteSql,
    output: ExecutedSql,
    http: { method: 'POST', path: `${project}/sql`, summary: 'Run one SQL statement with parameters' },
  }),
  databases: call({
    input: z.object({ projectId: ProjectId }),
    output: z.array(z.object({ name: z.string(), owner: z.string(), sizeBytes: z.number().nullable() })),
    http: { method: 'GET', path: `${project}/databases`, summary: 'Databases of the project' },
  }),
  schemas: call({
    input: inDatabase,
    output: z.array(z.object({ name: z.string(), owner: z.string() })),
    http: { method: 'GET', path: `${project}/schemas`, summary: 'Schemas of a database' },
  }),
  tables: call({
    input: inDatabase.extend({ schema: Identifier }),
    output: z.array(CatalogRelation),
    http: {
      method: 'GET',
      path: `${project}/schemas/{schema}/tables`,
      summary: 'Tables and views of a schema',
    },
  }),
  columns: call({
    input: inTable,
    output: z.array(CatalogColumn),
    http: { method: 'GET', path: `${table}/columns`, summary: 'Columns of a table' },
  }),
  indexes: call({
    input: inTable,
    output: z.array(CatalogIndex),
    http: { method: 'GET', path: `${table}/indexes`, summary: 'Indexes of a table' },
  }),
  constraints: call({
    input: inTable,
    output: z.array(CatalogConstraint),
    http: { method: 'GET', path: `${table}/constraints`, summary: 'Constraints of a table' },
  }),
  /** Applies one change and gives the SQL that was run. */
  change: call({
    input: inDatabase.extend({ change: SchemaChange }),
    output: z.object({ sql: z.array(z.string()) }),
    http: { method: 'POST', path: `${project}/changes`, summary: 'Create, alter or drop a schema object' },
  }),
})
