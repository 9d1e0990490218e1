// Which statement the caret is in, and the text that suggestions look at.
import { expect, test } from 'vitest'
import { createStatements } from './statements.ts'

const around = (marked: string): string => {
  const offset = marked.indexOf('|')
  const { text, start } = createStatements().around(marked.replace('|', ''), offset)
  return `${text.slice(0, offset - start)}|${text.slice(offset - start)}`
}

test('the statement at the caret, without its neighbours', () => {
  expect(around('select 1; select a| from b; select 3')).toBe('select a| from b')
})

test('blanks behind the last word belong to it: a name is about to be typed', () => {
  expect(around('select * from |')).toBe('select * from |')
})

test('behind a semicolon a new statement begins', () => {
  expect(around('select * from a; |').trim()).toBe('|')
  expect(around('select * from a;\n\n|').trim()).toBe('|')
})

test('on a blank line in front of a statement nothing is begun', () => {
  expect(around('select 1;\n\n|\n\nselect 2')).toBe('|')
})

test('in five megabytes only the surroundings are split', () => {
  const filler = 'insert into t values (1, 2, 3);\n'.repeat(160_000)
  const marked = `${filler}select x| from y;\n${filler}`
  expect(around(marked)).toBe('select x| from y')
})

test('the same text is split once', () => {
  const statements = createStatements()
  const text = 'select 1; select 2'
  expect(statements.at(text, 12)).toBe(statements.at(text, 14))
})
