// The three questions of introspection: pg_catalog only, no information_schema, in what Postgres 13 to 18 all know. Names are printed as the session's search
// path shows them, so that path stays as it is; and whatever is used here, operators too, is named with pg_catalog, lest the path lead to somebody else's. Rows are plain and are put
// together in this process, which is cheaper than any aggregate at the server.

/** Leaves out the system's schemas and other sessions' temporary ones. */
const USER_SCHEMA = `n.nspname operator(pg_catalog.!~) '^pg_' and n.nspname operator(pg_catalog.<>) 'information_schema'`
const RELATION = `c.relkind operator(pg_catalog.=) any (array['r', 'p', 'v', 'm', 'f']::pg_catalog."char"[]) and ${USER_SCHEMA}`

/** Everything but columns, constraints and indexes. The first cell tells what a row is; see assemble.ts for the others. */
export const OBJECTS_SQL = `
select 'database', pg_catalog.current_database(), pg_catalog.current_setting('server_version'), null, null, null, null, null
union all
select 'schema', n.nspname, pg_catalog.pg_get_userbyid(n.nspowner), null, null, null, null, null
from pg_catalog.pg_namespace n
where ${USER_SCHEMA}
union all
select 'relation', n.nspname, c.relname, c.oid::pg_catalog.text, c.relkind::pg_catalog.text,
  case
    when c.reltuples operator(pg_catalog.<) 0 or (c.reltuples operator(pg_catalog.=) 0 and c.relpages operator(pg_catalog.=) 0 and pg_catalog.current_setting('server_version_num')::pg_catalog.int4 operator(pg_catalog.<) 140000)
    then null else c.reltuples::pg_catalog.int8::pg_catalog.text
  end,
  d.description, null
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) c.relnamespace
left join pg_catalog.pg_description d
  on d.objoid operator(pg_catalog.=) c.oid and d.classoid operator(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass and d.objsubid operator(pg_catalog.=) 0
where ${RELATION}
union all
select 'routine', n.nspname, p.proname, p.oid::pg_catalog.text, p.prokind::pg_catalog.text,
  pg_catalog.pg_get_function_arguments(p.oid), pg_catalog.pg_get_function_result(p.oid), l.lanname
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) p.pronamespace
join pg_catalog.pg_language l on l.oid operator(pg_catalog.=) p.prolang
where ${USER_SCHEMA}
union all
select 'type', n.nspname, t.typname, t.oid::pg_catalog.text, t.typtype::pg_catalog.text,
  case
    when t.typtype operator(pg_catalog.=) 'e' then (
      select pg_catalog.json_agg(e.enumlabel order by e.enumsortorder)
      from pg_catalog.pg_enum e where e.enumtypid operator(pg_catalog.=) t.oid)
    when t.typtype operator(pg_catalog.=) 'c' then (
      select pg_catalog.json_agg(a.attname operator(pg_catalog.||) ' ' operator(pg_catalog.||) pg_catalog.format_type(a.atttypid, a.atttypmod) order by a.attnum)
      from pg_catalog.pg_attribute a where a.attrelid operator(pg_catalog.=) t.typrelid and a.attnum operator(pg_catalog.>) 0 and not a.attisdropped)
    when t.typtype operator(pg_catalog.=) 'd' then pg_catalog.json_build_array(pg_catalog.format_type(t.typbasetype, t.typtypmod))
    else (
      select pg_catalog.json_build_array(pg_catalog.format_type(r.rngsubtype, null))
      from pg_catalog.pg_range r where r.rngtypid operator(pg_catalog.=) t.oid)
  end::pg_catalog.text,
  null, null
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) t.typnamespace
left join pg_catalog.pg_class c on c.oid operator(pg_catalog.=) t.typrelid
where t.typtype operator(pg_catalog.=) any (array['e', 'd', 'c', 'r']::pg_catalog."char"[]) and (t.typtype operator(pg_catalog.<>) 'c' or c.relkind operator(pg_catalog.=) 'c') and ${USER_SCHEMA}`

/**
 * One row per column, as plain as can be: with 100,000 columns every function and every join costs. Names of types, defaults and comments come as
 * rows of their own (DETAILS_SQL). User relations have OIDs from 16384 on; those of system schemas among them are passed over later.
 */
export const COLUMNS_SQL = `
select a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod,
  case when a.attnotnull then '!' else '' end operator(pg_catalog.||) a.attidentity::pg_catalog.text operator(pg_catalog.||) a.attgenerated::pg_catalog.text
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid operator(pg_catalog.=) a.attrelid
where a.attnum operator(pg_catalog.>) 0 and not a.attisdropped and c.relkind operator(pg_catalog.=) any (array['r', 'p', 'v', 'm', 'f']::pg_catalog."char"[]) and c.oid operator(pg_catalog.>=) 16384`

/**
 * Names of types, defaults and comments of columns, constraints and indexes. A NOT NULL constraint (a row per column since Postgres 18) is printed here, not by the server. The copies of a
 * foreign key that Postgres keeps for each partition of the table it points at are left out. Where there are thousands of indexes their sizes
 * are those of the last VACUUM or ANALYZE: asking the file system for each would double the time. $1 and $2: types and modifiers to name.
 */
export const DETAILS_SQL = `
select 'type', t.n::pg_catalog.text, null::pg_catalog.text, pg_catalog.format_type(t.oid, t.modifier),
  null, null, null, null, null::boolean, null::boolean
from rows from (pg_catalog.unnest($1::pg_catalog.oid[]), pg_catalog.unnest($2::pg_catalog.int4[])) with ordinality t (oid, modifier, n)
union all
select 'default', d.adrelid::pg_catalog.text, d.adnum::pg_catalog.text, pg_catalog.pg_get_expr(d.adbin, d.adrelid),
  null, null, null, null, null, null
from pg_catalog.pg_attrdef d
where d.adrelid operator(pg_catalog.>=) 16384
union all
select 'comment', d.objoid::pg_catalog.text, d.objsubid::pg_catalog.text, d.description,
  null, null, null, null, null, null
from pg_catalog.pg_description d
where d.objoid operator(pg_catalog.>=) 16384 and d.classoid operator(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass and d.objsubid operator(pg_catalog.>) 0
union all
select 'constraint', con.conrelid::pg_catalog.text, con.conname::pg_catalog.text, con.contype::pg_catalog.text, con.conkey::pg_catalog.text,
  case when con.contype operator(pg_catalog.<>) 'n' then pg_catalog.pg_get_constraintdef(con.oid) end,
  con.confrelid::pg_catalog.text, con.confkey::pg_catalog.text, con.convalidated, con.connoinherit
from pg_catalog.pg_constraint con
join pg_catalog.pg_class c on c.oid operator(pg_catalog.=) con.conrelid
join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) c.relnamespace
where con.contype operator(pg_catalog.=) any (array['p', 'u', 'f', 'c', 'x', 'n']::pg_catalog."char"[]) and ${RELATION}
  and (con.contype operator(pg_catalog.<>) 'f' or con.conparentid operator(pg_catalog.=) 0 or not exists (
    select from pg_catalog.pg_constraint parent
    where parent.oid operator(pg_catalog.=) con.conparentid and parent.conrelid operator(pg_catalog.=) con.conrelid))
union all
select 'index', i.indrelid::pg_catalog.text, ic.relname::pg_catalog.text, am.amname::pg_catalog.text,
  case when 0 operator(pg_catalog.=) any (i.indkey::pg_catalog.int2[]) then (
    select pg_catalog.json_agg(pg_catalog.pg_get_indexdef(i.indexrelid, k, true) order by k)
    from pg_catalog.generate_series(1, i.indnkeyatts) k)::pg_catalog.text
  else i.indnkeyatts operator(pg_catalog.||) ' ' operator(pg_catalog.||) i.indkey::pg_catalog.text end,
  pg_catalog.pg_get_indexdef(i.indexrelid),
  null, case
    when ic.relkind operator(pg_catalog.<>) 'i' then null
    when (select pg_catalog.count(*) from pg_catalog.pg_index) operator(pg_catalog.<) 3000 then pg_catalog.pg_relation_size(i.indexrelid)
    else ic.relpages::pg_catalog.int8 operator(pg_catalog.*) pg_catalog.current_setting('block_size')::pg_catalog.int8
  end::pg_catalog.text,
  i.indisvalid, i.indisunique
from pg_catalog.pg_index i
join pg_catalog.pg_class ic on ic.oid operator(pg_catalog.=) i.indexrelid
join pg_catalog.pg_am am on am.oid operator(pg_catalog.=) ic.relam
join pg_catalog.pg_class c on c.oid operator(pg_catalog.=) i.indrelid
join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) c.relnamespace
where ${RELATION}`
