// The description of a database, introspected by the host and kept in its cache so that it is there offline.
import { z } from 'zod'
import { call, capability, event } from '../rpc/definition.ts'
import { ConnectionId, Timestamp } from './ids.ts'

export const CatalogColumn = z.object({
  name: z.string(),
  position: z.number().int(),
  /** As format_type() prints it: `character varying(20)`. */
  type: z.string(),
  typeOid: z.number().int(),
  isNullable: z.boolean(),
  isPrimaryKey: z.boolean(),
  default: z.string().nullable(),
  identity: z.enum(['always', 'by default']).nullable(),
  isGenerated: z.boolean(),
  comment: z.string().nullable(),
})
export type CatalogColumn = z.infer<typeof CatalogColumn>

export const CatalogConstraint = z.object({
  name: z.string(),
  kind: z.enum(['primary key', 'unique', 'foreign key', 'check', 'exclusion', 'not null']),
  columns: z.array(z.string()),
  /** As pg_get_constraintdef() prints it. */
  definition: z.string(),
  references: z.object({ schema: z.string(), table: z.string(), columns: z.array(z.string()) }).nullable(),
  isValidated: z.boolean(),
})
export type CatalogConstraint = z.infer<typeof CatalogConstraint>

export const CatalogIndex = z.object({
  name: z.string(),
  method: z.string(),
  columns: z.array(z.string()),
  isUnique: z.boolean(),
  isPrimary: z.boolean(),
  isValid: z.boolean(),
  /** As pg_get_indexdef() prints it. */
  definition: z.string(),
  sizeBytes: z.number().nullable(),
})
export type CatalogIndex = z.infer<typeof CatalogIndex>

export const CatalogRelation = z.object({
  schema: z.string(),
  name: z.string(),
  oid: z.number().int(),
  kind: z.enum(['table', 'partitioned table', 'view', 'materialized view', 'foreign table']),
  /** The planner's estimate; null when the table was never analysed. */
  estimatedRows: z.number().nullable(),
  comment: z.string().nullable(),
})
export type CatalogRelation = z.infer<typeof CatalogRelation>

export const CatalogTable = CatalogRelation.extend({
  columns: z.array(CatalogColumn),
  constraints: z.array(CatalogConstraint),
  indexes: z.array(CatalogIndex),
})
export type CatalogTable = z.infer<typeof CatalogTable>

export const CatalogRoutine = z.object({
  schema: z.string(),
  name: z.string(),
  oid: z.number().int(),
  kind: z.enum(['function', 'procedure', 'aggregate', 'window']),
  arguments: z.string(),
  returns: z.string().nullable(),
  language: z.string(),
})
export type CatalogRoutine = z.infer<typeof CatalogRoutine>

export const CatalogType = z.object({
  schema: z.string(),
  name: z.string(),
  oid: z.number().int(),
  kind: z.enum(['enum', 'domain', 'composite', 'range']),
  /** Labels of an enum, attributes of a composite, base of a domain or range. */
  details: z.array(z.string()),
})
export type CatalogType = z.infer<typeof CatalogType>

/** Everything the schema tree and completion need. System schemas are left out. */
export const Catalog = z.object({
  serverVersion: z.string(),
  database: z.string(),
  schemas: z.array(z.object({ name: z.string(), owner: z.string() })),
  tables: z.array(CatalogTable),
  routines: z.array(CatalogRoutine),
  types: z.array(CatalogType),
})
export type Catalog = z.infer<typeof Catalog>

/** A catalog with the moment it was read. `isStale` when the database could not be reached and the cache answers. */
export const CatalogSnapshot = z.object({
  connectionId: ConnectionId,
  catalog: Catalog,
  asOf: Timestamp,
  isStale: z.boolean(),
})
export type CatalogSnapshot = z.infer<typeof CatalogSnapshot>

export const catalog = capability('catalog', {
  /** Answers from the cache at once where it can, unless `refresh` is set; reads the database where the cache has nothing. */
  load: call({
    input: z.object({ connectionId: ConnectionId, refresh: z.boolean().default(false) }),
    output: CatalogSnapshot,
  }),
  /** A newer catalog is there: after a refresh, or because a statement changed the schema. */
  changed: event(z.object({ connectionId: ConnectionId, asOf: Timestamp })),
})
