// Sources of what stands in the database as a whole: event triggers, publications, default privileges; and of aggregates.
import { CATALOG, FIRST_USER_OID } from './catalogs.ts'
import {
  aclSql,
  inScope,
  notMadeAlong,
  notOfExtension,
  USER_SCHEMA,
  type Scope,
  type Source,
} from './sources.ts'

/** Event triggers, publications and default privileges. */
export function databaseSources(version: number): Source[] {
  return [
    {
      tag: 'event trigger',
      cells: [
        'e.oid',
        'e.evtname',
        'e.evtowner',
        'e.evtevent',
        'e.evtenabled',
        'pg_catalog.array_to_json(e.evttags)',
        'p.pronamespace',
        'p.proname',
      ],
      from: `from pg_catalog.pg_event_trigger e join pg_catalog.pg_proc p on p.oid = e.evtfoid
where ${notOfExtension(CATALOG.eventTrigger, 'e.oid')}`,
    },
    {
      tag: 'publication',
      cells: [
        'p.oid',
        'p.pubname',
        'p.pubowner',
        'p.puballtables',
        'p.pubinsert',
        'p.pubupdate',
        'p.pubdelete',
        'p.pubtruncate',
        'p.pubviaroot',
        version >= 18 ? 'p.pubgencols' : 'null',
      ],
      from: 'from pg_catalog.pg_publication p',
    },
    {
      tag: 'publication table',
      cells: [
        'r.prpubid',
        'c.relnamespace',
        'c.relname',
        ...(version >= 15
          ? [
              `(select pg_catalog.json_agg(a.attname order by a.attnum) from pg_catalog.pg_attribute a
            where a.attrelid = r.prrelid and a.attnum = any(r.prattrs::pg_catalog.int2[]))`,
              'pg_catalog.pg_get_expr(r.prqual, r.prrelid)',
            ]
          : []),
      ],
      from: 'from pg_catalog.pg_publication_rel r join pg_catalog.pg_class c on c.oid = r.prrelid',
    },
    ...(version >= 15
      ? [
          {
            tag: 'publication schema',
            cells: ['s.pnpubid', 's.pnnspid'],
            from: 'from pg_catalog.pg_publication_namespace s',
          },
        ]
      : []),
    {
      tag: 'default privileges',
      cells: ['d.oid', 'd.defaclrole', 'd.defaclnamespace', 'd.defaclobjtype', aclSql('d.defaclacl')],
      from: `from pg_catalog.pg_default_acl d where ${notOfExtension(826, 'd.oid')}`,
    },
  ]
}

/** The CREATE statements of aggregates: Postgres has no function that prints them. */
export function aggregateSource(scope: Scope): Source {
  const name = (oid: string): string =>
    `(select pg_catalog.quote_ident(nn.nspname) || '.' || pg_catalog.quote_ident(x.proname)
    from pg_catalog.pg_proc x join pg_catalog.pg_namespace nn on nn.oid = x.pronamespace where x.oid = ${oid})`
  const routine = (key: string, column: string): string =>
    `case when ${column} <> 0 then '${key} = ' || ${name(column)} end`
  const modify = (key: string, column: string): string => `case when ${column} <>
    case when a.aggkind = 'n' then 'r' else 'w' end then '${key} = ' || case ${column} when 'r' then 'read_only' when 's' then 'shareable' else 'read_write' end end`
  const initial = (key: string, column: string): string =>
    `case when ${column} is not null then '${key} = ' || pg_catalog.quote_literal(${column}) end`
  const parts = [
    `'sfunc = ' || ${name('a.aggtransfn')}`,
    `'stype = ' || pg_catalog.format_type(a.aggtranstype, null)`,
    `case when a.aggtransspace <> 0 then 'sspace = ' || a.aggtransspace end`,
    routine('finalfunc', 'a.aggfinalfn'),
    `case when a.aggfinalextra then 'finalfunc_extra' end`,
    `case when a.aggfinalfn <> 0 then ${modify('finalfunc_modify', 'a.aggfinalmodify')} end`,
    routine('combinefunc', 'a.aggcombinefn'),
    routine('serialfunc', 'a.aggserialfn'),
    routine('deserialfunc', 'a.aggdeserialfn'),
    initial('initcond', 'a.agginitval'),
    routine('msfunc', 'a.aggmtransfn'),
    routine('minvfunc', 'a.aggminvtransfn'),
    `case when a.aggmtranstype <> 0 then 'mstype = ' || pg_catalog.format_type(a.aggmtranstype, null) end`,
    `case when a.aggmtransspace <> 0 then 'msspace = ' || a.aggmtransspace end`,
    routine('mfinalfunc', 'a.aggmfinalfn'),
    `case when a.aggmfinalextra then 'mfinalfunc_extra' end`,
    `case when a.aggmfinalfn <> 0 then ${modify('mfinalfunc_modify', 'a.aggmfinalmodify')} end`,
    initial('minitcond', 'a.aggminitval'),
    `case when a.aggsortop <> 0 then 'sortop = ' || (select 'operator(' || pg_catalog.quote_ident(nn.nspname) || '.' || x.oprname || ')'
      from pg_catalog.pg_operator x join pg_catalog.pg_namespace nn on nn.oid = x.oprnamespace where x.oid = a.aggsortop) end`,
    `case p.proparallel when 's' then 'parallel = safe' when 'r' then 'parallel = restricted' end`,
    `case when a.aggkind = 'h' then 'hypothetical' end`,
  ]
  return {
    tag: 'aggregate',
    cells: [
      'p.oid',
      `'create or replace aggregate ' || pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(p.proname) || '(' ||
        case when p.pronargs = 0 then '*' else pg_catalog.pg_get_function_arguments(p.oid) end || E') (\\n  ' ||
        pg_catalog.concat_ws(E',\\n  ', ${parts.join(', ')}) || E'\\n)'`,
    ],
    from: `from pg_catalog.pg_aggregate a join pg_catalog.pg_proc p on p.oid = a.aggfnoid
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where p.oid >= ${FIRST_USER_OID} and ${inScope(scope, 'p.oid')} and ${USER_SCHEMA} and ${notMadeAlong(CATALOG.routine, 'p.oid')}`,
  }
}
