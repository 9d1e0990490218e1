import { expect, test } from 'vitest'
import { readOrigins } from './view-origins.ts'

/** A query tree as Postgres prints it, cut down to what matters. */
function tree(entries: string, before = '<>', after = '<>'): string {
  return `({QUERY :commandType 1 :cteList ${before} :targetList (${entries}) :override 0 :havingQual ${after}})`
}

function entry(position: number, name: string, origin: readonly [number, number], expression = '<>'): string {
  return `{TARGETENTRY :expr ${expression} :resno ${String(position)} :resname ${name} :ressortgroupref 0 :resorigtbl ${String(origin[0])} :resorigcol ${String(origin[1])} :resjunk false}`
}

test('columns that are shown as they are have an origin, expressions have none', () => {
  const printed = tree(
    `${entry(1, 'id', [16_385, 1])} ${entry(2, 'sum', [0, 0])} ${entry(3, 'b', [16_390, 7])}`,
  )
  expect([...readOrigins(printed)]).toEqual([
    [1, { relation: 16_385, column: 1 }],
    [3, { relation: 16_390, column: 7 }],
  ])
})

test('target lists of subqueries do not count, wherever they stand', () => {
  const inner = `{SUBLINK :subselect {QUERY :targetList (${entry(9, 'x', [1, 1])})}}`
  const printed = tree(entry(1, 'id', [5, 2], inner), `(${inner})`, inner)
  expect([...readOrigins(printed)]).toEqual([[1, { relation: 5, column: 2 }]])
})

test.each([
  ['braces', String.raw`a\{b`],
  ['parentheses', String.raw`\)\(`],
  ['a backslash', String.raw`a\\`],
  ['the words of the tree', ':resno'],
  ['more words of the tree', ':resorigtbl'],
  ['blanks and words', String.raw`x\ :resorigcol\ 9`],
])('a name with %s confuses nothing', (_, name) => {
  const printed = tree(`${entry(1, name, [5, 2])} ${entry(2, 'b', [5, 3])}`)
  expect([...readOrigins(printed)]).toEqual([
    [1, { relation: 5, column: 2 }],
    [2, { relation: 5, column: 3 }],
  ])
})

test('a view without columns has no origins', () => {
  expect(readOrigins('({QUERY :commandType 1 :targetList <> :override 0})').size).toBe(0)
})
