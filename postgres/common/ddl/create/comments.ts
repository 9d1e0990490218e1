// COMMENT ON, for objects and their parts, and ALTER … OWNER TO.
import type { ModelObject } from '#contract/schema/types.ts'
import { fromCatalog, literal, name, sql, type SqlFragment } from '../../sql/sql.ts'
import type { Statement } from '../statement.ts'
import { describe, kindInSql, qualified, shown, statement, type CompileContext } from './context.ts'
import { expression } from './expression.ts'
import { routineSql } from './routine.ts'

/** COMMENT ON statements of an object and all its parts. What has none is passed over. */
export function commentStatements(object: ModelObject, context: CompileContext): Statement[] {
  if (!context.withComments) return []
  const own = object.comment === null || isBuiltInComment(object) ? [] : [commentOn(object)]
  return [...own.filter((one) => one !== null), ...partComments(object)]
}

/** A new database's schema public has this already. */
function isBuiltInComment(object: ModelObject): boolean {
  return object.kind === 'schema' && object.name === 'public' && object.comment === 'standard public schema'
}

/** `comment on table … is '…'`, or `is null`; null for what cannot have one. */
export function commentOn(object: ModelObject): Statement | null {
  if (object.kind === 'defaultPrivileges') return null
  return commentSql(objectSql(object), object.comment, { objectId: object.id, of: describe(object) })
}

/** The object with its kind, as COMMENT ON, DROP and ALTER … OWNER take it: `table shop.film`, `function shop.price(bigint)`. */
export function objectSql(object: ModelObject): SqlFragment {
  const kind = fromCatalog(kindInSql(object))
  switch (object.kind) {
    case 'routine':
      return routineSql(object)
    case 'other':
      // A cast's identity says what it is.
      return object.identity.startsWith(`${object.what} `)
        ? expression(object.identity)
        : sql`${kind} ${expression(object.identity)}`
    default:
      return 'schema' in object && object.kind !== 'extension' && object.schema !== null
        ? sql`${kind} ${name(object.schema, object.name)}`
        : sql`${kind} ${name(object.name)}`
  }
}

function partComments(object: ModelObject): Statement[] {
  const statements: Statement[] = []
  const add = (
    what: string,
    part: { id: string; name: string; comment: string | null },
    where: SqlFragment,
  ): void => {
    if (part.comment !== null) statements.push(commentOnPart(what, part, { where, of: shown(object) }))
  }
  if (object.kind === 'domain')
    for (const one of object.constraints) add('constraint', one, sql`domain ${qualified(object)}`)
  if (object.kind === 'composite') for (const one of object.attributes) add('column', one, qualified(object))
  if (object.kind !== 'table' && object.kind !== 'view') return statements
  const relation = qualified(object)
  for (const one of object.columns) add('column', one, relation)
  for (const one of object.indexes) add('index', one, name(object.schema))
  for (const one of object.triggers) add('trigger', one, relation)
  for (const one of object.rules) add('rule', one, relation)
  if (object.kind === 'view') return statements
  for (const one of object.constraints) add('constraint', one, relation)
  for (const one of object.policies) add('policy', one, relation)
  return statements
}

/**
 * The comment of a part: `comment on column public.film.title is …`. `where` is the table (or type) it belongs to, for an index its schema.
 */
export function commentOnPart(
  what: string,
  part: { readonly id: string; readonly name: string; readonly comment: string | null },
  { where, of }: { readonly where: SqlFragment; readonly of: string },
): Statement {
  const named =
    what === 'column' || what === 'index'
      ? sql`${fromCatalog(what)} ${where}.${name(part.name)}`
      : sql`${fromCatalog(what)} ${name(part.name)} on ${where}`
  return commentSql(named, part.comment, { objectId: part.id, of: `${what} ${part.name} of ${of}` })
}

function commentSql(
  what: SqlFragment,
  comment: string | null,
  { objectId, of }: { readonly objectId: string; readonly of: string },
): Statement {
  return statement(sql`comment on ${what} is ${literal(comment)}`, {
    objectId,
    summary: comment === null ? `Remove the comment on ${of}` : `Comment on ${of}`,
  })
}

/** `alter table … owner to …`, where the context asks for owners. */
export function ownerStatements(object: ModelObject, context: CompileContext): Statement[] {
  if (!context.withOwners || !canChangeOwner(object) || object.owner === '') return []
  return [changeOwner(object)]
}

/** `alter table … owner to …`. */
export function changeOwner(object: ModelObject): Statement {
  return statement(sql`alter ${objectSql(object)} owner to ${name(object.owner)}`, {
    objectId: object.id,
    summary: `Give ${describe(object)} to ${object.owner}`,
  })
}

const NO_OWNER = new Set(['cast', 'transform', 'text search parser', 'text search template', 'access method'])

function canChangeOwner(object: ModelObject): boolean {
  if (object.kind === 'extension' || object.kind === 'defaultPrivileges') return false
  return object.kind !== 'other' || !NO_OWNER.has(object.what)
}
