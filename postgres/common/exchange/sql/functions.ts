// What often used functions and operators of the system give and take, as far as printing needs it: casts that Postgres adds stand in what it prints.

const TEXT = 'text'
const RETURNS: Readonly<Record<string, string>> = {
  now: 'timestamp with time zone',
  clock_timestamp: 'timestamp with time zone',
  statement_timestamp: 'timestamp with time zone',
  transaction_timestamp: 'timestamp with time zone',
  gen_random_uuid: 'uuid',
  uuidv7: 'uuid',
  uuidv4: 'uuid',
  random: 'double precision',
  count: 'bigint',
  row_number: 'bigint',
  rank: 'bigint',
  dense_rank: 'bigint',
  ntile: 'integer',
  length: 'integer',
  char_length: 'integer',
  character_length: 'integer',
  octet_length: 'integer',
  array_length: 'integer',
  cardinality: 'integer',
  jsonb_array_length: 'integer',
  string_agg: TEXT,
  lower: TEXT,
  upper: TEXT,
  btrim: TEXT,
  ltrim: TEXT,
  rtrim: TEXT,
  initcap: TEXT,
  concat: TEXT,
  concat_ws: TEXT,
  replace: TEXT,
  substr: TEXT,
  substring: TEXT,
  left: TEXT,
  right: TEXT,
  md5: TEXT,
  format: TEXT,
  to_char: TEXT,
  current_setting: TEXT,
  jsonb_typeof: TEXT,
  repeat: TEXT,
  split_part: TEXT,
  regexp_replace: TEXT,
  to_tsvector: 'tsvector',
  setweight: 'tsvector',
  to_tsquery: 'tsquery',
  plainto_tsquery: 'tsquery',
  nextval: 'bigint',
  currval: 'bigint',
  bool_and: 'boolean',
  bool_or: 'boolean',
  every: 'boolean',
  starts_with: 'boolean',
  jsonb_build_object: 'jsonb',
  jsonb_agg: 'jsonb',
  to_jsonb: 'jsonb',
  jsonb_object_agg: 'jsonb',
  json_build_object: 'json',
  json_agg: 'json',
  to_json: 'json',
  row_to_json: 'json',
  extract: 'numeric',
  date_part: 'double precision',
  isempty: 'boolean',
  make_date: 'date',
  to_date: 'date',
  to_timestamp: 'timestamp with time zone',
  age: 'interval',
  make_interval: 'interval',
  pg_backend_pid: 'integer',
  position: 'integer',
  strpos: 'integer',
  inet_client_addr: 'inet',
  sqrt: 'double precision',
  tstzrange: 'tstzrange',
  daterange: 'daterange',
  tsrange: 'tsrange',
  int4range: 'int4range',
  numrange: 'numrange',
}
/** These give what they are given. */
const SAME = new Set(
  'max min coalesce greatest least abs mod first_value last_value lag lead nth_value array_append array_remove unnest any_value'.split(
    ' ',
  ),
)
/** Their first argument is text: what is not, is cast. */
const TAKES_TEXT = new Set(
  'lower upper btrim ltrim rtrim initcap replace substr substring left right md5 length char_length character_length octet_length to_tsvector plainto_tsquery split_part regexp_replace strpos position repeat string_agg current_setting starts_with'.split(
    ' ',
  ),
)
const SUMS: Readonly<Record<string, string>> = {
  smallint: 'bigint',
  integer: 'bigint',
  bigint: 'numeric',
  real: 'real',
}
const AVERAGES: Readonly<Record<string, string>> = {
  real: 'double precision',
  'double precision': 'double precision',
  interval: 'interval',
}

/** What a function of the system gives for arguments of these types; null when it is not known. */
export function functionType(name: string, types: readonly (string | null)[]): string | null {
  const [first = null] = types
  if (SAME.has(name)) return name === 'unnest' ? (first?.replace(/\[\]$/, '') ?? null) : first
  if (name === 'sum') return first === null ? null : (SUMS[first] ?? first)
  if (name === 'avg') return first === null ? null : (AVERAGES[first] ?? 'numeric')
  if (name === 'round' || name === 'ceil' || name === 'floor' || name === 'trunc' || name === 'ceiling')
    return first === 'double precision' || first === 'real' ? 'double precision' : 'numeric'
  if (name === 'array_agg') return first === null ? null : `${first}[]`
  if (name === 'date_trunc')
    return types[1] === 'timestamp without time zone' ? types[1] : 'timestamp with time zone'
  if (name === 'lower' || name === 'upper') {
    const range = first === null ? undefined : RANGES[first]
    if (range !== undefined) return range
  }
  return RETURNS[name] ?? null
}

const RANGES: Readonly<Record<string, string>> = {
  int4range: 'integer',
  int8range: 'bigint',
  numrange: 'numeric',
  tsrange: 'timestamp without time zone',
  tstzrange: 'timestamp with time zone',
  daterange: 'date',
}

/** Whether a function of the system takes text first. */
export function takesText(name: string): boolean {
  return TAKES_TEXT.has(name)
}

const INTEGERS = ['smallint', 'integer', 'bigint']
const NUMBERS = [...INTEGERS, 'numeric', 'real', 'double precision']
const TEXTS = new Set(['text', 'character varying', 'name', 'character', 'bpchar'])
const COMPARES = new Set([
  '=',
  '<>',
  '<',
  '>',
  '<=',
  '>=',
  '!=',
  '~',
  '~*',
  '!~',
  '!~*',
  '~~',
  '!~~',
  '~~*',
  '!~~*',
  '^@',
])
const TELLS = new Set(['@>', '<@', '&&', '?', '?|', '?&', '@@', '@?', '-|-', '&<', '&>', '<<=', '>>='])

/** Whether the type is one of the two that Postgres has no operators of their own for: they work as text. */
function worksAsText(type: string | null): boolean {
  return type === 'character varying'
}

export function isText(type: string | null): boolean {
  return type !== null && TEXTS.has(type)
}

/** The types that the sides of an operator are cast to before it is applied; null where a side stays. */
export function operandTypes(
  operator: string,
  left: string | null,
  right: string | null,
): readonly [string | null, string | null] {
  if (left === null || right === null || left === right) {
    const isVarchar = left === right && worksAsText(left)
    return isVarchar ? [TEXT, TEXT] : [null, null]
  }
  if (isText(left) && isText(right))
    return [worksAsText(left) ? TEXT : null, worksAsText(right) ? TEXT : null]
  const [a, b] = [NUMBERS.indexOf(left), NUMBERS.indexOf(right)]
  if (a === -1 || b === -1 || operator === '^') return [null, null]
  if (a < 3 && b < 3) return [null, null]
  // real and double precision have operators between them.
  if (a >= 4 && b >= 4) return [null, null]
  const wider = Math.max(a, b) === 4 ? 'double precision' : (NUMBERS[Math.max(a, b)] ?? null)
  return [wider === left ? null : wider, wider === right ? null : wider]
}

/** What an operator gives; null when it is not known. */
export function operatorType(operator: string, left: string | null, right: string | null): string | null {
  if (COMPARES.has(operator) || TELLS.has(operator)) return 'boolean'
  if (operator === '->>' || operator === '#>>') return TEXT
  if (operator === '->' || operator === '#>' || operator === '#-') return left
  if (operator === '||') return isText(left) || isText(right) || left === null ? TEXT : left
  if (left === null) return right
  if (right === null) return left
  const [a, b] = [NUMBERS.indexOf(left), NUMBERS.indexOf(right)]
  if (a !== -1 && b !== -1) return NUMBERS[Math.max(a, b)] ?? null
  if (operator === '-' && left === right && left.startsWith('timestamp')) return 'interval'
  if (operator === '-' && left === 'date' && right === 'date') return 'integer'
  if (left === 'date' && right === 'interval') return 'timestamp without time zone'
  if (left === 'interval' && operator === '+') return right
  return left
}
