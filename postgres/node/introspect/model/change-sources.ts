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
 * routine that needs it, and the catalog of what in it does; or, from the sixth cell on, what is counted, a group, how many there are, how many of them were
 * not written since. Rows of tag `present`: the OIDs of routines. `since` is the first transaction that the last reading did not see.
 */
export function changeSources(version: number, since: string): Source[] {
  const age = `(select pg_catalog.age(${quoteLiteral(since)}::pg_catalog.xid))`
  // Ages count back from now, so that the comparison holds when transaction ids wrap around. A row frozen long ago may seem to be from the future.
  const isNew = (alias: string): string =>
    `pg_catalog.age(${alias}.xmin) <= ${age} and pg_catalog.age(${alias}.xmin) >= 0`
  return [
    {
      tag: 'change',
      cells: [
        'x.catalog',
        'x.oid',
        'x.relation',
        'x.dependent',
        CURRENT_NAMES,
        'x.what',
        'x.bucket',
        'x.total',
        'x.old',
      ],
      from: `from (with counted as materialized (${countedSql(version, isNew)}),
changed as materialized (${changedSql(isNew)})
select catalog, oid, relation, null as dependent, null as what, null::int8 as bucket, null::int8 as total, null::int8 as old from changed
union all
select c.catalog, c.oid, d.owner, d.classid, null, null, null, null ${DEPENDENTS}
union all
select null, null, null, null, what, bucket, total, old from counted where total > 0) x`,
    },
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
  const part = (table: string, alias: string, relation: string): string =>
    `select null, null, ${relation} from pg_catalog.${table} ${alias}
      where ${isNew(alias)} and ${relation}::int8 >= ${FIRST_USER_OID}`
  const named = (table: string, catalog: number): string =>
    `select ${catalog}, x.oid, null from pg_catalog.${table} x where ${isNew('x')} and x.oid >= ${FIRST_USER_OID}`
  const written = (what: string): string =>
    `from counted y, unnest(y.written) w (oid) where y.what = '${what}'`
  const ownerOfIndex = (oid: string): string =>
    `coalesce((select i.indrelid from pg_catalog.pg_index i where i.indexrelid = ${oid}), ${oid})`
  return [
    // An index belongs to its table, a sequence of an identity column to the column's.
    `select ${CATALOG.class}::int8 as catalog, w.oid, ${ownerOfIndex('w.oid')} as relation ${written('relation')}`,
    `select null, null, ${identityOwner('w.oid')} ${written('relation')}`,
    `select null, null, ${identityOwner('s.seqrelid')} from pg_catalog.pg_sequence s where ${isNew('s')}`,
    `select distinct ${CATALOG.class}::int8, a.attrelid, ${ownerOfIndex('a.attrelid')}
      from pg_catalog.pg_attribute a where ${isNew('a')} and a.attrelid::int8 >= ${FIRST_USER_OID}`,
    `select null, null, ${ownerOfIndex('w.oid')} ${written('inherits')}`,
    part('pg_attrdef', 'd', 'd.adrelid'),
    `select ${CATALOG.constraint}, w.oid, (select k.conrelid from pg_catalog.pg_constraint k where k.oid = w.oid) ${written('constraint')}`,
    ...['index', 'trigger', 'rule', 'policy'].map((what) => `select null, null, w.oid ${written(what)}`),
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

/** The table of the identity column that a sequence serves. */
function identityOwner(sequence: string): string {
  return `(select d.refobjid from pg_catalog.pg_depend d where d.classid = ${CATALOG.class} and d.objid = ${sequence} and d.objsubid = 0
    and d.refclassid = ${CATALOG.class} and d.deptype = 'i')`
}

/**
 * How many rows the sources of relations give, by group of relations (the same conditions as theirs): how many there are, how many of them were not written
 * since; and the OIDs of what was written, constraints themselves or else relations, also of what those sources leave out.
 */
function countedSql(version: number, isNew: (alias: string) => string): string {
  const count = (counted: {
    readonly what: string
    readonly table: string
    readonly relation: string
    /** What is told of a written row; left out, its relation. */
    readonly written?: string
    /** What the source has too. Rows that are written may be others. */
    readonly isCounted?: string
    readonly where?: string
  }): string => {
    const { what, table, relation, isCounted = 'true', where = 'true' } = counted
    return `select '${what}' as what, x.bucket, ${isCounted === 'true' ? 'pg_catalog.count(*)' : 'pg_catalog.count(*) filter (where x.is_counted)'} as total,
    pg_catalog.count(*) filter (where not x.is_new) as old, pg_catalog.array_agg(x.written) filter (where x.is_new) as written
  from (select x.${relation}::int8 >> ${GROUP_BITS} as bucket, x.${counted.written ?? relation} as written, ${isCounted} as is_counted, ${isNew('x')} as is_new
    from pg_catalog.${table} x where x.${relation} >= ${FIRST_USER_OID} and (${isCounted} or ${isNew('x')}) and ${where} offset 0) x group by x.bucket`
  }
  return [
    count({
      what: 'relation',
      table: 'pg_class',
      relation: 'oid',
      isCounted: `x.relkind in ('r', 'p', 'v', 'm', 'f', 'S')`,
      where: `x.relkind <> 't'`,
    }),
    count({
      what: 'constraint',
      table: 'pg_constraint',
      relation: 'conrelid',
      written: 'oid',
      isCounted: `x.contype in ('p', 'u', 'f', 'c', 'x')`,
    }),
    count({ what: 'index', table: 'pg_index', relation: 'indrelid' }),
    count({
      what: 'trigger',
      table: 'pg_trigger',
      relation: 'tgrelid',
      isCounted: isOwnTrigger(version, 'x'),
    }),
    count({ what: 'rule', table: 'pg_rewrite', relation: 'ev_class' }),
    count({ what: 'policy', table: 'pg_policy', relation: 'polrelid' }),
    count({ what: 'inherits', table: 'pg_inherits', relation: 'inhrelid' }),
  ].join('\nunion all\n')
}
