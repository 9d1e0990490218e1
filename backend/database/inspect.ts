// What is in a database, from pg_catalog. Postgres makes the JSON; the contract's schemas check it.
import { z } from 'zod'
import {
  CatalogColumn,
  CatalogConstraint,
  CatalogIndex,
  CatalogRelation,
} from '#contract/capabilities/catalog.ts'
import { AppError } from '#contract/errors.ts'
import { identifier, sql, type SqlFragment } from '#postgres/common/sql/sql.ts'
import type { Session } from '#postgres/node/session.ts'

const DatabaseEntry = z.object({ name: z.string(), owner: z.string(), sizeBytes: z.number().nullable() })
const SchemaEntry = z.object({ name: z.string(), owner: z.string() })
export type DatabaseEntry = z.infer<typeof DatabaseEntry>
export type SchemaEntry = z.infer<typeof SchemaEntry>

/** Names a table. */
export interface TableRef {
  readonly schema: string
  readonly table: string
}

/** Runs a query whose columns are named as the schema's fields. */
export async function readAll<T extends z.ZodType>(
  session: Session,
  row: T,
  query: SqlFragment,
): Promise<z.output<T>[]> {
  const { text, values } = sql`select coalesce(json_agg(entry), '[]') from (${query}) entry`
  const { rows } = await session.query(text, [...values])
  return z.array(row).parse(JSON.parse(rows[0]?.[0] ?? '[]'))
}

/** The databases of the instance that belong to people. */
export function listDatabases(session: Session): Promise<DatabaseEntry[]> {
  return readAll(
    session,
    DatabaseEntry,
    sql`
    select datname as name, pg_get_userbyid(datdba) as owner,
           case when has_database_privilege(oid, 'connect') then pg_database_size(oid) end as "sizeBytes"
      from pg_catalog.pg_database where not datistemplate and datallowconn and datname <> 'postgres' order by datname`,
  )
}

/** The schemas of the database; those of Postgres itself are left out. */
export function listSchemas(session: Session): Promise<SchemaEntry[]> {
  return readAll(
    session,
    SchemaEntry,
    sql`
    select nspname as name, pg_get_userbyid(nspowner) as owner from pg_catalog.pg_namespace
     where nspname !~ '^pg_' and nspname <> 'information_schema' order by nspname`,
  )
}

/** Tables and views of a schema. Throws NOT_FOUND. */
export async function listTables(session: Session, schema: string): Promise<CatalogRelation[]> {
  const { rows } = await session.query('select oid from pg_catalog.pg_namespace where nspname = $1', [schema])
  if (rows.length === 0) throw new AppError('NOT_FOUND', `There is no schema "${schema}".`)
  return readAll(
    session,
    CatalogRelation,
    sql`
    select ${schema}::text as schema, relname as name, oid::bigint,
           case relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view'
                        when 'm' then 'materialized view' else 'foreign table' end as kind,
           nullif(reltuples, -1) as "estimatedRows", obj_description(oid, 'pg_class') as comment
      from pg_catalog.pg_class where relnamespace = ${rows[0]?.[0]}::oid and relkind in ('r', 'p', 'v', 'm', 'f') order by relname`,
  )
}

/** Columns in their order. Throws NOT_FOUND. */
export async function listColumns(session: Session, table: TableRef): Promise<CatalogColumn[]> {
  const oid = await tableOid(session, table)
  return readAll(
    session,
    CatalogColumn,
    sql`
    select attname as name, attnum as position, format_type(atttypid, atttypmod) as type, atttypid::bigint as "typeOid",
           not attnotnull as "isNullable",
           exists (select from pg_catalog.pg_index
                    where indrelid = attrelid and indisprimary and attnum = any (indkey)) as "isPrimaryKey",
           case when attgenerated = '' then pg_get_expr(adbin, adrelid) end as "default",
           case attidentity when 'a' then 'always' when 'd' then 'by default' end as identity,
           attgenerated <> '' as "isGenerated", col_description(attrelid, attnum) as comment
      from pg_catalog.pg_attribute left join pg_catalog.pg_attrdef on adrelid = attrelid and adnum = attnum
     where attrelid = ${oid}::oid and attnum > 0 and not attisdropped order by attnum`,
  )
}

/** Indexes by name. Throws NOT_FOUND. */
export async function listIndexes(session: Session, table: TableRef): Promise<CatalogIndex[]> {
  const oid = await tableOid(session, table)
  return readAll(
    session,
    CatalogIndex,
    sql`
    select c.relname as name, am.amname as method,
           (select json_agg(pg_get_indexdef(i.indexrelid, position, true) order by position)
              from generate_series(1, i.indnkeyatts) position) as columns,
           i.indisunique as "isUnique", i.indisprimary as "isPrimary", i.indisvalid as "isValid",
           pg_get_indexdef(i.indexrelid) as definition, pg_relation_size(i.indexrelid) as "sizeBytes"
      from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid join pg_catalog.pg_am am on am.oid = c.relam
     where i.indrelid = ${oid}::oid order by c.relname`,
  )
}

/** Constraints by name. Throws NOT_FOUND. */
export async function listConstraints(session: Session, table: TableRef): Promise<CatalogConstraint[]> {
  const oid = await tableOid(session, table)
  const columnNames = (relation: SqlFragment, numbers: SqlFragment): SqlFragment => sql`
    (select coalesce(json_agg(attname order by ordinality), '[]')
       from unnest(${numbers}) with ordinality as key (number, ordinality)
       join pg_catalog.pg_attribute on attrelid = ${relation} and attnum = key.number)`
  return readAll(
    session,
    CatalogConstraint,
    sql`
    select conname as name,
           case contype when 'p' then 'primary key' when 'u' then 'unique' when 'f' then 'foreign key' when 'c' then 'check'
                        when 'x' then 'exclusion' else 'not null' end as kind,
           ${columnNames(identifier('conrelid'), identifier('conkey'))} as columns,
           pg_get_constraintdef(con.oid) as definition,
           case when contype = 'f' then json_build_object('schema', nspname, 'table', relname, 'columns',
             ${columnNames(identifier('confrelid'), identifier('confkey'))}) end as references,
           convalidated as "isValidated"
      from pg_catalog.pg_constraint con
      left join pg_catalog.pg_class target on target.oid = con.confrelid
      left join pg_catalog.pg_namespace on pg_namespace.oid = target.relnamespace
     where conrelid = ${oid}::oid and contype in ('p', 'u', 'f', 'c', 'x', 'n') order by conname`,
  )
}

async function tableOid(session: Session, { schema, table }: TableRef): Promise<string> {
  const { rows } = await session.query(
    `select c.oid from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'm', 'f')`,
    [schema, table],
  )
  const oid = rows[0]?.[0]
  if (oid === undefined || oid === null)
    throw new AppError('NOT_FOUND', `There is no table "${schema}"."${table}".`)
  return oid
}
