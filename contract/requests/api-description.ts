// What an API of a database offers, made from its OpenAPI: tables, views and functions with their columns and relations.
import { z } from 'zod'

export const ApiColumn = z.object({
  name: z.string(),
  /** As Postgres names it: `timestamp with time zone`, `text[]`, an enum's own name. */
  type: z.string(),
  isNullable: z.boolean(),
  hasDefault: z.boolean(),
  /** GENERATED: never written. */
  isGenerated: z.boolean(),
  isPrimaryKey: z.boolean(),
  maxLength: z.number().int().nullable(),
  /** Values of an enum. */
  values: z.array(z.string()),
  references: z.object({ table: z.string(), column: z.string() }).nullable(),
  docs: z.string(),
})
export type ApiColumn = z.infer<typeof ApiColumn>

export const ApiRelation = z.object({
  /** What `select` calls it: the other table, or with a hint `film!film_language_id_fkey`. */
  name: z.string(),
  target: z.string(),
  cardinality: z.enum(['one', 'many']),
  /** Columns here, and there. */
  columns: z.array(z.string()),
  targetColumns: z.array(z.string()),
})
export type ApiRelation = z.infer<typeof ApiRelation>

export const ApiTable = z.object({
  kind: z.enum(['table', 'view']),
  schema: z.string(),
  name: z.string(),
  docs: z.string(),
  /** `GET`, `POST`, `PATCH`, `PUT`, `DELETE`: what may be done. */
  methods: z.array(z.string()),
  columns: z.array(ApiColumn),
  relations: z.array(ApiRelation),
})
export type ApiTable = z.infer<typeof ApiTable>

export const ApiFunction = z.object({
  kind: z.literal('function'),
  schema: z.string(),
  name: z.string(),
  docs: z.string(),
  /** `GET` only where it writes nothing. */
  methods: z.array(z.string()),
  parameters: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      isRequired: z.boolean(),
      isVariadic: z.boolean(),
      docs: z.string(),
    }),
  ),
  returns: z.object({ type: z.string(), isSet: z.boolean(), columns: z.array(ApiColumn) }),
})
export type ApiFunction = z.infer<typeof ApiFunction>

export const ApiDescription = z.object({
  title: z.string(),
  docs: z.string(),
  version: z.string(),
  /** `https://host/REF/rest/v1` */
  baseUrl: z.string(),
  /** The first is the default; the others are asked for by Accept-Profile and Content-Profile. */
  schemas: z.array(z.string()),
  tables: z.array(ApiTable),
  functions: z.array(ApiFunction),
})
export type ApiDescription = z.infer<typeof ApiDescription>

/** Where an API is described: a project of ours, or the address of a PostgREST (or of our own engine). */
export const ApiSource = z.discriminatedUnion('type', [
  z.object({ type: z.literal('project'), projectId: z.uuid() }),
  z.object({ type: z.literal('url'), url: z.string().max(4_096), token: z.string().max(10_000).default('') }),
])
export type ApiSource = z.infer<typeof ApiSource>
