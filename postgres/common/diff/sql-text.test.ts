import { describe, expect, test } from 'vitest'
import { columnNamesIn, namesIn, rewriteNames, rewriteQualifiedNames, sameExpression } from './sql-text.ts'

const renamed = new Map([['title', new Set(['name'])]])

describe('the same expression', () => {
  test.each([
    ['blanks and comments', 'a  +\n b -- sum', 'a + b'],
    ['outer parentheses', '((a > 0))', 'a > 0'],
    ['the case of words', 'NOW()', 'now()'],
    ['quotes of names', '"title" > 1', 'title > 1'],
    ['a cast that Postgres adds to a constant', "'new'::text", "'new'"],
    ['a cast with a length', "'new'::character varying(20)", "'new'"],
    ['negative numbers', "'-1'::integer", '-1'],
    ['a semicolon at the end', 'select 1;', 'select 1'],
    ['BETWEEN and more', '(((a >= 1) AND (a <= 5)) AND (b > 0))', '((a >= 1) AND (a <= 5) AND (b > 0))'],
    ['groups of groups', 'where (((a or b) or c) or d)', 'where (a or b or c or d)'],
    ['a group that is the last', '(a and (b and c))', '(a and b and c)'],
    ['the name that a constant gets', "(select 'x'::name) p(q)", "(select 'x'::name as name) p(q)"],
  ])('%s', (_name, left, right) => {
    expect(sameExpression(left, right)).toBe(true)
    expect(sameExpression(right, left)).toBe(true)
  })

  test.each([
    ['another constant', "'a'", "'b'"],
    ['another cast', "'1'::integer", "'1'::text"],
    ['a cast of a column', 'a::text', 'a'],
    ['the clock of the transaction and of the statement', 'now()', 'CURRENT_TIMESTAMP'],
    ['quoted and bare names that differ in case', '"Title"', 'title'],
    ['parentheses that mean something', '(a + b) * c', 'a + b * c'],
    ['a keyword in quotes', '"user"', "'user'"],
    ['a group of another kind', '(a or b) and c', 'a or b and c'],
    ['a group that is denied', '(not (a and b) and c)', '(not a and b and c)'],
    ['a group that is compared', '(a = (b and c) and d)', '(a = b and c and d)'],
    ['a range in a group', '(a between (b and c) and d)', '(a between b and c and d)'],
    ['another name of a constant', "select 'x'::text", "select 'x'::text as kind"],
    ['a name that is not the short one', "select '1'::integer", "select '1'::integer as integer"],
  ])('not: %s', (_name, left, right) => {
    expect(sameExpression(left, right)).toBe(false)
  })

  test('with a renamed column, whose own name a view keeps', () => {
    expect(
      sameExpression('select film.title from film', 'select film.name as title from film', renamed),
    ).toBe(true)
    expect(sameExpression('select film.title as name from film', 'select film.name from film', renamed)).toBe(
      true,
    )
    expect(sameExpression('select film.title from film', 'select film.code from film', renamed)).toBe(false)
  })
})

test('names are rewritten outside of constants only, and quoted where they must be', () => {
  const changes = new Map([['title', new Set(['Odd name'])]])
  expect(rewriteNames(`select title, 'title', "title" from film`, changes)).toBe(
    `select "Odd name", 'title', "Odd name" from film`,
  )
})

test('what moves to another schema takes only its own qualified name along', () => {
  const rewrites = {
    qualified: new Map([['public\0film', { schema: 'shop', name: 'movie' }]]),
    schemas: new Map([['old', 'new']]),
    plain: new Map([['film', 'movie']]),
  }
  expect(rewriteQualifiedNames('select film.id from public.film, public.actor, old.film', rewrites)).toBe(
    'select movie.id from shop.movie, public.actor, new.film',
  )
})

test('names in a text', () => {
  expect([...namesIn(`select "A b".x from s.t where y = 'z'`)]).toEqual([
    'select',
    'A b',
    'x',
    'from',
    's',
    't',
    'where',
    'y',
  ])
})

test('the type of a cast is no column, whatever columns are called', () => {
  const found = columnNamesIn(
    `("date")::text = 'x'::name and at > '1'::timestamp with time zone or b::shop.kind[] = c`,
  )
  expect([...found]).toEqual(['date', 'and', 'at', 'or', 'b', 'c'])
})
