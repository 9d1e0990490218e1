// What the role may do with the relations and functions of a schema, for API documentation: one JSON text, as the body of a main statement.
import { sql, type SqlFragment } from '#postgres/common/sql/sql.ts'

/**
 * `{"relations": [[oid, may select, may insert, may update, may delete], …], "routines": [oid, …]}` of what the current role has any privilege on.
 * A privilege on a single column counts.
 */
export function privilegesSql(schema: string): SqlFragment {
  return sql`select null::bigint as total, 0::bigint as page_total, null::bigint as inserted, null::text as location, null::text as headers, null::text as status, json_build_object(
  'relations', (
    select coalesce(json_agg(json_build_array(c.oid::int8,
      has_table_privilege(c.oid, 'select') or has_any_column_privilege(c.oid, 'select'),
      has_table_privilege(c.oid, 'insert') or has_any_column_privilege(c.oid, 'insert'),
      has_table_privilege(c.oid, 'update') or has_any_column_privilege(c.oid, 'update'),
      has_table_privilege(c.oid, 'delete'))), '[]')
    from pg_catalog.pg_class c
    where c.relkind in ('r', 'v', 'm', 'f', 'p') and not c.relispartition
      and c.relnamespace = (select n.oid from pg_catalog.pg_namespace n where n.nspname = ${schema})
      and (pg_has_role(c.relowner, 'usage')
        or has_table_privilege(c.oid, 'select, insert, update, delete, truncate, references, trigger')
        or has_any_column_privilege(c.oid, 'select, insert, update, references'))
  ),
  'routines', (
    select coalesce(json_agg(p.oid::int8), '[]')
    from pg_catalog.pg_proc p
    where p.prokind = 'f' and has_function_privilege(p.oid, 'execute')
      and p.pronamespace = (select n.oid from pg_catalog.pg_namespace n where n.nspname = ${schema})
  ))::text as body`
}
