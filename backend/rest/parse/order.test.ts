import { expect, test } from 'vitest'
import type { OrderTerm } from './api-request.ts'
import { parseOrder, parseOrderByGrammar } from './order.ts'
import { quickOrder } from './quick.ts'

function short({ field, relation, direction, nulls }: OrderTerm): string {
  const name = field.name + field.jsonPath.map(({ arrow }) => arrow).join('')
  const column = relation === null ? name : `${relation}(${name})`
  return [column, direction, nulls].filter((word) => word !== null).join(' ')
}

test.each([
  ['id', ['id']],
  ['id.asc', ['id asc']],
  ['id.desc.nullslast,name', ['id desc nullslast', 'name']],
  ['id.nullsfirst', ['id nullsfirst']],
  [' id , name.desc', ['id', 'name desc']],
  ['data->a->>0.desc', ['data->->> desc']],
  ['"a.b".desc', ['a.b desc']],
  ['films(title).desc.nullsfirst,id', ['films(title) desc nullsfirst', 'id']],
  ['films(data->x)', ['films(data->)']],
])('order=%s', (value, expected) => {
  expect(parseOrder('order', value).value.map(short)).toEqual(expected)
})

test('the order of an embed has its path', () => {
  expect(parseOrder('films.roles.order', 'id').path).toEqual(['films', 'roles'])
})

test('the short cut reads what the grammar reads', () => {
  const words = ['', '.asc', '.desc', '.nullsfirst', '.nullslast', '.asc.nullslast', '.desc.nullsfirst']
  for (const first of words) {
    for (const second of words) {
      const value = `a${first},b_2${second}`
      expect(quickOrder(value)).toEqual(parseOrderByGrammar(value))
    }
  }
  expect(['a.nullsfirst.asc', 'a.asc.asc', 'a b', 'a.x', ',a', 'a.asc.nullslast.x'].map(quickOrder)).toEqual(
    Array<null>(6).fill(null),
  )
})
