import { expect, test } from 'vitest'
import { parseFilter, parseFilterOrArgument, parseOperationByGrammar } from './filter.ts'
import { parseLogic } from './logic.ts'
import { quickOperation } from './quick.ts'
import type { LogicTree, Operation } from './api-request.ts'

function operation(value: string): Operation {
  return parseFilter('x', value).value.operation
}

const simple = ['neq', 'cs', 'cd', 'ov', 'sl', 'sr', 'nxr', 'nxl', 'adj']
const quantified = ['eq', 'gte', 'gt', 'lte', 'lt', 'like', 'ilike', 'match', 'imatch']
const textSearch = ['fts', 'plfts', 'phfts', 'wfts']

test.each(simple)('%s takes the rest as its value', (operator) => {
  const expected = { kind: 'simple', operator, value: 'a.b(c),', isNegated: false }
  expect(operation(`${operator}.a.b(c),`)).toEqual(expected)
  expect(operation(`not.${operator}.a.b(c),`)).toEqual({ ...expected, isNegated: true })
})

test.each(quantified)('%s takes a modifier', (operator) => {
  const expected = { kind: 'quantified', operator, quantifier: null, value: '{a,b}', isNegated: false }
  expect(operation(`${operator}.{a,b}`)).toEqual(expected)
  expect(operation(`${operator}(any).{a,b}`)).toEqual({ ...expected, quantifier: 'any' })
  expect(operation(`not.${operator}(all).{a,b}`)).toEqual({ ...expected, quantifier: 'all', isNegated: true })
})

test.each(textSearch)('%s takes a configuration', (operator) => {
  const expected = { kind: 'fts', operator, language: null, value: 'the cat', isNegated: false }
  expect(operation(`${operator}.the cat`)).toEqual(expected)
  expect(operation(`${operator}(simple).the cat`)).toEqual({ ...expected, language: 'simple' })
})

test.each<[string, Omit<Operation, 'isNegated'> | object]>([
  ['eq.', { kind: 'quantified', operator: 'eq', quantifier: null, value: '' }],
  ['eq.a\nb', { kind: 'quantified', operator: 'eq', quantifier: null, value: 'a\nb' }],
  ['isdistinct.5', { kind: 'isdistinct', value: '5' }],
  ['is.null', { kind: 'is', value: 'null' }],
  ['is.NoT_nUlL', { kind: 'is', value: 'not_null' }],
  ['is.TRUE', { kind: 'is', value: 'true' }],
  ['is.false', { kind: 'is', value: 'false' }],
  ['is.Unknown', { kind: 'is', value: 'unknown' }],
  ['in.(1,2)', { kind: 'in', values: ['1', '2'] }],
  ['in.()', { kind: 'in', values: [''] }],
  ['in.( a , b )', { kind: 'in', values: ['a ', ' b '] }],
  ['in.("a,b","c\\"d","e)")', { kind: 'in', values: ['a,b', 'c"d', 'e)'] }],
  ['in.("a"b,c)', { kind: 'in', values: ['"a"b', 'c'] }],
  ['in.(a b,"")', { kind: 'in', values: ['a b', ''] }],
])('x=%s', (value, expected) => {
  expect(operation(value)).toEqual({ ...expected, isNegated: false })
})

test.each([
  ['x', [], 'x', 0],
  ['a.b.x', ['a', 'b'], 'x', 0],
  ['"a.b".x', ['a.b'], 'x', 0],
  ['x->y->>0', [], 'x', 2],
  ['films.data->>y', ['films'], 'data', 1],
  ['größe', [], 'größe', 0],
])('the name %s', (name, path, column, jsonSteps) => {
  const found = parseFilter(name, 'eq.1')
  expect(found.path).toEqual(path)
  expect(found.value.field.name).toBe(column)
  expect(found.value.field.jsonPath).toHaveLength(jsonSteps)
})

test('a value that begins like no filter is an argument', () => {
  expect(parseFilterOrArgument('x', 'eq.5').kind).toBe('filter')
  for (const value of ['', '5', 'noop.5', 'eq', 'eq(some).5', 'nothing.', 'inside.', 'fts(a.b']) {
    expect(parseFilterOrArgument('a.x', value)).toEqual({ kind: 'argument', name: 'x' })
  }
  for (const value of ['not.5', 'in.5', 'is.5']) {
    expect(() => parseFilterOrArgument('x', value)).toThrow('failed to parse filter')
  }
})

/** A tree as text again. */
function text(tree: LogicTree): string {
  if (tree.kind === 'filter') {
    const { field, operation } = tree.filter
    const value = 'values' in operation ? `[${operation.values.join('|')}]` : operation.value
    const operator = 'operator' in operation ? operation.operator : operation.kind
    return `${field.name} ${operation.isNegated ? 'not ' : ''}${operator} ${value}`
  }
  return `${tree.isNegated ? 'not ' : ''}${tree.kind}(${tree.children.map(text).join('; ')})`
}

test.each([
  ['or', '(a.eq.1,b.gt.2)', '', 'or(a eq 1; b gt 2)'],
  ['and', '(a.eq.1)', '', 'and(a eq 1)'],
  ['not.and', '(a.not.eq.1,b.is.null)', '', 'not and(a not eq 1; b is null)'],
  ['or', '(a.eq.1,and(b.eq.2,not.or(c.eq.3,d.eq.4)))', '', 'or(a eq 1; and(b eq 2; not or(c eq 3; d eq 4)))'],
  ['or', ' ( a.eq.1 , b.eq.2 ) ', '', 'or(a eq 1 ; b eq 2 )'],
  ['or', '(a.eq."x,y)",b.in.(1,"2,3"))', '', 'or(a eq x,y); b in [1|2,3])'],
  ['or', '(a.cs.{1,2},b.ov.{})', '', 'or(a cs {1,2}; b ov {})'],
  ['or', '("a.b".eq.1,c->d.eq.2)', '', 'or(a.b eq 1; c eq 2)'],
  ['or', '(a.fts(simple).x)', '', 'or(a fts x)'],
  ['films.or', '(a.eq.1)', 'films', 'or(a eq 1)'],
  ['films.not.or', '(a.eq.1)', 'films', 'not or(a eq 1)'],
  ['films.roles.and', '(a.eq.1)', 'films.roles', 'and(a eq 1)'],
])('%s=%s', (name, value, path, expected) => {
  const found = parseLogic(name, value)
  expect(found.path.join('.')).toBe(path)
  expect(text(found.value)).toBe(expected)
})

test('the short cut reads what the grammar reads', () => {
  const values = [
    '',
    '1',
    'a.b',
    '(a)',
    '(1,2)',
    '()',
    '("1")',
    '( 1)',
    '(a',
    'null',
    'NULL',
    'nullx',
    'not_null',
  ]
  const operators = [...simple, ...quantified, ...textSearch, 'in', 'is', 'isdistinct', 'no', 'eqq', '']
  let compared = 0
  for (const operator of operators) {
    for (const value of values) {
      for (const given of [`${operator}.${value}`, `not.${operator}.${value}`]) {
        const quick = quickOperation(given)
        if (quick === null) continue
        compared += 1
        expect(quick).toEqual(parseOperationByGrammar(given))
      }
    }
  }
  expect(compared).toBeGreaterThan(500)
})
