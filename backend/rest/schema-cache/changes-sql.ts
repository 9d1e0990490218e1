// Asks what changed in the catalog since a snapshot, without triggers: rows that were written are known by their transaction (xmin), rows that were
// deleted by their absence. A dozen sequential scans, about 50 ms with 10,000 tables.
import { join, sql, type SqlFragment } from '#postgres/common/sql/sql.ts'
import { CLASS, FIRST_USER_OID, PROC, TYPE, USER_NAMESPACES } from './queries.ts'

/**
 * What is new since `firstUnseen`, and what is there. The first cell tells what a row is:
 *
 * - relation, routine, type: oid of one that was written, or hangs on something that was
 * - named: oid of a sequence, function or type that was written, for `dependentsSql`
 * - relations, constraints, routines: all OIDs, joined by commas
 * - commented relations, commented routines: `oid:number of comments`, joined by commas
 */
export function changesSql(firstUnseen: string, schemas: readonly string[]): SqlFragment {
  // Ages count back from now, so that the comparison holds when transaction IDs wrap around.
  const since = sql`(select pg_catalog.age(${firstUnseen}::pg_catalog.xid))`
  return join([...writtenRows(since, schemas), ...namedRows(since), ...presentRows(schemas)], '\nunion all\n')
}

/** Most rows are old: the first comparison decides. A row frozen long ago may seem to be from the future. */
function isNew(xmin: SqlFragment, since: SqlFragment): SqlFragment {
  return sql`pg_catalog.age(${xmin}) <= ${since} and pg_catalog.age(${xmin}) >= 0`
}

function writtenRows(since: SqlFragment, schemas: readonly string[]): SqlFragment[] {
  return [
    sql`select 'relation', c.oid::text from pg_catalog.pg_class c
where c.relkind in ('r', 'v', 'm', 'f', 'p') and ${isNew(sql`c.xmin`, since)}
  and c.relnamespace in ${USER_NAMESPACES}`,
    sql`select distinct 'relation', a.attrelid::text from pg_catalog.pg_attribute a
where a.attnum > 0 and a.attrelid >= ${FIRST_USER_OID} and ${isNew(sql`a.xmin`, since)}`,
    sql`select distinct 'relation', d.adrelid::text from pg_catalog.pg_attrdef d
where ${isNew(sql`d.xmin`, since)}`,
    sql`select distinct 'relation', pg_catalog.unnest(array[k.conrelid, k.confrelid])::text from pg_catalog.pg_constraint k
where k.contype in ('p', 'u', 'f') and ${isNew(sql`k.xmin`, since)}`,
    sql`select distinct 'relation', r.ev_class::text from pg_catalog.pg_rewrite r
where ${isNew(sql`r.xmin`, since)}`,
    sql`select 'relation', f.ftrelid::text from pg_catalog.pg_foreign_table f
where ${isNew(sql`f.xmin`, since)}`,
    sql`select distinct case d.classoid when ${CLASS} then 'relation' else 'routine' end, d.objoid::text
from pg_catalog.pg_description d
where d.classoid in (${CLASS}, ${PROC}) and ${isNew(sql`d.xmin`, since)}`,
    sql`select 'routine', p.oid::text from pg_catalog.pg_proc p
where ${isNew(sql`p.xmin`, since)} and p.pronamespace in (
  select n.oid from pg_catalog.pg_namespace n where n.nspname = any(${schemas}::text[]))`,
    sql`select 'type', t.oid::text from pg_catalog.pg_type t
where t.oid >= ${FIRST_USER_OID} and ${isNew(sql`t.xmin`, since)}`,
    sql`select distinct 'type', e.enumtypid::text from pg_catalog.pg_enum e
where ${isNew(sql`e.xmin`, since)}`,
  ]
}

/** Renamed, these are printed differently in defaults, though the default's row is the same. */
function namedRows(since: SqlFragment): SqlFragment[] {
  return [
    sql`select 'named', c.oid::text from pg_catalog.pg_class c where c.relkind = 'S' and ${isNew(sql`c.xmin`, since)}`,
    sql`select 'named', p.oid::text from pg_catalog.pg_proc p
where p.oid >= ${FIRST_USER_OID} and ${isNew(sql`p.xmin`, since)}`,
    sql`select 'named', t.oid::text from pg_catalog.pg_type t
where t.typtype in ('d', 'e') and ${isNew(sql`t.xmin`, since)}`,
  ]
}

/** The relations with a default that names one of the sequences, functions and types. Catalogs' own statistics are old just when much has changed:
 * the joins must not depend on them. */
export function dependentsSql(named: readonly number[]): SqlFragment {
  return sql`with x as materialized (
  select x.classid, x.objid from pg_catalog.pg_depend x
  where x.refclassid in (${CLASS}, ${PROC}, ${TYPE}) and x.refobjid = any(${named}::oid[])
), y as materialized (
  select y.refobjid from pg_catalog.pg_depend y
  where y.classid = ${CLASS} and y.objid = any(${named}::oid[]) and y.refclassid = ${CLASS} and y.deptype = 'i'
)
select 'relation', d.adrelid::text from x join pg_catalog.pg_attrdef d on d.oid = x.objid
where x.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
union
select 'relation', y.refobjid::text from y`
}

function presentRows(schemas: readonly string[]): SqlFragment[] {
  return [
    sql`select 'relations', pg_catalog.string_agg(c.oid::text, ',') from pg_catalog.pg_class c
where c.relkind in ('r', 'v', 'm', 'f', 'p') and c.oid >= ${FIRST_USER_OID}`,
    sql`select 'constraints', pg_catalog.string_agg(k.oid::text, ',') from pg_catalog.pg_constraint k
where k.contype in ('p', 'u', 'f')`,
    sql`select 'routines', pg_catalog.string_agg(p.oid::text, ',') from pg_catalog.pg_proc p
where p.prokind = 'f' and p.pronamespace in (
  select n.oid from pg_catalog.pg_namespace n where n.nspname = any(${schemas}::text[]))`,
    sql`select case c.classoid when ${CLASS} then 'commented relations' else 'commented routines' end,
  pg_catalog.string_agg(pg_catalog.concat(c.objoid, ':', c.count), ',')
from (
  select d.classoid, d.objoid, pg_catalog.count(*) as count from pg_catalog.pg_description d
  where d.classoid in (${CLASS}, ${PROC}) and d.objoid >= ${FIRST_USER_OID}
  group by d.classoid, d.objoid
) c
group by c.classoid`,
  ]
}
