// Sources of tables, views and sequences and of all that belongs to them. Structured columns are read as they are; functions that print are called only
// where there is an expression. Numbers are what server_version_num is divided by 10,000.
import { CATALOG, FIRST_USER_OID } from './catalogs.ts'
import { aclSql, bitsSql, inScope, oidsSql, typeIdSql, type Scope, type Source } from './sources.ts'

/** Kinds of relations whose columns are read: tables, views, composite types. */
const KINDS = `c.relkind in ('r', 'p', 'v', 'm', 'f', 'c')`

/** An option that a server may keep for itself on each column (Debian's 15.20 does): it cannot be set or reset, and is no part of the schema. */
export const SERVER_OPTION = 'pg_attver='

const HAS_OPTIONS = `(a.attoptions is not null and (pg_catalog.cardinality(a.attoptions) > 1 or not pg_catalog.starts_with(a.attoptions[1], '${SERVER_OPTION}')))`

/**
 * That a column's collation or storage is not its type's, or that its type is one of the few that are left out here. A hashed lookup is half the price of joining
 * each of 100,000 columns with its type; row types and arrays of tables are left out, or it would not fit into memory where there are very many.
 */
const UNLIKE_ITS_TYPE = `(a.atttypid, a.attcollation, a.attstorage) not in (
  select t.oid, t.typcollation, t.typstorage from pg_catalog.pg_type t
  where t.typtype <> 'c' and (t.oid < ${FIRST_USER_OID} or t.typinput <> 'pg_catalog.array_in'::pg_catalog.regproc))`
/** The setting of a column where it is not that of its type. */
const unlikeType = (setting: 'collation' | 'storage'): string =>
  `(select a.att${setting}::text from pg_catalog.pg_type t where t.oid = a.atttypid and a.att${setting} <> t.typ${setting})`

/**
 * Columns, a row each: with 100,000 of them grouping costs more than rows do. The sixth cell is flags, the seventh a JSON array of what few columns have.
 * Attributes of indexes come along when their operator classes have parameters. In a small scope the names of types come along; otherwise they are asked for
 * once per type.
 */
export function columnSource(version: number, scope: Scope): Source {
  const compression = version >= 14 ? 'a.attcompression' : `''`
  const rare = [
    ...(scope === 'all'
      ? [UNLIKE_ITS_TYPE]
      : [`${unlikeType('collation')} is not null`, `${unlikeType('storage')} is not null`]),
    ...(version >= 14 ? [`a.attcompression <> ''`] : []),
    `a.attstattarget >= 0`,
    HAS_OPTIONS,
    `a.attfdwoptions is not null`,
    `a.attacl is not null`,
  ]
  return {
    tag: 'column',
    cells: [
      'a.attrelid',
      'a.attnum',
      'a.attname',
      'a.atttypid',
      'a.atttypmod',
      // Most columns have no other flag than the first.
      `case when a.attislocal and a.attidentity = '' and a.attgenerated = '' then a.attnotnull::int4 else ${bitsSql(
        'a.attnotnull',
        'not a.attislocal',
        `a.attidentity = 'a'`,
        `a.attidentity = 'd'`,
        `a.attgenerated = 's'`,
        `a.attgenerated = 'v'`,
      )} end`,
      `case when ${rare.join(' or ')} then pg_catalog.json_build_array(
        ${unlikeType('collation')}, ${unlikeType('storage')},
        ${compression}::text, a.attstattarget, a.attoptions, a.attfdwoptions, ${aclSql('a.attacl')}) end`,
      ...(scope === 'all'
        ? []
        : ['pg_catalog.format_type(a.atttypid, a.atttypmod)', typeIdSql(version, 'a.atttypid')]),
    ],
    from: `from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid
where a.attnum > 0 and not a.attisdropped and ${scope === 'all' ? inScope(scope, 'a.attrelid') : `a.attrelid = any(${withIndexes(oidsSql(scope))})`}
  and (${KINDS} or (c.relkind in ('i', 'I') and ${HAS_OPTIONS}))`,
  }
}

function withIndexes(oids: string): string {
  return `${oids} || array(select i.indexrelid from pg_catalog.pg_index i where i.indrelid = any(${oids}))`
}

/** Everything about relations but their columns. */
export function relationSources(version: number, scope: Scope): Source[] {
  return [...classSources(scope), ...keySources(version, scope), ...partSources(version, scope)]
}

/** Constraints and indexes. */
export function keySources(version: number, scope: Scope): Source[] {
  return [indexSource(version, scope), constraintSource(version, scope)]
}

/** Defaults, NOT NULL constraints, triggers, rules, policies and sequences. */
export function partSources(version: number, scope: Scope): Source[] {
  return [
    defaultSource(scope),
    ...(version >= 18 ? [notNullSource(scope)] : []),
    ...codeSources(version, scope),
    sequenceSource(scope),
  ]
}

/** What tells relations themselves. */
export function classSources(scope: Scope): Source[] {
  return [
    {
      tag: 'relation',
      cells: [
        'c.oid',
        'c.relnamespace',
        'c.relname',
        'c.relkind',
        'c.relowner',
        'c.relpersistence',
        bitsSql('c.relrowsecurity', 'c.relforcerowsecurity', 'c.relispopulated'),
        'c.relreplident',
        'pg_catalog.array_to_json(c.reloptions)',
        'c.reltablespace',
        'c.relam',
        aclSql('c.relacl'),
        'c.reltuples::int8',
        'c.relpages',
        `case when c.relispartition then pg_catalog.pg_get_expr(c.relpartbound, c.oid) end`,
        `case c.relkind when 'p' then pg_catalog.pg_get_partkeydef(c.oid)
          when 'v' then pg_catalog.pg_get_viewdef(c.oid) when 'm' then pg_catalog.pg_get_viewdef(c.oid) end`,
        'nullif(c.reltoastrelid, 0)',
      ],
      from: `from pg_catalog.pg_class c where c.relkind in ('r', 'p', 'v', 'm', 'f', 'c') and ${inScope(scope, 'c.oid')}`,
    },
    {
      tag: 'toast',
      cells: ['t.oid', 'pg_catalog.array_to_json(t.reloptions)', 't.relpages'],
      from: `from pg_catalog.pg_class t where t.relkind = 't' and (t.reloptions is not null or t.relpages > 0)
  and ${scope === 'all' ? inScope(scope, 't.oid') : `t.oid = any(array(select c.reltoastrelid from pg_catalog.pg_class c where ${inScope(scope, 'c.oid')}))`}`,
    },
    {
      tag: 'foreign',
      cells: ['f.ftrelid', 's.srvname', 'pg_catalog.array_to_json(f.ftoptions)'],
      from: `from pg_catalog.pg_foreign_table f join pg_catalog.pg_foreign_server s on s.oid = f.ftserver
where ${inScope(scope, 'f.ftrelid')}`,
    },
    {
      tag: 'inherits',
      cells: ['i.inhrelid', 'i.inhseqno', 'p.relname', 'p.relnamespace', 'p.relkind'],
      from: `from pg_catalog.pg_inherits i join pg_catalog.pg_class p on p.oid = i.inhparent
where ${inScope(scope, 'i.inhrelid')}`,
    },
  ]
}

/** Only the expressions of generated columns have columns in them; without, the table need not be looked up, which halves the time. */
function defaultSource(scope: Scope): Source {
  return {
    tag: 'default',
    cells: [
      'd.adrelid',
      'd.adnum',
      'd.oid',
      `pg_catalog.pg_get_expr(d.adbin, case when d.adbin::text like '%{VAR %' then d.adrelid else 0 end)`,
    ],
    from: `from pg_catalog.pg_attrdef d where ${inScope(scope, 'd.adrelid')}`,
  }
}

/** Schema, name and columns of the table that a foreign key points at, where that is not read. */
const REFERENCED = `case when k.contype = 'f' then (
  select pg_catalog.json_build_array(f.relnamespace::int8, f.relname, (
    select pg_catalog.json_agg(a.attname order by u.n)
    from unnest(k.confkey) with ordinality u (number, n)
    join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.number))
  from pg_catalog.pg_class f where f.oid = k.confrelid) end`

/** NOT NULL constraints, a row for each relation with arrays in the same order: since 18 they have rows, one for each such column. Inherited ones are left out. */
function notNullSource(scope: Scope): Source {
  return {
    tag: 'not null',
    cells: [
      'k.conrelid',
      'pg_catalog.array_agg(k.conkey[1])',
      'pg_catalog.array_agg(k.conname)',
      `pg_catalog.array_agg(${bitsSql('k.convalidated', 'k.connoinherit')})`,
    ],
    from: `from pg_catalog.pg_constraint k where k.contype = 'n' and k.conislocal and ${inScope(scope, 'k.conrelid')}
group by k.conrelid`,
  }
}

function constraintSource(version: number, scope: Scope): Source {
  return {
    tag: 'constraint',
    cells: [
      'k.conrelid',
      'k.oid',
      'k.conname',
      'k.contype',
      'k.conkey',
      bitsSql(
        'k.condeferrable',
        'k.condeferred',
        'k.convalidated',
        'k.connoinherit',
        'k.conislocal',
        version >= 18 ? 'k.conenforced' : 'true',
        version >= 18 ? 'k.conperiod' : 'false',
      ),
      'nullif(k.conindid, 0)',
      'nullif(k.conparentid, 0)',
      'k.confrelid',
      'k.confkey',
      `case when k.contype = 'f' then k.confmatchtype::text || k.confupdtype::text || k.confdeltype::text end`,
      version >= 15 ? 'k.confdelsetcols' : 'null',
      `case k.contype when 'c' then pg_catalog.pg_get_expr(k.conbin, k.conrelid)
        when 'x' then pg_catalog.pg_get_constraintdef(k.oid) end`,
      ...(scope === 'all' ? [] : [REFERENCED]),
    ],
    from: `from pg_catalog.pg_constraint k
where k.contype in ('p', 'u', 'f', 'c', 'x') and ${inScope(scope, 'k.conrelid')}`,
  }
}

function indexSource(version: number, scope: Scope): Source {
  return {
    tag: 'index',
    cells: [
      'i.indrelid',
      'i.indexrelid',
      'c.relname',
      'c.relam',
      'i.indnkeyatts',
      'i.indkey',
      'i.indclass',
      'i.indcollation',
      'i.indoption',
      bitsSql(
        'i.indisunique',
        'i.indisvalid',
        'i.indisclustered',
        'i.indisreplident',
        version >= 15 ? 'i.indnullsnotdistinct' : 'false',
      ),
      'pg_catalog.array_to_json(c.reloptions)',
      'nullif(c.reltablespace, 0)',
      'c.relpages',
      `case when i.indexprs is not null then (
        select pg_catalog.json_agg(case when i.indkey[k - 1] = 0 then pg_catalog.pg_get_indexdef(i.indexrelid, k, false) end order by k)
        from pg_catalog.generate_series(1, i.indnkeyatts) k) end`,
      `case when i.indpred is not null then pg_catalog.pg_get_expr(i.indpred, i.indrelid) end`,
      `case when c.relispartition then (select pg_catalog.json_build_array(p.relnamespace::int8, p.relname)
        from pg_catalog.pg_inherits h join pg_catalog.pg_class p on p.oid = h.inhparent where h.inhrelid = i.indexrelid) end`,
      `case when not i.indcollation::pg_catalog.oid[] <@ '{0,100}'::pg_catalog.oid[] then (
        select pg_catalog.json_agg(a.attcollation::text order by k.n) from unnest(i.indkey::pg_catalog.int2[]) with ordinality k (number, n)
        left join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number) end`,
    ],
    from: `from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
where ${inScope(scope, 'i.indrelid')}`,
  }
}

/** That a trigger, of pg_trigger by its alias, is not one of a constraint. Copies of triggers for partitions are internal before 15. */
export function isOwnTrigger(version: number, alias: string): string {
  return version >= 15
    ? `not ${alias}.tgisinternal`
    : `(not ${alias}.tgisinternal or (${alias}.tgparentid <> 0 and ${alias}.tgconstraint = 0))`
}

/** Triggers, rules and policies. */
function codeSources(version: number, scope: Scope): Source[] {
  return [
    {
      tag: 'trigger',
      cells: [
        't.tgrelid',
        't.oid',
        't.tgname',
        'pg_catalog.pg_get_triggerdef(t.oid)',
        't.tgenabled',
        't.tgparentid <> 0',
      ],
      from: `from pg_catalog.pg_trigger t where ${isOwnTrigger(version, 't')} and ${inScope(scope, 't.tgrelid')}`,
    },
    {
      tag: 'rule',
      cells: [
        'r.ev_class',
        'r.oid',
        'r.rulename',
        `case when r.rulename <> '_RETURN' then pg_catalog.pg_get_ruledef(r.oid) end`,
        'r.ev_enabled',
      ],
      from: `from pg_catalog.pg_rewrite r where ${inScope(scope, 'r.ev_class')}`,
    },
    {
      tag: 'policy',
      cells: [
        'p.polrelid',
        'p.oid',
        'p.polname',
        'p.polcmd',
        'p.polpermissive',
        'p.polroles',
        'pg_catalog.pg_get_expr(p.polqual, p.polrelid)',
        'pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)',
      ],
      from: `from pg_catalog.pg_policy p where ${inScope(scope, 'p.polrelid')}`,
    },
  ]
}

/** Sequences, with the column that owns them (`a`) or is their identity column (`i`). */
function sequenceSource(scope: Scope): Source {
  // In a small scope those that its relations own come along.
  const sequences =
    scope === 'all'
      ? `s.seqrelid >= ${FIRST_USER_OID}`
      : `s.seqrelid = any(${oidsSql(scope)} || array(select o.objid from pg_catalog.pg_depend o
  where o.refclassid = ${CATALOG.class} and o.refobjid = any(${oidsSql(scope)}) and o.classid = ${CATALOG.class} and o.deptype in ('a', 'i')))`
  return {
    tag: 'sequence',
    cells: [
      's.seqrelid',
      'c.relnamespace',
      'c.relname',
      'c.relowner',
      'c.relpersistence',
      aclSql('c.relacl'),
      's.seqtypid',
      's.seqstart',
      's.seqincrement',
      's.seqmin',
      's.seqmax',
      's.seqcache',
      's.seqcycle',
      'd.deptype',
      'd.refobjid',
      'd.refobjsubid',
      ...(scope === 'all' ? [] : [OWNER]),
    ],
    from: `from pg_catalog.pg_sequence s join pg_catalog.pg_class c on c.oid = s.seqrelid
left join pg_catalog.pg_depend d on d.classid = ${CATALOG.class} and d.objid = s.seqrelid and d.objsubid = 0
  and d.refclassid = ${CATALOG.class} and d.refobjsubid > 0 and d.deptype in ('a', 'i')
where ${sequences}`,
  }
}

/** Schema, table and column that own a sequence. */
const OWNER = `(select pg_catalog.json_build_array(f.relnamespace::int8, f.relname, pg_catalog.json_build_array(a.attname))
  from pg_catalog.pg_class f join pg_catalog.pg_attribute a on a.attrelid = f.oid and a.attnum = d.refobjsubid where f.oid = d.refobjid)`
