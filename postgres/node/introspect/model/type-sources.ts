// Sources of types and routines.
import { CATALOG, FIRST_USER_OID } from './catalogs.ts'
import {
  aclSql,
  inScope,
  notMadeAlong,
  notOfExtension,
  typeIdSql,
  USER_SCHEMA,
  type Scope,
  type Source,
} from './sources.ts'

const IS_USERS = `t.typnamespace in (select n.oid from pg_catalog.pg_namespace n where ${USER_SCHEMA})
  and ${notOfExtension(CATALOG.type, 't.oid')}`
const HEAD = [
  't.oid',
  't.typnamespace',
  't.typname',
  't.typowner',
  `${aclSql(`coalesce(t.typacl, pg_catalog.acldefault('T', t.typowner))`)}`,
]

/** Enums, domains, composite types and ranges. */
export function typeSources(version: number): Source[] {
  const quoted = (schema: string, name: string): string =>
    `pg_catalog.quote_ident(${schema}) || '.' || pg_catalog.quote_ident(${name})`
  return [
    { tag: 'enum', cells: HEAD, from: `from pg_catalog.pg_type t where t.typtype = 'e' and ${IS_USERS}` },
    {
      tag: 'label',
      cells: ['e.enumtypid', 'e.oid', 'e.enumlabel', 'e.enumsortorder'],
      from: `from pg_catalog.pg_enum e where e.enumtypid >= ${FIRST_USER_OID}`,
    },
    {
      tag: 'domain',
      cells: [
        ...HEAD,
        'pg_catalog.format_type(t.typbasetype, t.typtypmod)',
        typeIdSql(version, 't.typbasetype'),
        'case when t.typcollation <> b.typcollation then t.typcollation end',
        't.typnotnull',
        'pg_catalog.pg_get_expr(t.typdefaultbin, 0)',
      ],
      from: `from pg_catalog.pg_type t join pg_catalog.pg_type b on b.oid = t.typbasetype where t.typtype = 'd' and ${IS_USERS}`,
    },
    {
      tag: 'domain check',
      cells: ['k.contypid', 'k.oid', 'k.conname', 'pg_catalog.pg_get_expr(k.conbin, 0)', 'k.convalidated'],
      from: `from pg_catalog.pg_constraint k where k.contypid >= ${FIRST_USER_OID} and k.contype = 'c'`,
    },
    {
      tag: 'composite',
      cells: [...HEAD, 't.typrelid'],
      from: `from pg_catalog.pg_class c join pg_catalog.pg_type t on t.oid = c.reltype where c.relkind = 'c' and ${IS_USERS}`,
    },
    {
      tag: 'range',
      cells: [
        ...HEAD,
        'pg_catalog.format_type(r.rngsubtype, null)',
        typeIdSql(version, 'r.rngsubtype'),
        `case when not o.opcdefault then ${quoted('oc.nspname', 'o.opcname')} end`,
        'case when r.rngcollation <> b.typcollation then r.rngcollation end',
        `(select ${quoted('n.nspname', 'p.proname')} from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace where p.oid = r.rngcanonical)`,
        `(select ${quoted('n.nspname', 'p.proname')} from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace where p.oid = r.rngsubdiff)`,
        ...(version >= 14 ? ['m.typnamespace', 'm.typname'] : []),
      ],
      from: `from pg_catalog.pg_type t join pg_catalog.pg_range r on r.rngtypid = t.oid
join pg_catalog.pg_type b on b.oid = r.rngsubtype
join pg_catalog.pg_opclass o on o.oid = r.rngsubopc join pg_catalog.pg_namespace oc on oc.oid = o.opcnamespace
${version >= 14 ? 'left join pg_catalog.pg_type m on m.oid = r.rngmultitypid' : ''}
where t.typtype = 'r' and ${IS_USERS}`,
    },
  ]
}

/** Routines. An aggregate's definition is put together by aggregateSource. */
export function routineSource(scope: Scope): Source {
  return {
    tag: 'routine',
    cells: [
      'p.oid',
      'p.pronamespace',
      'p.proname',
      'p.proowner',
      aclSql(`coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))`),
      'p.prokind',
      'pg_catalog.pg_get_function_identity_arguments(p.oid)',
      `case when p.prokind <> 'p' then pg_catalog.pg_get_function_result(p.oid) end`,
      'l.lanname',
      `case when p.prokind <> 'a' then pg_catalog.pg_get_functiondef(p.oid) end`,
    ],
    from: `from pg_catalog.pg_proc p join pg_catalog.pg_language l on l.oid = p.prolang
where ${inScope(scope, 'p.oid')} and p.pronamespace in (select n.oid from pg_catalog.pg_namespace n where ${USER_SCHEMA})
  and ${notMadeAlong(CATALOG.routine, 'p.oid')}`,
  }
}
