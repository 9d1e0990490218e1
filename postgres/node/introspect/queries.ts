// The three questions of introspection: pg_catalog only, no information_schema, in what Postgres 13 to 18 all know. Rows are plain and are put
// together in this process, which is cheaper than any aggregate at the server.

/** Leaves out the system's schemas and other sessions' temporary ones. */
const USER_SCHEMA = `n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`
const RELATION = `c.relkind in ('r', 'p', 'v', 'm', 'f') and ${USER_SCHEMA}`

/** Everything but columns, constraints and indexes. The first cell tells what a row is; see assemble.ts for the others. */
export const OBJECTS_SQL = `
select 'database', pg_catalog.current_database(), pg_catalog.current_setting('server_version'), null, null, null, null, null
union all
select 'schema', n.nspname, pg_catalog.pg_get_userbyid(n.nspowner), null, null, null, null, null
from pg_catalog.pg_namespace n
where ${USER_SCHEMA}
union all
select 'relation', n.nspname, c.relname, c.oid::text, c.relkind::text,
  case
    when c.reltuples < 0 or (c.reltuples = 0 and c.relpages = 0 and pg_catalog.current_setting('server_version_num')::int < 140000)
    then null else c.reltuples::int8::text
  end,
  d.description, null
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_description d
  on d.objoid = c.oid and d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objsubid = 0
where ${RELATION}
union all
select 'routine', n.nspname, p.proname, p.oid::text, p.prokind::text,
  pg_catalog.pg_get_function_arguments(p.oid), pg_catalog.pg_get_function_result(p.oid), l.lanname
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
join pg_catalog.pg_language l on l.oid = p.prolang
where ${USER_SCHEMA}
union all
select 'type', n.nspname, t.typname, t.oid::text, t.typtype::text,
  case t.typtype
    when 'e' then (
      select pg_catalog.json_agg(e.enumlabel order by e.enumsortorder)
      from pg_catalog.pg_enum e where e.enumtypid = t.oid)
    when 'c' then (
      select pg_catalog.json_agg(a.attname || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod) order by a.attnum)
      from pg_catalog.pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped)
    when 'd' then pg_catalog.json_build_array(pg_catalog.format_type(t.typbasetype, t.typtypmod))
    else (
      select pg_catalog.json_build_array(pg_catalog.format_type(r.rngsubtype, null))
      from pg_catalog.pg_range r where r.rngtypid = t.oid)
  end::text,
  null, null
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
left join pg_catalog.pg_class c on c.oid = t.typrelid
where t.typtype in ('e', 'd', 'c', 'r') and (t.typtype <> 'c' or c.relkind = 'c') and ${USER_SCHEMA}`

/**
 * One row per column, as plain as can be: with 100,000 columns every function and every join costs. Names of types, defaults and comments come as
 * rows of their own (DETAILS_SQL). User relations have OIDs from 16384 on; those of system schemas among them are passed over later.
 */
export const COLUMNS_SQL = `
select a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod,
  case when a.attnotnull then '!' else '' end || a.attidentity::text || a.attgenerated::text
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid
where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f') and c.oid >= 16384`

/**
 * Names of types, defaults and comments of columns, constraints and indexes. A NOT NULL constraint (a row per column since Postgres 18) is printed here, not by the server. The copies of a
 * foreign key that Postgres keeps for each partition of the table it points at are left out. Where there are thousands of indexes their sizes
 * are those of the last VACUUM or ANALYZE: asking the file system for each would double the time. $1 and $2: types and modifiers to name.
 */
export const DETAILS_SQL = `
select 'type', t.n::text, null::text, pg_catalog.format_type(t.oid, t.modifier),
  null, null, null, null, null::boolean, null::boolean
from unnest($1::oid[], $2::int4[]) with ordinality t (oid, modifier, n)
union all
select 'default', d.adrelid::text, d.adnum::text, pg_catalog.pg_get_expr(d.adbin, d.adrelid),
  null, null, null, null, null, null
from pg_catalog.pg_attrdef d
where d.adrelid >= 16384
union all
select 'comment', d.objoid::text, d.objsubid::text, d.description,
  null, null, null, null, null, null
from pg_catalog.pg_description d
where d.objoid >= 16384 and d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objsubid > 0
union all
select 'constraint', con.conrelid::text, con.conname::text, con.contype::text, con.conkey::text,
  case when con.contype <> 'n' then pg_catalog.pg_get_constraintdef(con.oid) end,
  con.confrelid::text, con.confkey::text, con.convalidated, con.connoinherit
from pg_catalog.pg_constraint con
join pg_catalog.pg_class c on c.oid = con.conrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where con.contype in ('p', 'u', 'f', 'c', 'x', 'n') and ${RELATION}
  and (con.contype <> 'f' or con.conparentid = 0 or not exists (
    select from pg_catalog.pg_constraint parent
    where parent.oid = con.conparentid and parent.conrelid = con.conrelid))
union all
select 'index', i.indrelid::text, ic.relname::text, am.amname::text,
  case when 0 = any (i.indkey::int2[]) then (
    select pg_catalog.json_agg(pg_catalog.pg_get_indexdef(i.indexrelid, k, true) order by k)
    from pg_catalog.generate_series(1, i.indnkeyatts) k)::text
  else i.indnkeyatts || ' ' || i.indkey::text end,
  pg_catalog.pg_get_indexdef(i.indexrelid),
  null, case
    when ic.relkind <> 'i' then null
    when (select count(*) from pg_catalog.pg_index) < 3000 then pg_catalog.pg_relation_size(i.indexrelid)
    else ic.relpages::int8 * pg_catalog.current_setting('block_size')::int8
  end::text,
  i.indisvalid, i.indisunique
from pg_catalog.pg_index i
join pg_catalog.pg_class ic on ic.oid = i.indexrelid
join pg_catalog.pg_am am on am.oid = ic.relam
join pg_catalog.pg_class c on c.oid = i.indrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where ${RELATION}`
