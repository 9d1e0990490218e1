import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assertRunnable, offsetOfPosition, splitScript, statementAt } from './split.ts'

const split = (text: string, standardConformingStrings = true): string[] =>
  splitScript(text, { standardConformingStrings }).map((statement) => statement.sql)
const problems = (text: string) => splitScript(text).map((statement) => statement.problem?.kind)

describe('ends of statements', () => {
  test.each<[string, string, string[]]>([
    ['nothing', '', []],
    ['blanks and comments only', ' -- a;\n /* b; */ ', []],
    ['empty statements', ';; ;\n;', []],
    ['one without a semicolon', 'select 1', ['select 1']],
    ['two', 'select 1; select 2;', ['select 1', 'select 2']],
    [
      'comments around are left out, comments inside are kept',
      '-- x\nselect /* y; */ 1 -- z\n; -- end',
      ['select /* y; */ 1'],
    ],
    ['a line comment at the end of the text', 'select 1 -- ;', ['select 1']],
    ['nested comments', '/* a /* b; */ c; */ select 1; select 2', ['select 1', 'select 2']],
    ['a semicolon in a string', "select 'a;b'; select 2", ["select 'a;b'", 'select 2']],
    ['a doubled quote', "select 'it''s;'; select 2", ["select 'it''s;'", 'select 2']],
    ['a backslash in a plain string is no escape', "select 'a\\'; select 2", ["select 'a\\'", 'select 2']],
    ['an escape string', "select e'a\\';b'; select 2", ["select e'a\\';b'", 'select 2']],
    [
      'an escape string with an escaped backslash',
      "select E'a\\\\'; select 2",
      ["select E'a\\\\'", 'select 2'],
    ],
    [
      'an escape string that goes on in the next line',
      "select E'a'\n -- c\n 'b\\';c'; select 2",
      ["select E'a'\n -- c\n 'b\\';c'", 'select 2'],
    ],
    [
      'a plain string behind an escape string on one line is not its continuation',
      "select E'a' 'b\\'; select 2",
      ["select E'a' 'b\\'", 'select 2'],
    ],
    ['a name that ends in e before a string', "select type'a\\'; select 2", ["select type'a\\'", 'select 2']],
    [
      'unicode, bit and national strings',
      "select U&'\\0061;', b'0', x'1f', n'a;'; select 2",
      ["select U&'\\0061;', b'0', x'1f', n'a;'", 'select 2'],
    ],
    ['a unicode name', 'select 1 as U&"a;"; select 2', ['select 1 as U&"a;"', 'select 2']],
    [
      'a quoted name with a doubled quote',
      'select 1 as "a"";b"; select 2',
      ['select 1 as "a"";b"', 'select 2'],
    ],
    ['dollar quotes', 'select $$a;b$$; select 2', ['select $$a;b$$', 'select 2']],
    [
      'tagged dollar quotes with others inside',
      'select $f$ $$;$$ $g$;$g$ $f$; select 2',
      ['select $f$ $$;$$ $g$;$g$ $f$', 'select 2'],
    ],
    ['a tag with letters beyond ASCII', 'select $é$;$é$; select 2', ['select $é$;$é$', 'select 2']],
    ['a dollar inside a name opens nothing', 'select a$$b; select c$$d', ['select a$$b', 'select c$$d']],
    ['parameters', 'select $1, $2; select $1$', ['select $1, $2', 'select $1$']],
    ['a quote in a dollar-quoted text', "select $$it's$$; select 2", ["select $$it's$$", 'select 2']],
    ['windows line ends', 'select 1;\r\nselect 2;\r\n', ['select 1', 'select 2']],
    ['an operator before a comment', 'select 1 -1--;\n; select 2', ['select 1 -1', 'select 2']],
    ['division is no comment', 'select 4/2*1; select 2', ['select 4/2*1', 'select 2']],
    [
      'parentheses do not hide a semicolon that ends a broken statement',
      'select (1; select 2',
      ['select (1', 'select 2'],
    ],
    [
      'the actions of a rule',
      'create or replace rule r as on insert to t do also (delete from a; delete from b); select 2',
      ['create or replace rule r as on insert to t do also (delete from a; delete from b)', 'select 2'],
    ],
  ])('%s', (_, text, expected) => {
    expect(split(text)).toEqual(expected)
  })

  test('a SQL function whose body is a block is one statement, CASE inside included', () => {
    const make = `create or replace function f(a int) returns int language sql
begin atomic
  select case when a > 1 then 1 else case a when 1 then 2 end end;
  select 2;
end`
    expect(split(`${make}; select 3`)).toEqual([make, 'select 3'])
  })

  test('a procedure with a block, and BEGIN and END outside of functions', () => {
    const make = 'CREATE PROCEDURE p() BEGIN ATOMIC INSERT INTO t VALUES (1); END'
    expect(split(`${make}; begin; select 1; end; select 2`)).toEqual([
      make,
      'begin',
      'select 1',
      'end',
      'select 2',
    ])
  })

  test('a function named or typed like keywords does not open a block', () => {
    const make = `create function f("begin" int, atomic int) returns int language sql return 1`
    expect(split(`${make}; select 2`)).toEqual([make, 'select 2'])
  })

  test('with standard_conforming_strings off a backslash escapes in plain strings too', () => {
    expect(split("select 'a\\';b'; select 2", false)).toEqual(["select 'a\\';b'", 'select 2'])
  })

  test('a script that sets standard_conforming_strings is read accordingly from there on', () => {
    const text =
      "set standard_conforming_strings = off; select 'a\\';b'; set standard_conforming_strings to on; select 'a\\'; select 2"
    expect(split(text)).toEqual([
      'set standard_conforming_strings = off',
      "select 'a\\';b'",
      'set standard_conforming_strings to on',
      "select 'a\\'",
      'select 2',
    ])
  })
})

describe('what cannot run', () => {
  test.each([
    ["select 1; select 'a", 17],
    ['select 1; select "a', 17],
    ['select 1; select $$a', 17],
    ["select 1; select E'a\\'", 17],
    ['select 1; select /* a', 17],
    ['select 1; /* a', 10],
  ])('%s is unterminated, with the place where it opens', (text, offset) => {
    const [first, second] = splitScript(text)
    expect(first?.problem).toBeUndefined()
    expect(second?.problem).toMatchObject({ kind: 'unterminated', offset })
    expect(second?.end).toBe(text.length)
  })

  test('a psql command is a statement of its own line with a clear problem', () => {
    const [meta, select] = splitScript('\\d film\nselect 1;')
    expect(meta).toMatchObject({ sql: '\\d film', problem: { kind: 'psql-command', offset: 0 } })
    expect(meta?.problem?.message).toBe(
      '\\d is a command of psql, not SQL. Remove it to run the script here.',
    )
    expect(select).toMatchObject({ sql: 'select 1' })
    expect(select?.problem).toBeUndefined()
  })

  test('a psql command behind a statement is found too', () => {
    expect(problems('select 1 \\gset\n; select 2')).toEqual(['psql-command', undefined])
  })

  test('COPY from stdin is named, and its data is not taken for SQL', () => {
    const text = "COPY public.t (a, b) FROM stdin;\n1\tit's\n2\t;\n\\.\n\nselect 1;"
    expect(split(text)).toEqual(['COPY public.t (a, b) FROM stdin', 'select 1'])
    expect(problems(text)).toEqual(['copy-from-stdin', undefined])
  })

  test('COPY from stdin without data does not swallow what follows', () => {
    expect(split('copy t from stdin; select 1')).toEqual(['copy t from stdin', 'select 1'])
  })

  test('COPY from a file or to stdout has no problem', () => {
    expect(problems("copy t from '/a'; copy t to stdout")).toEqual([undefined, undefined])
  })

  test('assertRunnable rejects with the sentence and the place', () => {
    const [bad, good] = splitScript('\\d\nselect 1')
    expect(() => assertRunnable(bad!)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', details: { offset: 0 } }),
    )
    expect(() => assertRunnable(good!)).not.toThrow()
  })
})

describe('places', () => {
  test('offsets count UTF-16 units', () => {
    const text = "select '🐘';\n select 2"
    for (const { start, end, sql } of splitScript(text)) expect(text.slice(start, end)).toBe(sql)
  })

  test.each([
    ['before the first', 0, 'a'],
    ['in the first', 6, 'a'],
    ['behind its semicolon', 7, 'a'],
    ['behind the blanks that end its line', 9, 'a'],
    ['on the comment above the second', 13, 'b'],
    ['in the second', 19, 'b'],
    ['right behind its semicolon', 26, 'b'],
    ['behind the last', 35, 'c'],
  ])('a caret %s', (_, offset, expected) => {
    const text = '\nselect;  \n-- note\nselect b; select c;\n\n'
    const statements = splitScript(text)
    const names = ['a', 'b', 'c']
    expect(names[statements.indexOf(statementAt(statements, offset)!)]).toBe(expected)
  })

  test('no statement, no statement at the caret', () => {
    expect(statementAt([], 0)).toBeUndefined()
  })

  test("Postgres' position counts characters, also beyond the basic plane", () => {
    const sql = "select '🐘', nope"
    const position = [...sql].join('|').split('|').indexOf('n') + 1
    expect(sql.slice(offsetOfPosition(sql, position))).toBe('nope')
  })
})

const piece = fc.oneof(
  fc.constantFrom(' ', '\n', '\t', ',', '(', ')', '+', '-', '/', '*', '=', '::', '[', ']', '.'),
  fc.constantFrom(
    'select',
    'from',
    'begin',
    'atomic',
    'end',
    'case',
    'e',
    'E',
    'u',
    'a$b',
    'x1',
    'é',
    '1',
    '2.5e3',
    '$1',
  ),
  fc
    .string({ unit: fc.constantFrom('a', ';', "''", '"', '\\', '$', '-', '/', '*', '\n') })
    .map((text) => `'${text}' `),
  fc
    .string({ unit: fc.constantFrom('a', ';', "''", "\\'", '\\\\', '$$', '--') })
    .map((text) => ` E'${text}' ,`),
  fc.string({ unit: fc.constantFrom('a', ';', '""', "'", '\\', '$') }).map((text) => `"${text}"`),
  fc
    .string({ unit: fc.constantFrom('a', ';', "'", '"', '\\', '$', '--', '/*') })
    .map((text) => ` $t$${text} $t$ `),
  fc.string({ unit: fc.constantFrom('a', ';', "'", '"', '/* ; */', '$$') }).map((text) => ` /*${text} */ `),
  fc.string({ unit: fc.constantFrom('a', ';', "'", '"', '/*', '$$') }).map((text) => ` --${text}\n`),
)
// A blank keeps two pieces from becoming a third kind of token, the comma a string from going on in the next line.
const statement = fc
  .tuple(fc.constantFrom('select', 'insert', 'with', 'x'), fc.array(piece), fc.constantFrom('1', 'y', ')'))
  .map(([first, middle, last]) => `${first} ${middle.join(' ')} ${last}`)

describe('property', () => {
  test('statements joined by semicolons split back into themselves', () => {
    fc.assert(
      fc.property(
        fc.array(statement),
        fc.constantFrom(';', ' ;\n', ';\n\n-- next; one\n', '; /* ; */ '),
        (statements, glue) => {
          expect(split(statements.join(glue))).toEqual(statements)
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('any text is split without an error, in order and without overlap', () => {
    const unit = fc.constantFrom(
      "'",
      '"',
      '$',
      '$$',
      '\\',
      ';',
      '/*',
      '*/',
      '--',
      '\n',
      'E',
      "E'",
      'a',
      ' ',
      '(',
      ')',
      'begin',
      'atomic',
    )
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 60 }), (text) => {
        let at = 0
        for (const { start, end, regionEnd, sql } of splitScript(text)) {
          expect(start).toBeGreaterThanOrEqual(at)
          expect(text.slice(start, end)).toBe(sql)
          expect(regionEnd).toBeGreaterThanOrEqual(end)
          at = regionEnd
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('size', () => {
  const time = (text: string): number => {
    const start = performance.now()
    splitScript(text)
    return performance.now() - start
  }

  test.each([
    ['many statements', "insert into film (id, title) values (42, 'A''b; c'); -- note\n"],
    ['many escape strings', "select E'it\\'s; ' || 'b';\n"],
    ['many comments', 'select /* a /* b */ c */ 1;\n'],
    ['nested comments that never close', '/* '],
    ['dollars that never close', 'select $a $b$ c;\n'],
  ])('5 MB of %s are split in linear time', (_, unit) => {
    // Some 150 ms on an idle machine; what is quadratic takes minutes. The slack is for a machine that runs other tests too.
    expect(time(unit.repeat(Math.ceil(5_000_000 / unit.length)))).toBeLessThan(5000)
  })
})
