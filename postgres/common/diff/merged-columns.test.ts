// Queries over columns that USING merges, when one of them is renamed.
import { expect, test } from 'vitest'
import { rewriteQualifiedNames, sameExpression, type Rewrites } from './sql-text.ts'

const rewrites: Rewrites = {
  qualified: new Map(),
  schemas: new Map(),
  plain: new Map([
    ['id', 'key'],
    ['note', 'remark'],
  ]),
  tables: new Map([
    [
      'public\0rental',
      {
        columns: ['id', 'note', 'at'],
        renamed: new Map([
          ['id', 'key'],
          ['note', 'remark'],
        ]),
      },
    ],
  ]),
}
const QUERY = 'SELECT r.note FROM public.payment p JOIN public.rental r USING (id) WHERE r.id > p.id'
const RENAMED =
  'SELECT r.remark FROM public.payment p JOIN public.rental r(id, remark, at) USING (id) WHERE r.id > p.id'

test('the table of a renamed column that USING merges keeps the old name of that one within the query', () => {
  expect(rewriteQualifiedNames(QUERY, rewrites)).toBe(RENAMED)
  expect(rewriteQualifiedNames('select 1 from public.rental join b using (id)', rewrites)).toBe(
    'select 1 from public.rental rental(id, remark, at) join b using (id)',
  )
})

test('without USING the new name stands everywhere', () => {
  expect(rewriteQualifiedNames('select r.id from public.rental r', rewrites)).toBe(
    'select r.key from public.rental r',
  )
})

test('the query is the same to a comparison that knows of the renames, and another one to one that does not', () => {
  const changes = new Map([['note', new Set(['remark'])]])
  expect(sameExpression(QUERY, RENAMED, changes)).toBe(true)
  expect(sameExpression(RENAMED, QUERY, new Map([['remark', new Set(['note'])]]))).toBe(true)
  expect(sameExpression('select a from t', 'select a from t t(a, b)', changes)).toBe(true)
  expect(sameExpression(QUERY, RENAMED)).toBe(false)
})
