// Finds what a change names: by Postgres' catalog, so that nothing of the request but quoted names ever stands in the SQL.
import { AppError } from '#contract/errors.ts'
import { isSystemSchema } from '#postgres/common/ddl/system-object.ts'
import { fromCatalog, identifier, sql, type SqlFragment } from '#postgres/common/sql/sql.ts'
import type { Session } from '#postgres/node/session.ts'

export interface TableName {
  readonly schema: string
  readonly table: string
}

export interface Relation {
  readonly oid: string
  /** pg_class.relkind: r, p, f, v, m. */
  readonly kind: string
  readonly name: SqlFragment
}

function assertOwnSchema(schema: string): void {
  if (isSystemSchema(schema)) {
    throw new AppError('FORBIDDEN', `The schema ${schema} belongs to Postgres itself and cannot be changed.`)
  }
}

/** A table, view, materialised view or foreign table. Throws NOT_FOUND, FORBIDDEN for Postgres' own. */
export async function findRelation(session: Session, { schema, table }: TableName): Promise<Relation> {
  assertOwnSchema(schema)
  const { text, values } = sql`
    select c.oid, relkind from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = relnamespace
     where nspname = ${schema} and relname = ${table} and relkind in ('r', 'p', 'f', 'v', 'm')`
  const { rows } = await session.query(text, [...values])
  const [oid, kind] = rows[0] ?? []
  if (typeof oid !== 'string' || typeof kind !== 'string') {
    throw new AppError('NOT_FOUND', `There is no table or view "${schema}"."${table}".`)
  }
  return { oid, kind, name: identifier(schema, table) }
}

/** Throws NOT_FOUND. */
export async function assertColumn(session: Session, relation: Relation, column: string): Promise<void> {
  const { text, values } = sql`
    select from pg_catalog.pg_attribute
     where attrelid = ${relation.oid}::oid and attname = ${column} and attnum > 0 and not attisdropped`
  const { rows } = await session.query(text, [...values])
  if (rows.length === 0) throw new AppError('NOT_FOUND', `There is no column "${column}".`)
}

export interface FunctionName {
  readonly schema: string
  readonly function: string
  /** As pg_get_function_identity_arguments prints them. */
  readonly arguments: string
}

/** A function with its oid, and its name and arguments as Postgres prints them. Throws NOT_FOUND, FORBIDDEN for Postgres' own. */
export async function findFunction(
  session: Session,
  name: FunctionName,
): Promise<{ readonly oid: string; readonly signature: SqlFragment }> {
  assertOwnSchema(name.schema)
  const { text, values } = sql`
    select p.oid, pg_get_function_identity_arguments(p.oid)
      from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = pronamespace
     where nspname = ${name.schema} and proname = ${name.function} and prokind = 'f'
       and pg_get_function_identity_arguments(p.oid) = ${name.arguments}`
  const { rows } = await session.query(text, [...values])
  const [oid, printed] = rows[0] ?? []
  if (typeof oid !== 'string' || typeof printed !== 'string') {
    throw new AppError('NOT_FOUND', `There is no function "${name.function}" with these arguments.`)
  }
  return { oid, signature: sql`${identifier(name.schema, name.function)}(${fromCatalog(printed)})` }
}
