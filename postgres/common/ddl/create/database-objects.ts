// What stands in the database as a whole: schemas, extensions, event triggers, publications, and objects that the product only brings along.
import type { EventTrigger, ObjectOfKind, OtherObject, Publication } from '#contract/schema/types.ts'
import { empty, join, keyword, literal, name, sql, type SqlFragment } from '../../sql/sql.ts'
import type { Statement } from '../statement.ts'
import { describe, qualified, statement, type CompileContext } from './context.ts'
import { definitions, nameList, parenthesised } from './expression.ts'
import { stateSql } from './table-parts.ts'

const OPERATIONS = ['insert', 'update', 'delete', 'truncate']

/** CREATE SCHEMA. A new database has a schema public already. */
export function createSchema(schema: ObjectOfKind<'schema'>): Statement {
  const isThere = schema.name === 'public' ? sql`if not exists ` : empty
  return statement(sql`create schema ${isThere}${name(schema.name)}`, about(schema))
}

/** CREATE EXTENSION, in the version that the server has: that of the model may not be there. */
export function createExtension(extension: ObjectOfKind<'extension'>): Statement {
  // Extensions with a schema of their own say so themselves, and Postgres refuses another.
  const schema = extension.schema === 'pg_catalog' ? empty : sql` with schema ${name(extension.schema)}`
  return statement(sql`create extension if not exists ${name(extension.name)}${schema}`, about(extension))
}

/** CREATE EVENT TRIGGER, and its state when it does not simply fire. */
export function createEventTrigger(trigger: EventTrigger): Statement[] {
  const when =
    trigger.tags.length === 0
      ? empty
      : sql`\n  when tag in (${join(trigger.tags.map((tag) => literal(tag)))})`
  const created = statement(
    sql`create event trigger ${name(trigger.name)} on ${name(trigger.event)}${when}\n  execute function ${qualified(trigger.function)}()`,
    about(trigger),
  )
  return trigger.enabled === 'origin' ? [created] : [created, setEventTriggerState(trigger)]
}

/** `alter event trigger … disable`. */
export function setEventTriggerState(trigger: EventTrigger): Statement {
  return statement(sql`alter event trigger ${name(trigger.name)} ${stateSql(trigger.enabled)}`, {
    objectId: trigger.id,
    summary: `Set when ${describe(trigger)} fires`,
  })
}

/** CREATE PUBLICATION. */
export function createPublication(publication: Publication, context: CompileContext): Statement {
  const what = publication.isForAllTables ? sql` for all tables` : publicationObjects(publication, context)
  const options = publicationOptions(publication)
  const settings = options.length === 0 ? empty : sql`\n  with (${join(options)})`
  return statement(sql`create publication ${name(publication.name)}${what}${settings}`, about(publication))
}

function publicationObjects(publication: Publication, context: CompileContext): SqlFragment {
  const objects = publishedObjects(publication, context)
  return objects.length === 0 ? empty : sql` for ${join(objects)}`
}

/** `table public.film (id, title) where (id > 5), tables in schema shop`, one by one. What inherits from a table is named itself, where it is published. */
export function publishedObjects(
  { tables, schemas }: Publication,
  { model, existing }: CompileContext,
): readonly SqlFragment[] {
  const parents = new Set(
    [...(tables.length === 0 ? [] : model.objects), ...(existing?.ofKind('table') ?? [])].flatMap((object) =>
      object.kind === 'table' ? object.inherits.map((parent) => qualified(parent).text) : [],
    ),
  )
  return [
    ...tables.map((table, at) => {
      const columns = table.columns.length === 0 ? empty : sql` (${nameList(table.columns)})`
      const where = table.where === null ? empty : sql` where ${parenthesised(table.where)}`
      const only = parents.has(qualified(table).text) ? sql`only ` : empty
      // Before Postgres 15, which has no schemas here either, the word stands once, before the first table.
      const word = at === 0 || schemas.length > 0 ? sql`table ` : empty
      return sql`${word}${only}${qualified(table)}${columns}${where}`
    }),
    ...schemas.map((schema) => sql`tables in schema ${name(schema)}`),
  ]
}

/** Those that differ from the usual. */
function publicationOptions(publication: Publication): SqlFragment[] {
  const options: SqlFragment[] = []
  const operations = OPERATIONS.filter((one) => publication.operations.includes(one))
  if (operations.length < OPERATIONS.length) options.push(sql`publish = ${literal(operations.join(', '))}`)
  if (publication.isViaRoot) options.push(sql`publish_via_partition_root = true`)
  if (publication.generatedColumns !== 'none')
    options.push(sql`publish_generated_columns = ${keyword(publication.generatedColumns, ['stored'])}`)
  return options
}

/** The CREATE statement that the model keeps. */
export function createOther(object: OtherObject): Statement {
  return statement(definitions(object.definition), about(object))
}

function about(object: Parameters<typeof describe>[0]) {
  return { objectId: object.id, summary: `Create ${describe(object)}` }
}
