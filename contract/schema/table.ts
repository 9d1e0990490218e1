// A table of the schema model with all that belongs to it: columns, keys, indexes, triggers, policies, rules. Read from pg_catalog, edited by the
// designer, compared by the differ. What `id` means stands in model.ts.
import { z } from 'zod'

/** One privilege of one role. `grantee` null is PUBLIC. The owner's own privileges are not listed. */
export const Grant = z.object({
  grantee: z.string().nullable(),
  /** In capitals, as aclexplode() prints it: `SELECT`. */
  privilege: z.string(),
  isGrantable: z.boolean(),
})

/** A relation by its name: models of two databases are compared by names, never by oids. */
export const RelationName = z.object({ schema: z.string(), name: z.string() })

/** Numbers are text: they may pass 2^53. */
export const SequenceOptions = z.object({
  /** `bigint`, `integer` or `smallint`. */
  type: z.string(),
  start: z.string(),
  increment: z.string(),
  min: z.string(),
  max: z.string(),
  cache: z.string(),
  isCycling: z.boolean(),
})

export const Column = z.object({
  id: z.string(),
  name: z.string(),
  /** As format_type() prints it with an empty search_path: `character varying(20)`, `shop."Odd type"[]`. */
  type: z.string(),
  /** The user's type that it is (the element, for an array); null for a type of the system or of an extension. */
  typeId: z.string().nullable(),
  isNullable: z.boolean(),
  /** What a NOT NULL constraint has beyond the usual; null where it has nothing (and before Postgres 18, which is the first to name them). */
  notNull: z
    .object({ name: z.string().nullable(), isValidated: z.boolean(), isNoInherit: z.boolean() })
    .nullable(),
  /** As pg_get_expr() prints it, or as a person wrote it. */
  default: z.string().nullable(),
  identity: z
    .object({ kind: z.enum(['always', 'by default']), sequence: RelationName, options: SequenceOptions })
    .nullable(),
  /** `virtual` from Postgres 18 on. */
  generated: z.object({ expression: z.string(), kind: z.enum(['stored', 'virtual']) }).nullable(),
  /** Qualified and quoted; null when it is the collation of the type. */
  collation: z.string().nullable(),
  /** Null when it is what the type has. */
  storage: z.enum(['plain', 'external', 'extended', 'main']).nullable(),
  /** From Postgres 14 on. */
  compression: z.enum(['pglz', 'lz4']).nullable(),
  statisticsTarget: z.number().int().nullable(),
  /** attoptions and, of a foreign table's column, the options for its server: `name=value`. */
  options: z.array(z.string()),
  comment: z.string().nullable(),
  grants: z.array(Grant),
  /** Comes from a parent table (inheritance or partition) and was not declared here. */
  isInherited: z.boolean(),
})

const ConstraintHead = {
  id: z.string(),
  name: z.string(),
  comment: z.string().nullable(),
  /** Comes from a parent table or a partitioned one and was not declared here. */
  isInherited: z.boolean(),
}
const Deferral = { isDeferrable: z.boolean(), isInitiallyDeferred: z.boolean() }
export const ForeignKeyAction = z.enum(['no action', 'restrict', 'cascade', 'set null', 'set default'])

export const Constraint = z.discriminatedUnion('kind', [
  z.object({
    ...ConstraintHead,
    ...Deferral,
    kind: z.enum(['primary key', 'unique']),
    columns: z.array(z.string()),
    include: z.array(z.string()),
    /** Unique only, from Postgres 15 on. */
    isNullsNotDistinct: z.boolean(),
    /** The last column WITHOUT OVERLAPS, from Postgres 18 on. */
    isWithoutOverlaps: z.boolean(),
    /** Storage of its index: `fillfactor=70`. */
    options: z.array(z.string()),
    tablespace: z.string().nullable(),
  }),
  z.object({
    ...ConstraintHead,
    ...Deferral,
    kind: z.literal('foreign key'),
    columns: z.array(z.string()),
    references: RelationName.extend({ columns: z.array(z.string()) }),
    match: z.enum(['simple', 'full']),
    onUpdate: ForeignKeyAction,
    onDelete: ForeignKeyAction,
    /** ON DELETE SET NULL (…) of some columns only, from Postgres 15 on; empty means all. */
    onDeleteColumns: z.array(z.string()),
    /** The last column is a PERIOD, from Postgres 18 on. */
    isPeriod: z.boolean(),
    isValidated: z.boolean(),
    /** False only from Postgres 18 on. */
    isEnforced: z.boolean(),
  }),
  z.object({
    ...ConstraintHead,
    kind: z.literal('check'),
    expression: z.string(),
    isNoInherit: z.boolean(),
    isValidated: z.boolean(),
    isEnforced: z.boolean(),
  }),
  z.object({
    ...ConstraintHead,
    ...Deferral,
    kind: z.literal('exclusion'),
    /** All of `EXCLUDE …` without the deferral, as pg_get_constraintdef() prints it. */
    definition: z.string(),
  }),
])

export const IndexElement = z.object({
  /** A column's name, or null where it is an expression. */
  column: z.string().nullable(),
  expression: z.string().nullable(),
  /** Qualified and quoted; null when it is the column's. */
  collation: z.string().nullable(),
  /** Qualified and quoted, with its parameters; null when it is the type's default for the method. */
  operatorClass: z.string().nullable(),
  isDescending: z.boolean(),
  /** As it works, whether written or not: true by default for a descending element. */
  isNullsFirst: z.boolean(),
})

/** An index that no constraint made. */
export const Index = z.object({
  id: z.string(),
  name: z.string(),
  method: z.string(),
  elements: z.array(IndexElement),
  include: z.array(z.string()),
  isUnique: z.boolean(),
  isNullsNotDistinct: z.boolean(),
  where: z.string().nullable(),
  options: z.array(z.string()),
  tablespace: z.string().nullable(),
  /** False after a failed CREATE INDEX CONCURRENTLY. */
  isValid: z.boolean(),
  isClustered: z.boolean(),
  /** Of a partition: attached to this index of the partitioned table. */
  parent: RelationName.nullable(),
  comment: z.string().nullable(),
})

export const Trigger = z.object({
  id: z.string(),
  name: z.string(),
  /** As pg_get_triggerdef() prints it. */
  definition: z.string(),
  enabled: z.enum(['origin', 'disabled', 'replica', 'always']),
  /** Cloned from the partitioned table's. */
  isInherited: z.boolean(),
  comment: z.string().nullable(),
})

export const Rule = z.object({
  id: z.string(),
  name: z.string(),
  /** As pg_get_ruledef() prints it. */
  definition: z.string(),
  enabled: z.enum(['origin', 'disabled', 'replica', 'always']),
  comment: z.string().nullable(),
})

export const Policy = z.object({
  id: z.string(),
  name: z.string(),
  command: z.enum(['all', 'select', 'insert', 'update', 'delete']),
  isPermissive: z.boolean(),
  /** Role names; empty is PUBLIC. */
  roles: z.array(z.string()),
  using: z.string().nullable(),
  check: z.string().nullable(),
  comment: z.string().nullable(),
})

export const Table = z.object({
  kind: z.literal('table'),
  id: z.string(),
  schema: z.string(),
  name: z.string(),
  owner: z.string(),
  comment: z.string().nullable(),
  grants: z.array(Grant),
  isUnlogged: z.boolean(),
  columns: z.array(Column),
  constraints: z.array(Constraint),
  indexes: z.array(Index),
  triggers: z.array(Trigger),
  rules: z.array(Rule),
  policies: z.array(Policy),
  hasRowSecurity: z.boolean(),
  isRowSecurityForced: z.boolean(),
  /** What `PARTITION BY` says, as pg_get_partkeydef() prints it: `RANGE (created_at)`. */
  partitionKey: z.string().nullable(),
  /** Of a partition: its parent and its bound as `FOR VALUES …` or `DEFAULT`. */
  partitionOf: z.object({ parent: RelationName, bound: z.string() }).nullable(),
  /** Parents by plain inheritance, in order. */
  inherits: z.array(RelationName),
  /** Of a foreign table. */
  foreign: z.object({ server: z.string(), options: z.array(z.string()) }).nullable(),
  replicaIdentity: z.object({
    kind: z.enum(['default', 'full', 'nothing', 'index']),
    index: z.string().nullable(),
  }),
  /** Storage parameters: `fillfactor=70`, `toast.autovacuum_enabled=false`. */
  options: z.array(z.string()),
  tablespace: z.string().nullable(),
  /** Null when it is heap. */
  accessMethod: z.string().nullable(),
  /** The planner's estimate and the size on disk with indexes: shown, never compared. Null when not known. */
  estimatedRows: z.number().nullable(),
  sizeBytes: z.number().nullable(),
})
