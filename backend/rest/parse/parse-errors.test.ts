// What clients are told of parameters that cannot be read: place and sentence.
import { expect, test } from 'vitest'
import { RestError } from '../errors.ts'
import { parseQuery } from './query.ts'

const NO_EXTRAS = { arguments: false, cursor: false }

function failure(query: string): { readonly message: string; readonly details: unknown } {
  try {
    parseQuery(query, NO_EXTRAS)
  } catch (error) {
    if (!(error instanceof RestError)) throw error
    expect({ code: error.code, status: error.status, hint: error.hint }).toEqual({
      code: 'PGRST100',
      status: 400,
      hint: null,
    })
    return { message: error.message, details: error.details }
  }
  throw new Error(`${query} was read`)
}

const name = 'field name (* or [a..z0..9_$])'

test.each([
  ['select=who->>--3', 'select parameter (who->>--3)', 8, 'unexpected "-" expecting digit'],
  [
    'select=who->>-3x',
    'select parameter (who->>-3x)',
    9,
    'unexpected \'x\' expecting digit, "->", "::", ".", "," or end of input',
  ],
  ['select=who::', 'select parameter (who::)', 6, 'unexpected end of input expecting letter or digit'],
  [
    'select=id,films(title[])',
    'select parameter (id,films(title[]))',
    15,
    'unexpected \'[\' expecting letter, digit, "-", "->>", "->", "::", ".", ")", "," or end of input',
  ],
  [
    'select=a,',
    'select parameter (a,)',
    3,
    `unexpected end of input expecting "...", ${name}, "*" or "count()"`,
  ],
  ['select=é!x', 'select parameter (é!x)', 2, null],
  ['order=id.up', 'order (id.up)', 4, 'unexpected "u" expecting "asc", "desc", "nullsfirst" or "nullslast"'],
  ['order=id.desc.x', 'order (id.desc.x)', 9, 'unexpected "x" expecting "nullsfirst" or "nullslast"'],
  ['order=id.ascx', 'order (id.ascx)', 7, 'unexpected \'x\' expecting delimiter (.), "," or end of input'],
  [
    'order=films(a,b)',
    'order (films(a,b))',
    6,
    'unexpected \'(\' expecting letter, digit, "-", "->>", "->", delimiter (.), "," or end of input',
  ],
  ['id=5', 'filter (5)', 1, 'unexpected "5" expecting "not" or operator (eq, gt, ...)'],
  ['id=not.5', 'filter (not.5)', 5, 'unexpected "5" expecting operator (eq, gt, ...)'],
  ['id=eq(some).5', 'filter (eq(some).5)', 4, 'unexpected "s" expecting operator (eq, gt, ...)'],
  ['id=in.5', 'filter (in.5)', 4, 'unexpected "5" expecting "("'],
  ['id=in.(5', 'filter (in.(5)', 6, 'unexpected end of input expecting "," or ")"'],
  ['id=is.5', 'filter (is.5)', 4, 'unexpected "5" expecting isVal: (null, not_null, true, false, unknown)'],
  ['a..b=eq.5', 'tree path (a..b)', 3, `unexpected "." expecting ${name}`],
  [
    'or=()',
    'logic tree (())',
    4,
    `unexpected ")" expecting ${name}, negation operator (not) or logic operator (and, or)`,
  ],
  ['or=(id.in.1)', 'logic tree ((id.in.1))', 10, 'unexpected "1" expecting "("'],
  ['and=(not.nor(a.eq.1))', 'logic tree ((not.nor(a.eq.1)))', 9, null],
  ['a..or=(id.eq.1)', 'logic path (a..or)', 3, `unexpected "." expecting ${name}`],
  ['columns=', 'columns parameter ()', 1, `unexpected end of input expecting ${name}`],
  ['on_conflict=a,', 'on_conflict parameter (a,)', 3, `unexpected end of input expecting ${name}`],
  ['select=%22a', 'select parameter ("a)', 3, null],
])('%s says where it stopped', (query, what, column, details) => {
  const found = failure(query)
  expect(found.message).toBe(`"failed to parse ${what}" (line 1, column ${String(column)})`)
  if (details !== null) expect(found.details).toBe(details)
})

test('lines, tabs and characters outside the basic plane are counted as one place each', () => {
  expect(failure('order=a,%0A').message).toContain('(line 1, column 3)')
  expect(failure('id=in.(%0Aa,b').message).toContain('(line 2, column 4)')
  expect(failure('order=a%09.x').message).toContain('(line 1, column 10)')
  expect(failure(`select=${encodeURIComponent('"😀"x')}`).message).toContain('(line 1, column 4)')
})

test('characters are shown as Haskell shows them', () => {
  expect(failure('select=%22a%22%C3%A9').details).toMatch(/^unexpected '\\233' expecting/)
  expect(failure("id=in.(a)&order=a'").details).toMatch(/^unexpected '\\''/)
  expect(failure('id=%07').details).toMatch(/^unexpected "\\a"/)
  expect(failure('id=%7F').details).toMatch(/^unexpected "\\DEL"/)
})

test('parentheses may be nested a hundred deep and no deeper', () => {
  const nested = (depth: number): string => `select=${'a('.repeat(depth)}id${')'.repeat(depth)}`
  expect(parseQuery(nested(100), NO_EXTRAS).parameters.select).toHaveLength(1)
  expect(failure(nested(101)).details).toBe('parentheses are nested more than 100 deep')
  expect(failure(`or=${'(and'.repeat(101)}`).details).toBe('parentheses are nested more than 100 deep')
})
