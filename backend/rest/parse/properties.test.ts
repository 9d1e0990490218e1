// Generated queries: written out and read again they mean the same, and the short cuts read what the grammar reads.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Field, LogicTree, Operation, OrderTerm, SelectItem } from './api-request.ts'
import { parseOperationByGrammar, parseFilter } from './filter.ts'
import { parseLogic } from './logic.ts'
import { parseOrder, parseOrderByGrammar } from './order.ts'
import { quickOperation, quickOrder, quickSelect } from './quick.ts'
import { parseSelect, parseSelectByGrammar } from './select.ts'

/** Any text as a name: quoted where it must be. */
const name = fc.oneof(
  fc.constantFrom('id', 'name', 'films', 'a_b', 'count'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
)

function quoted(text: string): string {
  const escaped = text.replace(/["\\]/g, (character) => `\\${character}`)
  return /^[a-z_]+$/.test(text) && text !== 'count' ? text : `"${escaped}"`
}

const field: fc.Arbitrary<Field> = fc.record({
  name,
  jsonPath: fc.array(
    fc.record({
      arrow: fc.constantFrom('->' as const, '->>' as const),
      operand: fc.oneof(
        fc.record({ kind: fc.constant('key' as const), name }),
        fc.record({
          kind: fc.constant('index' as const),
          index: fc.integer({ min: -9, max: 99 }).map(String),
        }),
      ),
    }),
    { maxLength: 2 },
  ),
})

function fieldText({ name, jsonPath }: Field): string {
  const steps = jsonPath.map(
    ({ arrow, operand }) => arrow + (operand.kind === 'key' ? quoted(operand.name) : operand.index),
  )
  return quoted(name) + steps.join('')
}

const nullable = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary)
const cast = nullable(fc.constantFrom('text', 'int', 'double precision'))

const column: fc.Arbitrary<SelectItem> = fc
  .record({
    kind: fc.constant('field' as const),
    field,
    alias: nullable(name),
    cast,
    aggregate: nullable(fc.constantFrom('sum' as const, 'avg' as const, 'max' as const, 'count' as const)),
    aggregateCast: cast,
  })
  // Without an aggregate a second cast would be read as a second one of the column.
  .map((item) => (item.aggregate === null ? { ...item, aggregateCast: null } : item))

const hint = nullable(name.filter((text) => !/^(left|inner)/.test(text)))
const join = nullable(fc.constantFrom('inner' as const, 'left' as const))

const { select } = fc.letrec<{ select: readonly SelectItem[]; embed: SelectItem; spread: SelectItem }>(
  (tie) => ({
    select: fc.array(fc.oneof({ maxDepth: 3 }, column, tie('embed'), tie('spread')), { maxLength: 4 }),
    embed: fc.record({
      kind: fc.constant('embed' as const),
      // A table of this name cannot be embedded: `count()` is the aggregate.
      target: name.filter((text) => text !== 'count'),
      alias: nullable(name),
      hint,
      join,
      select: tie('select'),
    }),
    spread: fc.record({
      kind: fc.constant('spread' as const),
      target: name,
      hint,
      join,
      select: tie('select'),
    }),
  }),
)

function itemText(item: SelectItem): string {
  if (item.kind === 'field') {
    const { alias, field, cast, aggregate, aggregateCast } = item
    return [
      alias === null ? '' : `${quoted(alias)}:`,
      fieldText(field),
      cast === null ? '' : `::${cast}`,
      aggregate === null ? '' : `.${aggregate}()`,
      aggregateCast === null ? '' : `::${aggregateCast}`,
    ].join('')
  }
  const before = item.kind === 'spread' ? '...' : item.alias === null ? '' : `${quoted(item.alias)}:`
  const hint = item.hint === null ? '' : `!${quoted(item.hint)}`
  const join = item.join === null ? '' : `!${item.join}`
  return `${before}${quoted(item.target)}${hint}${join}(${item.select.map(itemText).join(',')})`
}

test('select: what is written is read again', () => {
  fc.assert(
    fc.property(select, (items) => {
      expect(parseSelect(items.map(itemText).join(','))).toEqual(items)
    }),
    { numRuns: 500 },
  )
})

const value = fc.string({ unit: 'grapheme', maxLength: 8 })

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({
    kind: fc.constant('quantified' as const),
    operator: fc.constantFrom(
      'eq' as const,
      'gte' as const,
      'lt' as const,
      'ilike' as const,
      'imatch' as const,
    ),
    quantifier: nullable(fc.constantFrom('any' as const, 'all' as const)),
    value,
    isNegated: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('simple' as const),
    operator: fc.constantFrom('neq' as const, 'cs' as const, 'nxl' as const),
    value,
    isNegated: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('fts' as const),
    operator: fc.constantFrom('fts' as const, 'wfts' as const),
    language: nullable(fc.constantFrom('simple', 'german')),
    value,
    isNegated: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('isdistinct' as const), value, isNegated: fc.boolean() }),
  fc.record({
    kind: fc.constant('is' as const),
    value: fc.constantFrom('null' as const, 'not_null' as const, 'unknown' as const),
    isNegated: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('in' as const),
    values: fc.array(value, { minLength: 1, maxLength: 4 }),
    isNegated: fc.boolean(),
  }),
)

function alwaysQuoted(text: string): string {
  return `"${text.replace(/["\\]/g, (character) => `\\${character}`)}"`
}

function operationText(operation: Operation, write: (value: string) => string): string {
  const not = operation.isNegated ? 'not.' : ''
  switch (operation.kind) {
    case 'in':
      return `${not}in.(${operation.values.map(alwaysQuoted).join(',')})`
    case 'is':
      return `${not}is.${operation.value}`
    case 'isdistinct':
      return `${not}isdistinct.${write(operation.value)}`
    case 'fts':
      return `${not}${operation.operator}${operation.language === null ? '' : `(${operation.language})`}.${write(operation.value)}`
    case 'quantified':
      return `${not}${operation.operator}${operation.quantifier === null ? '' : `(${operation.quantifier})`}.${write(operation.value)}`
    case 'simple':
      return `${not}${operation.operator}.${write(operation.value)}`
  }
}

test('filters: what is written is read again', () => {
  fc.assert(
    fc.property(fc.array(name, { maxLength: 2 }), field, operation, (path, field, operation) => {
      const key = [...path.map(quoted), fieldText(field)].join('.')
      const found = parseFilter(
        key,
        operationText(operation, (text) => text),
      )
      expect(found).toEqual({ path, value: { field, operation } })
    }),
    { numRuns: 500 },
  )
})

const { tree } = fc.letrec<{ tree: LogicTree; group: LogicTree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    fc.record({ kind: fc.constant('filter' as const), filter: fc.record({ field, operation }) }),
    tie('group'),
  ),
  group: fc.record({
    kind: fc.constantFrom('and' as const, 'or' as const),
    isNegated: fc.boolean(),
    children: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
  }),
}))

function treeText(tree: LogicTree): string {
  if (tree.kind === 'filter') {
    const { field, operation } = tree.filter
    return `${fieldText(field)}.${operationText(operation, alwaysQuoted)}`
  }
  return `${tree.isNegated ? 'not.' : ''}${tree.kind}(${tree.children.map(treeText).join(',')})`
}

test('logic trees: what is written is read again', () => {
  fc.assert(
    fc.property(fc.array(tree, { minLength: 1, maxLength: 3 }), fc.boolean(), (children, isNegated) => {
      const found = parseLogic(
        isNegated ? 'films.not.or' : 'films.or',
        `(${children.map(treeText).join(',')})`,
      )
      expect(found).toEqual({ path: ['films'], value: { kind: 'or', isNegated, children } })
    }),
    { numRuns: 500 },
  )
})

const order: fc.Arbitrary<readonly OrderTerm[]> = fc.array(
  fc.record({
    field,
    relation: nullable(name),
    direction: nullable(fc.constantFrom('asc' as const, 'desc' as const)),
    nulls: nullable(fc.constantFrom('nullsfirst' as const, 'nullslast' as const)),
  }),
  { minLength: 1, maxLength: 3 },
)

test('order: what is written is read again', () => {
  fc.assert(
    fc.property(order, (terms) => {
      const text = terms.map(({ field, relation, direction, nulls }) =>
        [
          relation === null ? fieldText(field) : `${quoted(relation)}(${fieldText(field)})`,
          ...[direction, nulls].filter((word) => word !== null),
        ].join('.'),
      )
      expect(parseOrder('order', text.join(',')).value).toEqual(terms)
    }),
    { numRuns: 500 },
  )
})

function outcome<T>(parse: () => T): T | 'refused' {
  try {
    return parse()
  } catch {
    return 'refused'
  }
}

test('the short cuts read nothing that the grammar reads otherwise', () => {
  const pieces = [
    'id',
    'name',
    'count',
    'eq',
    'in',
    'is',
    'null',
    'asc',
    'nullslast',
    '*',
    '1',
    '.',
    ',',
    '(',
    ')',
    ':',
  ]
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 9 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(text, (text) => {
      const columns = quickSelect(text)
      if (columns !== null) expect(columns).toEqual(outcome(() => parseSelectByGrammar(text)))
      const terms = quickOrder(text)
      if (terms !== null) expect(terms).toEqual(outcome(() => parseOrderByGrammar(text)))
      const operation = quickOperation(text)
      if (operation !== null) expect(operation).toEqual(outcome(() => parseOperationByGrammar(text)))
    }),
    { numRuns: 5_000 },
  )
})
