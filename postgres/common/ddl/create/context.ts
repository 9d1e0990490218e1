// What the functions that compose DDL share: for which server, within which model, and how a statement for a person is made.
import type { DefaultPrivileges, ModelObject, RelationName, SchemaModel } from '#contract/schema/types.ts'
import { indexModel, type ModelIndex } from '../../catalog/find.ts'
import { name, type SqlFragment } from '../../sql/sql.ts'
import type { Statement } from '../statement.ts'

export interface CompileOptions {
  /** `server_version_num` of the server that the statements are for; that of the model by default. */
  readonly serverVersion?: number
  /** ALTER … OWNER TO for each object. Left out by default: a script belongs to whoever runs it. */
  readonly withOwners?: boolean
  /** GRANT and REVOKE. On by default. */
  readonly withGrants?: boolean
  /** COMMENT ON. On by default. */
  readonly withComments?: boolean
  /** Default privileges that stand when the objects are made; an object starts with what those give to `role`'s objects. None by default. */
  readonly defaultPrivileges?: readonly DefaultPrivileges[]
  /** The role that makes the objects, for `defaultPrivileges`. */
  readonly role?: string
  /** What is in the database before the first statement; nothing by default. A partition of a parent that stands there gets its parent's indexes at once. */
  readonly existing?: SchemaModel
}

export interface CompileContext extends Required<Omit<CompileOptions, 'role' | 'existing'>> {
  readonly role: string | null
  readonly existing: ModelIndex | null
  /** The model that the statements lead to: what an object names is looked up there. */
  readonly model: SchemaModel
  readonly index: ModelIndex
}

/** The context for objects of `model`. */
export function compileContext(model: SchemaModel, options: CompileOptions = {}): CompileContext {
  return {
    serverVersion: options.serverVersion ?? model.serverVersion,
    withOwners: options.withOwners ?? false,
    withGrants: options.withGrants ?? true,
    withComments: options.withComments ?? true,
    defaultPrivileges: options.defaultPrivileges ?? [],
    role: options.role ?? null,
    existing: options.existing === undefined ? null : indexModel(options.existing),
    model,
    index: indexModel(model),
  }
}

/** What a statement is for: the id of the object (or part) and what it does in words. */
export interface StatementOf {
  readonly objectId: string
  readonly summary: string
  readonly isDestructive?: boolean
  /** True unless said otherwise. */
  readonly inTransaction?: boolean
}

/** A statement of DDL. Throws TypeError when `sql` has parameters: DDL takes none. */
export function statement(sql: SqlFragment, about: StatementOf): Statement {
  if (sql.values.length > 0) throw new TypeError('DDL takes no parameters.')
  return {
    sql: sql.text,
    inTransaction: about.inTransaction ?? true,
    isDestructive: about.isDestructive ?? false,
    summary: about.summary,
    objectId: about.objectId,
  }
}

/** `shop.film`, quoted where needed. */
export function qualified(named: RelationName): SqlFragment {
  return name(named.schema, named.name)
}

/** For people, unquoted: `film` for what is in public or in no schema, `shop.film` for the rest. */
export function shown(named: { readonly schema?: string | null; readonly name: string }): string {
  const { schema } = named
  return schema === undefined || schema === null || schema === '' || schema === 'public'
    ? named.name
    : `${schema}.${named.name}`
}

/** The object's kind in words of SQL, as ALTER, DROP, COMMENT and GRANT take it. */
export function kindInSql(object: ModelObject): string {
  switch (object.kind) {
    case 'table':
      return object.foreign === null ? 'table' : 'foreign table'
    case 'view':
      return object.isMaterialized ? 'materialized view' : 'view'
    case 'enum':
    case 'composite':
    case 'range':
      return 'type'
    case 'routine':
      return object.routineKind === 'window' ? 'function' : object.routineKind
    case 'eventTrigger':
      return 'event trigger'
    case 'defaultPrivileges':
      return 'default privileges'
    case 'other':
      return object.what
    default:
      return object.kind
  }
}

/** For a person: `table film`, `materialised view sales`. */
export function describe(object: ModelObject): string {
  switch (object.kind) {
    case 'view':
      return `${object.isMaterialized ? 'materialised view' : 'view'} ${shown(object)}`
    case 'enum':
      return `enum ${shown(object)}`
    case 'extension':
      return `extension ${object.name}`
    case 'defaultPrivileges':
      return `default privileges of ${object.owner} on ${object.objects}`
    case 'other':
      return object.identity.startsWith(object.what) ? object.identity : `${object.what} ${object.identity}`
    default:
      return `${kindInSql(object)} ${shown(object)}`
  }
}
