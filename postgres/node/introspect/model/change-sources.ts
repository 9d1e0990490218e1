// Sources that tell what changed since a reading. Rows that were written are known by their transaction (xmin), rows that are gone by how many of the others
// are left. Most rows are old, so that the age is asked first: the planner puts cheaper conditions before it, hence comparisons of int8.
import { quoteLiteral } from '#postgres/common/sql/quote.ts'
import { CATALOG, FIRST_USER_OID } from './catalogs.ts'
import { isOwnTrigger } from './relation-sources.ts'
import type { Source } from './sources.ts'

/** Comments are counted in as many groups, by OID: where a count differs one was removed. */
export const COMMENT_GROUPS = 256
/** Relations and their parts are counted in groups of 256 OIDs of relations: where fewer are left than there were, all of the group is read again. */
const GROUP_BITS = 8

/** The group that a relation and its parts are counted in. */
export function groupOf(relation: number): number {
  return Math.floor(relation / 2 ** GROUP_BITS)
}

const ownerOf = (table: string, column: string): string =>
  `(select x.${column} from pg_catalog.${table} x where x.oid = y.objid)`

/** What needs a thing that changed: its text may name it. `offset 0` keeps the planner to index lookups, a few for each thing that changed. */
const DEPENDENTS = `from changed c, lateral (
  select distinct y.classid, case y.classid
      when ${CATALOG.class} then coalesce((select i.indrelid from pg_catalog.pg_index i where i.indexrelid = y.objid), y.objid)
      when ${CATALOG.constraint} then ${ownerOf('pg_constraint', 'conrelid')}
      when ${CATALOG.default} then ${ownerOf('pg_attrdef', 'adrelid')}
      when ${CATALOG.rule} then ${ownerOf('pg_rewrite', 'ev_class')}
      when ${CATALOG.trigger} then ${ownerOf('pg_trigger', 'tgrelid')}
      when ${CATALOG.policy} then ${ownerOf('pg_policy', 'polrelid')}
      when ${CATALOG.routine} then y.objid end as owner
  from pg_catalog.pg_depend y where y.refclassid = c.catalog::pg_catalog.oid and y.refobjid = c.oid and y.deptype <> 'e' offset 0
) d where c.catalog is not null and d.owner is not null and d.owner <> 0`

/**
 * Rows of tag `change`: catalog and OID of what changed, the relation that it belongs to (each may be null), null; or the catalog and OID, a relation or
 * routine that needs it, and the catalog of what in it does. Rows of tag `count`: what, a group, how many there are, how many of them were not written since.
 * Rows of tag `present`: the OIDs of routines. `since` is the first transaction that the last reading did not see.
 */
export function changeSources(version: number, since: string): Source[] {
  const age = `(select pg_catalog.age(${quoteLiteral(since)}::pg_catalog.xid))`
  // Ages count back from now, so that the comparison holds when transaction ids wrap around. A row frozen long ago may seem to be from the future.
  const isNew = (alias: string): string =>
    `pg_catalog.age(${alias}.xmin) <= ${age} and pg_catalog.age(${alias}.xmin) >= 0`
  const changes = changedSql(isNew)
  return [
    {
      tag: 'change',
      cells: ['x.catalog', 'x.oid', 'x.relation', 'x.dependent', CURRENT_NAMES],
      from: `from (with changed as materialized (${changes})
select catalog, oid, relation, null as dependent from changed
union all
select c.catalog, c.oid, d.owner, d.classid ${DEPENDENTS}) x`,
    },
    ...countSources(version, isNew),
    {
      tag: 'present',
      cells: [`pg_catalog.string_agg(x.oid::text, ',')`],
      from: `from pg_catalog.pg_proc x where x.oid >= ${FIRST_USER_OID}`,
    },
    {
      tag: 'comment count',
      cells: ['d.classoid', `d.objoid::int8 % ${COMMENT_GROUPS}`, 'pg_catalog.count(*)'],
      from: `from pg_catalog.pg_description d where d.objoid >= ${FIRST_USER_OID} group by 1, 2`,
    },
  ]
}

/** Of a relation or routine that changed: its schema's OID, its name, its columns by number. */
const CURRENT_NAMES = `case when x.dependent is null and x.catalog = ${CATALOG.class} then (
    select pg_catalog.json_build_array(c.relnamespace::int8, c.relname, coalesce((
      select pg_catalog.json_agg(pg_catalog.json_build_array(a.attnum, a.attname) order by a.attnum)
      from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '[]'))
    from pg_catalog.pg_class c where c.oid = x.oid)
  when x.dependent is null and x.catalog = ${CATALOG.routine} then (
    select pg_catalog.json_build_array(p.pronamespace::int8, p.proname, '[]'::pg_catalog.json) from pg_catalog.pg_proc p where p.oid = x.oid) end`

function changedSql(isNew: (alias: string) => string): string {
  const part = (table: string, alias: string, relation: string, catalog = 'null'): string =>
    `select ${catalog}::int8, ${catalog === 'null' ? 'null' : `${alias}.oid`}::pg_catalog.oid, ${relation} from pg_catalog.${table} ${alias}
      where ${isNew(alias)} and ${relation}::int8 >= ${FIRST_USER_OID}`
  const named = (table: string, catalog: number): string =>
    `select ${catalog}, x.oid, null from pg_catalog.${table} x where ${isNew('x')} and x.oid >= ${FIRST_USER_OID}`
  return [
    // An index belongs to its table, a sequence of an identity column to the column's.
    `select ${CATALOG.class}::int8 as catalog, c.oid, case
        when c.relkind in ('i', 'I') then (select i.indrelid from pg_catalog.pg_index i where i.indexrelid = c.oid)
        else c.oid end as relation
      from pg_catalog.pg_class c where ${isNew('c')} and c.relkind in ('r', 'p', 'v', 'm', 'f', 'c', 'S', 'i', 'I') and c.oid::int8 >= ${FIRST_USER_OID}`,
    `select null, null, d.refobjid from (
        select s.seqrelid as oid from pg_catalog.pg_sequence s where ${isNew('s')}
        union all select c.oid from pg_catalog.pg_class c where ${isNew('c')} and c.relkind = 'S') s
      join pg_catalog.pg_depend d on d.classid = ${CATALOG.class} and d.objid = s.oid and d.objsubid = 0 and d.refclassid = ${CATALOG.class} and d.deptype = 'i'`,
    `select distinct ${CATALOG.class}::int8, a.attrelid, coalesce((select i.indrelid from pg_catalog.pg_index i where i.indexrelid = a.attrelid), a.attrelid)
      from pg_catalog.pg_attribute a where ${isNew('a')} and a.attrelid::int8 >= ${FIRST_USER_OID}`,
    `select null, null, coalesce((select x.indrelid from pg_catalog.pg_index x where x.indexrelid = i.inhrelid), i.inhrelid)
      from pg_catalog.pg_inherits i where ${isNew('i')}`,
    part('pg_attrdef', 'd', 'd.adrelid'),
    part('pg_constraint', 'k', 'k.conrelid', String(CATALOG.constraint)),
    part('pg_index', 'i', 'i.indrelid'),
    part('pg_trigger', 't', 't.tgrelid'),
    part('pg_policy', 'p', 'p.polrelid'),
    part('pg_rewrite', 'r', 'r.ev_class'),
    part('pg_sequence', 's', 's.seqrelid'),
    part('pg_foreign_table', 'f', 'f.ftrelid'),
    part('pg_partitioned_table', 'p', 'p.partrelid'),
    commentedSql(isNew),
    `select ${CATALOG.routine}, p.oid, null from pg_catalog.pg_proc p where ${isNew('p')} and p.oid >= ${FIRST_USER_OID}`,
    `select ${CATALOG.routine}, a.aggfnoid::pg_catalog.oid, null from pg_catalog.pg_aggregate a where ${isNew('a')}`,
    // The row of a composite type has its privileges.
    `select ${CATALOG.type}, t.oid, case when t.typtype = 'c' then t.typrelid end from pg_catalog.pg_type t where ${isNew('t')} and t.oid::int8 >= ${FIRST_USER_OID}`,
    `select ${CATALOG.type}, e.enumtypid, null from pg_catalog.pg_enum e where ${isNew('e')}`,
    named('pg_operator', CATALOG.operator),
    named('pg_ts_config', CATALOG.configuration),
    named('pg_ts_dict', CATALOG.dictionary),
    named('pg_foreign_server', CATALOG.server),
    named('pg_collation', CATALOG.collation),
  ].join('\nunion\n')
}

/** What has a new comment. */
function commentedSql(isNew: (alias: string) => string): string {
  const owner = (table: string, column: string): string =>
    `(select x.${column} from pg_catalog.${table} x where x.oid = d.objoid)`
  return `select case when d.classoid = ${CATALOG.routine} then d.classoid::int8 end, case when d.classoid = ${CATALOG.routine} then d.objoid end, case d.classoid
      when ${CATALOG.class} then coalesce((select i.indrelid from pg_catalog.pg_index i where i.indexrelid = d.objoid), d.objoid)
      when ${CATALOG.constraint} then ${owner('pg_constraint', 'conrelid')}
      when ${CATALOG.trigger} then ${owner('pg_trigger', 'tgrelid')}
      when ${CATALOG.policy} then ${owner('pg_policy', 'polrelid')}
      when ${CATALOG.rule} then ${owner('pg_rewrite', 'ev_class')} end
    from pg_catalog.pg_description d where ${isNew('d')} and d.objoid >= ${FIRST_USER_OID}
      and d.classoid in (${[CATALOG.class, CATALOG.constraint, CATALOG.trigger, CATALOG.policy, CATALOG.rule, CATALOG.routine].join(', ')})`
}

/** How many rows the sources of relations give, by group of relations: the same conditions as theirs. */
function countSources(version: number, isNew: (alias: string) => string): Source[] {
  const count = (what: string, table: string, relation: string, condition = 'true'): Source => ({
    tag: 'count',
    cells: [
      `'${what}'`,
      'x.bucket',
      'pg_catalog.count(*)',
      'pg_catalog.count(*) filter (where not x.is_new)',
    ],
    from: `from (select x.${relation}::int8 >> ${GROUP_BITS} as bucket, ${isNew('x')} as is_new from pg_catalog.${table} x
  where x.${relation} >= ${FIRST_USER_OID} and ${condition} offset 0) x group by x.bucket`,
  })
  return [
    count('relation', 'pg_class', 'oid', `x.relkind in ('r', 'p', 'v', 'm', 'f', 'S')`),
    count('constraint', 'pg_constraint', 'conrelid', `x.contype in ('p', 'u', 'f', 'c', 'x')`),
    count('index', 'pg_index', 'indrelid'),
    count('trigger', 'pg_trigger', 'tgrelid', isOwnTrigger(version, 'x')),
    count('rule', 'pg_rewrite', 'ev_class'),
    count('policy', 'pg_policy', 'polrelid'),
    count('inherits', 'pg_inherits', 'inhrelid'),
  ]
}
