// What the API's roles may do in a database, as Postgres itself decides it: privileges of PUBLIC and of roles they belong to are counted.
import { z } from 'zod'
import { ExposedFunction, ExposedTable, type Exposure } from '#contract/capabilities/access.ts'
import { sql, type SqlFragment } from '#postgres/common/sql/sql.ts'
import type { Session } from '#postgres/node/session.ts'
import { readAll } from '../database/index.ts'

const SchemaEntry = z.object({ name: z.string(), usage: z.array(z.enum(['anon', 'authenticated'])) })

/** The API's roles; none where somebody dropped them. */
export const API_ROLES = sql`(select rolname, oid from pg_catalog.pg_roles where rolname in ('anon', 'authenticated'))`

/** The schemas of people: Postgres' own are left out. */
export const OWN_SCHEMA = sql`nspname !~ '^pg_' and nspname <> 'information_schema'`

/** `{"anon": […], "authenticated": […]}` of the privileges for which `condition` holds; it sees role and privilege. */
function grants(privileges: SqlFragment, condition: SqlFragment): SqlFragment {
  return sql`(
    select json_object_agg(wanted.role, held.privileges)
      from (values ('anon'), ('authenticated')) wanted (role)
      cross join lateral (
        select coalesce(json_agg(privilege order by place), '[]') as privileges
          from unnest(${privileges}) with ordinality listed (privilege, place)
          join ${API_ROLES} role on role.rolname = wanted.role
         where ${condition}) held)`
}

const TABLE_PRIVILEGES = sql`array['select', 'insert', 'update', 'delete']`
const COLUMN_PRIVILEGES = sql`array['select', 'insert', 'update']`

/** pg_class.relkind as words. */
export const RELATION_KIND = sql`
  case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'f' then 'foreign table'
                 when 'v' then 'view' else 'materialized view' end`

/** Whether a view has security_invoker set. */
export const IS_INVOKER = sql`
  exists (select from pg_options_to_table(c.reloptions) where option_name = 'security_invoker' and option_value::boolean)`

function listSchemas(session: Session): Promise<z.output<typeof SchemaEntry>[]> {
  return readAll(
    session,
    SchemaEntry,
    sql`
    select nspname as name,
           (select coalesce(json_agg(rolname order by rolname), '[]') from ${API_ROLES} role
             where has_schema_privilege(role.oid, n.oid, 'usage')) as usage
      from pg_catalog.pg_namespace n where ${OWN_SCHEMA} order by nspname`,
  )
}

function listTables(session: Session): Promise<ExposedTable[]> {
  return readAll(
    session,
    ExposedTable,
    sql`
    select nspname as schema, relname as name, ${RELATION_KIND} as kind, obj_description(c.oid, 'pg_class') as comment,
           ${grants(TABLE_PRIVILEGES, sql`has_table_privilege(role.oid, c.oid, privilege)`)} as grants,
           (select coalesce(json_agg(json_build_object(
                     'name', attname, 'type', format_type(atttypid, atttypmod),
                     'grants', ${grants(
                       COLUMN_PRIVILEGES,
                       sql`has_column_privilege(role.oid, c.oid, attnum, privilege)
                           and not has_table_privilege(role.oid, c.oid, privilege)`,
                     )}) order by attnum), '[]')
              from pg_catalog.pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped) as columns,
           json_build_object('isEnabled', relrowsecurity, 'isForced', relforcerowsecurity,
                             'policyCount', (select count(*) from pg_catalog.pg_policy where polrelid = c.oid)) as "rowSecurity",
           case when relkind = 'v' then ${IS_INVOKER} end as "isSecurityInvoker"
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = relnamespace
     where relkind in ('r', 'p', 'f', 'v', 'm') and not relispartition and ${OWN_SCHEMA}
     order by nspname, relname`,
  )
}

function listFunctions(session: Session): Promise<ExposedFunction[]> {
  return readAll(
    session,
    ExposedFunction,
    sql`
    select nspname as schema, proname as name, pg_get_function_identity_arguments(p.oid) as arguments,
           coalesce(pg_get_function_result(p.oid), 'void') as returns, prosecdef as "isSecurityDefiner",
           (select coalesce(json_agg(rolname order by rolname), '[]') from ${API_ROLES} role
             where has_function_privilege(role.oid, p.oid, 'execute')) as execute
      from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = pronamespace
     -- Triggers cannot be called; aggregates and window functions are no endpoints.
     where prokind = 'f' and prorettype not in ('pg_catalog.trigger'::regtype, 'pg_catalog.event_trigger'::regtype)
       and ${OWN_SCHEMA}
     order by nspname, proname, arguments`,
  )
}

/** Everything in the database that the API could show, with what its roles may do. `served` names the schemas that it does show. */
export async function readExposure(session: Session, served: readonly string[]): Promise<Exposure> {
  const schemas = await listSchemas(session)
  return {
    schemas: schemas.map((schema) => ({ ...schema, served: served.includes(schema.name) })),
    tables: await listTables(session),
    functions: await listFunctions(session),
  }
}
