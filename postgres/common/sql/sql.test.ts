import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLexer } from '../script/lexer.ts'
import { quoteIdentifier, quoteLiteral, quoteQualified } from './quote.ts'
import { empty, fromCatalog, identifier, isSqlFragment, join, keyword, literal, sql } from './sql.ts'

const plain = ({ text, values }: { text: string; values: readonly unknown[] }) => ({ text, values })

describe('sql', () => {
  test('values become parameters, never text', () => {
    expect(plain(sql`select ${1}, ${"'; drop table t; --"}, ${null}`)).toEqual({
      text: 'select $1, $2, $3',
      values: [1, "'; drop table t; --", null],
    })
  })

  test('fragments are spliced and their values numbered anew', () => {
    const where = sql`where id = ${7}`
    expect(plain(sql`select ${1} from ${identifier('public', 'a"b')} ${where} limit ${2}`)).toEqual({
      text: 'select $1 from "public"."a""b" where id = $2 limit $3',
      values: [1, 7, 2],
    })
  })

  test('one fragment can be used twice', () => {
    const id = sql`${5}`
    expect(plain(sql`select ${id}, ${id}`)).toEqual({ text: 'select $1, $2', values: [5, 5] })
  })

  test('fragments that nest deeply are numbered from left to right', () => {
    let nested = sql`${0}`
    for (let depth = 1; depth <= 1000; depth += 1) nested = sql`(${nested} + ${depth})`
    expect(nested.values).toEqual(Array.from({ length: 1001 }, (_, index) => index))
    expect(nested.text.endsWith('+ $1000) + $1001)')).toBe(true)
  })

  test('arrays and dates are values', () => {
    const date = new Date(0)
    expect(sql`${[1, 2]} ${date}`.values).toEqual([[1, 2], date])
  })

  test('join puts a separator between fragments, and nothing for none', () => {
    expect(plain(join([sql`${1}`, identifier('a'), sql`b`]))).toEqual({ text: '$1, "a", b', values: [1] })
    expect(join([sql`a`, sql`b`], ' and ').text).toBe('a and b')
    expect(join([]).text).toBe('')
    expect(sql`a${empty}b`.text).toBe('ab')
  })

  test('what only looks like a fragment is a value: it could have come from outside', () => {
    const forged = { text: 'drop table t', values: [] }
    expect(isSqlFragment(forged)).toBe(false)
    expect(plain(sql`select ${forged}`)).toEqual({ text: 'select $1', values: [forged] })
  })

  test('keywords come from a given list only', () => {
    expect(keyword('desc', ['asc', 'desc']).text).toBe('desc')
    const word: string = 'desc; drop table t'
    expect(() => keyword(word, ['asc', 'desc'])).toThrow(TypeError)
  })

  test('what the catalog printed is spliced as it is', () => {
    expect(plain(sql`${1}::${fromCatalog('character varying(10)')}`)).toEqual({
      text: '$1::character varying(10)',
      values: [1],
    })
  })

  test('literals stand for themselves', () => {
    expect([literal("it's"), literal(1.5), literal(true), literal(null)].map(({ text }) => text)).toEqual([
      "'it''s'",
      '1.5',
      'true',
      'null',
    ])
  })
})

describe('quoting', () => {
  test('names', () => {
    expect(quoteIdentifier('Größe "x"')).toBe('"Größe ""x"""')
    expect(quoteQualified('a', 'b.c')).toBe('"a"."b.c"')
  })

  test.each([
    ["it's", "'it''s'"],
    ['', "''"],
    ['a\\b', " E'a\\\\b'"],
    ["\\'", " E'\\\\'''"],
  ])('text %s', (value, expected) => {
    expect(quoteLiteral(value)).toBe(expected)
  })

  test('what Postgres cannot hold is refused', () => {
    for (const attempt of [
      () => quoteIdentifier(''),
      () => quoteIdentifier('a\0'),
      () => quoteLiteral('a\0'),
    ])
      expect(attempt).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
  })

  test('any text stays inside its quotes, whatever standard_conforming_strings says', () => {
    const unit = fc.constantFrom("'", '"', '\\', ';', '$', '-', '\n', 'E', 'a', '🐘')
    fc.assert(
      fc.property(fc.string({ unit, minLength: 1 }), fc.boolean(), (value, standardStrings) => {
        for (const quoted of [quoteLiteral(value).trimStart(), quoteIdentifier(value)]) {
          const lexer = createLexer(`${quoted};`)
          lexer.standardStrings = standardStrings
          lexer.next()
          expect(['string', 'identifier']).toContain(lexer.kind)
          expect(lexer.end).toBe(quoted.length)
        }
      }),
    )
  })
})
