// The questions to pg_catalog: in what Postgres 13 to 18 all know, without functions that a login role may not call. Rows are plain, and are put
// together in this process, which is cheaper than any join at the server. The search path is empty while they run, so that names of types, sequences
// and functions are printed with their schemas.
import { empty, sql, type SqlFragment } from '#postgres/common/sql/sql.ts'

/** Which objects: all of them, or only those that changed. */
export type Selection =
  'all' | { readonly relations: readonly number[]; readonly routines: readonly number[] }

/** Begins the transaction that all questions of one load run in: one snapshot, nothing written. */
export const BEGIN_SQL =
  "begin isolation level repeatable read, read only; set local search_path = ''; set local statement_timeout = '60s'"
export const END_SQL = 'commit'

/** Schemas that are looked at; other sessions' temporary ones are among the system's. */
export const USER_NAMESPACES = sql`(
  select n.oid from pg_catalog.pg_namespace n where n.nspname !~ '^pg_' and n.nspname <> 'information_schema')`
/** OIDs of catalogs. */
export const CLASS = sql`'pg_catalog.pg_class'::pg_catalog.regclass`
export const PROC = sql`'pg_catalog.pg_proc'::pg_catalog.regclass`
export const TYPE = sql`'pg_catalog.pg_type'::pg_catalog.regclass`
/** Objects of users have OIDs from here on. */
export const FIRST_USER_OID = sql`16384`

/**
 * Relations, their keys, defaults and comments, and the routines of the exposed schemas. The first cell tells what a row is:
 *
 * - relation: oid, namespace, name, kind, is partition, updatable, columns as [[position, name, type, modifier, flags], …]
 * - comment, routine comment: oid, position, text
 * - default: oid, position, expression
 * - constraint: oid, relation, name, kind, columns, foreign relation, foreign columns
 * - routine: oid, namespace, name, volatility, is set, return type, [default count, rows, names, input types, modes, settings]
 */
export function objectsSql(selection: Selection, schemas: readonly string[]): SqlFragment {
  return sql`${relationRows(selection)}
union all
${constraintRows(selection)}
union all
${defaultRows(selection)}
union all
${commentRows(selection)}
union all
${routineRows(selection, schemas)}`
}

/** Foreign tables of wrappers without a handler, and views over them: Postgres fails when it is asked whether they can be written to. */
const UNREADABLE = sql`(
  with recursive unreadable (oid) as (
    select f.ftrelid from pg_catalog.pg_foreign_table f
    join pg_catalog.pg_foreign_server s on s.oid = f.ftserver
    join pg_catalog.pg_foreign_data_wrapper w on w.oid = s.srvfdw
    where w.fdwhandler = 0
    union
    select r.ev_class from unreadable u
    join pg_catalog.pg_depend d on d.refclassid = ${CLASS} and d.refobjid = u.oid
      and d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
    join pg_catalog.pg_rewrite r on r.oid = d.objid
  )
  select oid from unreadable)`

/** Partitions are left out, but for those that have or are the target of a foreign key of their own. */
function relationRows(selection: Selection): SqlFragment {
  return sql`select 'relation', c.oid::text, c.relnamespace::text, c.relname::text, c.relkind::text,
  case when c.relispartition then 't' else 'f' end,
  case when c.relkind in ('v', 'f') and c.oid not in ${UNREADABLE} then pg_catalog.pg_relation_is_updatable(c.oid, true)
    when c.relkind in ('r', 'p') then 28 else 0 end::text,
  (
    select pg_catalog.json_agg(pg_catalog.json_build_array(a.attnum, a.attname, a.atttypid::int8, a.atttypmod,
      pg_catalog.concat(case when a.attnotnull then '!' end, a.attidentity, a.attgenerated)))
    from pg_catalog.pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  )::text
from pg_catalog.pg_class c
where c.relkind in ('r', 'v', 'm', 'f', 'p') and c.relnamespace in ${USER_NAMESPACES}
  and (not c.relispartition or c.oid in (
    select pg_catalog.unnest(array[k.conrelid, k.confrelid])
    from pg_catalog.pg_constraint k where k.contype = 'f' and k.conparentid = 0))
  ${among(sql`c.oid`, selection)}`
}

function constraintRows(selection: Selection): SqlFragment {
  return sql`select 'constraint', k.oid::text, k.conrelid::text, k.conname::text, k.contype::text,
  pg_catalog.array_to_string(k.conkey, ','), k.confrelid::text, pg_catalog.array_to_string(k.confkey, ',')
from pg_catalog.pg_constraint k
where (k.contype in ('p', 'u') or k.contype = 'f' and k.conparentid = 0) and k.conrelid >= ${FIRST_USER_OID}
  ${among(sql`k.conrelid`, selection)}`
}

/** Defaults have no variables, so that pg_get_expr need not open the relation; expressions of generated columns have, and are left out. */
function defaultRows(selection: Selection): SqlFragment {
  return sql`select 'default', d.adrelid::text, d.adnum::text, pg_catalog.pg_get_expr(d.adbin, 0), null, null, null, null
from pg_catalog.pg_attrdef d
where d.adrelid >= ${FIRST_USER_OID} and not exists (
    select from pg_catalog.pg_attribute a
    where a.attrelid = d.adrelid and a.attnum = d.adnum and a.attgenerated <> '')
  ${among(sql`d.adrelid`, selection)}
union all
select 'default', d.refobjid::text, d.refobjsubid::text,
  pg_catalog.format('nextval(%L)', d.objid::pg_catalog.regclass), null, null, null, null
from pg_catalog.pg_depend d
where d.classid = ${CLASS} and d.refclassid = ${CLASS} and d.deptype = 'i' and d.refobjsubid > 0
  ${among(sql`d.refobjid`, selection)}`
}

function commentRows(selection: Selection): SqlFragment {
  return sql`select 'comment', d.objoid::text, d.objsubid::text, d.description, null, null, null, null
from pg_catalog.pg_description d
where d.classoid = ${CLASS} and d.objoid >= ${FIRST_USER_OID} ${among(sql`d.objoid`, selection)}`
}

/** Functions that could be called by name: procedures, aggregates and window functions cannot. */
function routineRows(selection: Selection, schemas: readonly string[]): SqlFragment {
  return sql`select 'routine', p.oid::text, p.pronamespace::text, p.proname::text, p.provolatile::text,
  case when p.proretset then 't' else 'f' end, p.prorettype::text,
  pg_catalog.json_build_array(p.pronargdefaults, p.prorows, p.proargnames, p.proargtypes::int8[], p.proargmodes, p.proconfig,
    (select d.description from pg_catalog.pg_description d
     where d.classoid = ${PROC} and d.objoid = p.oid and d.objsubid = 0))::text
from pg_catalog.pg_proc p
where p.prokind = 'f' and p.prorettype <> 'pg_catalog.trigger'::pg_catalog.regtype
  and p.pronamespace in (
    select n.oid from pg_catalog.pg_namespace n where n.nspname = any(${schemas}::text[]))
  ${selection === 'all' ? empty : sql`and p.oid = any(${selection.routines}::oid[])`}`
}

function among(column: SqlFragment, selection: Selection): SqlFragment {
  return selection === 'all' ? empty : sql`and ${column} = any(${selection.relations}::oid[])`
}

/** The rules that views are made of: oid of the view, its query tree. */
export function viewsSql(oids: readonly number[]): SqlFragment {
  return sql`select r.ev_class, r.ev_action
from pg_catalog.pg_rewrite r
where r.ev_class = any(${oids}::oid[]) and r.ev_type = '1' and r.rulename = '_RETURN'`
}

/** What the types are, in the order asked for: see readTypes for the cells. */
export function typesSql(oids: readonly number[], modifiers: readonly number[]): SqlFragment {
  return sql`with recursive wanted as (
  select * from unnest(${oids}::oid[], ${modifiers}::int4[]) with ordinality as w (type, modifier, place)
), chain (place, depth, type, modifier) as (
  select w.place, 0, w.type, w.modifier from wanted w
  union all
  select c.place, c.depth + 1, t.typbasetype, t.typtypmod
  from chain c join pg_catalog.pg_type t on t.oid = c.type
  where t.typtype = 'd'
), bottom as (
  select distinct on (c.place) c.place, c.type, c.modifier from chain c order by c.place, c.depth desc
)
select w.place::text, pg_catalog.format_type(w.type, w.modifier), pg_catalog.format_type(w.type, null),
  case when t.typtype = 'd' then 't' else 'f' end,
  case when t.typtype = 'd' then pg_catalog.pg_get_expr(t.typdefaultbin, 0) end,
  case when t.typtype = 'd' and t.typnotnull then 't' else 'f' end,
  b.oid::text, d.modifier::text, n.nspname::text, coalesce(c.relname, b.typname)::text,
  pg_catalog.format_type(b.oid, null), b.typtype::text,
  case when b.typcategory = 'A' then 't' else 'f' end, b.typrelid::text,
  case when b.typtype = 'e' then (
    select pg_catalog.json_agg(e.enumlabel order by e.enumsortorder)
    from pg_catalog.pg_enum e where e.enumtypid = b.oid) end::text
from wanted w
join pg_catalog.pg_type t on t.oid = w.type
join bottom d on d.place = w.place
join pg_catalog.pg_type b on b.oid = d.type
join pg_catalog.pg_namespace n on n.oid = b.typnamespace
left join pg_catalog.pg_class c on c.oid = b.typrelid`
}

/** A domain that is named as a media type. */
const MEDIA_TYPE = `^([A-Za-z0-9.-]+/[A-Za-z0-9.\\+-]+|\\*/\\*)$`

/**
 * What is read anew each time:
 *
 * - server: version number, snapshot, rules and triggers that decide which views can be written to
 * - namespace: oid, name, comment
 * - representation: source, target, schema and name of the function
 * - handler: schema, name, kind, schema and name of the target, media type
 * - role: name, settings that this session may set
 */
export function extrasSql(schemas: readonly string[], serverVersion: number): SqlFragment {
  // Which settings of roles may be set by whom could be granted from version 15 on.
  const mayBeSet = serverVersion < 150000 ? empty : sql`or pg_catalog.has_parameter_privilege(u.name, 'set')`
  return sql`select 'server', pg_catalog.current_setting('server_version_num'), pg_catalog.pg_current_snapshot()::text,
  pg_catalog.concat((
    select pg_catalog.string_agg(pg_catalog.concat(r.ev_class, ':', r.oid, ':', r.ev_type, r.is_instead), ',' order by r.oid)
    from pg_catalog.pg_rewrite r where r.ev_type <> '1'
  ), ';', (
    select pg_catalog.string_agg(pg_catalog.concat(v.ev_class, ':', t.oid, ':', t.tgtype), ',' order by t.oid)
    from pg_catalog.pg_rewrite v
    cross join lateral (
      select t.oid, t.tgtype from pg_catalog.pg_trigger t where t.tgrelid = v.ev_class and t.tgtype & 64 <> 0 offset 0
    ) t
    where v.ev_type = '1' and v.ev_class::int8 >= ${FIRST_USER_OID}
  )), null, null, null
union all
select 'namespace', n.oid::text, n.nspname::text, pg_catalog.obj_description(n.oid, 'pg_namespace'), null, null, null
from pg_catalog.pg_namespace n
where n.oid in ${USER_NAMESPACES} or n.nspname = any(${schemas}::text[])
union all
select 'representation', pg_catalog.format_type(k.castsource, null), pg_catalog.format_type(k.casttarget, null),
  n.nspname::text, p.proname::text, null, null
from pg_catalog.pg_cast k
join pg_catalog.pg_type s on s.oid = k.castsource
join pg_catalog.pg_type t on t.oid = k.casttarget
join pg_catalog.pg_proc p on p.oid = k.castfunc
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where k.castcontext = 'i' and k.castmethod = 'f' and pg_catalog.has_function_privilege(k.castfunc, 'execute')
  and (s.typtype = 'd' and k.casttarget in ('json'::pg_catalog.regtype, 'text'::pg_catalog.regtype)
    or t.typtype = 'd' and k.castsource in ('json'::pg_catalog.regtype, 'text'::pg_catalog.regtype))
union all
select 'handler', n.nspname::text, p.proname::text, p.prokind::text,
  case when p.prokind = 'f' then n.nspname when a.typname = 'anyelement' then null else an.nspname end::text,
  case when p.prokind = 'f' then p.proname else a.typname end::text, pg_catalog.lower(d.typname)
from pg_catalog.pg_type d
join pg_catalog.pg_proc p on p.prorettype = d.oid
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
left join pg_catalog.pg_type a on p.pronargs = 1 and a.oid = p.proargtypes[0]
left join pg_catalog.pg_namespace an on an.oid = a.typnamespace
left join pg_catalog.pg_class c on c.oid = a.typrelid
where d.typtype = 'd' and d.typname ~ ${MEDIA_TYPE} and n.nspname = any(${schemas}::text[])
  and (p.prokind = 'f' and not p.proretset
    or p.prokind = 'a' and (a.typname = 'anyelement' or c.relkind in ('r', 'v', 'm', 'f', 'p')))
union all
select 'role', r.rolname::text, pg_catalog.json_agg(u.setting order by s.setdatabase, u.place)::text, null, null, null, null
from pg_catalog.pg_db_role_setting s
join pg_catalog.pg_roles r on r.oid = s.setrole
cross join lateral (
  select c.setting, c.place, pg_catalog.split_part(c.setting, '=', 1) as name
  from pg_catalog.unnest(s.setconfig) with ordinality as c (setting, place)
) u
join pg_catalog.pg_settings g on pg_catalog.lower(g.name) = pg_catalog.lower(u.name)
where (s.setdatabase = 0
    or s.setdatabase = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()))
  and pg_catalog.pg_has_role(r.oid, 'member') and (g.context = 'user' ${mayBeSet})
group by r.rolname`
}

/** Whether anything at all was committed since the same answer came. */
export const SNAPSHOT_SQL = 'select pg_catalog.pg_current_snapshot()::text'
export const TIMEZONES_SQL = 'select pg_catalog.lower(name) from pg_catalog.pg_timezone_names'
