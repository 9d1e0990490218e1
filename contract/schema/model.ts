// One model of a Postgres schema: what introspection reads, the designer edits, the differ compares and the compiler writes as SQL. One list of objects of
// different kinds; what belongs to a table or view is inside it.
//
// `id` is an object's identity within one database: `<kind>:<oid>` for what was read (`column:<table's oid>.<attnum>`, `enumLabel:<oid>`), `<kind>:new-<random>`
// for what a draft adds. It outlives renames. Between two databases ids mean nothing: there, names decide.
import { z } from 'zod'
import type { Immutable } from './immutable.ts'
import { Grant, Index, RelationName, Rule, SequenceOptions, Table, Trigger } from './table.ts'

const Named = {
  id: z.string(),
  name: z.string(),
  owner: z.string(),
  comment: z.string().nullable(),
}
const InSchema = { ...Named, schema: z.string() }

export const SchemaObject = z.object({ ...Named, kind: z.literal('schema'), grants: z.array(Grant) })

export const Extension = z.object({
  ...Named,
  kind: z.literal('extension'),
  schema: z.string(),
  version: z.string(),
})

export const View = z.object({
  ...InSchema,
  kind: z.literal('view'),
  isMaterialized: z.boolean(),
  columns: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      type: z.string(),
      comment: z.string().nullable(),
      /** ALTER VIEW … SET DEFAULT. */
      default: z.string().nullable(),
      grants: z.array(Grant),
    }),
  ),
  /** The query, as pg_get_viewdef() prints it with an empty search_path, without the semicolon. */
  definition: z.string(),
  /** `security_invoker=true`, `check_option=local`, storage of a materialised one. */
  options: z.array(z.string()),
  /** Materialised only. */
  isPopulated: z.boolean(),
  indexes: z.array(Index),
  triggers: z.array(Trigger),
  rules: z.array(Rule),
  grants: z.array(Grant),
  tablespace: z.string().nullable(),
  accessMethod: z.string().nullable(),
})

/** A sequence that is not the one of an identity column. */
export const Sequence = z.object({
  ...InSchema,
  kind: z.literal('sequence'),
  options: SequenceOptions,
  ownedBy: RelationName.extend({ column: z.string() }).nullable(),
  isUnlogged: z.boolean(),
  grants: z.array(Grant),
})

export const EnumType = z.object({
  ...InSchema,
  kind: z.literal('enum'),
  labels: z.array(z.object({ id: z.string(), label: z.string() })),
  grants: z.array(Grant),
})

export const DomainType = z.object({
  ...InSchema,
  kind: z.literal('domain'),
  /** The type it narrows, printed and identified as a column's. */
  type: z.string(),
  typeId: z.string().nullable(),
  collation: z.string().nullable(),
  isNullable: z.boolean(),
  default: z.string().nullable(),
  constraints: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      expression: z.string(),
      isValidated: z.boolean(),
      comment: z.string().nullable(),
    }),
  ),
  grants: z.array(Grant),
})

export const CompositeType = z.object({
  ...InSchema,
  kind: z.literal('composite'),
  attributes: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      type: z.string(),
      typeId: z.string().nullable(),
      collation: z.string().nullable(),
      comment: z.string().nullable(),
    }),
  ),
  grants: z.array(Grant),
})

export const RangeType = z.object({
  ...InSchema,
  kind: z.literal('range'),
  subtype: z.string(),
  subtypeId: z.string().nullable(),
  /** Each qualified and quoted; null when it is the default. */
  operatorClass: z.string().nullable(),
  collation: z.string().nullable(),
  canonical: z.string().nullable(),
  subtypeDiff: z.string().nullable(),
  /** From Postgres 14 on. */
  multirange: RelationName.nullable(),
  grants: z.array(Grant),
})

export const Routine = z.object({
  ...InSchema,
  kind: z.literal('routine'),
  routineKind: z.enum(['function', 'procedure', 'aggregate', 'window']),
  /** pg_get_function_identity_arguments(): with the name it tells overloads apart. */
  identityArguments: z.string(),
  /** pg_get_function_result(); null for a procedure. */
  returns: z.string().nullable(),
  language: z.string(),
  /** The whole CREATE OR REPLACE … statement, as pg_get_functiondef() prints it; for an aggregate CREATE AGGREGATE composed alike. */
  definition: z.string(),
  grants: z.array(Grant),
})

export const EventTrigger = z.object({
  ...Named,
  kind: z.literal('eventTrigger'),
  event: z.string(),
  tags: z.array(z.string()),
  function: RelationName,
  enabled: z.enum(['origin', 'disabled', 'replica', 'always']),
})

export const Publication = z.object({
  ...Named,
  kind: z.literal('publication'),
  isForAllTables: z.boolean(),
  /** From Postgres 15 on. */
  schemas: z.array(z.string()),
  /** Column lists and conditions from Postgres 15 on; empty columns means all. */
  tables: z.array(RelationName.extend({ columns: z.array(z.string()), where: z.string().nullable() })),
  /** `insert`, `update`, `delete`, `truncate`. */
  operations: z.array(z.string()),
  isViaRoot: z.boolean(),
  /** From Postgres 18 on. */
  generatedColumns: z.enum(['none', 'stored']),
})

/** ALTER DEFAULT PRIVILEGES FOR ROLE owner [IN SCHEMA schema]. Name and comment are empty. */
export const DefaultPrivileges = z.object({
  ...Named,
  kind: z.literal('defaultPrivileges'),
  schema: z.string().nullable(),
  objects: z.enum(['tables', 'sequences', 'functions', 'types', 'schemas', 'large objects']),
  grants: z.array(Grant),
})

/** What the product keeps and brings along but does not edit: collations, operators and their classes, casts, text search, statistics, foreign servers. */
export const OtherObject = z.object({
  ...Named,
  kind: z.literal('other'),
  /** As in DROP: `collation`, `operator class`, `foreign server`. */
  what: z.string(),
  schema: z.string().nullable(),
  /** How statements name it, qualified and quoted: `shop."order by name"`, `cast (a as b)`. */
  identity: z.string(),
  /** The CREATE statement. */
  definition: z.string(),
})

const AnyObject = z.discriminatedUnion('kind', [
  SchemaObject,
  Extension,
  Table,
  View,
  Sequence,
  EnumType,
  DomainType,
  CompositeType,
  RangeType,
  Routine,
  EventTrigger,
  Publication,
  DefaultPrivileges,
  OtherObject,
])

export type ModelObject = Immutable<z.infer<typeof AnyObject>>
export const ModelObject: z.ZodType<ModelObject, ModelObject> = AnyObject

/** Objects of the system and those that extensions own are left out. */
export const SchemaModel = z.object({
  /** `server_version_num`: 180004. */
  serverVersion: z.number().int(),
  database: z.string(),
  /** Sorted by kind, then schema, then name. */
  objects: z.array(ModelObject).readonly(),
  /** Pairs of ids: the first needs the second, as pg_depend knows it. Ids of columns, constraints, triggers and policies may stand here too. */
  dependencies: z.array(z.tuple([z.string(), z.string()]).readonly()).readonly(),
})
export type SchemaModel = Readonly<z.infer<typeof SchemaModel>>
