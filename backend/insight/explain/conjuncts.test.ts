import { expect, test } from 'vitest'
import { splitConjuncts } from './conjuncts.ts'

test.each([
  ['true', ['true']],
  ['(a = 1)', ['(a = 1)']],
  ['((a = 1) AND (b = 2))', ['(a = 1)', '(b = 2)']],
  ['((a = 1) AND (b = 2) AND c)', ['(a = 1)', '(b = 2)', 'c']],
  ['((a = 1) OR ((b = 2) AND c))', ['((a = 1) OR ((b = 2) AND c))']],
  ['((a = \' AND (\'::text) AND ("odd ) AND " = 2))', ["(a = ' AND ('::text)", '("odd ) AND " = 2)']],
  ["((a = 'it''s') AND b)", ["(a = 'it''s')", 'b']],
  ["((a = E'\\\\' ) AND b)", ["(a = E'\\\\' )", 'b']],
  [
    '(EXISTS ( SELECT 1 FROM t WHERE ((t.a = 1) AND t.b)))',
    ['(EXISTS ( SELECT 1 FROM t WHERE ((t.a = 1) AND t.b)))'],
  ],
  ['(a) = (b)', ['(a) = (b)']],
])('%s', (printed, parts) => {
  expect(splitConjuncts(printed)).toEqual(parts)
})
