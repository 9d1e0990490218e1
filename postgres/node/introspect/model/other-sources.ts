// Sources of what the product brings along but does not edit: their CREATE statements are composed at the server, which knows all names.
import { CATALOG, FIRST_USER_OID } from './catalogs.ts'
import { notMadeAlong, USER_SCHEMA, type Source } from './sources.ts'

/** What the rows of `other` have: catalog, OID, name, owner, schema, what it is, how statements name it, the CREATE statement. */
interface Other {
  readonly catalog: number
  readonly what: string
  /** Alias of the catalog's row and what comes after FROM. */
  readonly alias: string
  readonly from: string
  readonly name: string
  readonly owner?: string
  readonly schema?: string
  /** Left out, it is the qualified name. */
  readonly identity?: string
  readonly definition: string
  readonly where?: string
}

const ident = (name: string): string => `pg_catalog.quote_ident(${name})`
const text = (value: string): string => `pg_catalog.quote_literal(${value})`
/** `schema.name` of the row with this OID in a catalog whose columns begin with `prefix`. */
const nameOf = (catalog: string, prefix: string, oid: string): string =>
  `(select pg_catalog.quote_ident(nn.nspname) || '.' || pg_catalog.quote_ident(x.${prefix}name)
    from pg_catalog.${catalog} x join pg_catalog.pg_namespace nn on nn.oid = x.${prefix}namespace where x.oid = ${oid})`
const routineName = (oid: string): string => nameOf('pg_proc', 'pro', oid)
const operatorName = (oid: string): string =>
  `(select 'operator(' || pg_catalog.quote_ident(nn.nspname) || '.' || x.oprname || ')'
    from pg_catalog.pg_operator x join pg_catalog.pg_namespace nn on nn.oid = x.oprnamespace where x.oid = ${oid})`
const typeName = (oid: string): string => `pg_catalog.format_type(${oid}, null)`
/** `key = value` when there is a value. */
const setting = (key: string, oid: string, value: string): string =>
  `case when ${oid} <> 0 then '${key} = ' || ${value} end`
const list = (...parts: readonly string[]): string => `pg_catalog.concat_ws(', ', ${parts.join(', ')})`
const optionList = (options: string): string =>
  `(select ' options (' || pg_catalog.string_agg(${ident('o.option_name')} || ' ' || ${text('o.option_value')}, ', ') || ')'
    from pg_catalog.pg_options_to_table(${options}) o)`

function otherSource(other: Other): Source {
  const { alias, catalog, schema } = other
  const qualified =
    schema === undefined ? ident(other.name) : `${ident('n.nspname')} || '.' || ${ident(other.name)}`
  const join = schema === undefined ? '' : ` join pg_catalog.pg_namespace n on n.oid = ${schema}`
  const conditions = [
    `${alias}.oid >= ${FIRST_USER_OID}`,
    notMadeAlong(catalog, `${alias}.oid`),
    ...(schema === undefined ? [] : [USER_SCHEMA]),
    ...(other.where === undefined ? [] : [other.where]),
  ]
  return {
    tag: 'other',
    cells: [
      String(catalog),
      `${alias}.oid`,
      other.name,
      other.owner ?? 'null',
      schema ?? 'null',
      `'${other.what}'`,
      other.identity ?? qualified,
      other.definition.replaceAll('$name', qualified),
    ],
    from: `from ${other.from}${join} where ${conditions.join(' and ')}`,
  }
}

/** All kinds of other objects. User mappings are left out: they hold passwords. */
export function otherSources(version: number): Source[] {
  return [
    ...languages(),
    collations(version),
    ...operators(),
    ...operatorClasses(),
    ...casts(),
    ...textSearch(),
    ...foreign(),
    ...rest(),
  ].map(otherSource)
}

function collations(version: number): Other {
  const icu = version >= 17 ? 'c.colllocale' : version >= 15 ? 'c.colliculocale' : 'c.collcollate'
  const rules =
    version >= 16
      ? `case when c.collicurules is not null then 'rules = ' || ${text('c.collicurules')} end`
      : 'null'
  return {
    catalog: CATALOG.collation,
    what: 'collation',
    alias: 'c',
    from: 'pg_catalog.pg_collation c',
    name: 'c.collname',
    owner: 'c.collowner',
    schema: 'c.collnamespace',
    definition: `'create collation ' || $name || ' (' || ${list(
      `'provider = ' || case c.collprovider when 'i' then 'icu' when 'b' then 'builtin' else 'libc' end`,
      `case when c.collprovider in ('i', 'b') then 'locale = ' || ${text(icu)}
        when c.collcollate = c.collctype then 'locale = ' || ${text('c.collcollate')}
        else 'lc_collate = ' || ${text('c.collcollate')} || ', lc_ctype = ' || ${text('c.collctype')} end`,
      `case when not c.collisdeterministic then 'deterministic = false' end`,
      rules,
    )} || ')'`,
  }
}

function operators(): Other[] {
  const side = (oid: string): string => `case when ${oid} = 0 then 'none' else ${typeName(oid)} end`
  return [
    {
      catalog: CATALOG.operator,
      what: 'operator',
      alias: 'o',
      from: 'pg_catalog.pg_operator o',
      name: 'o.oprname',
      owner: 'o.oprowner',
      schema: 'o.oprnamespace',
      // A shell is made by the operator that names it.
      where: 'o.oprcode <> 0',
      identity: `${ident('n.nspname')} || '.' || o.oprname || ' (' || ${side('o.oprleft')} || ', ' || ${side('o.oprright')} || ')'`,
      definition: `'create operator ' || ${ident('n.nspname')} || '.' || o.oprname || ' (' || ${list(
        `'function = ' || ${routineName('o.oprcode')}`,
        setting('leftarg', 'o.oprleft', typeName('o.oprleft')),
        setting('rightarg', 'o.oprright', typeName('o.oprright')),
        setting('commutator', 'o.oprcom', operatorName('o.oprcom')),
        setting('negator', 'o.oprnegate', operatorName('o.oprnegate')),
        setting('restrict', 'o.oprrest', routineName('o.oprrest')),
        setting('join', 'o.oprjoin', routineName('o.oprjoin')),
        `case when o.oprcanhash then 'hashes' end`,
        `case when o.oprcanmerge then 'merges' end`,
      )} || ')'`,
    },
  ]
}

function operatorClasses(): Other[] {
  const method = `(select ${ident('m.amname')} from pg_catalog.pg_am m where m.oid = $method)`
  const familyMethod = method.replace('$method', 'f.opfmethod')
  const classMethod = method.replace('$method', 'o.opcmethod')
  // Members that were added to the family alone go to the class of their left type.
  const isMember = (catalog: string, oid: string, left: string): string => `(
    exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.${catalog}'::pg_catalog.regclass and d.objid = ${oid}
      and d.refclassid = ${CATALOG.operatorClass} and d.refobjid = o.oid)
    or (${left} = o.opcintype and not exists (select from pg_catalog.pg_depend d
      where d.classid = 'pg_catalog.${catalog}'::pg_catalog.regclass and d.objid = ${oid} and d.refclassid = ${CATALOG.operatorClass})))`
  return [
    {
      catalog: CATALOG.operatorFamily,
      what: 'operator family',
      alias: 'f',
      from: 'pg_catalog.pg_opfamily f',
      name: 'f.opfname',
      owner: 'f.opfowner',
      schema: 'f.opfnamespace',
      identity: `${ident('n.nspname')} || '.' || ${ident('f.opfname')} || ' using ' || ${familyMethod}`,
      definition: `'create operator family ' || $name || ' using ' || ${familyMethod}`,
    },
    {
      catalog: CATALOG.operatorClass,
      what: 'operator class',
      alias: 'o',
      from: 'pg_catalog.pg_opclass o',
      name: 'o.opcname',
      owner: 'o.opcowner',
      schema: 'o.opcnamespace',
      identity: `${ident('n.nspname')} || '.' || ${ident('o.opcname')} || ' using ' || ${classMethod}`,
      definition: `'create operator class ' || $name || case when o.opcdefault then ' default' else '' end ||
        ' for type ' || ${typeName('o.opcintype')} || ' using ' || ${classMethod} || ' family ' || ${nameOf('pg_opfamily', 'opf', 'o.opcfamily')} || ' as ' ||
        pg_catalog.concat_ws(', ',
          case when o.opckeytype <> 0 then 'storage ' || ${typeName('o.opckeytype')} end,
          (select pg_catalog.string_agg('operator ' || a.amopstrategy || ' ' || (
              select pg_catalog.quote_ident(nn.nspname) || '.' || x.oprname from pg_catalog.pg_operator x
              join pg_catalog.pg_namespace nn on nn.oid = x.oprnamespace where x.oid = a.amopopr) ||
              ' (' || ${typeName('a.amoplefttype')} || ', ' || ${typeName('a.amoprighttype')} || ')' ||
              case when a.amopsortfamily <> 0 then ' for order by ' || ${nameOf('pg_opfamily', 'opf', 'a.amopsortfamily')} else '' end,
              ', ' order by a.amopstrategy, ${typeName('a.amoplefttype')}, ${typeName('a.amoprighttype')})
            from pg_catalog.pg_amop a where a.amopfamily = o.opcfamily and ${isMember('pg_amop', 'a.oid', 'a.amoplefttype')}),
          (select pg_catalog.string_agg('function ' || p.amprocnum || ' (' || ${typeName('p.amproclefttype')} || ', ' || ${typeName('p.amprocrighttype')} || ') ' ||
              p.amproc::pg_catalog.regprocedure::text,
              ', ' order by p.amprocnum, ${typeName('p.amproclefttype')}, ${typeName('p.amprocrighttype')})
            from pg_catalog.pg_amproc p where p.amprocfamily = o.opcfamily and ${isMember('pg_amproc', 'p.oid', 'p.amproclefttype')}))`,
    },
  ]
}

function casts(): Other[] {
  const pair = `'(' || ${typeName('c.castsource')} || ' as ' || ${typeName('c.casttarget')} || ')'`
  return [
    {
      catalog: CATALOG.cast,
      what: 'cast',
      alias: 'c',
      from: 'pg_catalog.pg_cast c',
      name: pair,
      identity: `'cast ' || ${pair}`,
      definition: `'create cast ' || ${pair} || case c.castmethod when 'f' then ' with function ' || c.castfunc::pg_catalog.regprocedure::text
        when 'i' then ' with inout' else ' without function' end ||
        case c.castcontext when 'a' then ' as assignment' when 'i' then ' as implicit' else '' end`,
    },
    {
      catalog: CATALOG.transform,
      what: 'transform',
      alias: 'r',
      from: 'pg_catalog.pg_transform r join pg_catalog.pg_language l on l.oid = r.trflang',
      name: `${typeName('r.trftype')} || ' ' || l.lanname`,
      identity: `'transform for ' || ${typeName('r.trftype')} || ' language ' || ${ident('l.lanname')}`,
      definition: `'create transform for ' || ${typeName('r.trftype')} || ' language ' || ${ident('l.lanname')} || ' (' || ${list(
        ...['from', 'to'].map(
          (way) =>
            `case when r.trf${way}sql <> 0 then '${way} sql with function ' || r.trf${way}sql::pg_catalog.oid::pg_catalog.regprocedure::text end`,
        ),
      )} || ')'`,
    },
  ]
}

function textSearch(): Other[] {
  const optional = (key: string, column: string): string => setting(key, column, routineName(column))
  return [
    {
      catalog: CATALOG.parser,
      what: 'text search parser',
      alias: 'p',
      from: 'pg_catalog.pg_ts_parser p',
      name: 'p.prsname',
      schema: 'p.prsnamespace',
      definition: `'create text search parser ' || $name || ' (' || ${list(
        optional('start', 'p.prsstart'),
        optional('gettoken', 'p.prstoken'),
        optional('end', 'p.prsend'),
        optional('headline', 'p.prsheadline'),
        optional('lextypes', 'p.prslextype'),
      )} || ')'`,
    },
    {
      catalog: CATALOG.template,
      what: 'text search template',
      alias: 't',
      from: 'pg_catalog.pg_ts_template t',
      name: 't.tmplname',
      schema: 't.tmplnamespace',
      definition: `'create text search template ' || $name || ' (' || ${list(
        optional('init', 't.tmplinit'),
        optional('lexize', 't.tmpllexize'),
      )} || ')'`,
    },
    {
      catalog: CATALOG.dictionary,
      what: 'text search dictionary',
      alias: 'd',
      from: 'pg_catalog.pg_ts_dict d',
      name: 'd.dictname',
      owner: 'd.dictowner',
      schema: 'd.dictnamespace',
      definition: `'create text search dictionary ' || $name || ' (template = ' || ${nameOf('pg_ts_template', 'tmpl', 'd.dicttemplate')} ||
        coalesce(', ' || d.dictinitoption, '') || ')'`,
    },
    {
      // Its mappings are statements of their own.
      catalog: CATALOG.configuration,
      what: 'text search configuration',
      alias: 'c',
      from: 'pg_catalog.pg_ts_config c',
      name: 'c.cfgname',
      owner: 'c.cfgowner',
      schema: 'c.cfgnamespace',
      definition: `'create text search configuration ' || $name || ' (parser = ' || ${nameOf('pg_ts_parser', 'prs', 'c.cfgparser')} || ')' ||
        coalesce((select pg_catalog.string_agg(E';\\nalter text search configuration ' || $name || ' add mapping for ' || m.tokens || ' with ' || m.dictionaries, '' order by m.tokens)
          from (select pg_catalog.string_agg(y.token, ', ' order by y.token) as tokens, y.dictionaries from (
            select (select ${ident('k.alias')} from pg_catalog.ts_token_type(c.cfgparser) k where k.tokid = z.maptokentype) as token,
              pg_catalog.string_agg(${nameOf('pg_ts_dict', 'dict', 'z.mapdict')}, ', ' order by z.mapseqno) as dictionaries
            from pg_catalog.pg_ts_config_map z where z.mapcfg = c.oid group by z.maptokentype) y group by y.dictionaries) m), '')`,
    },
  ]
}

function foreign(): Other[] {
  return [
    {
      catalog: CATALOG.wrapper,
      what: 'foreign data wrapper',
      alias: 'w',
      from: 'pg_catalog.pg_foreign_data_wrapper w',
      name: 'w.fdwname',
      owner: 'w.fdwowner',
      definition: `'create foreign data wrapper ' || $name ||
        case when w.fdwhandler <> 0 then ' handler ' || ${routineName('w.fdwhandler')} else '' end ||
        case when w.fdwvalidator <> 0 then ' validator ' || ${routineName('w.fdwvalidator')} else '' end ||
        coalesce(${optionList('w.fdwoptions')}, '')`,
    },
    {
      catalog: CATALOG.server,
      what: 'server',
      alias: 's',
      from: 'pg_catalog.pg_foreign_server s join pg_catalog.pg_foreign_data_wrapper w on w.oid = s.srvfdw',
      name: 's.srvname',
      owner: 's.srvowner',
      definition: `'create server ' || $name || coalesce(' type ' || ${text('s.srvtype')}, '') || coalesce(' version ' || ${text('s.srvversion')}, '') ||
        ' foreign data wrapper ' || ${ident('w.fdwname')} || coalesce(${optionList('s.srvoptions')}, '')`,
    },
  ]
}

function languages(): Other[] {
  return [
    {
      catalog: CATALOG.language,
      what: 'language',
      alias: 'l',
      from: 'pg_catalog.pg_language l',
      name: 'l.lanname',
      owner: 'l.lanowner',
      where: `l.lanname <> 'plpgsql'`,
      definition: `'create ' || case when l.lanpltrusted then 'trusted ' else '' end || 'language ' || $name ||
        case when l.lanplcallfoid <> 0 then ' handler ' || ${routineName('l.lanplcallfoid')} else '' end ||
        case when l.laninline <> 0 then ' inline ' || ${routineName('l.laninline')} else '' end ||
        case when l.lanvalidator <> 0 then ' validator ' || ${routineName('l.lanvalidator')} else '' end`,
    },
    {
      catalog: CATALOG.accessMethod,
      what: 'access method',
      alias: 'm',
      from: 'pg_catalog.pg_am m',
      name: 'm.amname',
      definition: `'create access method ' || $name || ' type ' || case m.amtype when 'i' then 'index' else 'table' end || ' handler ' || ${routineName('m.amhandler')}`,
    },
  ]
}

function rest(): Other[] {
  const optional = (key: string, oid: string, value: string): string => setting(key, oid, value)
  return [
    {
      catalog: CATALOG.conversion,
      what: 'conversion',
      alias: 'c',
      from: 'pg_catalog.pg_conversion c',
      name: 'c.conname',
      owner: 'c.conowner',
      schema: 'c.connamespace',
      definition: `'create ' || case when c.condefault then 'default ' else '' end || 'conversion ' || $name ||
        ' for ' || ${text('pg_catalog.pg_encoding_to_char(c.conforencoding)::text')} || ' to ' || ${text('pg_catalog.pg_encoding_to_char(c.contoencoding)::text')} ||
        ' from ' || ${routineName('c.conproc')}`,
    },
    {
      catalog: CATALOG.statistics,
      what: 'statistics',
      alias: 's',
      from: 'pg_catalog.pg_statistic_ext s',
      name: 's.stxname',
      owner: 's.stxowner',
      schema: 's.stxnamespace',
      definition: `pg_catalog.pg_get_statisticsobjdef(s.oid) || case when s.stxstattarget >= 0 then E';\\nalter statistics ' || $name || ' set statistics ' || s.stxstattarget else '' end`,
    },
    {
      catalog: CATALOG.type,
      what: 'type',
      alias: 't',
      from: 'pg_catalog.pg_type t',
      name: 't.typname',
      owner: 't.typowner',
      schema: 't.typnamespace',
      // What array_in() reads is the array type of another.
      where: `((t.typtype = 'b' and t.typinput <> 'pg_catalog.array_in'::pg_catalog.regproc)
        or (t.typtype = 'p' and not t.typisdefined))`,
      definition: `case when not t.typisdefined then 'create type ' || $name else 'create type ' || $name || ' (' || ${list(
        optional('input', 't.typinput', routineName('t.typinput')),
        optional('output', 't.typoutput', routineName('t.typoutput')),
        optional('receive', 't.typreceive', routineName('t.typreceive')),
        optional('send', 't.typsend', routineName('t.typsend')),
        optional('typmod_in', 't.typmodin', routineName('t.typmodin')),
        optional('typmod_out', 't.typmodout', routineName('t.typmodout')),
        optional('analyze', 't.typanalyze', routineName('t.typanalyze')),
        `'internallength = ' || case when t.typlen = -1 then 'variable' else t.typlen::text end`,
        `case when t.typbyval then 'passedbyvalue' end`,
        `'alignment = ' || case t.typalign when 'c' then 'char' when 's' then 'int2' when 'd' then 'double' else 'int4' end`,
        `'storage = ' || case t.typstorage when 'e' then 'external' when 'x' then 'extended' when 'm' then 'main' else 'plain' end`,
        `'category = ' || ${text('t.typcategory::text')}`,
        `case when t.typispreferred then 'preferred = true' end`,
        `case when t.typdefault is not null then 'default = ' || ${text('t.typdefault')} end`,
        optional('element', 't.typelem', typeName('t.typelem')),
        `case when t.typdelim <> ',' then 'delimiter = ' || ${text('t.typdelim::text')} end`,
        `case when t.typcollation <> 0 then 'collatable = true' end`,
      )} || ')' end`,
    },
  ]
}
