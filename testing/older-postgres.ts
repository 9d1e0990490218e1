// Test schemas are written for the newest Postgres. An older one gets the nearest that it has, and everything else of the statement.

interface Newer {
  /** `server_version_num` of the first that has it. */
  readonly since: number
  readonly pattern: RegExp
  readonly older: string
}

const NEWER: readonly Newer[] = [
  // Virtual columns, which are the default; NOT NULL as a constraint; constraints that are not enforced; keys over time.
  { since: 180000, pattern: /(generated always as \([^\n]*?\)) virtual/g, older: '$1 stored' },
  { since: 180000, pattern: /(generated always as \([^()]*\))(?= *[,)\n])/g, older: '$1 stored' },
  { since: 180000, pattern: /not null no inherit/g, older: 'not null' },
  { since: 180000, pattern: / \(constraint \w+ not null \w+\)/g, older: '' },
  { since: 180000, pattern: /, constraint \w+ not null \w+/g, older: '' },
  {
    since: 180000,
    pattern: /alter table [\w.]+ add (constraint \w+ )?not null \w+( not valid)?;/g,
    older: '',
  },
  { since: 180000, pattern: / not enforced/g, older: '' },
  { since: 180000, pattern: / without overlaps/g, older: '' },
  { since: 180000, pattern: /\bperiod (\w+)\)/g, older: '$1)' },
  // A label that came in the same transaction may be used.
  { since: 170000, pattern: /alter type \w+ rename value [^;]*;/g, older: '$& commit;' },
  // JSON as the standard has it; date_trunc that an index may use.
  {
    since: 160000,
    pattern: /json_object\('(\w+)': (\w+) absent on null\)/g,
    older: "json_build_object('$1', $2)",
  },
  { since: 160000, pattern: /json_arrayagg\(/g, older: 'json_agg(' },
  { since: 160000, pattern: /create index on \w+ \(date_trunc\([^)]*\)\);/g, older: '' },
  { since: 160000, pattern: /\(v \+ 2\) stored/g, older: '(v + 1) stored' },
  // NULLS NOT DISTINCT, ON DELETE SET NULL of some columns, views as who asks, publications of columns, rows and schemas.
  { since: 150000, pattern: / nulls not distinct/g, older: '' },
  { since: 150000, pattern: /(on delete set (?:null|default)) \([^)]*\)/g, older: '$1' },
  { since: 150000, pattern: /, security_invoker\b| with \(security_invoker( = on)?\)/g, older: '' },
  {
    since: 150000,
    pattern: /(?<=create publication [^;]*(?<!\bwith))(?: where)? \((?:[^()]|\([^()]*\))*\)/g,
    older: '',
  },
  { since: 150000, pattern: /for tables in schema \w+, table/g, older: 'for table' },
  { since: 150000, pattern: /(?<=create publication [^;]*), table /g, older: ', ' },
  { since: 150000, pattern: /create unlogged sequence/g, older: 'create sequence' },
  // Bodies of SQL that are parsed, compression, multiranges, statistics of expressions, SEARCH.
  { since: 140000, pattern: /begin atomic([\s\S]*?)\bend;/g, older: 'as $$body$$$1$$body$$;' },
  {
    since: 140000,
    pattern: /(language sql[a-z ]*) return ([^;]*);/g,
    older: '$1 as $$body$$select $2$$body$$;',
  },
  { since: 140000, pattern: /, alter column \w+ set compression \w+/g, older: '' },
  { since: 140000, pattern: / compression \w+/g, older: '' },
  { since: 140000, pattern: /, multirange_type_name = [\w.]+/g, older: '' },
  { since: 140000, pattern: /\bprice_spans\b/g, older: 'price_span[]' },
  { since: 140000, pattern: / timestamptz_minmax_multi_ops \([^)]*\)/g, older: '' },
  { since: 140000, pattern: /\brange_agg\(during\)/g, older: 'array_agg(during)' },
  { since: 140000, pattern: /(procedure \w+\([^)]*), out /g, older: '$1, inout ' },
  { since: 140000, pattern: /\b(int4|num|date|tstz)multirange\b/g, older: '$1range[]' },
  { since: 140000, pattern: /create statistics [\w.]+ on \([^;]*;/g, older: '' },
  { since: 140000, pattern: /(create statistics [^;]*), \([^;()]*\)(?= from)/g, older: '$1' },
  { since: 140000, pattern: / search depth first by \w+ set \w+/g, older: '' },
]

/** The script as a server of this `server_version_num` takes it. */
export function forVersion(sql: string, version: number): string {
  return NEWER.filter(({ since }) => version < since).reduce(
    (text, { pattern, older }) => text.replace(pattern, older),
    sql,
  )
}
