// Looks up which rights a role lacks, of everything that a request names: schemas, tables, columns, sequences and functions, and what views need behind.
import { z } from 'zod'
import { sql } from '#postgres/common/sql/sql.ts'
import type { Session } from '#postgres/node/session.ts'
import { readAll } from '../../database/index.ts'
import { readReachedTables } from '../policy-catalog.ts'
import type { RecordedStep } from '../recording.ts'

const MissingRight = z.object({
  kind: z.enum(['schema', 'table', 'sequence', 'function']),
  oid: z.string(),
  schema: z.string(),
  /** Of a schema its own. */
  name: z.string(),
  /** Of a function, as Postgres prints them. */
  arguments: z.string(),
  /** To whom it must be granted: the request's role, or the owner of a view. */
  role: z.string(),
  privilege: z.enum(['usage', 'select', 'insert', 'update', 'delete', 'execute']),
  /** Where the role has some columns already: those that it lacks. */
  columns: z.array(z.string()),
  /** Why it is needed, where the request does not name it. */
  because: z.string().nullable(),
})
export type MissingRight = z.infer<typeof MissingRight> & {
  readonly privilege: 'usage' | 'select' | 'insert' | 'update' | 'delete' | 'execute'
}

/** What the role lacks for what the steps name, and what views among it need. Runs in a transaction of its caller. */
export async function readMissing(
  session: Session,
  steps: readonly RecordedStep[],
  role: string,
): Promise<MissingRight[]> {
  const relations = steps.flatMap(({ names }) => names.relations)
  const functions = steps.flatMap(({ names }) => names.functions)
  const named = JSON.stringify({ relations, functions })
  const own = await readAll(
    session,
    MissingRight,
    sql`
    with input as (select ${named}::json as named, r.oid as role, r.rolname from pg_catalog.pg_roles r where r.rolname = ${role}),
    relation as (
      select c.oid, n.oid as namespace, n.nspname, c.relname, entry.command, entry.columns
        from input, json_to_recordset(named -> 'relations') entry (schema text, name text, command text, columns jsonb)
        join pg_catalog.pg_namespace n on n.nspname = entry.schema
        join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = entry.name
    ), lacking as (
      select relation.*, coalesce(json_agg(a.attname order by a.attnum) filter (
               where not has_column_privilege(input.role, a.attrelid, a.attnum, relation.command)), '[]') as missing,
             has_any_column_privilege(input.role, relation.oid, relation.command) as has_some
        from input, relation
        left join pg_catalog.pg_attribute a
               on a.attrelid = relation.oid and a.attnum > 0 and not a.attisdropped
              and exists (select from jsonb_array_elements_text(relation.columns) wanted
                           where wanted = '*' or wanted = a.attname)
       where relation.command <> 'delete'
       group by relation.oid, relation.namespace, relation.nspname, relation.relname, relation.command, relation.columns, input.role
    )
    select 'schema' as kind, n.oid::text as oid, n.nspname as schema, n.nspname as name, '' as arguments,
           rolname as role, 'usage' as privilege, '[]'::json as columns, null as because
      from input, pg_catalog.pg_namespace n
     where not has_schema_privilege(input.role, n.oid, 'usage')
       and n.nspname in (select nspname from relation
                         union select entry.schema from json_to_recordset(named -> 'functions') entry (schema text))
    union all
    select 'table', oid::text, nspname, relname, '', rolname, command,
           case when has_some then missing else '[]' end, null
      from input, lacking
     where case when jsonb_array_length(columns) = 0 then not has_some else json_array_length(missing) > 0 end
    union all
    select 'table', relation.oid::text, nspname, relname, '', rolname, 'delete', '[]', null
      from input, relation
     where command = 'delete' and not has_table_privilege(input.role, relation.oid, 'delete')
    union all
    select 'sequence', s.oid::text, sn.nspname, s.relname, '', rolname, 'usage', '[]', null
      from input, relation
      join pg_catalog.pg_attrdef d on d.adrelid = relation.oid
      join pg_catalog.pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum and a.attidentity = ''
      join pg_catalog.pg_depend p on p.classid = 'pg_catalog.pg_attrdef'::regclass and p.objid = d.oid
                                 and p.refclassid = 'pg_catalog.pg_class'::regclass
      join pg_catalog.pg_class s on s.oid = p.refobjid and s.relkind = 'S'
      join pg_catalog.pg_namespace sn on sn.oid = s.relnamespace
     where relation.command = 'insert' and not has_sequence_privilege(input.role, s.oid, 'usage, update')
       and not exists (select from jsonb_array_elements_text(relation.columns) wanted where wanted = a.attname)
    union all
    select 'function', f.oid::text, n.nspname, f.proname, pg_catalog.pg_get_function_identity_arguments(f.oid), rolname, 'execute', '[]', null
      from input, json_to_recordset(named -> 'functions') entry (schema text, name text)
      join pg_catalog.pg_namespace n on n.nspname = entry.schema
      join pg_catalog.pg_proc f on f.pronamespace = n.oid and f.proname = entry.name
     where not has_function_privilege(input.role, f.oid, 'execute')`,
  )
  return [...own, ...(await behindViews(session, steps, role))]
}

/** What the owner of a view lacks on the tables behind it, or the role where the view uses the caller's rights. */
async function behindViews(
  session: Session,
  steps: readonly RecordedStep[],
  role: string,
): Promise<MissingRight[]> {
  const relations = steps.flatMap(({ names }) => names.relations)
  const reached = await readReachedTables(session, relations, role)
  const isNamed = (schema: string, table: string): boolean =>
    relations.some((one) => one.schema === schema && one.name === table)
  const wanted = reached.filter(({ schema, table }) => !isNamed(schema, table))
  if (wanted.length === 0) return []
  return readAll(
    session,
    MissingRight,
    sql`
    select 'table' as kind, c.oid::text as oid, n.nspname as schema, c.relname as name, '' as arguments, u.rolname as role,
           entry.command as privilege, '[]'::json as columns,
           case when entry.view is null then 'It stands behind a view that uses the rights of whoever asks.'
                else 'It stands behind the view ' || entry.view || ', which uses the rights of its owner.' end as because
      from json_to_recordset(${JSON.stringify(wanted)}::json) entry (oid oid, command text, "user" text, view text)
      join pg_catalog.pg_class c on c.oid = entry.oid
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      join pg_catalog.pg_roles u on u.rolname = entry."user"
     where not case when entry.command = 'delete' then has_table_privilege(u.oid, c.oid, 'delete')
                    else has_any_column_privilege(u.oid, c.oid, entry.command) end`,
  )
}

/**
 * What an error names without its schema, and the request does not name: something that a policy, a trigger, a default or a function uses. Only where
 * it is the only one of its name that the role lacks.
 */
export async function readNamedMissing(
  session: Session,
  { role, kind, object }: { readonly role: string; readonly kind: string; readonly object: string },
): Promise<MissingRight[]> {
  const because = 'A policy, a trigger, a default or a function that the request runs uses it.'
  const found = await readAll(
    session,
    MissingRight,
    sql`
    with input as (select r.oid as role, r.rolname, ${kind}::text as kind, ${object}::text as object
                     from pg_catalog.pg_roles r where r.rolname = ${role}),
    own as (select oid, nspname from pg_catalog.pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema')
    select 'schema' as kind, own.oid::text as oid, nspname as schema, nspname as name, '' as arguments, rolname as role,
           'usage' as privilege, '[]'::json as columns, ${because} as because
      from input, own where kind = 'schema' and nspname = object and not has_schema_privilege(input.role, own.oid, 'usage')
    union all
    select case when c.relkind = 'S' then 'sequence' else 'table' end, c.oid::text, nspname, relname, '', rolname,
           case when c.relkind = 'S' then 'usage' else 'select' end, '[]', ${because}
      from input, own join pg_catalog.pg_class c on c.relnamespace = own.oid
     where c.relname = object
       and case when c.relkind = 'S' then kind = 'sequence' and not has_sequence_privilege(input.role, c.oid, 'usage, update')
                else kind not in ('schema', 'sequence', 'function', 'procedure', 'type') and c.relkind in ('r', 'p', 'v', 'm', 'f')
                     and not has_table_privilege(input.role, c.oid, 'select') end
    union all
    select 'function', f.oid::text, nspname, proname, pg_catalog.pg_get_function_identity_arguments(f.oid), rolname, 'execute', '[]', ${because}
      from input, own join pg_catalog.pg_proc f on f.pronamespace = own.oid
     where kind = 'function' and f.proname = object and not has_function_privilege(input.role, f.oid, 'execute')`,
  )
  return found.length === 1 ? found : []
}
