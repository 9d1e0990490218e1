import { describe, expect, test } from 'vitest'
import { parseSql } from './parse-sql.ts'

const statementsOf = async (text: string) => {
  const outcome = await parseSql(text)
  if ('problem' in outcome) throw new Error(outcome.problem.message)
  for (const { start, end, text: own } of outcome.statements) expect(text.slice(start, end)).toBe(own)
  return outcome.statements
}

describe('statements', () => {
  test.each<[string, string[]]>([
    ['', []],
    [' ; ;\n-- nothing\n', []],
    ['select 1', ['select 1']],
    ['select 1;', ['select 1']],
    ['  select 1 -- last\n /* and */ ', ['select 1']],
    ["select 'ü;🐘' ; -- Ü\n select 'é' ;select 3", ["select 'ü;🐘'", "select 'é'", 'select 3']],
    ['do $x$ begin null; end; $x$; table a', ['do $x$ begin null; end; $x$', 'table a']],
    [
      'create function f() returns int language sql begin atomic select 1; select 2; end; select 3',
      ['create function f() returns int language sql begin atomic select 1; select 2; end', 'select 3'],
    ],
    ['/* a /* nested */ ; */ select 1 /* inside */ + 1 /* behind */;', ['select 1 /* inside */ + 1']],
    ["select e'\\';' ; select $1", ["select e'\\';'", 'select $1']],
    ['select "🐘;" /* 🐘 */ -- 🐘\n;\r\nselect 2', ['select "🐘;"', 'select 2']],
  ])('%j', async (text, expected) => {
    expect((await statementsOf(text)).map((statement) => statement.text)).toEqual(expected)
  })

  test('a tree has one key: the kind', async () => {
    const [alter, vacuum] = await statementsOf('alter table a add b int; vacuum a')
    expect(alter?.tree).toMatchObject({
      AlterTableStmt: { relation: { relname: 'a' }, objtype: 'OBJECT_TABLE' },
    })
    expect(Object.keys(vacuum?.tree ?? {})).toEqual(['VacuumStmt'])
  })

  test('the words of Postgres 18 are known', async () => {
    expect(
      await statementsOf(
        'create table a (b int, c int generated always as (b) virtual, constraint n not null b no inherit)',
      ),
    ).toHaveLength(1)
  })
})

describe('problems', () => {
  test.each([
    ['sel', 'syntax error at or near "sel"', 1],
    ['select 1; selec 2', 'syntax error at or near "selec"', 11],
    ["select '🐘ü' frm x", 'syntax error at or near "x"', 17],
    ["select 'abc", 'unterminated quoted string at or near "\'abc"', 8],
    ['select 1;\0 drop table a', 'A zero byte cannot stand in SQL.', 10],
    ['\\restrict x', 'syntax error at or near "\\"', 1],
  ])('%j', async (text, message, position) => {
    expect(await parseSql(text)).toEqual({ problem: { message, position } })
  })

  test('a text that is nested too deep is a problem, and the parser goes on working', async () => {
    expect(await parseSql(`select ${'('.repeat(50_000)}1${')'.repeat(50_000)}`)).toMatchObject({
      problem: { message: expect.stringContaining('memory exhausted') },
    })
    expect(await statementsOf('select 1')).toHaveLength(1)
  })
})

test.each([
  ['operators', `select 1${'+1'.repeat(50_000)}`],
  ['parentheses', `select ${'('.repeat(50_000)}1`],
  ['conditions', `select ${'case when true then '.repeat(20_000)}1`],
])('%s without end are a problem, and what comes after them is parsed as ever', async (_, text) => {
  for (let round = 0; round < 20; round += 1) expect(await parseSql(text)).toHaveProperty('problem')
  expect(await statementsOf('select 1; select 2')).toHaveLength(2)
})
