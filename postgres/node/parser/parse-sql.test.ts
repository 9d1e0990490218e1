import { describe, expect, test } from 'vitest'
import { parseSql } from './parse-sql.ts'
import { parseText } from './parse-text.ts'

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
  for (let round = 0; round < 20; round += 1) expect(await parseText(text)).toHaveProperty('problem')
  expect(await parseSql(text)).toHaveProperty('problem')
  expect(await statementsOf('select 1; select 2')).toHaveLength(2)
})

describe('long texts', () => {
  const long = `select 'ü🐘'; -- ${'long '.repeat(1_000)}\nselect 2; ${' '.repeat(5_000)}`

  test('are read as short ones are', async () => {
    expect(await parseSql(long)).toEqual(await parseText(long))
    expect(await parseSql(`${long} selec`)).toEqual(await parseText(`${long} selec`))
  })

  test('deep trees come back whole', async () => {
    const [statement] = await statementsOf(`select 1${'+1'.repeat(5_000)}`)
    expect(Object.keys(statement?.tree ?? {})).toEqual(['SelectStmt'])
  })

  test('are not read beyond what a file may have', async () => {
    expect(await parseSql('x'.repeat(17_000_000))).toMatchObject({
      problem: { message: expect.stringContaining('longer than') },
    })
  })

  test('a parser that has used up its memory says so, and the next text has another one', async () => {
    expect(await parseSql(`select 1${',1'.repeat(3_000_000)}`)).toMatchObject({
      problem: { message: 'Reading this SQL takes more memory than it may have' },
    })
    expect(await statementsOf(long)).toHaveLength(2)
  }, 60_000)
})

test('a text of two million operator characters, which would be lexed for ever, is called off by its caller', async () => {
  const stop = new AbortController()
  const endless = parseSql(`select ${'+-'.repeat(1_000_000)}1`, { signal: stop.signal })
  const outcome = expect(endless).rejects.toMatchObject({ code: 'CANCELLED' })
  // This thread goes on meanwhile.
  expect(await parseSql('select 1')).toHaveProperty('statements')
  setTimeout(() => stop.abort(), 50)
  await outcome
  expect(await parseSql(`select 1${' '.repeat(5_000)}`)).toHaveProperty('statements')
})
