// How PostgreSQL's SQL is cut into coloured tokens. Monaco's own definition knows no dollar quotes, nested comments, parameters or types.
import type { languages } from 'monaco-editor/editor'

export const SQL_LANGUAGE_ID = 'pgsql'

const KEYWORDS = (
  'abort add after all alter always analyse analyze and any as asc asymmetric atomic authorization before begin between both by cache call called ' +
  'cascade case cast check checkpoint close cluster collate column columns comment commit committed concurrently conflict constraint constraints ' +
  'copy create cross cube current current_catalog current_date current_role current_schema current_time current_timestamp current_user cursor ' +
  'cycle database deallocate declare default deferrable deferred delete desc disable discard distinct do domain drop each else enable end ' +
  'enum escape except exclude excluding execute exists explain extension fetch filter first following for force foreign freeze from full function ' +
  'functions generated global grant granted group grouping groups having identity if ilike immediate immutable in including increment index indexes ' +
  'inherit inherits initially inner insert instead intersect into invoker is isnull isolation join key language last lateral leading leakproof left ' +
  'like limit listen local localtime localtimestamp lock locked logged match matched materialized merge minvalue maxvalue natural ' +
  'next no not notify notnull nothing nowait null nulls of off offset on only option or order ordinality outer over overlaps ' +
  'overriding parallel partition permissive placing policy preceding prepare primary privileges procedure procedures publication range ' +
  'reassign recursive references referencing refresh reindex release rename repeatable replace replica reset restart restrict restrictive return ' +
  'returning returns revoke right role rollback rollup row rows rule savepoint schema schemas scroll security select sequence sequences serializable ' +
  'session session_user set sets setof show similar skip some stable start statement statistics stdin stdout stored ' +
  'strict subscription symmetric system table tables tablesample tablespace temp temporary then to trailing transaction trigger true false ' +
  'truncate trusted type types unbounded uncommitted union unique unlisten unlogged until update user using vacuum valid validate values variadic ' +
  'verbose view views virtual volatile when where window with within without work write zone'
).split(' ')

const TYPES = (
  'bigint bigserial bit bool boolean bpchar bytea char character cidr citext date daterange decimal double float float4 float8 geography ' +
  'geometry inet int int2 int4 int4range int8 int8range integer interval json jsonb jsonpath macaddr money numeric numrange oid ' +
  'precision real regclass regproc regrole regtype serial smallint smallserial text time timestamp timestamptz timetz tsquery tsrange ' +
  'tstzrange tsvector uuid varbit varchar varying vector void xml anyelement anyarray'
).split(' ')

export const SQL_CONFIGURATION: languages.LanguageConfiguration = {
  comments: { lineComment: '--', blockComment: ['/*', '*/'] },
  brackets: [
    ['(', ')'],
    ['[', ']'],
  ],
  autoClosingPairs: [
    { open: '(', close: ')' },
    { open: '[', close: ']' },
    { open: "'", close: "'", notIn: ['string', 'comment'] },
    { open: '"', close: '"', notIn: ['string', 'comment'] },
  ],
  surroundingPairs: [
    { open: '(', close: ')' },
    { open: '[', close: ']' },
    { open: "'", close: "'" },
    { open: '"', close: '"' },
  ],
  wordPattern: /[\p{L}_][\p{L}\p{N}_$]*|\d+(?:\.\d+)?/u,
  folding: { markers: { start: /^\s*--\s*#?region\b/, end: /^\s*--\s*#?endregion\b/ } },
}

export const SQL_TOKENS: languages.IMonarchLanguage = {
  ignoreCase: true,
  unicode: true,
  defaultToken: '',
  keywords: KEYWORDS,
  types: TYPES,
  tokenizer: {
    root: [
      [/\s+/, 'white'],
      [/--.*$/, 'comment'],
      [/\/\*/, 'comment', '@comment'],
      [/\$[a-z_]*\$/, { token: 'string.delimiter', next: '@dollar.$0' }],
      [/\$\d+/, 'variable.parameter'],
      [/::/, 'operator', '@cast'],
      [/:[a-z_]\w*/, 'variable.parameter'],
      [/e'/, 'string', '@escapeString'],
      [/[bxn]?'/, 'string', '@string'],
      [/"/, 'identifier', '@quotedName'],
      [/0x[0-9a-f_]+|0o[0-7_]+|0b[01_]+/, 'number'],
      [/(\d[\d_]*(\.\d[\d_]*)?|\.\d[\d_]*)(e[-+]?\d+)?/, 'number'],
      // A word after a dot is a name, whatever it spells.
      [/(\.)([\p{L}_][\p{L}\p{N}_$]*)/u, ['delimiter', 'identifier']],
      [
        /[\p{L}_][\p{L}\p{N}_$]*(?=\s*\()/u,
        { cases: { '@types': 'type', '@keywords': 'keyword', '@default': 'identifier.function' } },
      ],
      [
        /[\p{L}_][\p{L}\p{N}_$]*/u,
        { cases: { '@types': 'type', '@keywords': 'keyword', '@default': 'identifier' } },
      ],
      [/[()[\]]/, 'delimiter'],
      [/[;,.]/, 'delimiter'],
      [/[<>=!%&+\-*/|~^@#?:]/, 'operator'],
    ],
    cast: [
      [/\s+/, 'white'],
      [/[\p{L}_][\p{L}\p{N}_$]*/u, 'type', '@pop'],
      [/"[^"]*"/, 'type', '@pop'],
      [/./, { token: '@rematch', next: '@pop' }],
    ],
    comment: [
      [/\/\*/, 'comment', '@push'],
      [/\*\//, 'comment', '@pop'],
      [/[^/*]+/, 'comment'],
      [/[/*]/, 'comment'],
    ],
    string: [
      [/[^']+/, 'string'],
      [/''/, 'string'],
      [/'/, 'string', '@pop'],
    ],
    escapeString: [
      [/[^'\\]+/, 'string'],
      [/\\./, 'string'],
      [/''/, 'string'],
      [/'/, 'string', '@pop'],
    ],
    quotedName: [
      [/[^"]+/, 'identifier'],
      [/""/, 'identifier'],
      [/"/, 'identifier', '@pop'],
    ],
    // A body is SQL or PL/pgSQL: it is coloured as code until the same tag closes it.
    dollar: [
      [
        /\$[a-z_]*\$/,
        { cases: { '$0==$S2': { token: 'string.delimiter', next: '@pop' }, '@default': 'string' } },
      ],
      { include: '@root' },
    ],
  },
}
