import { expect, test } from 'vitest'
import type { SelectItem } from './api-request.ts'
import { parseSelect } from './select.ts'

/** An item in short: only what differs from a plain column. */
function short(item: SelectItem): unknown {
  if (item.kind !== 'field') {
    const { select, ...rest } = item
    const given = Object.entries(rest).filter(([, value]) => value !== null)
    return { ...Object.fromEntries(given), select: select.map(short) }
  }
  const { field, alias, cast, aggregate, aggregateCast } = item
  const json = field.jsonPath.map(({ arrow, operand }) =>
    operand.kind === 'key' ? `${arrow}${operand.name}` : `${arrow}#${operand.index}`,
  )
  const more = { alias, cast, aggregate, aggregateCast, json: json.length === 0 ? null : json.join('') }
  const given = Object.entries(more).filter(([, value]) => value !== null)
  return given.length === 0 ? field.name : { name: field.name, ...Object.fromEntries(given) }
}

const embed = (target: string, select: readonly unknown[], more: object = {}): unknown => ({
  kind: 'embed',
  target,
  select,
  ...more,
})

test.each<[string, unknown[]]>([
  ['', []],
  ['*', ['*']],
  ['id,name', ['id', 'name']],
  [' id , name ', ['id', 'name']],
  ['first name,a-b,$x,1', ['first name', 'a-b', '$x', '1']],
  ['"a,b(c)"', ['a,b(c)']],
  ['"say \\"hi\\" \\\\"', ['say "hi" \\']],
  ['"  outer  "', ['  outer  ']],
  ['naïve', ['naïve']],
  ['who:name', [{ name: 'name', alias: 'who' }]],
  ['"w:o":name', [{ name: 'name', alias: 'w:o' }]],
  ['id::text', [{ name: 'id', cast: 'text' }]],
  ['n:id::double precision', [{ name: 'id', alias: 'n', cast: 'double precision' }]],
  ['a->b->>0', [{ name: 'a', json: '->b->>#0' }]],
  ['a->-1->>x', [{ name: 'a', json: '->#-1->>x' }]],
  ['a->>"b c.d"', [{ name: 'a', json: '->>b c.d' }]],
  ['f(a->0)', [embed('f', [{ name: 'a', json: '->#0' }])]],
  ['a->>1x', [{ name: 'a', json: '->>1x' }]],
  ['a->!@$_x', [{ name: 'a', json: '->!@$_x' }]],
  ['x:a->b::int', [{ name: 'a', alias: 'x', cast: 'int', json: '->b' }]],
  ['count()', [{ name: '', aggregate: 'count' }]],
  ['n:count()::text', [{ name: '', alias: 'n', aggregate: 'count', aggregateCast: 'text' }]],
  ['a.sum()', [{ name: 'a', aggregate: 'sum' }]],
  ['x:a::int.max()::text', [{ name: 'a', alias: 'x', cast: 'int', aggregate: 'max', aggregateCast: 'text' }]],
  ['a->b.avg()', [{ name: 'a', json: '->b', aggregate: 'avg' }]],
  [
    'a.min(),b.count()',
    [
      { name: 'a', aggregate: 'min' },
      { name: 'b', aggregate: 'count' },
    ],
  ],
  ['films(*)', [embed('films', ['*'])]],
  ['films()', [embed('films', [])]],
  ['id,films(title,roles(id)),x', ['id', embed('films', ['title', embed('roles', ['id'])]), 'x']],
  ['f:films!fk(id)', [embed('films', ['id'], { alias: 'f', hint: 'fk' })]],
  ['films!inner(id)', [embed('films', ['id'], { join: 'inner' })]],
  ['films!fk!left(id)', [embed('films', ['id'], { hint: 'fk', join: 'left' })]],
  ['films!inner!fk(id)', [embed('films', ['id'], { hint: 'fk', join: 'inner' })]],
  ['films!"odd fk"(id)', [embed('films', ['id'], { hint: 'odd fk' })]],
  [' films ( id )', [embed('films', ['id'])]],
  ['...films(title)', [{ kind: 'spread', target: 'films', select: ['title'] }]],
  [
    'id,...films!fk!inner(...roles(id))',
    [
      'id',
      {
        kind: 'spread',
        target: 'films',
        hint: 'fk',
        join: 'inner',
        select: [{ kind: 'spread', target: 'roles', select: ['id'] }],
      },
    ],
  ],
])('select=%s', (text, expected) => {
  expect(parseSelect(text).map(short)).toEqual(expected)
})
