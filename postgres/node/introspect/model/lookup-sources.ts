// Sources of what others name (roles, schemas, operator classes) and of comments and dependencies.
import { CATALOG, FIRST_USER_OID } from './catalogs.ts'
import { quoteLiteral } from '#postgres/common/sql/quote.ts'
import { aclSql, inScope, oidsSql, typeIdSql, USER_SCHEMA, type Source } from './sources.ts'

/** Small, and read whole each time. */
export function lookupSources(): Source[] {
  return [
    {
      tag: 'server',
      cells: [
        'pg_catalog.current_database()',
        `pg_catalog.current_setting('server_version_num')`,
        `pg_catalog.current_setting('block_size')`,
        'pg_catalog.pg_current_snapshot()',
        `pg_catalog.concat_ws('.', (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()),
          (select s.system_identifier from pg_catalog.pg_control_system() s), (select p.timeline_id from pg_catalog.pg_control_checkpoint() p))`,
      ],
      from: '',
    },
    { tag: 'role', cells: ['r.oid', 'r.rolname'], from: 'from pg_catalog.pg_roles r' },
    {
      tag: 'namespace',
      cells: ['n.oid', 'n.nspname', 'n.nspowner', aclSql('n.nspacl'), USER_SCHEMA],
      from: 'from pg_catalog.pg_namespace n',
    },
    { tag: 'tablespace', cells: ['t.oid', 't.spcname'], from: 'from pg_catalog.pg_tablespace t' },
    { tag: 'access method', cells: ['m.oid', 'm.amname'], from: 'from pg_catalog.pg_am m' },
    {
      tag: 'collation name',
      cells: ['l.oid', `pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(l.collname)`],
      from: 'from pg_catalog.pg_collation l join pg_catalog.pg_namespace n on n.oid = l.collnamespace',
    },
    {
      tag: 'operator class name',
      cells: [
        'o.oid',
        `pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(o.opcname)`,
        'o.opcdefault',
      ],
      from: 'from pg_catalog.pg_opclass o join pg_catalog.pg_namespace n on n.oid = o.opcnamespace',
    },
    {
      tag: 'extension',
      cells: ['e.oid', 'e.extname', 'e.extnamespace', 'e.extowner', 'e.extversion'],
      from: `from pg_catalog.pg_extension e`,
    },
    {
      tag: 'member',
      cells: ['d.classid', 'd.objid', 'd.refobjid'],
      from: `from pg_catalog.pg_depend d where d.refclassid = ${CATALOG.extension} and d.deptype = 'e'`,
    },
  ]
}

/** Names of types and ids of the user's. */
export function typeNameSource(
  version: number,
  types: { readonly oids: readonly string[]; readonly modifiers: readonly string[] },
): Source {
  const modifiers = quoteLiteral(`{${types.modifiers.join(',')}}`)
  return {
    tag: 'type name',
    cells: ['t.n', 'pg_catalog.format_type(t.oid, t.modifier)', typeIdSql(version, 't.oid')],
    from: `from unnest(${oidsSql(types.oids)}, ${modifiers}::pg_catalog.int4[]) with ordinality t (oid, modifier, n)`,
  }
}

/** Catalogs of relations, their parts and routines: what is in them is read again only when it changed. */
const LARGE = [
  CATALOG.class,
  CATALOG.constraint,
  CATALOG.trigger,
  CATALOG.policy,
  CATALOG.rule,
  CATALOG.routine,
].join(', ')
/** All other catalogs but those of types and of what nothing in the model stands for, listed so that the index on pg_depend serves. */
const SMALL = [
  CATALOG.collation,
  CATALOG.operator,
  CATALOG.operatorClass,
  CATALOG.operatorFamily,
  CATALOG.cast,
  CATALOG.configuration,
  CATALOG.dictionary,
  CATALOG.parser,
  CATALOG.template,
  CATALOG.statistics,
  CATALOG.server,
  CATALOG.wrapper,
  CATALOG.transform,
  CATALOG.language,
  CATALOG.conversion,
  CATALOG.eventTrigger,
  CATALOG.publication,
  CATALOG.accessMethod,
]
const DOMAIN_CHECKS = `(select k.oid from pg_catalog.pg_constraint k where k.contypid >= ${FIRST_USER_OID})`

/** What comments and dependencies are read of: everything; all but relations and routines; or these relations and routines with their parts. */
export type Extent =
  'all' | 'small' | { readonly relations: readonly string[]; readonly routines: readonly string[] }

/** Comments. */
export function commentSource(extent: Extent): Source {
  return {
    tag: 'comment',
    cells: ['d.classoid', 'd.objoid', 'd.objsubid', 'd.description'],
    from: `from pg_catalog.pg_description d
where ${commentsIn(extent)}`,
  }
}

function commentsIn(extent: Extent): string {
  if (extent === 'all')
    return `d.objoid >= ${FIRST_USER_OID} or d.classoid in (${CATALOG.namespace}, ${CATALOG.extension})`
  if (extent === 'small')
    return `(d.objoid >= ${FIRST_USER_OID} and d.classoid not in (${LARGE})) or d.classoid in (${CATALOG.namespace}, ${CATALOG.extension})
  or (d.classoid = ${CATALOG.constraint} and d.objoid in ${DOMAIN_CHECKS})`
  return objectsOf(extent)
    .map(({ catalog, oids }) => `(d.classoid = ${catalog} and d.objoid = any(${oids}))`)
    .join(' or ')
}

/** The OIDs of relations and routines and of their parts, by catalog. */
function objectsOf({
  relations,
  routines,
}: Exclude<Extent, string>): { readonly catalog: number; readonly oids: string }[] {
  const oids = oidsSql(relations)
  const parts = (table: string, column: string, oid = 'x.oid'): string =>
    `array(select ${oid} from pg_catalog.${table} x where x.${column} = any(${oids}))`
  return [
    { catalog: CATALOG.class, oids: `${oids} || ${parts('pg_index', 'indrelid', 'x.indexrelid')}` },
    { catalog: CATALOG.constraint, oids: parts('pg_constraint', 'conrelid') },
    { catalog: CATALOG.trigger, oids: parts('pg_trigger', 'tgrelid') },
    { catalog: CATALOG.policy, oids: parts('pg_policy', 'polrelid') },
    { catalog: CATALOG.rule, oids: parts('pg_rewrite', 'ev_class') },
    { catalog: CATALOG.default, oids: parts('pg_attrdef', 'adrelid') },
    { catalog: CATALOG.routine, oids: oidsSql(routines) },
  ]
}

/**
 * Who needs whom, without what the structure says: the columns of a constraint or plain index, the parent of a partition, the owner of a sequence, the table of a
 * trigger, the schema of anything, the index that a foreign key uses.
 */
export function dependencySources(version: number, extent: Extent): Source[] {
  const { class: relation, constraint, default: value, trigger, policy, rule, namespace } = CATALOG
  const cells = [
    'd.classid',
    'd.objid',
    'd.objsubid',
    'd.refclassid',
    'd.refobjid',
    'd.refobjsubid',
    'needed.id',
    'own.id',
  ]
  // As joins, whose results the server remembers: few types are needed by many.
  const ids = `left join lateral (select ${typeIdSql(version, 'd.refobjid')} as id where d.refclassid = ${CATALOG.type} offset 0) needed on true
left join lateral (select ${typeIdSql(version, 'd.objid')} as id where d.classid = ${CATALOG.type} offset 0) own on true`
  const expressions: Source[] =
    extent === 'small'
      ? []
      : [
          {
            tag: 'dependency',
            cells,
            from: `from pg_catalog.pg_index i join pg_catalog.pg_depend d on d.classid = ${relation} and d.objid = i.indexrelid and d.objsubid = 0
${ids}
where (i.indexprs is not null or i.indpred is not null) and d.deptype = 'a' and d.refclassid = ${relation} and d.refobjsubid > 0
  and ${inScope(extent === 'all' ? 'all' : extent.relations, 'i.indrelid')}`,
          },
        ]
  const extents = extent === 'small' ? SMALL_DEPENDENCIES : [dependenciesIn(extent)]
  return [
    ...extents.map((inExtent) => ({
      tag: 'dependency',
      cells,
      from: `from pg_catalog.pg_depend d
${ids}
where d.deptype in ('n', 'a') and d.objid >= ${FIRST_USER_OID} and d.refobjid >= ${FIRST_USER_OID}
  and d.refclassid <> ${namespace}
  and not (d.deptype = 'a' and (d.classid in (${constraint}, ${trigger}, ${policy}, ${value}) or (d.classid = ${relation} and d.objsubid = 0)))
  and not (d.classid = ${constraint} and d.refclassid = ${relation})
  and not (d.classid = ${rule} and d.refclassid = ${relation} and d.deptype = 'a')${inExtent}`,
    })),
    ...expressions,
  ]
}

/** Each by itself, so that the index on pg_depend serves. */
const SMALL_DEPENDENCIES = [
  `d.classid = any('{${SMALL.join(',')}}'::pg_catalog.oid[])`,
  `d.classid = ${CATALOG.type} and d.objid = any(array(select t.oid from pg_catalog.pg_type t where t.typtype in ('e', 'd', 'r', 'm') or (t.typtype = 'b' and t.typelem = 0)))`,
  `d.classid = ${CATALOG.constraint} and d.objid = any(array${DOMAIN_CHECKS})`,
].map(
  (condition) => `
  and ${condition}`,
)

function dependenciesIn(extent: Exclude<Extent, 'small'>): string {
  if (extent === 'all') return ''
  const objects = objectsOf(extent).map(
    ({ catalog, oids }) => `(d.classid = ${catalog} and d.objid = any(${oids}))`,
  )
  return `
  and (${objects.join(' or ')})`
}
