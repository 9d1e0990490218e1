// Which types Postgres turns into which by itself when a column changes its type (assignment casts, pg_cast), which need USING, and which lose something.

const NUMBERS = new Set(['smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision', 'money'])
const INTEGERS = new Set(['smallint', 'integer', 'bigint'])
const STRINGS = new Set(['text', 'character varying', 'character', 'name', '"char"'])
const TIMES: Readonly<Record<string, readonly string[]>> = {
  date: ['timestamp without time zone', 'timestamp with time zone'],
  'timestamp without time zone': ['timestamp with time zone', 'date', 'time without time zone'],
  'timestamp with time zone': [
    'timestamp without time zone',
    'date',
    'time without time zone',
    'time with time zone',
  ],
  'time without time zone': ['interval', 'time with time zone'],
  'time with time zone': ['time without time zone'],
  interval: ['time without time zone'],
}
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  json: ['jsonb'],
  jsonb: ['json'],
  inet: ['cidr'],
  cidr: ['inet'],
  bit: ['bit varying'],
  'bit varying': ['bit'],
  integer: ['oid', 'regclass'],
  bigint: ['oid'],
  oid: ['bigint', 'integer'],
}
/** Explicit casts that exist beyond those through text. */
const EXPLICIT: Readonly<Record<string, readonly string[]>> = {
  integer: ['boolean', 'bit'],
  boolean: ['integer'],
  bigint: ['bit'],
  bit: ['integer', 'bigint'],
  jsonb: ['boolean', 'smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision'],
  xml: ['text', 'character varying', 'character'],
}

interface ParsedType {
  /** Without length and brackets. */
  readonly name: string
  readonly modifiers: readonly number[]
  readonly isArray: boolean
}

/** `character varying(20)[]` in its parts. */
export function parseType(type: string): ParsedType {
  const isArray = /(\[\d*\])+$/.test(type)
  const element = type.replace(/(\[\d*\])+$/, '')
  const modifiers = /\(([\d\s,-]+)\)/.exec(element)?.[1]?.split(',').map(Number) ?? []
  const name = element
    .replace(/\([\d\s,-]+\)/, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return { name: SHORT[name.toLowerCase()] ?? name, modifiers, isArray }
}

/** What people write for what format_type() prints. */
const SHORT: Readonly<Record<string, string>> = {
  int: 'integer',
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  float4: 'real',
  float8: 'double precision',
  decimal: 'numeric',
  bool: 'boolean',
  varchar: 'character varying',
  char: 'character',
  timestamptz: 'timestamp with time zone',
  timestamp: 'timestamp without time zone',
  time: 'time without time zone',
  timetz: 'time with time zone',
  varbit: 'bit varying',
}

/** Whether Postgres turns values of one type into the other by itself when they are stored. User-defined types only into text. */
function isAssignable(from: string, to: string): boolean {
  const a = parseType(from)
  const b = parseType(to)
  if (a.isArray !== b.isArray) return a.isArray && STRINGS.has(b.name)
  if (a.name === b.name) return true
  if (STRINGS.has(b.name)) return true
  if (NUMBERS.has(a.name) && NUMBERS.has(b.name))
    return (
      !(a.name === 'money' && b.name !== 'numeric') && !(b.name === 'money' && /real|double/.test(a.name))
    )
  return (TIMES[a.name] ?? []).includes(b.name) || (OTHERS[a.name] ?? []).includes(b.name)
}

/** What USING says for the column, quoted by the caller as `column`; null where none is needed. The length is left out: too long is an error, not a cut. */
export function conversion(from: string, to: string): 'none' | 'cast' | 'through text' {
  const a = parseType(from)
  const b = parseType(to)
  if (isAssignable(from, to)) {
    return 'none'
  }
  if ((STRINGS.has(a.name) && !a.isArray) || (EXPLICIT[a.name] ?? []).includes(b.name)) return 'cast'
  return 'through text'
}

/** Whether values of the two types can be compared by an index of either, so that a foreign key lives through one side changing first. */
export function areComparable(left: string, right: string): boolean {
  const a = parseType(left)
  const b = parseType(right)
  if (a.isArray !== b.isArray) return false
  if (a.name === b.name) return true
  const strings = ['text', 'character varying']
  return (
    (INTEGERS.has(a.name) && INTEGERS.has(b.name)) || (strings.includes(a.name) && strings.includes(b.name))
  )
}

/** Whether something may be lost without an error: digits behind the point, the time of a day, precision. */
export function isLossy(from: string, to: string): boolean {
  const a = parseType(from)
  const b = parseType(to)
  if (a.name === 'numeric' && b.name === 'numeric') return scaleOf(b) < scaleOf(a)
  if (['numeric', 'real', 'double precision', 'money'].includes(a.name))
    return (
      INTEGERS.has(b.name) ||
      (b.name === 'real' && a.name !== 'real') ||
      (b.name === 'numeric' && b.modifiers.length > 0) ||
      (a.name === 'numeric' && b.name === 'double precision')
    )
  if (a.name === 'bigint' && ['real', 'double precision'].includes(b.name)) return true
  if (a.name.startsWith('timestamp')) return b.name === 'date' || b.name.startsWith('time ')
  if (a.name === 'json' && b.name === 'jsonb') return true
  if (a.name === 'integer' && b.name === 'boolean') return true
  return false
}

function scaleOf({ modifiers }: ParsedType): number {
  // Without modifiers numeric holds any number of digits.
  if (modifiers.length === 0) return Infinity
  return modifiers[1] ?? 0
}
