// Chance that can be repeated, and values for the fuzz of the REST engine: plausible ones of each type, and what usually breaks something.

/** Numbers from a seed: the same ones each time. */
export interface Random {
  /** 0 to `below` - 1. */
  int(below: number): number
  /** True with a probability of `percent` in 100. */
  chance(percent: number): boolean
  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T
  /** 0 to `most` results of `make`. */
  some<T>(most: number, make: () => T): T[]
}

/** Mulberry32. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const int = (below: number): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
  return {
    int,
    chance: (percent) => int(100) < percent,
    pick(list) {
      const one = list.slice(int(list.length))[0]
      if (one === undefined) throw new RangeError('There is nothing to pick.')
      return one
    },
    some: (most, make) => Array.from({ length: int(most + 1) }, make),
  }
}

/** Texts that are a trap for one stage or another. */
export const ODD_TEXTS: readonly string[] = [
  ...[
    '',
    ' ',
    '"',
    "'",
    '\\',
    '\\"',
    '""',
    '%',
    '_',
    '*',
    '**',
    ',',
    '.',
    '..',
    ':',
    '::',
    '(',
    ')',
    '()',
    '{',
    '}',
    '{}',
    '[',
    ']',
    '<',
    '>',
  ],
  ...[
    'null',
    'NULL',
    'true',
    'nan',
    'NaN',
    'infinity',
    '-infinity',
    'now',
    'undefined',
    '__proto__',
    'constructor',
    'hasOwnProperty',
    '$1',
    '$$',
    '--',
    '/*',
  ],
  ...[
    '\0',
    '\u0001',
    '\u007f',
    '\n',
    '\r\n',
    '\t',
    '\u00a0',
    '\u2028',
    '\u202e',
    '\ufeff',
    '\ufffd',
    '\uffff',
    '\ud800',
    '\udc00a',
    'ü',
    'İ',
    'ß',
    '😀',
    'e\u0301',
  ],
  ...[
    '0',
    '-0',
    '1',
    '-1',
    '00',
    '1e3',
    '1e400',
    '1e-400',
    '.5',
    '5.',
    '0x10',
    '1_000',
    '2147483647',
    '2147483648',
    '-2147483649',
    '9223372036854775807',
  ],
  ...[
    '9223372036854775808',
    '9'.repeat(400),
    `0.${'1'.repeat(300)}`,
    'x'.repeat(300),
    'ü'.repeat(64),
    '('.repeat(300),
    '['.repeat(2000),
    '{"a":'.repeat(900),
  ],
  ...[
    "'; drop table api.canary; --",
    '"; delete from api.canary; --',
    'a b',
    'a,b',
    'a.b',
    'eq.1',
    'not.is.null',
    'in.(1,2)',
    '{a,b}',
    '{"a","b"}',
    '(1,2)',
    '[1,2)',
  ],
  ...[
    '0001-01-01 BC',
    '294276-12-31',
    '24:00:00',
    '99999-99-99',
    '(((((',
    'a{1,99999}',
    '(a*)*b',
    '[[:alpha:',
    '\\1',
    '(?=a)',
    'a & ! | b',
    "a:*B <-> 'c",
    '$.a[*] ? (@ > 1)',
  ],
]

const VALUES: readonly (readonly [type: RegExp, values: readonly string[]])[] = [
  [
    /^(small|big)?int(eger)?$|^oid$|^xid|positive$|numeric|real|double|money/,
    ['0', '1', '2', '-5', '3', '1962', '42', '1.5', '1e2', '32767', '32768', '99999999999'],
  ],
  [/^bool/, ['true', 'false', 't', 'f', 'yes', '0', '1']],
  [/^uuid$/, ['00000000-0000-0000-0000-000000000001', '{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}']],
  [/^bytea$/, ['\\x00ff', '\\x', 'abc', '\\000', '\\xzz']],
  [/^bit/, ['1010', '0', '', '11111', 'x1f']],
  [/^jsonpath$/, ['$', '$.a', '$.a[*] ? (@ > 1)', 'strict $']],
  [
    /^jsonb?$/,
    [
      '{}',
      '[]',
      '{"a":1}',
      '[1,{"a":null}]',
      'null',
      '"x"',
      '1',
      '{"a":{"b":[1,2]}}',
      '{"a":1e999}',
      '{"a":"\\u0000"}',
      '{"a":',
    ],
  ],
  [/^xml$/, ['<a/>', '<a>x</a>', 'x', '<a']],
  [/^tsvector$/, ['a b', "'a':1 b:2A", 'cat']],
  [/^tsquery$/, ['a', 'a & b', '!a | b', 'a <-> b', 'a &']],
  [/^date$/, ['2026-01-02', '2025-05-05', 'today', 'infinity', '1.2.2026', '2026-02-30']],
  [/^time( |tz|$)/, ['03:04:05', '03:04:05+02', '24:00', '25:00']],
  [
    /^timestamp/,
    ['2026-01-02T03:04:05Z', '2026-01-02 03:04', 'now', '-infinity', '2026-01-02T03:04:05.123456+02:00'],
  ],
  [/^interval$/, ['1 day', 'P1Y2M', '-3:00', '1 mon ago']],
  [/^(inet|cidr)$/, ['10.0.0.1', '10.0.0.0/8', '::1', '::ffff:1.2.3.4/128', '300.1.1.1']],
  [/^macaddr/, ['08:00:2b:01:02:03', '08-00-2b-01-02-03-04-05']],
  [
    /^(point|box|lseg|path|polygon|circle|line)$/,
    ['(1,2)', '((0,0),(1,1))', '<(0,0),1>', '{1,2,3}', '[(0,0),(1,1)]', '1,2'],
  ],
  [/^reg/, ['api.film', 'integer', 'text', '1', 'nowhere']],
  [/^pg_lsn$/, ['0/16B3748']],
  [/^(pg_snapshot|tid)$/, ['10:20:10,14', '(0,1)']],
  [/multirange$/, ['{}', '{[1,3),[5,8)}', '{[2026-01-01,2026-02-01)}', '{(,)}']],
  [/range$/, ['[1,5)', 'empty', '(,)', '[2026-01-01,2026-02-01)', '(5,1]', '[1,1]']],
  [/mood$/, ['calm', 'wild', 'so "so", (maybe)', 'angry']],
  [/email$/, ['a@b', 'x@y.z', 'nobody']],
  [/place$/, ['(1,2,x)', '(,,)', '("1",2,"a,b")', '{"x":1,"y":2,"label":"z"}']],
  [/colour$/, ['#ff0000', '#0', '255', 'zz']],
]
const TEXTS: readonly string[] = [
  'Cleo',
  'Vagabond',
  'a',
  'b',
  'x',
  'Agnes',
  'Paris',
  'a b',
  'ä',
  'C*',
  '*o*',
  '1',
  'Tokyo Story',
]

/** A value of `type` as text; now and then one that is none. */
export function valueOf(type: string, random: Random): string {
  if (random.chance(12)) return random.pick(ODD_TEXTS)
  if (type.endsWith('[]') || type.endsWith('numbers'))
    return arrayOf(type.replace(/\[\]$|^.*numbers$/, ''), random)
  return random.pick(VALUES.find(([pattern]) => pattern.test(type))?.[1] ?? TEXTS)
}

function arrayOf(type: string, random: Random): string {
  const items = random.some(3, () => valueOf(type === '' ? 'integer' : type, random))
  return `{${items.map((item) => (random.chance(50) ? `"${item.replaceAll(/["\\]/g, String.raw`\$&`)}"` : item)).join(',')}}`
}

/** A value of `type` as it stands in a JSON body. */
export function jsonValueOf(type: string, random: Random): unknown {
  if (random.chance(10))
    return random.pick([
      null,
      true,
      1,
      -0.5,
      1e21,
      [],
      {},
      [1, [2, ['x']]],
      { a: { b: [null] } },
      ...ODD_TEXTS,
    ])
  if (type.endsWith('[]')) return random.some(3, () => jsonValueOf(type.slice(0, -2), random))
  const text = valueOf(type, random)
  if (/int|numeric|real|double|positive|json|bool|place/.test(type)) {
    try {
      return JSON.parse(text)
    } catch {
      return text
    }
  }
  return text
}

/** `text` with a few pieces put in, taken out or replaced. */
export function spoil(text: string, random: Random): string {
  let spoilt = text
  for (let left = 1 + random.int(3); left > 0; left--) {
    const at = random.int(spoilt.length + 1)
    const cut = random.chance(60) ? random.int(4) : 0
    const piece = random.chance(70) ? random.pick(SPOILERS) : ''
    spoilt = random.chance(15)
      ? spoilt.slice(0, at) + spoilt.slice(random.int(spoilt.length + 1))
      : spoilt.slice(0, at) + piece + spoilt.slice(at + cut)
  }
  return spoilt
}

const SPOILERS: readonly string[] = [
  ...ODD_TEXTS.filter((text) => text.length < 10),
  ...[
    '%00',
    '%',
    '%ff',
    '%ED%A0%80',
    '%22',
    '%2C',
    '&',
    '=',
    '&&',
    '+',
    '->',
    '->>',
    '!',
    '!inner',
    '...',
    ':',
    '*',
    '(*)',
    'id',
    'and=(',
    'or',
    'not.',
    'eq.',
    'is.',
    'in.(',
  ],
  ...[
    'count()',
    '.sum()',
    '.avg()::text',
    '::int',
    '::text[]',
    '(any)',
    '{',
    '}',
    '"',
    ',',
    '.',
    ';',
    ' ',
    '{"$ref":"a/0/id"}',
    'limit=0',
    'offset=9',
    'select=',
    'order=',
  ],
]
